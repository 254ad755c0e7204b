import type { Site } from "../domain/site.ts";
import { cleanLine, isLongerThan } from "../domain/text.ts";
import { textOfHtml } from "../markdown/sanitise.ts";
import { asLine, type Field, type Fields } from "./front-matter.ts";

const headingFirst = /^\s*<h1(?:\s[^<>]*)?>([\s\S]*?)<\/h1>\s*/;

/** Returns the text of the level-one heading with which a body begins. */
export const headingOf = (html: string): string | undefined =>
  cleanLine(textOfHtml(headingFirst.exec(html)?.[1] ?? "")) || undefined;

/** Returns a body without that heading. */
export const withoutHeading = (html: string): string => html.replace(headingFirst, "");

/** Returns the tags of the pictures in a body. A tracking pixel is none. */
export const pictureTags = (html: string): readonly string[] =>
  [...html.matchAll(/<img\s[^<>]*>/g)].flatMap(([tag]) => (/\s(?:width|height)="[01]"/.test(tag) ? [] : [tag]));

/** The parts of a document that decide what it is. */
export interface KindFacts {
  /** The field of the front matter that names the kind: `type: note`. */
  readonly named: Field | undefined;
  /** Empty if it has none. */
  readonly title: string;
  /** The text of the level-one heading with which the body begins. */
  readonly heading: string | undefined;
  /** The body as plain text. */
  readonly text: string;
  readonly hasPicture: boolean;
  /** The folder of `sites[].notes`, or the feed, that the document is in. */
  readonly folder: string | undefined;
  /** The field by which it responds to something without words: `like_of: https://…`. */
  readonly response: Field | undefined;
  /** True if its type says that it is something else: `type: docs`. */
  readonly hasOtherType: boolean;
}

/** The reason is a sentence for people. */
export type Kind =
  | { readonly kind: "article"; readonly title: string }
  | { readonly kind: "note" | "page"; readonly reason: string }
  /** It needs a title. */
  | { readonly kind: "untitled" }
  | { readonly kind: "empty" };

const articles: ReadonlySet<string> = new Set(["article", "post", "blog"]);
const notes: ReadonlySet<string> = new Set(["note", "status", "aside", "micro", "microblog"]);

/** Graphemes. What is longer is an article that lost its title. */
export const maxNote = 1_000;

/** Returns the name of a type or layout. Eleventy names a layout with its file: `layouts/page.njk`. */
export const layoutName = (value: unknown): string =>
  asLine(value)
    ?.toLowerCase()
    .split("/")
    .at(-1)
    ?.split(".")
    .find((part) => part !== "") ?? "";

const isIn = (names: ReadonlySet<string>, field: Field | undefined): boolean =>
  field !== undefined && names.has(layoutName(field.value));

/** Returns the field that says what the document is. */
export const namedKind = (fields: Fields): Field | undefined =>
  fields("type", "kind", "layout").find((field) => isIn(articles, field) || isIn(notes, field));

/** True if the front matter has a type that Crier does not know. */
export const hasOtherType = (fields: Fields): boolean =>
  fields("type").some((field) => !isIn(articles, field) && !isIn(notes, field));

/** Returns the folder of notes that a document is in. */
export const folderOfNotes = (path: string, { notes: folders }: Pick<Site, "notes">): string | undefined =>
  folders?.find((folder) => path.startsWith(folder));

const responses: Readonly<Record<string, string>> = {
  likeof: "a like",
  repostof: "a repost",
  bookmarkof: "a bookmark",
  rsvp: "a reply to an invitation",
  checkin: "a check-in",
  readof: "a record of reading",
  watchof: "a record of watching",
  listenof: "a record of listening",
  drinkof: "a record of a drink",
};

const webAddress = (value: unknown): string | undefined => {
  const text = asLine(Array.isArray(value) ? value[0] : value);
  return text !== undefined && /^https?:\/\/\S+$/i.test(text) ? text : undefined;
};

const whyPage = ({ key, value }: Field): string => {
  const name = responses[key.toLowerCase().replaceAll(/[^a-z]/g, "")] ?? "a response";
  const address = webAddress(value);
  return `It is ${name}${address === undefined ? "" : ` of ${address.slice(0, 200)}`}: it has no text of its own.`;
};

/** Decides what a document is, by what it says and what it holds (docs/notes.md). */
export const decideKind = (facts: KindFacts): Kind => {
  const { named, title, heading, text, hasPicture, folder, response } = facts;
  const name = title || heading;
  if (response !== undefined && title === "" && text === "" && !hasPicture)
    return { kind: "page", reason: whyPage(response) };
  const isLong = isLongerThan(text, maxNote);
  // In some blogs a note is a short article, or an essay that grows.
  const isNote = isIn(notes, named) && !(isLong && title !== "");
  if (name && !isNote) return { kind: "article", title: name };
  if (isIn(articles, named)) return { kind: "untitled" };
  if (text === "" && !hasPicture) return title === "" ? { kind: "empty" } : { kind: "article", title };
  if (isNote) return { kind: "note", reason: `it says so (\`${named?.key}: ${asLine(named?.value)}\`)` };
  if (folder !== undefined) return { kind: "note", reason: `it has no title and is in ${folder}` };
  return isLong || facts.hasOtherType
    ? { kind: "untitled" }
    : { kind: "note", reason: "it has no title, and its text is short" };
};
