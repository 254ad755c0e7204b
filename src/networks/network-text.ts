import extractMentions from "twitter-text/dist/extractMentionsOrListsWithIndices.js";
import extractUrlsWithIndices from "twitter-text/dist/extractUrlsWithIndices.js";
import * as z from "zod";
import { type LinkedText, type LinkOptions, linkedNoteText, noteText } from "../domain/note-text.ts";
import { shorten } from "../domain/shorten.ts";
import {
  addressInText,
  fit,
  inParagraphs,
  placeholders,
  type Rules,
  replaceUrl,
  type Snippet,
  templateNames,
  type Wording,
  withTemplate,
  withTitle,
} from "../domain/snippet.ts";
import type { Reply } from "../ports/networks.ts";

const unknownIn = (template: string): string | undefined =>
  templateNames(template).find((name) => !placeholders.some((known) => known === name));

const template = z
  .string()
  .min(1)
  .max(1000)
  .refine((text) => unknownIn(text) === undefined, {
    error: ({ input }) =>
      `there is no {${unknownIn(String(input))}}: use ${placeholders.map((name) => `{${name}}`).join(", ")}`,
  })
  .refine((text) => templateNames(text).some((name) => name === "title" || name === "summary"), {
    error: "a reader must learn what the post is about: add {title} or {summary}",
    abort: true,
  });

const parameter = z.string().min(1).max(100).optional();

/** The settings of texts, for an account on a network that has them. */
export const textSettings = {
  /** The text of a post whose author wrote none. Link and hashtags follow it if the template does not contain them. */
  template: template.optional(),
  link: z.enum(["always", "never"]).default("always"),
  /** Added to the link: `utm_source`, `utm_medium`, `utm_campaign`. */
  utm: z.strictObject({ source: parameter, medium: parameter, campaign: parameter }).optional(),
  notes: z
    .strictObject({
      /** When a note has the link to its page. `cut`: only where a part of it is left out. */
      link: z.enum(["cut", "always", "never"]).default("cut"),
      /** Adds the categories to the hashtags that its author wrote. */
      hashtags: z.boolean().default(false),
    })
    .prefault({}),
};

export type NoteSettings = z.output<typeof textSettings.notes>;

/** The settings of texts for a network with threads. */
export const threadSettings = {
  ...textSettings,
  /** `reply`: the link is in a reply to the post. */
  link: z.enum([...textSettings.link.unwrap().options, "reply"]).default("always"),
  /** Continues a text that does not fit into a post in replies. */
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
  // URLSearchParams is not used: it would rewrite the existing parameters.
  const [, address = "", fragment = ""] = /^([^#]*)(#.*)?$/s.exec(url) ?? [];
  return added === "" ? url : `${address}${address.includes("?") ? "&" : "?"}${added}${fragment}`;
};

/** The parameters say where the readers of the author's own site come from: another one's address stays as it is. */
const ownParameters = ({ content }: Snippet, { utm = {} }: TextSettings): NonNullable<TextSettings["utm"]> =>
  content.external === undefined ? utm : {};

/** The link of the reply that follows the post, if the account sends the link there. */
export const linkInReply = (snippet: Snippet, settings: TextSettings): string | undefined =>
  settings.link === "reply" && snippet.withoutLink !== true
    ? withParameters(snippet.url, ownParameters(snippet, settings))
    : undefined;

/** The reply that has only the link, if there is one. */
export const replyWith = (link: string | undefined, measure: (text: string) => number): readonly Reply[] =>
  link === undefined ? [] : [{ text: link, length: measure(link) }];

/** The snippet with the link that the account sends in the post. Its URL is empty if the account sends none there. */
export const linkedBy = (snippet: Snippet, settings: TextSettings): Snippet => {
  const { link, utm = {} } = settings;
  if (link === "never" || snippet.withoutLink === true) return { ...snippet, url: "" };
  if (link === "reply")
    return { ...snippet, url: "", text: snippet.text && replaceUrl(snippet.text, snippet.url, "").trim() };
  const url = withParameters(snippet.url, ownParameters(snippet, settings));
  const page = snippet.page && withParameters(snippet.page, utm);
  return { ...snippet, url, page, text: snippet.text && replaceUrl(snippet.text, snippet.url, url) };
};

/**
 * Composes a note with its links at their words, for a network that shows them so. Without a note where the author wrote
 * another text for networks, or where the text does not stay whole, or links to no page: then its addresses are in the
 * text.
 */
export const composeNote = <T extends { readonly text: string }>(
  snippet: Snippet,
  options: LinkOptions,
  compose: (snippet: Snippet, note?: LinkedText) => T,
): T => {
  const { isNote, text, content } = snippet;
  if (isNote === true && text === noteText(content.html, content.language)) {
    const note = linkedNoteText(content.html, content.language, options);
    const composed = compose({ ...snippet, text: note.text }, note);
    const isLinked = note.links.every(({ url }) => /^https?:$/.test(URL.parse(url)?.protocol ?? ""));
    if (isLinked && composed.text.startsWith(note.text)) return composed;
  }
  return compose(snippet);
};

export type Emphasised = LinkedText["emphasis"][number];
export type Span = LinkedText["links"][number] | Emphasised;

/** Writes a note for a network that has links and emphasis in its text. `inner` is what is within a span, written. */
export const writeSpans = (
  { text, links, emphasis }: LinkedText,
  writeText: (text: string) => string,
  writeSpan: (span: Span, inner: string) => string,
): string => {
  const write = (from: number, to: number, spans: readonly Span[]): string => {
    const [first] = spans;
    if (first === undefined) return writeText(text.slice(from, to));
    const others = spans.slice(1);
    const inner = others.filter(({ end }) => end <= first.end);
    const rest = others.filter(({ start }) => start >= first.end);
    return (
      writeText(text.slice(from, first.start)) +
      writeSpan(first, write(first.start, first.end, inner)) +
      write(first.end, to, rest)
    );
  };
  return write(
    0,
    text.length,
    [...links, ...emphasis].toSorted((a, b) => a.start - b.start || b.end - a.end),
  );
};

/** The author's own text, otherwise the text of the account's template, otherwise the network's usual text. */
export const wordingBy = (
  snippet: Snippet,
  { template }: TextSettings,
  usual: (snippet: Snippet) => Wording,
): Wording => {
  const wording =
    template === undefined || snippet.text !== undefined ? usual(snippet) : withTemplate(template, snippet);
  const { page } = snippet;
  if (page === undefined) return wording;
  const { layout = inParagraphs } = wording;
  return {
    ...wording,
    layout: (text, more, link, tags) => layout(text, more, link === "" ? "" : `${link}\n${page}`, tags),
  };
};

/**
 * The content warning as the first line of a text, for a network that has no content warnings. It takes at most a quarter
 * of the limit. Empty if the post has none.
 */
export const warningLine = ({ content }: Snippet, { limit, measure }: Pick<Rules, "limit" | "measure">): string => {
  const { contentWarning } = content.social;
  if (contentWarning === undefined) return "";
  const line = `CW: ${withoutMention(contentWarning).normalize("NFC")}`;
  return shorten({ text: line, isCut: false }, (text) => measure(text) <= limit / 4);
};

/** The length of the title at the beginning of a text. Networks that have bold letters show the title in them. */
export const titleLength = (text: string, { text: own, title }: Pick<Snippet, "text" | "title">): number => {
  const normal = title.normalize("NFC");
  return own === undefined && text.startsWith(`${normal}\n`) ? normal.length : 0;
};

/** A text as HTML of one line. */
const escapeForHtml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("\n", "<br>");

/** A text as HTML with its addresses as links: not every reader finds them. */
const htmlWithLinks = (text: string): string => {
  const links = linksIn(text);
  const written = links.map(({ url }) => `<a href="${escapeForHtml(new URL(url).href)}">${escapeForHtml(url)}</a>`);
  return textBetween(text, links)
    .map((part, at) => escapeForHtml(part) + (written[at] ?? ""))
    .join("");
};

const elements = { bold: "strong", code: "code", italic: "em", strike: "del" } as const;

/**
 * Composes a text and writes it in HTML: with the title in bold, or a note with its links and emphasis. `isMarked`: it has
 * any of these.
 */
export const composeHtml = (given: Snippet, settings: TextSettings, rules: Rules, note: LinkedText | undefined) => {
  const snippet = linkedBy(given, settings);
  const warning = warningLine(snippet, rules);
  const fitted = fit({ ...snippet, ...wordingBy(snippet, settings, withTitle), warning }, rules);
  const above = warning === "" ? "" : `${warning}\n\n`;
  const text = fitted.text.slice(above.length);
  const title = titleLength(text, snippet);
  const marked = note ?? {
    text: text.slice(0, title),
    links: [],
    emphasis: title === 0 ? [] : [{ start: 0, end: title, as: "bold" as const }],
  };
  const isMarked = marked.links.length + marked.emphasis.length > 0 && text.startsWith(marked.text);
  const html = writeSpans(marked, htmlWithLinks, (span, inner) =>
    "url" in span
      ? `<a href="${escapeForHtml(new URL(span.url).href)}">${inner.replaceAll(/<\/?a\b[^>]*>/g, "")}</a>`
      : `<${elements[span.as]}>${inner}</${elements[span.as]}>`,
  );
  return { fitted, isMarked, html: htmlWithLinks(above) + html + htmlWithLinks(text.slice(marked.text.length)) };
};

/** A part of a text: a link, or the text between links. */
export interface TextPart {
  readonly text: string;
  readonly isLink: boolean;
  readonly isTitle: boolean;
}

/** The parts of a text that are not empty. A link in the title is part of the title. */
export const textParts = (text: string, title: number): readonly TextPart[] => {
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

/** URLs with a scheme, at UTF-16 indices. They end before an unpaired closing bracket and before trailing punctuation. */
export const linksIn = (text: string): readonly Link[] =>
  [...text.matchAll(addressInText)].flatMap(({ index, 0: found }) => {
    const url = withoutTrailingPunctuation(found);
    return URL.parse(url) === null ? [] : [{ start: index, end: index + url.length, url }];
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
 * Runs without white space, which ends a link. They are at most as long as the longest link (twitter-text,
 * MAX_URL_LENGTH): the time that twitter-text takes grows with the square of a run's length.
 */
const runs = /\S{1,4096}/g;

/** The links that twitter-text finds, such as `README.md`. Mastodon uses the same rules without bare domains. */
export const countedLinks = (text: string, bareDomains: boolean): readonly Link[] =>
  [...text.matchAll(runs)].flatMap(({ 0: run, index }) => {
    // A run that has no `.` or no scheme contains no link: twitter-text need not search it.
    if (!run.includes(bareDomains ? "." : "://")) return [];
    return extractUrlsWithIndices(run, { extractUrlsWithoutProtocol: bareDomains }).map(
      ({ url, indices: [start, end] }) => ({ start: index + start, end: index + end, url }),
    );
  });

/** Matches the `@` of a mention on Mastodon (`Account::MENTION_RE`). */
const mentionOnMastodon = /(?<![=/\p{L}\p{M}\p{N}\p{Pc}])@(?=[a-zA-Z\d_])/gu;

/**
 * Prevents mentions on X, as twitter-text finds them, and on Mastodon: each `@` of one gets a zero-width space after it.
 * Links stay as they are.
 */
export const withoutMention = (text: string): string => {
  if (!/[@＠]/.test(text)) return text;
  const links = [...linksIn(text), ...countedLinks(text, true)].toSorted((a, b) => a.start - b.start);
  const onX = extractMentions(text).map(({ indices: [start] }) => start);
  const onMastodon = [...text.matchAll(mentionOnMastodon)].map(({ index }) => index);
  const mentions = new Set([...onX, ...onMastodon]);
  // The signs and the links are both in the order of the text, so that each link is looked at once.
  let next = 0;
  let linkedTo = 0;
  return text.replaceAll(/[@＠]/g, (sign, at: number) => {
    for (let link = links[next]; link !== undefined && link.start <= at; link = links[next]) {
      linkedTo = Math.max(linkedTo, link.end);
      next += 1;
    }
    return mentions.has(at) && at >= linkedTo ? `${sign}\u200B` : sign;
  });
};

/**
 * Prevents mentions on a network that notifies the mentioned people: `@dependabot` in a title or a summary does not
 * mean a person there, and neither does the name of an author. The text that the author wrote for networks keeps its
 * mentions.
 */
export const withoutMentions = (snippet: Snippet): Snippet => {
  const authors = snippet.content.authors.map((author) => ({ ...author, name: withoutMention(author.name) }));
  return {
    ...snippet,
    title: withoutMention(snippet.title),
    summary: withoutMention(snippet.summary),
    content: { ...snippet.content, authors },
  };
};

/** Escapes the signs that every dialect of Markdown interprets within a line. */
export const escapeMarks = (text: string): string => text.replaceAll(/[\\`*_[\]~|]/g, "\\$&");

/** The parts of a text that are not links. */
export const textBetween = (text: string, links: readonly Link[]): readonly string[] => {
  const starts = [0, ...links.map(({ end }) => end)];
  return starts.map((start, index) => text.slice(start, links[index]?.start ?? text.length));
};

/** `@user@server` is shown, and counted, as `@user` (docs.joinmastodon.org, user/posting). */
export const localMentions = (text: string): string => text.replaceAll(/(@\w+(?:[.-]\w+)*)@[\w.-]*\w/gu, "$1");

export const withoutTags = (html: string): string => html.replaceAll(/<[^<>]*>/g, " ").trim();

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** The text of HTML, with its tags. `showLink` returns what stands for a link that is neither a mention nor a hashtag. */
export const plainText = (html: string, showLink: (href: string) => string = () => " "): string =>
  html
    .replaceAll(/<a\b([^<>]*)>((?:(?!<a\b).)*?)<\/a>/gs, (_, attributes: string, inner: string) =>
      /^[#@]/.test(withoutTags(inner)) ? inner : showLink(/\bhref="([^"]*)"/.exec(attributes)?.[1] ?? inner),
    )
    .replaceAll(/&(\w+|#\d{1,6}|#x[\da-f]{1,5});/gi, (entity, name: string) =>
      name.startsWith("#")
        ? String.fromCodePoint(Number(name.slice(1).replace(/^x/i, "0x")))
        : (entities[name] ?? entity),
    );

/**
 * The letters and digits of a text outside its links. Servers make different HTML from a text: they shorten links, read
 * `*a*` as emphasis, or leave `<a>` unchanged (snac2).
 */
const lettersOf = (text: string): string =>
  localMentions(withoutTags(text.replaceAll(/https?:\/\/[^\s<]+/g, "")))
    .replaceAll(/&#\w+;/g, "")
    .normalize("NFKC")
    .replaceAll(/[^\p{L}\p{M}\p{N}]/gu, "");

/** True if a status on Mastodon has the letters and digits of a text, apart from the links of both. */
export const hasEqualLetters = (content: string, sent: string): boolean =>
  lettersOf(plainText(content)) === lettersOf(sent);

/** The letters and digits of a text, and its links without their scheme. */
const wordsOf = (marked: string): string => {
  const text = marked.replaceAll(/<(?!https?:)[^<>]*>/gi, " ");
  const links = linksIn(text);
  const addressAt = (at: number) => URL.parse(links[at]?.url ?? "")?.href.replace(/^\w+:/, "") ?? "";
  return textBetween(text, links)
    .map((part, at) => lettersOf(part) + addressAt(at))
    .join("");
};

const signsOf = (text: string): string => withoutTags(text).normalize("NFKC").replaceAll(/\s/g, "");

/**
 * True if a status has this text, by its letters, digits and links. A text that has none of them is compared by all of its
 * signs, so that one emoji is not another, and not a picture without a text.
 */
export const isEqualText = (content: string, sent: string): boolean => {
  const text = plainText(content, (href) => href);
  const words = wordsOf(sent);
  return words === "" ? signsOf(text) === signsOf(sent) && signsOf(sent) !== "" : words === wordsOf(text);
};
