import type { Site } from "../domain/site.ts";
import { type Field, type Fields, isNo, isYes, textOf } from "./fields.ts";

/** Why the document must not be published, for people. A value that is not understood holds the document, too. */
export const holdOf = (fields: Fields, path: string, site: Pick<Site, "publishStatuses">): string | undefined => {
  const quote = ({ key, value }: Field) => `\`${key}: ${textOf(value) ?? String(isYes(value))}\``;
  const [draft] = fields("draft").filter(({ value }) => !isNo(value));
  if (draft !== undefined) return `It is a draft (${quote(draft)}).`;
  const [hidden] = fields("hidden").filter(({ value }) => !isNo(value));
  if (hidden !== undefined) return `It is not public (${quote(hidden)}).`;
  const [unpublished] = fields("shown").filter(({ value }) => isNo(value));
  if (unpublished !== undefined) return `It is not published (${quote(unpublished)}).`;
  if (
    path
      .split("/")
      .slice(0, -1)
      .some((folder) => /^_?drafts?$/i.test(folder))
  )
    return "It is in a folder of drafts.";
  // Eleventy writes no page for it.
  const [pageless] = fields("permalink").filter(({ value }) => value === false);
  if (pageless !== undefined) return `It has no page (${quote(pageless)}).`;
  const [visible] = fields("visibility").filter(({ value }) => textOf(value)?.toLowerCase() !== "public");
  if (visible !== undefined) return `It is not public (${quote(visible)}).`;
  for (const { key, value } of fields("status")) {
    const status = textOf(value)?.toLowerCase();
    if (status !== undefined && site.publishStatuses.includes(status)) continue;
    if (status !== undefined && /^(draft|private|archived)$/.test(status))
      return `Its status is ${status} (\`${key}\`).`;
    return `Its status "${status ?? "(not a text)"}" (\`${key}\`) is unknown; these publish: ${site.publishStatuses.join(", ")}.`;
  }
  return undefined;
};
