import { attributeOf, type Tag } from "./tag.ts";
import { pageOfPlayer } from "./urls.ts";

const asLabel = (text: string | undefined): string => (text ?? "").replaceAll(/[[\]<>\n]/g, "");

const linkTarget = (text: string): string => `<${text.replaceAll(/[<>\s]/g, "")}>`;

const markdownLink = (text: string | undefined, url: string): string =>
  `[${asLabel(text) || asLabel(url)}](${linkTarget(url)})`;

const isUrl = (text: string | undefined): text is string => /^https?:\/\//i.test(text ?? "");

/** The words after an address: `{% video /talk.mp4 The talk %}`. One word alone is an option. */
const wordsAfterUrl = ({ positional }: Tag): string | undefined => {
  const at = positional.findIndex((one) => /[./]/.test(one));
  const words = positional.slice(at + 1).filter((one) => /\p{L}/u.test(one));
  return at === -1 || words.length < 2 ? undefined : words.join(" ");
};

/** `title="The talk"`, or words without a name. */
const titleOf = (tag: Tag): string | undefined =>
  attributeOf(tag, "title", "label", "playlabel", "caption", "alt", "name") ??
  tag.positional.find((one) => /\S\s+\S/.test(one) && !isUrl(one)) ??
  wordsAfterUrl(tag);

type Embedder = (tag: Tag) => string | undefined;

/** A link to the page of an id, or to the URL that is given instead of the id. */
const linkEmbed =
  (label: string, page: (id: string) => string, id: RegExp): Embedder =>
  (tag) => {
    const given =
      attributeOf(tag, "id", "videoid", "tweetid", "src", "url", "href", "tweetlink") ?? tag.positional.find(Boolean);
    const title = titleOf(tag) ?? label;
    if (isUrl(given)) return markdownLink(title, pageOfPlayer(given));
    return given !== undefined && id.test(given) ? markdownLink(title, page(given)) : undefined;
  };

const youtube = linkEmbed("Video", (id) => `https://www.youtube.com/watch?v=${id}`, /^[\w-]{6,20}$/);

/** `id="1"`, `user="a" id="1"`, `a 1`, `tweetLink="a/status/1"`: the id is enough for X to find a post. */
const tweet: Embedder = (tag) => {
  const given = [attributeOf(tag, "id", "tweetid", "tweetlink", "url"), ...tag.positional].find((part) =>
    /\d{2}$/.test(part ?? ""),
  );
  const id = /(\d{2,20})$/.exec(given ?? "")?.[1];
  return id === undefined ? undefined : markdownLink("Post on X", `https://x.com/i/status/${id}`);
};

const gist: Embedder = (tag) => {
  const path = tag.positional.slice(0, 2).join("/");
  return /^[\w-]+(\/[0-9a-f]+)?$|^[\w-]+\/[\w-]+$/.test(path)
    ? markdownLink("Gist", `https://gist.github.com/${path}`)
    : undefined;
};

const fileAttributes = ["src", "url", "file", "image_path", "path", "link"] as const;

const figure: Embedder = (tag) => {
  const src = attributeOf(tag, ...fileAttributes);
  if (src === undefined) return undefined;
  const caption = asLabel(attributeOf(tag, "caption", "title")).replaceAll("*", "");
  return `![${asLabel(attributeOf(tag, "alt"))}](${linkTarget(src)})${caption === "" ? "" : `\n*${caption}*`}`;
};

/** `{% img class /a.png 300 200 An alt %}` and `<Image src="/a.png" alt="An alt" />`. */
const image: Embedder = (tag) => {
  const source = attributeOf(tag, "src", "url", "path");
  const at = tag.positional.findIndex((part) => /[./]/.test(part));
  const src = source ?? tag.positional[at];
  if (src === undefined) return undefined;
  const words = tag.positional.slice(at + 1).filter((part) => !/^\d+$/.test(part));
  const alt = asLabel(source === undefined ? words.join(" ") : attributeOf(tag, "alt"));
  return `![${alt}](${linkTarget(src)})`;
};

/** Hexo: `{% link A text https://example.org/ %}`. */
const textLink: Embedder = (tag) => {
  const at = tag.positional.findIndex(isUrl);
  const url = tag.positional[at];
  return url === undefined ? undefined : markdownLink(tag.positional.slice(0, at).join(" "), url);
};

const mediaFile =
  (label: string): Embedder =>
  (tag) => {
    const src =
      attributeOf(tag, "src", "url", "mp4", "webm", "file") ?? tag.positional.find((part) => /[./]/.test(part));
    return src === undefined ? undefined : markdownLink(titleOf(tag) ?? label, pageOfPlayer(src));
  };

/** The names of Jekyll's includes differ between themes. */
const include: Embedder = (tag) => {
  const [file = ""] = tag.positional;
  const rest = { ...tag, positional: tag.positional.slice(1) };
  if (/youtube/i.test(file)) return youtube(rest);
  if (/vimeo/i.test(file)) return vimeo(rest);
  return /fig|image|img|picture/i.test(file) ? figure(rest) : undefined;
};

const vimeo = linkEmbed("Video", (id) => `https://vimeo.com/${id}`, /^\d+$/);

const embeds: ReadonlyMap<string, Embedder> = new Map<string, Embedder>([
  ...["youtube", "youtubeembed", "youtubeiframe", "youtubevideo", "youtubelite", "liteyoutube", "liteyoutubeembed"].map(
    (name) => [name, youtube] as const,
  ),
  ...["vimeo", "vimeoembed", "vimeovideo"].map((name) => [name, vimeo] as const),
  ...["tweet", "twitter", "x", "twittertweetembed", "tweetembed"].map((name) => [name, tweet] as const),
  ...["figure", "figurecaption"].map((name) => [name, figure] as const),
  ...["img", "image", "asset_img", "nextimage"].map((name) => [name, image] as const),
  ...["video", "videoplayer", "reactplayer", "player"].map((name) => [name, mediaFile("Video")] as const),
  ...["audio", "audioplayer", "podcast"].map((name) => [name, mediaFile("Audio")] as const),
  ...["iframe", "embed", "codepen", "codesandbox", "stackblitz", "spotify", "loom", "bilibili"].map(
    (name) => [name, linkEmbed("Embedded page", (url) => url, /^https?:\/\//)] as const,
  ),
  ["instagram", linkEmbed("Post on Instagram", (id) => `https://www.instagram.com/p/${id}/`, /^[\w-]{5,20}$/)],
  ["gist", gist],
  ["link", textLink],
  ["include", include],
]);

/** An unknown tag with a file or a page. */
const linked: Embedder = (tag) => {
  const target = attributeOf(tag, "url", "src");
  if (target === undefined || /\s/.test(target) || !/^(?:https?:\/\/|[^\s:]*[/.])\S/i.test(target)) return undefined;
  const isPicture = /\.(?:avif|gif|jpe?g|png|svg|webp)(?:\?|$)/i.test(target);
  return isPicture ? figure(tag) : markdownLink(titleOf(tag), pageOfPlayer(target));
};

/** What a tag or component shows, as Markdown; undefined where it is unknown, or does not say what to show. A player becomes a link to its page. */
export const embedOf = (tag: Tag): string | undefined =>
  tag.part === "closing" ? undefined : (embeds.get(tag.name.replaceAll("-", ""))?.(tag) ?? linked(tag));
