import { isLanguage } from "./document-path.ts";
import { type Field, type Fields, isNo, isYes, textOf } from "./fields.ts";

/** Why a document is a page of its site and not a post, by its name; undefined where it is not. */
export const pageByName = (path: string, isSectionIndex: boolean): string | undefined => {
  const segments = path.split("/");
  const [, name = ""] = /^(readme|404|_index|index)(?:\.[\w-]+)?\.[^.]+$/i.exec(segments.at(-1) ?? "") ?? [];
  const folder = segments.slice(0, -1).join("/");
  switch (name.toLowerCase()) {
    case "readme":
    case "404":
      return `Its name is ${name}.`;
    case "_index":
      return "It is the index of a section (`_index`).";
    case "index":
      if (folder === "" || (segments.length === 2 && isLanguage(folder))) return "It is the index of the site.";
      return isSectionIndex ? `It is the index of the folder ${folder}, which holds other documents.` : undefined;
    default:
      return undefined;
  }
};

const quote = ({ key, value }: Field): string => `\`${key}: ${textOf(value) ?? String(value)}\``;

/** Eleventy names a layout with its file: `layouts/page.njk`. */
const isNamed = ({ value }: Field, ...names: readonly string[]): boolean =>
  names.includes(
    textOf(value)
      ?.toLowerCase()
      .split("/")
      .at(-1)
      ?.split(".")
      .find((part) => part !== "") ?? "",
  );

/** Why a document is a page of its site and not a post, by its front matter; undefined where it is not. */
export const pageByFields = (fields: Fields, path: string, hasDate: boolean): string | undefined => {
  const [type] = fields("type").filter((field) => isNamed(field, "page"));
  if (type !== undefined) return `It is of the type page (${quote(type)}).`;
  const [layout] = fields("layout").filter((field) => isNamed(field, "page", "home"));
  if (layout !== undefined) return `Its layout is for a page (${quote(layout)}).`;
  const [excluded] = fields("excluded").filter(({ value }) => isYes(value));
  if (excluded !== undefined) return `It is in no collection (${quote(excluded)}).`;
  if (hasDate || path.split("/").some((folder) => /^_(?:posts|drafts)$/.test(folder))) return undefined;
  const [usual] = [
    ...fields("layout").filter((field) => isNamed(field, "default")),
    ...fields("sitemap").filter(({ value }) => isNo(value)),
  ];
  if (usual !== undefined) return `It has no date, and ${quote(usual)}.`;
  if (fields("title").length > 0 || fields("draft").some(({ value }) => isYes(value))) return undefined;
  const [shell] = [
    ...fields("redirect"),
    ...fields("template"),
    ...fields("layout").filter((field) => !isNamed(field, "post", "article", "blog", "note", "entry")),
  ];
  return shell === undefined ? undefined : `It has neither a title nor a date, and ${quote(shell)}.`;
};
