import { anchorsOf } from "./anchors.ts";
import { checkOpenTags, TooCostly } from "./bounds.ts";
import type { Fields } from "./fields.ts";
import type { Findings } from "./findings.ts";
import { type Rendered, renderMarkdown } from "./markdown.ts";
import { withoutTags } from "./prose.ts";
import { sanitiseBody, textOfHtml } from "./sanitise.ts";
import { withoutTemplates } from "./templates.ts";

export interface Body {
  readonly rendered: Rendered;
  /** Sanitised, every URL absolute. */
  readonly html: string;
}

/** A document of 1 MiB may become five times as long (`&` is `&amp;`), in each file of each of its feeds. */
const maxHtml = 2_000_000;

const wordsPerMinute = 220;
/** Chinese, Japanese and Korean are read at some 500 characters a minute. */
const wordsPerCharacter = 0.44;

const minutes = (text: string): number => {
  const characters = text.match(/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/gu)?.length ?? 0;
  const words =
    text
      .replaceAll(/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/gu, " ")
      .match(/[\p{L}\p{N}][\p{L}\p{M}\p{N}'’-]*/gu)?.length ?? 0;
  return Math.max(1, Math.ceil((words + characters * wordsPerCharacter) / wordsPerMinute));
};

/** Minutes: `5`, `"5 min read"`, else counted. */
export const readingTimeOf = (fields: Fields, html: string): number => {
  const [given] = fields("readingTime", "readTime").flatMap(
    ({ value }) => /^\s*(\d{1,4})(?:\.\d+)?(?!\d)/.exec(String(value))?.[1] ?? [],
  );
  const minutesGiven = Number(given ?? 0);
  return minutesGiven > 0 ? minutesGiven : minutes(textOfHtml(html));
};

/** Markdown → HTML → what the allow-list leaves of it. */
export const bodyOf = (markdown: string, base: string, isMdx: boolean, found: Findings): Body | undefined => {
  try {
    const rendered = renderMarkdown(withoutTemplates(markdown, isMdx, found), anchorsOf(base), (text) =>
      withoutTags(text, found),
    );
    checkOpenTags(rendered.html);
    const html = sanitiseBody(rendered.html, base);
    if (html.length > maxHtml)
      return found.refuse(
        "body-too-large",
        "body",
        "As HTML the body is longer than 2 million characters: shorten or split it.",
      );
    if (html === "")
      found.warn("body-empty", "body", "Nothing of the body is left to show: the entry is a title and a link.");
    return { rendered, html };
  } catch (error) {
    if (error instanceof TooCostly) return found.refuse(error.code, "body", error.message);
    const cause = String(error).split("\n", 1)[0];
    return found.refuse(
      "body-unreadable",
      "body",
      `The body cannot be turned into HTML (${cause}): look for what is unusual in it.`,
    );
  }
};
