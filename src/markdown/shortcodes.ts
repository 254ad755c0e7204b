import type { Boxes } from "./boxes.ts";
import { renderEmbed } from "./components.ts";
import { tagOfShortcode } from "./tag.ts";

/** The address of the site: it is removed, and the rest of the URL is resolved against the URL of the post. */
const siteAddress =
  /^(?:(?:\$?\.?site|page|config|page\.root)\.(?:base_?url|url|root|github\.url|permalink)|\.(?:rel)?permalink|base_?url)(?:\s*\|\s*\w+)*$/i;

/** `{{ "/a.png" | relative_url }}`. */
const filteredUrl =
  /^(["'])([^"'{}]*)\1(?:\s*\|\s*(?:relative_url|absolute_url|url|prepend|append|asset_url|escape|strip)\b[^|]*)*$/;

/** The text that replaces a tag within a URL; undefined where the tag is unknown. */
export const addressOfTag = (inside: string): string | undefined =>
  siteAddress.test(inside.trim()) ? "" : filteredUrl.exec(inside.trim())?.[2];

/** A template tag as Markdown; `""` where only its content is kept; undefined where it is unknown. */
export const renderShortcode = (inside: string, boxes: Boxes, indent: string | undefined): string | undefined => {
  const value = addressOfTag(inside);
  if (value !== undefined) return `${indent ?? ""}${value}`;
  const tag = tagOfShortcode(inside);
  // The opening tag has its warning already, and a comment needs none.
  const isSilent = tag.part === "closing" || /^\s*(?:\/[*/]|#)/.test(inside);
  return boxes.render(tag, indent) ?? renderEmbed(tag, indent) ?? (isSilent ? (indent ?? "") : undefined);
};
