import type { Findings } from "../domain/findings.ts";
import type { Image } from "../domain/post.ts";
import { isRecord } from "../domain/records.ts";
import { cleanLine } from "../domain/text.ts";
import { renderLine } from "../markdown/markdown.ts";
import { sanitiseLine, textOfHtml } from "../markdown/sanitise.ts";
import { webUrl } from "../markdown/urls.ts";
import { type Field, type Fields, listOf, textOf, textsOf } from "./fields.ts";

interface GivenImage {
  readonly url: string | undefined;
  readonly alt: string | undefined;
  readonly credit: string | undefined;
}

const givenImage = ({ value }: Field): GivenImage => {
  const first = listOf(value)[0];
  if (!isRecord(first)) return { url: textOf(first), alt: undefined, credit: undefined };
  const [url] = ["url", "src", "path", "image", "feature", "href"].flatMap((key) => textOf(first[key]) ?? []);
  return { url, alt: textOf(first.alt), credit: textOf(first.credit) ?? textOf(first.caption) };
};

/** A credit is Markdown. Feeds show it with its links; elsewhere it is plain text. */
export const creditOf = (markdown: string, base: string): Pick<Image, "credit" | "creditHtml"> => {
  const creditHtml = sanitiseLine(renderLine(markdown), base);
  const credit = cleanLine(textOfHtml(creditHtml));
  return credit === "" ? {} : { creditHtml, credit };
};

export const imageOf = (fields: Fields, base: string, found: Findings): Image | undefined => {
  for (const field of fields("image")) {
    const given = givenImage(field);
    if (given.url === undefined) continue;
    const url = webUrl(given.url, base);
    if (url === undefined) {
      found.warn(
        "image-dropped",
        field.key,
        `\`${field.key}\` is not an http(s) URL: "${given.url.slice(0, 60)}" was left out.`,
      );
      continue;
    }
    const alt = textsOf(fields("imageAlt"))[0]?.text ?? given.alt;
    const credit = textsOf(fields("imageCredit"))[0]?.text ?? given.credit;
    return { url, ...(alt === undefined ? {} : { alt }), ...(credit === undefined ? {} : creditOf(credit, base)) };
  }
  return undefined;
};
