import { separatePlaceholder } from "./link-end.ts";
import { type Layout, type Snippet, type Wording, withTitle } from "./snippet.ts";

/** What a template may name. */
export const placeholders = ["title", "summary", "link", "tags", "author"] as const;

const placeholder = /\{(\w+)\}/g;

export const namesIn = (template: string): readonly string[] =>
  [...template.matchAll(placeholder)].map(([, name = ""]) => name);

/** Divides two values, and has no meaning beside one that is empty. */
const isDivider = (text: string): boolean => /^[\s:–—|·,-]+$/.test(text);

/** A line that has nothing but empty values is left out. */
const fillLine = (line: string, values: Readonly<Record<string, string>>): readonly string[] => {
  const fillPart = (part: string | undefined): string => values[part?.slice(1, -1) ?? ""] ?? "";
  // Placeholders are at the odd places.
  const parts = line.split(/(\{\w+\})/);
  const given = parts.filter((_, at) => at % 2 === 1).map(fillPart);
  if (!given.includes("")) return [parts.map((part, at) => (at % 2 === 1 ? fillPart(part) : part)).join("")];
  if (given.every((value) => value === "")) return [];
  const filled = parts.reduce((before, part, at) => {
    if (at % 2 === 1) return before + fillPart(part);
    const isLoose = before === "" || fillPart(parts[at + 1]) === "";
    return isDivider(part) && isLoose ? before : before + part;
  }, "");
  return [filled.trimEnd()];
};

/** Link and tags that it does not name follow below. */
const layoutOf = (template: string, author: string): Layout => {
  const names = namesIn(template);
  return (text, more, link, tags) => {
    const summary = names.includes("title") ? more : more || text;
    const values = { title: text, summary, link, tags, author };
    const body = separatePlaceholder(template)
      .split("\n")
      .flatMap((line) => fillLine(line, values))
      .join("\n")
      .replaceAll(/\n{3,}/g, "\n\n")
      .trim();
    const rest = [names.includes("link") ? "" : link, names.includes("tags") ? "" : tags];
    return [body, ...rest].filter((part) => part !== "").join("\n\n");
  };
};

/** The wording of a post for which the author wrote no text, by the template of an account. */
export const withTemplate = (template: string, snippet: Snippet): Wording => {
  const author = snippet.content.authors.map(({ name }) => name).join(", ");
  const hasTitle = namesIn(template).includes("title");
  const wording = hasTitle ? withTitle(snippet) : { text: snippet.title, more: snippet.summary };
  return { ...wording, layout: layoutOf(template, author) };
};
