import type { Findings } from "../domain/findings.ts";
import { isRecord } from "../domain/json-value.ts";
import type { Category } from "../domain/post.ts";
import { hasVisibleText } from "../domain/text.ts";
import { type Field, type Fields, listOf, textOf } from "./fields.ts";
import { plainText } from "./plain-text.ts";

const maxCategories = 50;

const categoriesIn = ({ key, value }: Field, found: Findings): readonly Category[] =>
  listOf(value).flatMap((one) => {
    if (isRecord(one)) {
      const name = textOf(one.name) ?? textOf(one.label) ?? textOf(one.title) ?? textOf(one.slug);
      return name === undefined ? [] : [{ name: plainText(name, key, found), type: textOf(one.type)?.toLowerCase() }];
    }
    const text = textOf(one);
    // `tags: a, b` is a list that is written as one string. The elements of a list may contain commas.
    const parts = Array.isArray(value) ? [text ?? ""] : (text ?? "").split(",");
    return parts.map((part) => ({ name: plainText(part, key, found) }));
  });

/** WordPress says so of a post that is in no category. */
const isNone = (name: string): boolean => /^uncategori[sz]ed$/i.test(name);

/** The primary category first, then all others. Names that differ only in case are one category. */
export const categoriesOf = (fields: Fields, found: Findings): readonly Category[] => {
  const given = fields("category", "categories");
  const used = given.some((field) => categoriesIn(field, found).length > 0) ? given : fields("keywords");
  if (used.length > 0) found.readFrom("categories", ...used.map(({ key }) => key));
  const all = used
    .flatMap((field) => categoriesIn(field, found))
    .filter(({ name }) => hasVisibleText(name) && !isNone(name));
  const known = new Map<string, Category>();
  for (const category of all) {
    // An internal tag of Ghost.
    if (category.name.startsWith("#")) {
      found.warn(
        "tag-internal",
        "tags",
        `The tag "${category.name.slice(0, 60)}" is internal (it starts with #) and was left out.`,
      );
      continue;
    }
    const key = category.name.normalize("NFKC").toLowerCase();
    const before = known.get(key);
    if (before === undefined || before.type === undefined)
      known.set(key, { ...category, name: before?.name ?? category.name });
  }
  if (known.size > maxCategories)
    found.refuse(
      "categories-too-many",
      "categories",
      `It has ${known.size} categories and tags: at most ${maxCategories} are read.`,
    );
  return [...known.values()];
};
