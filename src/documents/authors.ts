import type { Findings } from "../domain/findings.ts";
import { isRecord } from "../domain/json-value.ts";
import { type Person, personOf } from "../domain/site.ts";
import { hasVisibleText } from "../domain/text.ts";
import { webUrl } from "../markdown/urls.ts";
import { type Fields, listOf, textOf } from "./fields.ts";

const emailAddress = /^[^\s@<>]+@[^\s@<>.]+(?:\.[^\s@<>.]+)+$/;

const email = (text: string | undefined): string | undefined =>
  text !== undefined && emailAddress.test(text) ? text : undefined;

/** `Jane`, `Jane <jane@example.org>`, `[Jane](https://example.org)`. */
const peopleInText = (text: string, base: string): readonly Person[] => {
  const mail = /^(.*\S)\s*<([^<>]+)>$/.exec(text);
  const link = /^\[([^\]]+)\]\(([^()\s]+)\)$/.exec(text);
  if (mail?.[1] !== undefined) return [personOf(mail[1], undefined, email(mail[2]))];
  if (link?.[1] !== undefined && link[2] !== undefined) return [personOf(link[1], webUrl(link[2], base), undefined)];
  // Two or more full names are several people; `King, Jr.` is one person.
  const names = text.split(/(?<!\s)\s*,\s*(?:and\s+)?|(?<!\s)\s+(?:and|&)\s+/).filter((name) => name !== "");
  return names.length > 1 && names.every((name) => name.includes(" "))
    ? names.map((name) => ({ name }))
    : [{ name: text }];
};

export const authorsOf = (fields: Fields, base: string, found: Findings): readonly Person[] => {
  const [first] = fields("author");
  if (first === undefined) return [];
  found.readFrom("author", first.key);
  const people = listOf(first.value).flatMap((one): readonly Person[] => {
    if (!isRecord(one)) return peopleInText(textOf(one) ?? "", base);
    const name = textOf(one.name) ?? textOf(one.title);
    const url = textOf(one.url) ?? textOf(one.link);
    return name === undefined
      ? []
      : [personOf(name, url === undefined ? undefined : webUrl(url, base), email(textOf(one.email)))];
  });
  return [
    ...new Map(
      people.filter(({ name }) => hasVisibleText(name)).map((person) => [person.name.toLowerCase(), person]),
    ).values(),
  ];
};
