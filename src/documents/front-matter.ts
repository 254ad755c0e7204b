import matter from "gray-matter";
import { keyOfToken, keyTokens } from "../domain/address.ts";
import { errorMessage } from "../domain/errors.ts";
import { type FieldName, fieldKeys, isFieldName } from "../domain/field-keys.ts";
import { type Findings, similarWord, suggestion } from "../domain/findings.ts";
import { isRecord } from "../domain/json-value.ts";
import type { Site } from "../domain/site.ts";
import { cleanLine } from "../domain/text.ts";
import { checkBounds, engines, type FrontMatter, KeyRepeated, withoutLongValues } from "./front-matter-languages.ts";

export interface SplitDocument {
  /** Numbers and dates are text, as they were written. */
  readonly fields: FrontMatter;
  readonly body: string;
}

const maxFrontMatter = 1024 * 1024;

/** Other languages, which gray-matter would execute (`---js`), are refused before it is called. */
const languages = new Map<string, keyof typeof engines>([
  ["", "yaml"],
  ["yaml", "yaml"],
  ["yml", "yaml"],
  ["toml", "toml"],
  ["json", "json"],
]);

const firstLine = (error: unknown): string => errorMessage(error).split("\n", 1)[0]?.replace(/:$/, "") ?? "";

/**
 * JSON in Hugo has no fences: the document begins with `{`, and a line with `}` ends the object. `{{` and `{%` begin a
 * template tag instead.
 */
const withFences = (text: string): string => {
  const end = /^\{(?![{%])/.test(text) ? /^\}[ \t]*$/m.exec(text) : null;
  if (end === null) return text;
  const [object, body] = [text.slice(0, end.index + 1), text.slice(end.index + end[0].length)];
  return `---json\n${object}\n---${body}`;
};

/**
 * Splits a document into front matter and body. Returns undefined if the front matter cannot be read, and the findings
 * say why.
 */
export const splitDocument = (written: string, found: Findings): SplitDocument | undefined => {
  const text = withFences(written);
  const opening = /^(---|\+\+\+)(?!-|\+)([^\n]*)(?:\n|$)/.exec(text);
  if (opening === null) return splitComments(text, found) ?? { fields: {}, body: text };
  const [line, fence = "", word = ""] = opening;
  const name = word.trim().toLowerCase();
  const language = fence === "+++" && name === "" ? "toml" : languages.get(name);
  if (language === undefined || (fence === "+++" && language !== "toml"))
    return found.refuse(
      "front-matter-language",
      undefined,
      `The front matter opens with "${fence}${word.slice(0, 40)}". Only YAML, TOML and JSON are read: write "---" alone.`,
    );
  const closing = (fence === "---" ? /^---[ \t]*$/m : /^\+\+\+[ \t]*$/m).exec(text.slice(line.length));
  if (closing === null)
    return found.refuse(
      "front-matter-open",
      undefined,
      `The front matter opens with "${fence}" and is not closed: put a line of "${fence}" below its last key.`,
    );
  const end = line.length + closing.index;
  if (Buffer.byteLength(text.slice(0, end)) > maxFrontMatter)
    return found.refuse(
      "front-matter-too-large",
      undefined,
      "The front matter is longer than 1 MiB: move its long texts into the body.",
    );
  // The block includes the end of the first line, so that an error names the line of the document.
  const block = text.slice(line.length - 1, end);
  try {
    checkBounds(block);
    // Without options gray-matter uses a cache, and reads an invalid document as an empty one the second time.
    const { data, content } = matter(`${fence}${block}${fence}`, { engines, language, delimiters: fence });
    if (content !== "") throw new Error(`a line in it begins with "${fence}" and goes on: indent it`);
    return { fields: withoutLongValues(data, found), body: text.slice(end + closing[0].length + 1) };
  } catch (error) {
    return found.refuse(
      "front-matter-broken",
      error instanceof KeyRepeated ? error.key : "front matter",
      `The front matter is not valid ${language.toUpperCase()}: ${firstLine(error)}. Correct it and save again.`,
    );
  }
};

/** Nikola's metadata: lines such as `.. title: Own your words` at the top, usually in a comment of HTML. */
const comments = /^\s*(<!--\s*)?(\.\. [a-z][\w-]*:(?!:)[^\n]*(?:\n[ \t]*\.\. [a-z][\w-]*:(?!:)[^\n]*)*)/i;

/** In Nikola a tag or a status may say what other generators have a key for. */
const nikolaFields = (fields: Readonly<Record<string, string>>): FrontMatter => {
  const { status, tags = "" } = fields;
  if (status === "featured") return { ...fields, status: "published", featured: true };
  const hidden = tags.split(",").find((tag) => /^(?:draft|private)$/i.test(tag.trim()));
  return status === undefined && hidden !== undefined ? { ...fields, status: hidden.trim() } : fields;
};

/** Returns undefined if the document does not begin with such lines, or the comment with them is not closed behind them. */
const splitComments = (text: string, found: Findings): SplitDocument | undefined => {
  const [whole, opening, lines = ""] = comments.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const rest = text.slice(whole.length).trimStart();
  if (opening !== undefined && !rest.startsWith("-->")) return undefined;
  const pairs = [...lines.matchAll(/^[ \t]{0,8}\.\. ([\w-]+):(.*)$/gm)].map(([, key = "", value = ""]) => [
    key,
    value.trim(),
  ]);
  return {
    fields: withoutLongValues(nikolaFields(Object.fromEntries(pairs)), found),
    body: opening === undefined ? rest : rest.slice("-->".length),
  };
};

export interface Field {
  /** The key as the document writes it. */
  readonly key: string;
  readonly value: unknown;
}

export interface Fields {
  /** Returns the document's values for these fields, in the order of their keys (field-keys.ts). */
  (...names: readonly FieldName[]): readonly Field[];
  /** Every value at the top of the front matter, by its key without case, `_` and `-`. */
  readonly top: ReadonlyMap<string, Field>;
}

/** Spaces and invisible characters are removed, too: they may come with a key that was pasted. */
const normaliseKey = (key: string): string =>
  key
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[\s\p{C}_-]/gu, "");

const hasValue = (value: unknown): boolean =>
  value !== undefined &&
  value !== null &&
  !(typeof value === "string" && value.trim() === "") &&
  !(Array.isArray(value) && !value.some(hasValue));

const normalisePath = (key: string): string => key.split(".").map(normaliseKey).join(".");

/** Keys are read to this depth: `header.teaser`, `extra.seo.description`. */
const maxKeyDepth = 4;

/** Returns every key with its value. Keys of nested objects are written as `header.teaser`. */
const allFields = (record: Readonly<Record<string, unknown>>, above = "", depth = 1): readonly Field[] =>
  Object.entries(record).flatMap(([name, value]) => {
    const key = above + name;
    return [{ key, value }, ...(isRecord(value) && depth < maxKeyDepth ? allFields(value, `${key}.`, depth + 1) : [])];
  });

/** Zola and Hugo have these objects for the keys of a theme. Their keys come after those at the top. */
const containers = ["taxonomies", "extra", "params"];

/**
 * A theme's `extra.id`, `params.url` or `extra.type` is unrelated to the identity, the address or the kind of the post.
 */
const onlyAtTop = new Set(["guid", "slug", "permalink", "canonical", "status", "visibility", "type", "layout"]);

const keyPaths = (name: string, given: readonly string[]): readonly string[] => {
  const keys = given.map(normalisePath);
  if (onlyAtTop.has(name)) return keys;
  return [...keys, ...containers.flatMap((container) => keys.map((key) => `${container}.${key}`))];
};

const paths = new Map(Object.entries(fieldKeys).map(([name, keys]) => [name, keyPaths(name, keys)]));

/**
 * Keys are compared without case, `_` and `-`. The key that the site configures for a field comes before the usual
 * ones.
 */
export const readFields = (record: Readonly<Record<string, unknown>>, own: Site["fields"]): Fields => {
  const pathsFor = (name: FieldName): readonly string[] => {
    const given = own[name];
    return [...(given === undefined ? [] : [normalisePath(given)]), ...(paths.get(name) ?? [])];
  };
  const known = Map.groupBy(
    allFields(record).filter(({ value }) => hasValue(value)),
    ({ key }) => normalisePath(key),
  );
  const top = new Map(Object.entries(record).map(([key, value]) => [normaliseKey(key), { key, value }]));
  return Object.assign(
    (...names: readonly FieldName[]) => names.flatMap(pathsFor).flatMap((path) => known.get(path) ?? []),
    { top },
  );
};

/** Returns the fields for which a document has the key that the site configures. */
export const configuredFields = (fields: Fields, own: Site["fields"]): readonly FieldName[] =>
  Object.entries(own).flatMap(([name, path]) =>
    isFieldName(name) && fields(name).some(({ key }) => normalisePath(key) === normalisePath(path)) ? [name] : [],
  );

/** Returns a value as one line of text, or undefined if it is empty or not text. */
export const asLine = (value: unknown): string | undefined => {
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  const text = cleanLine(String(value));
  return text === "" ? undefined : text;
};

/** A flag or the name of an option (`hero: dark`) is not a location. */
export const isLocation = (text: string): boolean => /[./]/.test(text);

export interface TextField {
  readonly key: string;
  readonly text: string;
}

export const asLines = (fields: readonly Field[]): readonly TextField[] =>
  fields.flatMap(({ key, value }) => {
    const text = asLine(value);
    return text === undefined ? [] : [{ key, text }];
  });

/** Returns the first text. A warning names a value that is not text. */
export const optionalText = (fields: readonly Field[], found: Findings): string | undefined => {
  for (const { key, value } of fields) {
    const text = asLine(value);
    if (text !== undefined) return text;
    found.warn("value-unknown", key, `\`${key}\` is not text: it was left out.`);
  }
  return undefined;
};

/** Returns the first text for a field. If another one differs, a warning says which was used. */
export const chooseText = (name: FieldName, texts: readonly TextField[], found: Findings): TextField | undefined => {
  const [first, ...rest] = texts;
  if (first !== undefined) found.readFrom(name, first.key);
  const other = rest.find(({ text }) => text !== first?.text);
  if (first !== undefined && other !== undefined)
    found.warn("key-chosen", first.key, `\`${first.key}\` was used, not \`${other.key}\`, which has another value.`);
  return first;
};

export const isNo = (value: unknown): boolean =>
  value === false || (typeof value === "string" && /^(false|no|off|0)$/i.test(value.trim()));

export const isYes = (value: unknown): boolean =>
  value === true || (typeof value === "string" && /^(true|yes|on|1)$/i.test(value.trim()));

export const asFlatList = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value.flatMap(asFlatList) : [value];

/** The keys as they are compared, with their usual spelling. */
const knownKeys = new Map(
  Object.values(fieldKeys)
    .flat()
    .map((key) => [normalisePath(key), key]),
);

/** Removes the name of the object that holds a theme's keys. */
const withoutContainer = (path: string): string => {
  const container = containers.find((one) => path.startsWith(`${one}.`));
  return container === undefined ? path : path.slice(container.length + 1);
};

/** The key is a number, or an object whose keys are read for themselves. */
const isObjectOfKeys = (path: string): boolean => path === "episode";

/** Returns the key, and those of the objects that contain it and are read as a whole. */
const withParents = (path: string): readonly string[] => {
  const parts = path.split(".");
  const paths = parts.map((_, index) => parts.slice(0, index + 1).join("."));
  return paths.filter((one) => one === path || !isObjectOfKeys(one));
};

/** Returns the keys with a value that no field has. Of nested objects only the innermost key is returned. */
export const ignoredKeys = (
  record: Readonly<Record<string, unknown>>,
  { fields, permalink, permalinks }: Pick<Site, "fields" | "permalink" | "permalinks">,
): readonly Field[] => {
  const inAddress = [permalink, ...Object.values(permalinks ?? {})].flatMap(keyTokens).map(keyOfToken);
  const own = new Set([...Object.values(fields).map(normalisePath), ...inAddress]);
  return allFields(record).filter(({ key, value }) => {
    const path = normalisePath(key);
    const isRead =
      withParents(path).some((one) => knownKeys.has(one) || own.has(one)) ||
      withParents(withoutContainer(path)).some((one) => knownKeys.has(one));
    return !isRecord(value) && hasValue(value) && !isRead;
  });
};

/** Words that differ in one letter from a key, and mean something else. */
const otherWords = new Set([
  "data",
  "episodes",
  "feature",
  "features",
  "files",
  "line",
  "links",
  "seasons",
  "types",
  "videos",
]);

/**
 * Returns the key that was probably meant. Short words that begin with another letter are other words (`math`, `path`).
 */
export const similarKey = (written: string): string | undefined => {
  const path = withoutContainer(normalisePath(written));
  if (path.length < 4 || otherWords.has(path)) return undefined;
  const candidates = [...knownKeys.keys()].filter((key) => path.length > 7 || key[0] === path[0]);
  const similar = similarWord(path, candidates, path.length > 7 ? 2 : 1);
  return similar === undefined ? undefined : knownKeys.get(similar);
};

const isPicture = (value: unknown): boolean =>
  typeof value === "string" && /^\S+\.(?:png|jpe?g|gif|webp|avif)$/i.test(value.trim());

/** Returns the field that an unknown key is probably meant for, if the document has no other value for it. */
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
  // A flag with the name of a text field (`preview: true`) is not a mistake.
  for (const { key, value } of fields(...textFields))
    if (typeof value !== "boolean" && asLine(value) === undefined)
      found.warn("value-unknown", key, `\`${key}\` is not text: it was left out.`);
};

/** Warns of keys of `social` that belong to no account and no network. */
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

/** Warns of keys that are not read, if that is probably a mistake or they are this site's own names for a field. */
export const warnOfUnread = (ignored: readonly Field[], fields: Fields, site: Site, found: Findings): void => {
  for (const field of ignored) warnOfUnknown(field, fields, found);
  warnOfOtherTypes(fields, found);
  warnOfSocial(fields, site, found);
};
