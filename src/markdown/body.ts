import type { Findings } from "../domain/findings.ts";
import type { ResolveReference } from "../domain/reference.ts";
import { TooCostly } from "./bounds.ts";
import { type Rendered, renderMarkdown } from "./markdown.ts";
import { sanitiseBody } from "./sanitise.ts";
import { isSourcePath } from "./urls.ts";

export interface Body {
  readonly rendered: Rendered;
  /** Sanitised, every URL absolute. */
  readonly html: string;
}

/** In characters. A document of 1 MiB may become five times as long (`&` is `&amp;`), in every file of each of its feeds. */
const maxHtml = 2_000_000;

export interface BodyOptions {
  /** Components and expressions are in it: MDX, Markdoc. */
  readonly isMdx?: boolean;
  /** Where the documents are that it refers to. By default none is known: the text of such a link is shown without a link. */
  readonly resolve?: ResolveReference;
}

const warnOfSources = (html: string, found: Findings): void => {
  for (const [, path = ""] of html.matchAll(/<[^<>]*\s(?:href|src|poster)="([^"<>]*)"/g))
    if (isSourcePath(path))
      found.warn(
        "source-path-dropped",
        "body",
        `"${path.slice(0, 80)}" is a file of the site's sources, which no reader can load: it was left out. Put it where the site serves it.`,
      );
};

/** Markdown as sanitised HTML, with `base` as its URL. Undefined where it cannot be read; the findings say why. */
export const bodyOf = (
  markdown: string,
  base: string,
  { isMdx = false, resolve = () => undefined }: BodyOptions,
  found: Findings,
): Body | undefined => {
  try {
    const rendered = renderMarkdown(markdown, { isMdx, found, resolve, page: base });
    warnOfSources(rendered.html, found);
    const html = sanitiseBody(rendered.html, base, resolve);
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
