import { escapeHtml } from "./characters.ts";
import { type Element, element } from "./tree.ts";
import type { EntryView } from "./view.ts";
import type { Words } from "./words/word-keys.ts";
import { fill, wordsFor } from "./words.ts";

/** The W3C validator knows these namespaces; it warns of others. */
export const namespaces = {
  "xmlns:dcterms": "http://purl.org/dc/terms/",
  "xmlns:media": "http://search.yahoo.com/mrss/",
} as const;

/** The relation of a link is a registered name or an IRI (RFC 4287 §4.2.7.2), and `syndication` is not registered. */
export const syndicationRel = "http://microformats.org/wiki/rel-syndication";

/** Media RSS 1.5.1: the picture with its alternative text and its credit. */
const mediaElements = ({ image }: EntryView): readonly Element[] =>
  image === undefined
    ? []
    : [
        element(
          "media:content",
          { url: image.url, type: image.mediaType, medium: "image", fileSize: image.length?.toString() },
          [
            ...(image.alt === undefined
              ? []
              : [
                  // With the type `plain`, feedparser reads it as the summary of the entry.
                  element("media:description", { type: "html" }, [escapeHtml(image.alt)]),
                ]),
            ...(image.credit === undefined ? [] : [element("media:credit", {}, [image.credit])]),
            // `media:credit` has no link, and `media:copyright` has one.
            ...(image.credit === undefined || image.creditUrl === undefined
              ? []
              : [element("media:copyright", { url: image.creditUrl }, [image.credit])]),
          ],
        ),
        element("media:thumbnail", { url: image.url }),
      ];

/** A tool that helped to write an entry is never its author. */
export const disclosureText = (disclosure: string, { disclosure: text }: Words): string =>
  fill(text, { tool: disclosure });

/** The elements that are the same in RSS and Atom. */
export const extensionsOf = (entry: EntryView): readonly Element[] => [
  ...mediaElements(entry),
  ...(entry.disclosure === undefined
    ? []
    : [element("dcterms:provenance", {}, [disclosureText(entry.disclosure, wordsFor(entry.language))])]),
];
