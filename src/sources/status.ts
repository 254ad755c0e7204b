import type { Site } from "../domain/site.ts";
import { type Fields, isNo, isYes, textOf } from "./fields.ts";

/** Why the document must not be published, in words. Default deny: what is not understood holds. */
export const holdOf = (fields: Fields, path: string, site: Pick<Site, "publishStatuses">): string | undefined => {
  const [draft] = fields("draft", "isDraft").filter(({ value }) => !isNo(value));
  if (draft !== undefined)
    return `It is a draft (\`${draft.key}: ${textOf(draft.value) ?? String(isYes(draft.value))}\`).`;
  const [unpublished] = fields("published").filter(({ value }) => isNo(value));
  if (unpublished !== undefined) return "It is not to be published (`published: false`).";
  if (
    path
      .split("/")
      .slice(0, -1)
      .some((folder) => /^_?drafts$/i.test(folder))
  )
    return "It stands in a folder of drafts.";
  for (const { key, value } of fields("status")) {
    const status = textOf(value)?.toLowerCase();
    if (status !== undefined && site.publishStatuses.includes(status)) continue;
    if (status !== undefined && /^(draft|private|archived)$/.test(status))
      return `Its status is ${status} (\`${key}\`).`;
    return `Its status "${status ?? "(not a word)"}" (\`${key}\`) is unknown; these publish: ${site.publishStatuses.join(", ")}.`;
  }
  return undefined;
};
