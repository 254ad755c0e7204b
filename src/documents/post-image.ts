import type { Findings } from "../domain/findings.ts";
import { isRecord } from "../domain/json-value.ts";
import type { Image } from "../domain/post.ts";
import { cleanLine } from "../domain/text.ts";
import { TooCostly } from "../markdown/bounds.ts";
import { renderLine } from "../markdown/markdown.ts";
import { sanitiseLine, textOfHtml } from "../markdown/sanitise.ts";
import { mediaUrl } from "../markdown/urls.ts";
import { type Field, type Fields, listOf, optionalText, textOf } from "./fields.ts";
import { plainText } from "./plain-text.ts";

interface GivenImage {
  readonly url: string | undefined;
  readonly alt: string | undefined;
  readonly credit: Field | undefined;
}

const maxCredit = 1_000;

/** `hero: dark` is an option of a theme. */
const isPlace = (text: string): boolean => /[./]/.test(text);

const givenImage = ({ key, value }: Field): GivenImage => {
  const first = listOf(value)[0];
  if (!isRecord(first)) return { url: [textOf(first) ?? ""].find(isPlace), alt: undefined, credit: undefined };
  const [url] = ["url", "src", "path", "image", "feature", "href"].flatMap((key) => textOf(first[key]) ?? []);
  const [credit] = ["credit", "caption"].flatMap((name) =>
    first[name] === undefined ? [] : [{ key: `${key}.${name}`, value: first[name] }],
  );
  return { url, alt: textOf(first.alt), credit };
};

/** Text, `{ name, url }`, or a list of them, as Markdown. */
const creditText = (value: unknown): string =>
  listOf(value)
    .flatMap((one) => {
      if (!isRecord(one)) return textOf(one) ?? [];
      const name = textOf(one.name) ?? textOf(one.title) ?? textOf(one.text);
      const url = textOf(one.url) ?? textOf(one.link) ?? textOf(one.href);
      return name === undefined || url === undefined ? (name ?? []) : `[${name}](${url})`;
    })
    .join(", ");

const lineOf = (markdown: string, key: string, base: string, found: Findings): string => {
  try {
    return sanitiseLine(renderLine(markdown), base);
  } catch (error) {
    if (!(error instanceof TooCostly)) throw error;
    found.warn("credit-dropped", key, `\`${key}\` was left out: ${error.message}`);
    return "";
  }
};

/** A credit is Markdown. Feeds show it with its links; elsewhere it is plain text. */
const creditOf = ({ key, value }: Field, base: string, found: Findings): Pick<Image, "credit" | "creditHtml"> => {
  const markdown = creditText(value);
  if (markdown === "" || markdown.length > maxCredit) {
    const what = `a text of at most ${maxCredit.toLocaleString("en")} characters, or a name with a URL`;
    found.warn("credit-dropped", key, `\`${key}\` is not ${what}: it was left out.`);
    return {};
  }
  const creditHtml = lineOf(markdown, key, base, found);
  const credit = cleanLine(textOfHtml(creditHtml));
  return credit === "" ? {} : { creditHtml, credit };
};

export const imageOf = (fields: Fields, base: string, found: Findings): Image | undefined => {
  for (const field of fields("image")) {
    const given = givenImage(field);
    if (given.url === undefined) {
      if (typeof field.value !== "boolean")
        found.warn(
          "image-dropped",
          field.key,
          `\`${field.key}\` is not a URL, and has no \`url\`, \`src\` or \`path\`: it was left out.`,
        );
      continue;
    }
    const url = mediaUrl(given.url, base);
    if (url === undefined) {
      found.warn(
        "image-dropped",
        field.key,
        `\`${field.key}\` is not a URL that a reader can load: "${given.url.slice(0, 60)}" was left out.`,
      );
      continue;
    }
    found.readFrom("image", field.key);
    const alt = optionalText(fields("imageAlt"), found) ?? given.alt;
    const credit = fields("imageCredit")[0] ?? given.credit;
    return {
      url,
      ...(alt === undefined ? {} : { alt: plainText(alt, "imageAlt", found) }),
      ...(credit === undefined ? {} : creditOf(credit, base, found)),
    };
  }
  return undefined;
};
