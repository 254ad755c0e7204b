import type { Boxes } from "./boxes.ts";
import { renderEmbed } from "./components.ts";
import { tagOfShortcode } from "./tag.ts";

/** Where a site's own address stands: the rest of the URL is resolved against the post's. */
const siteAddress =
  /^(?:(?:\$?\.?site|page|config|page\.root)\.(?:base_?url|url|root|github\.url|permalink)|\.(?:rel)?permalink|base_?url)(?:\s*\|\s*\w+)*$/i;

/** `{{ "/a.png" | relative_url }}`. */
const filteredUrl =
  /^(["'])([^"'{}]*)\1(?:\s*\|\s*(?:relative_url|absolute_url|url|prepend|append|asset_url|escape|strip)\b[^|]*)*$/;

/** The text that stands in the place of a tag within a URL; undefined: unknown. */
export const addressOfTag = (inside: string): string | undefined =>
  siteAddress.test(inside.trim()) ? "" : filteredUrl.exec(inside.trim())?.[2];

/** A template tag that means the same everywhere, as Markdown; `""` where its content stands for itself; undefined: unknown. */
export const renderShortcode = (inside: string, boxes: Boxes, indent: string | undefined): string | undefined => {
  const value = addressOfTag(inside);
  if (value !== undefined) return `${indent ?? ""}${value}`;
  const tag = tagOfShortcode(inside);
  // Its opening was named already, and a comment names nothing.
  const isSilent = tag.part === "closing" || /^\s*(?:\/[*/]|#)/.test(inside);
  return boxes.place(tag, indent) ?? renderEmbed(tag, indent) ?? (isSilent ? (indent ?? "") : undefined);
};
