import type { Findings } from "../domain/findings.ts";
import { anchorPrefixOf } from "./anchors.ts";
import { checkOpenTags, TooCostly } from "./bounds.ts";
import { type Rendered, renderMarkdown } from "./markdown.ts";
import { withoutLeftoverTags } from "./prose.ts";
import { sanitiseBody } from "./sanitise.ts";
import { withoutTemplates } from "./templates.ts";

export interface Body {
  readonly rendered: Rendered;
  /** Sanitised, every URL absolute. */
  readonly html: string;
}

/** In characters. A document of 1 MiB may become five times as long (`&` is `&amp;`), in every file of each of its feeds. */
const maxHtml = 2_000_000;

/** Markdown as sanitised HTML. Undefined where it cannot be read; the findings say why. */
export const bodyOf = (markdown: string, base: string, isMdx: boolean, found: Findings): Body | undefined => {
  try {
    const rendered = renderMarkdown(withoutTemplates(markdown, isMdx, found), anchorPrefixOf(base), (text) =>
      withoutLeftoverTags(text, found),
    );
    checkOpenTags(rendered.html);
    const html = sanitiseBody(rendered.html, base);
    if (html.length > maxHtml)
      return found.refuse(
        "body-too-large",
        "body",
        "As HTML the body is longer than 2 million characters: shorten or split it.",
      );
    if (html === "") found.warn("body-empty", "body", "The body has nothing to show: the entry is a title and a link.");
    return { rendered, html };
  } catch (error) {
    if (error instanceof TooCostly) return found.refuse(error.code, "body", error.message);
    const cause = String(error).split("\n", 1)[0];
    return found.refuse(
      "body-unreadable",
      "body",
      `The body cannot be turned into HTML (${cause}): look for unusual Markdown or HTML in it.`,
    );
  }
};
