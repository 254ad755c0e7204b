import extractUrlsWithIndices from "twitter-text/dist/extractUrlsWithIndices.js";
import * as z from "zod";
import {
  addressInText,
  namesIn,
  placeholders,
  replaceUrl,
  type Snippet,
  type Wording,
  withTemplate,
} from "../domain/snippet.ts";
import type { Reply } from "../ports/networks.ts";

const unknownIn = (template: string): string | undefined =>
  namesIn(template).find((name) => !placeholders.some((known) => known === name));

const template = z
  .string()
  .min(1)
  .max(1000)
  .refine((text) => unknownIn(text) === undefined, {
    error: ({ input }) =>
      `there is no {${unknownIn(String(input))}}: use ${placeholders.map((name) => `{${name}}`).join(", ")}`,
  })
  .refine((text) => namesIn(text).some((name) => name === "title" || name === "summary"), {
    error: "a reader must learn what the post is about: add {title} or {summary}",
    abort: true,
  });

const parameter = z.string().min(1).max(100).optional();

/** What an account on a network with texts may say about them. */
export const textSettings = {
  /** The text of a post for which the author wrote none. Link and hashtags that it does not name follow below. */
  template: template.optional(),
  link: z.enum(["always", "never"]).default("always"),
  /** Added to the link: `utm_source`, `utm_medium`, `utm_campaign`. */
  utm: z.strictObject({ source: parameter, medium: parameter, campaign: parameter }).optional(),
};

/** The same for a network with threads. */
export const threadSettings = {
  ...textSettings,
  /** `reply`: in a reply to the post. */
  link: z.enum([...textSettings.link.unwrap().options, "reply"]).default("always"),
  /** A text that does not fit into a post goes on in replies. */
  thread: z.boolean().default(false),
};

interface TextSettings {
  readonly template?: string | undefined;
  readonly link: "always" | "never" | "reply";
  readonly utm?: Readonly<Record<string, string | undefined>> | undefined;
}

const withParameters = (url: string, utm: NonNullable<TextSettings["utm"]>): string => {
  const added = ["source", "medium", "campaign"]
    .flatMap((name) => (utm[name] === undefined ? [] : [`utm_${name}=${encodeURIComponent(utm[name])}`]))
    .join("&");
  // By hand: URLSearchParams would write the parameters that are there in another way.
  const [, address = "", fragment = ""] = /^([^#]*)(#.*)?$/s.exec(url) ?? [];
  return added === "" ? url : `${address}${address.includes("?") ? "&" : "?"}${added}${fragment}`;
};

/** The link of the reply that follows the post, where the account sends it there. */
export const linkInReply = ({ url }: Snippet, { link, utm = {} }: TextSettings): string | undefined =>
  link === "reply" ? withParameters(url, utm) : undefined;

/** The reply that has the link alone, where there is one. */
export const replyWith = (link: string | undefined, measure: (text: string) => number): readonly Reply[] =>
  link === undefined ? [] : [{ text: link, length: measure(link) }];

/** The snippet with the link that the account sends in the post; without a URL where it sends none there. */
export const linkedBy = (snippet: Snippet, { link, utm = {} }: TextSettings): Snippet => {
  if (link === "never") return { ...snippet, url: "" };
  if (link === "reply")
    return { ...snippet, url: "", text: snippet.text && replaceUrl(snippet.text, snippet.url, "").trim() };
  const url = withParameters(snippet.url, utm);
  return { ...snippet, url, text: snippet.text && replaceUrl(snippet.text, snippet.url, url) };
};

/** The author's own text, else that of the account's template, else the network's usual one. */
export const wordingBy = (
  snippet: Snippet,
  { template }: TextSettings,
  usual: (snippet: Snippet) => Wording,
): Wording => (template === undefined || snippet.text !== undefined ? usual(snippet) : withTemplate(template, snippet));

/** How much of the beginning of a text is the post's title: networks that have bold letters show it in them. */
export const titleLength = (text: string, { text: own, title }: Pick<Snippet, "text" | "title">): number => {
  const normal = title.normalize("NFC");
  return own === undefined && text.startsWith(`${normal}\n`) ? normal.length : 0;
};

/** A part of a text: a link, or what is between links. */
export interface TextPart {
  readonly text: string;
  readonly isLink: boolean;
  readonly isTitle: boolean;
}

/** The parts of a text that are not empty. A link in the title is a part of it. */
export const partsOf = (text: string, title: number): readonly TextPart[] => {
  const links = linksIn(text).filter(({ start }) => start >= title);
  const cuts = [...new Set([0, title, ...links.flatMap(({ start, end }) => [start, end]), text.length])];
  return cuts.slice(1).map((end, at) => {
    const start = cuts[at] ?? 0;
    return { text: text.slice(start, end), isLink: links.some((link) => link.start === start), isTitle: end <= title };
  });
};

export interface Link {
  readonly start: number;
  readonly end: number;
  readonly url: string;
}

/** URLs with a scheme, at UTF-16 indices. A closing bracket without an opening one, and punctuation after it, are not part of a URL. */
export const linksIn = (text: string): readonly Link[] =>
  [...text.matchAll(addressInText)].flatMap(({ index, 0: found }) => {
    const url = withoutTrailingPunctuation(found);
    return URL.canParse(url) ? [{ start: index, end: index + url.length, url }] : [];
  });

const count = (text: string, character: string): number => text.split(character).length - 1;

const withoutTrailingPunctuation = (url: string): string => {
  let unopened = count(url, ")") - count(url, "(");
  let end = url.length;
  for (; end > 0; end -= 1) {
    const last = url.charAt(end - 1);
    const isDropped = last === ")" ? unopened > 0 : /[.,;:!?'’…]/u.test(last);
    if (!isDropped) break;
    if (last === ")") unopened -= 1;
  }
  return url.slice(0, end);
};

/**
 * Between white space, which ends a link, and no longer than the longest one (twitter-text, MAX_URL_LENGTH): the time of
 * twitter-text grows with the square of a run's length.
 */
const runs = /\S{1,4096}/g;

/** What twitter-text regards as links, such as `README.md`. Mastodon uses the same rules without bare domains. */
export const countedLinks = (text: string, bareDomains: boolean): readonly Link[] =>
  [...text.matchAll(runs)].flatMap(({ 0: run, index }) => {
    // Without bare domains there is no link without a scheme.
    if (!run.includes(bareDomains ? "." : "://")) return [];
    return extractUrlsWithIndices(run, { extractUrlsWithoutProtocol: bareDomains }).map(
      ({ url, indices: [start, end] }) => ({ start: index + start, end: index + end, url }),
    );
  });

/** The parts of a text that are not links. */
export const textBetween = (text: string, links: readonly Link[]): readonly string[] => {
  const starts = [0, ...links.map(({ end }) => end)];
  return starts.map((start, index) => text.slice(start, links[index]?.start ?? text.length));
};
