import { type FieldName, fieldKeys } from "../domain/field-keys.ts";
import { type Findings, similarWord, suggestion } from "../domain/findings.ts";
import { isRecord } from "../domain/json-value.ts";
import type { Site } from "../domain/site.ts";
import { allFields, containers, type Field, type Fields, hasValue, normalisePath, textOf } from "./fields.ts";

/** As they are compared, with their usual spelling. */
const known = new Map(
  Object.values(fieldKeys)
    .flat()
    .map((key) => [normalisePath(key), key]),
);

/** Without the place for a theme's keys around it. */
const withoutContainer = (path: string): string => {
  const container = containers.find((one) => path.startsWith(`${one}.`));
  return container === undefined ? path : path.slice(container.length + 1);
};

/** The key, and those of the objects that it is in. */
const withParents = (path: string): readonly string[] => {
  const parts = path.split(".");
  return parts.map((_, index) => parts.slice(0, index + 1).join("."));
};

/** The keys with a value that no field has: of nested objects the innermost. */
export const ignoredKeys = (
  record: Readonly<Record<string, unknown>>,
  { fields }: Pick<Site, "fields">,
): readonly Field[] => {
  const own = new Set(Object.values(fields).map(normalisePath));
  return allFields(record).filter(({ key, value }) => {
    const path = normalisePath(key);
    const isRead =
      withParents(path).some((one) => known.has(one) || own.has(one)) ||
      withParents(withoutContainer(path)).some((one) => known.has(one));
    return !isRecord(value) && hasValue(value) && !isRead;
  });
};

/** Words that differ in one letter from a key, and mean something else. */
const otherWords = new Set(["data", "feature", "features", "types"]);

/** The key that was probably meant. Short words that begin with another letter are other words (`math`, `path`). */
export const similarKey = (written: string): string | undefined => {
  const path = withoutContainer(normalisePath(written));
  if (path.length < 4 || otherWords.has(path)) return undefined;
  const candidates = [...known.keys()].filter((key) => path.length > 7 || key[0] === path[0]);
  const similar = similarWord(path, candidates, path.length > 7 ? 2 : 1);
  return similar === undefined ? undefined : known.get(similar);
};

const isPicture = (value: unknown): boolean =>
  typeof value === "string" && /^\S+\.(?:png|jpe?g|gif|webp|avif)$/i.test(value.trim());

/** What an unknown key is probably for, where the document has nothing else for that field. */
const likelyField = ({ key, value }: Field, fields: Fields): FieldName | undefined => {
  if (isPicture(value)) return fields("image").length === 0 ? "image" : undefined;
  const isSummary = typeof value === "string" && /(?:description|summary|excerpt|abstract|teaser|intro)$/i.test(key);
  return isSummary && fields("summary").length === 0 ? "summary" : undefined;
};

const warnOfUnknown = (field: Field, fields: Fields, found: Findings): void => {
  const { key } = field;
  const similar = similarKey(key);
  const likely = likelyField(field, fields);
  if (similar !== undefined) found.warn("key-unknown", key, `\`${key}\` is not read: did you mean \`${similar}\`?`);
  else if (likely !== undefined)
    found.warn(
      "key-unknown",
      key,
      `\`${key}\` is not read. If it is the ${likely}, say so in the site's configuration: fields: { ${likely}: ${JSON.stringify(key)} }`,
    );
};

const textFields = ["title", "summary", "slug", "permalink", "canonical", "language", "guid"] as const;

const warnOfOtherTypes = (fields: Fields, found: Findings): void => {
  // A flag with the name of a text (`preview: true`) is not a mistake.
  for (const { key, value } of fields(...textFields))
    if (typeof value !== "boolean" && textOf(value) === undefined)
      found.warn("value-unknown", key, `\`${key}\` is not text: it was left out.`);
};

/** The keys of `social` that belong to no account and no network. */
const warnOfSocial = (fields: Fields, { socialKeys }: Pick<Site, "socialKeys">, found: Findings): void => {
  for (const { key, value } of fields("social"))
    for (const name of isRecord(value) ? Object.keys(value) : [])
      if (!socialKeys.includes(name.toLowerCase()))
        found.warn(
          "social-unknown",
          `${key}.${name}`,
          `\`${key}.${name}\` is for no account and no network: ${suggestion(name, socialKeys)}`,
        );
};

/** Names what is in the front matter and is not read, where that is probably a mistake or this site's own name for a field. */
export const warnOfUnread = (ignored: readonly Field[], fields: Fields, site: Site, found: Findings): void => {
  for (const field of ignored) warnOfUnknown(field, fields, found);
  warnOfOtherTypes(fields, found);
  warnOfSocial(fields, site, found);
};
