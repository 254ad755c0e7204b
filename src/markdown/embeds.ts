import { said, type Tag } from "./tag.ts";
import { pageOfPlayer } from "./urls.ts";

/** A tag or component that shows one thing, as Markdown: a player is a link to its page. */
export interface Embed {
  readonly markdown: string;
  /** It stands alone, as a paragraph does. */
  readonly isBlock: boolean;
}

const word = (text: string | undefined): string => (text ?? "").replaceAll(/[[\]<>\n]/g, "");

const target = (text: string): string => `<${text.replaceAll(/[<>\s]/g, "")}>`;

const link = (text: string | undefined, url: string): string => `[${word(text) || word(url)}](${target(url)})`;

const isUrl = (text: string | undefined): text is string => /^https?:\/\//i.test(text ?? "");

const block = (markdown: string): Embed => ({ markdown, isBlock: true });

type Embedder = (tag: Tag) => Embed | undefined;

/** A link to what an id names, or to the URL that stands in its place. */
const linked =
  (label: string, page: (id: string) => string, id: RegExp): Embedder =>
  (tag) => {
    const given = said(tag, "id", "videoid", "tweetid", "src", "url", "href", "tweetlink") ?? tag.words.find(Boolean);
    const title = said(tag, "title", "label") ?? label;
    if (isUrl(given)) return block(link(title, pageOfPlayer(given)));
    return given !== undefined && id.test(given) ? block(link(title, page(given))) : undefined;
  };

const youtube = linked("Video", (id) => `https://www.youtube.com/watch?v=${id}`, /^[\w-]{6,20}$/);

/** `id="1"`, `user="a" id="1"`, `a 1`, `tweetLink="a/status/1"`: X finds a post by its id alone. */
const tweet: Embedder = (tag) => {
  const given = [said(tag, "id", "tweetid", "tweetlink", "url"), ...tag.words].find((part) =>
    /\d{2,}$/.test(part ?? ""),
  );
  const id = /(\d{2,20})$/.exec(given ?? "")?.[1];
  return id === undefined ? undefined : block(link("Post on X", `https://x.com/i/status/${id}`));
};

const gist: Embedder = (tag) => {
  const path = tag.words.slice(0, 2).join("/");
  return /^[\w-]+(\/[0-9a-f]+)?$|^[\w-]+\/[\w-]+$/.test(path)
    ? block(link("Gist", `https://gist.github.com/${path}`))
    : undefined;
};

const fileNames = ["src", "url", "file", "image_path", "path", "link"] as const;

const figure: Embedder = (tag) => {
  const src = said(tag, ...fileNames);
  if (src === undefined) return undefined;
  const caption = word(said(tag, "caption", "title")).replaceAll("*", "");
  return block(`![${word(said(tag, "alt"))}](${target(src)})${caption === "" ? "" : `\n*${caption}*`}`);
};

/** `{% img class /a.png 300 200 An alt %}` and `<Image src="/a.png" alt="An alt" />`. */
const image: Embedder = (tag) => {
  const named = said(tag, "src", "url", "path");
  const at = tag.words.findIndex((part) => /[./]/.test(part));
  const src = named ?? tag.words[at];
  if (src === undefined) return undefined;
  const words = tag.words.slice(at + 1).filter((part) => !/^\d+$/.test(part));
  const alt = word(named === undefined ? words.join(" ") : said(tag, "alt"));
  return { markdown: `![${alt}](${target(src)})`, isBlock: false };
};

/** Hexo: `{% link A text https://example.org/ %}`. */
const textLink: Embedder = (tag) => {
  const at = tag.words.findIndex(isUrl);
  const url = tag.words[at];
  return url === undefined ? undefined : { markdown: link(tag.words.slice(0, at).join(" "), url), isBlock: false };
};

const film =
  (label: string): Embedder =>
  (tag) => {
    const src = said(tag, "src", "url", "mp4", "webm", "file") ?? tag.words.find((part) => /[./]/.test(part));
    return src === undefined ? undefined : block(link(said(tag, "title", "caption") ?? label, pageOfPlayer(src)));
  };

/** Jekyll's includes are whatever a theme calls them. */
const include: Embedder = (tag) => {
  const [file = ""] = tag.words;
  const rest = { ...tag, words: tag.words.slice(1) };
  if (/youtube/i.test(file)) return youtube(rest);
  if (/vimeo/i.test(file)) return vimeo(rest);
  return /fig|image|img|picture/i.test(file) ? figure(rest) : undefined;
};

const vimeo = linked("Video", (id) => `https://vimeo.com/${id}`, /^\d+$/);

const embeds: ReadonlyMap<string, Embedder> = new Map<string, Embedder>([
  ...["youtube", "youtubeembed", "youtubeiframe", "youtubevideo", "youtubelite", "liteyoutube", "liteyoutubeembed"].map(
    (name) => [name, youtube] as const,
  ),
  ...["vimeo", "vimeoembed", "vimeovideo"].map((name) => [name, vimeo] as const),
  ...["tweet", "twitter", "x", "twittertweetembed", "tweetembed"].map((name) => [name, tweet] as const),
  ...["figure", "figurecaption"].map((name) => [name, figure] as const),
  ...["img", "image", "asset_img", "nextimage"].map((name) => [name, image] as const),
  ...["video", "videoplayer", "reactplayer", "player"].map((name) => [name, film("Video")] as const),
  ...["audio", "audioplayer", "podcast"].map((name) => [name, film("Audio")] as const),
  ...["iframe", "embed", "codepen", "codesandbox", "stackblitz", "spotify", "loom", "bilibili"].map(
    (name) => [name, linked("Embedded page", (url) => url, /^https?:\/\//)] as const,
  ),
  ["instagram", linked("Post on Instagram", (id) => `https://www.instagram.com/p/${id}/`, /^[\w-]{5,20}$/)],
  ["gist", gist],
  ["link", textLink],
  ["include", include],
  ["post_link", (tag) => ({ markdown: word(tag.words.slice(1).join(" ") || tag.words[0]), isBlock: false })],
]);

/** Undefined where it names nothing that Crier knows, or does not say what to show. */
export const embedOf = (tag: Tag): Embed | undefined =>
  tag.part === "closing" ? undefined : embeds.get(tag.name.replaceAll("-", ""))?.(tag);
