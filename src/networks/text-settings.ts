import * as z from "zod";
import { namesIn, placeholders, replaceUrl, type Snippet, type Wording, withTemplate } from "../domain/snippet.ts";
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
