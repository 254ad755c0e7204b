import yaml from "js-yaml";
import { parse as parseToml } from "smol-toml";
import type { Findings } from "../domain/findings.ts";
import { isRecord } from "../domain/json-value.ts";

export type FrontMatter = Readonly<Record<string, unknown>>;

/** A key is in the front matter twice. */
export class KeyRepeated extends Error {
  override readonly name = "KeyRepeated";
  readonly key: string;

  constructor(key: string) {
    super(`the key \`${key}\` is in it twice: remove one`);
    this.key = key;
  }
}

const asText = (type: string) =>
  new yaml.Type(`tag:yaml.org,2002:${type}`, { kind: "scalar", construct: (text) => text });

/**
 * js-yaml decides what YAML is, as it does in gray-matter. Only its values differ: `1.0` and `007` may be titles and slugs,
 * `12:30` is not 750, and dates are read in the site's time zone, so all of them stay text.
 */
const schema = new yaml.Schema({
  include: [yaml.DEFAULT_SAFE_SCHEMA],
  implicit: ["int", "float", "timestamp", "binary"].map(asText),
});

/** The position of this error is the beginning of the second key, or in braces the end of its value. */
const asRepeatedKey = (error: unknown): Error | undefined => {
  if (!(error instanceof yaml.YAMLException) || error.reason !== "duplicated mapping key") return undefined;
  const { buffer = "", position = 0 } = error.mark ?? {};
  const [, key] = /^["']?([^\s"':,}][^"':\n]{0,79})/.exec(buffer.slice(position, position + 100)) ?? [];
  return key === undefined
    ? new Error(`a key is twice in the braces of line ${lineAt(buffer, position)}: remove one`)
    : new KeyRepeated(key.trimEnd());
};

/** A value that is text for its author, and not for YAML: `Why: a story`, `"One" and two`, `@ada`. */
const needsQuotes = (value: string): boolean =>
  /^(["']).*\1./.test(value) || (!/^["'[{|>#]/.test(value) && /^[@`%&*!\]},]|:\s|:$/.test(value));

/** The parser notices such a value in its line or in the next one, and reports what it expected there. */
const asValueWithoutQuotes = (error: unknown): Error | undefined => {
  if (!(error instanceof yaml.YAMLException) || error.mark === undefined) return undefined;
  const { buffer, position } = error.mark;
  const last = lineAt(buffer, position);
  for (const [at, line] of buffer.split("\n").entries()) {
    const [, key, value = ""] =
      at < last - 2 || at >= last ? [] : (/^[ -]*([^\s:"'-][^:]{0,60}): +(\S.{0,300}?) *$/.exec(line) ?? []);
    if (key !== undefined && needsQuotes(value)) {
      const text = value.replace(/^(["'])(.*)\1$/, "$2");
      return new Error(`the value of \`${key}\` in line ${at + 1} needs quotes: write ${key}: ${JSON.stringify(text)}`);
    }
  }
  return undefined;
};

const loadYaml = (text: string): unknown => {
  try {
    return yaml.safeLoad(text, { schema });
  } catch (error) {
    throw asRepeatedKey(error) ?? asValueWithoutQuotes(error) ?? error;
  }
};

/** JSON.parse accepts a repeated key and uses its last value. */
const checkRepeatedKeys = (json: string): void => {
  const open: Set<string>[] = [];
  for (const [token, key, colon] of json.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|[{}]/g)) {
    const keys = open.at(-1);
    if (token === "{") open.push(new Set());
    else if (token === "}") open.pop();
    else if (key !== undefined && colon !== undefined) {
      if (keys?.has(key)) throw new KeyRepeated(key.slice(1, 80).replace(/"$/, ""));
      keys?.add(key);
    }
  }
};

/** smol-toml reads dates as TomlDate, a subclass of Date. */
const withDatesAsText = (value: unknown): unknown => {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(withDatesAsText);
  if (isRecord(value))
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withDatesAsText(inner)]));
  return value;
};

const checkObject = (value: unknown): FrontMatter => {
  if (!isRecord(value)) throw new Error("it is not a list of `key: value` lines");
  return value;
};

/** Each throws an error whose first line says what is wrong, and where. Numbers and dates of YAML are text. */
export const engines = {
  yaml: (text: string) => checkObject(loadYaml(text) ?? {}),
  toml: (text: string) => checkObject(withDatesAsText(checkObject(parseToml(text)))),
  json: (text: string) => {
    const parsed = checkObject(JSON.parse(text));
    checkRepeatedKeys(text);
    return parsed;
  },
};

/** Returns the number of the line with this character, counted from 1. */
const lineAt = (text: string, at: number): number => text.slice(0, at).split("\n").length;

/** No front matter is nested as deeply. Parsers call themselves for each level. */
const maxNesting = 100;

/** Matches brackets, in strings too, and the marks of nested lists on one line. */
const marks = /[[\]{}]|^ *(?:[-?] +){2,}/gm;

/** Throws if lists and objects are nested so deeply that a parser could run out of stack. */
const checkNesting = (text: string): void => {
  let depth = 0;
  for (const { 0: mark, index } of text.matchAll(marks)) {
    const lists = mark.length === 1 ? 0 : (mark.match(/[-?]/g)?.length ?? 0);
    if (/[[{]/.test(mark)) depth += 1;
    if (/[\]}]/.test(mark)) depth = Math.max(0, depth - 1);
    if (Math.max(depth, lists) > maxNesting)
      throw new Error(
        `lists or objects are nested more than ${maxNesting} levels deep in line ${lineAt(text, index)}: flatten them`,
      );
  }
};

const maxBlankLines = 100;

/** Throws if too many blank lines follow each other: gray-matter's search for comments takes quadratic time in them. */
const checkBlankLines = (text: string): void => {
  let blank = 0;
  for (const [index, line] of text.split("\n").entries()) {
    blank = line.trim() === "" ? blank + 1 : 0;
    if (blank > maxBlankLines)
      throw new Error(`more than ${maxBlankLines} blank lines follow each other up to line ${index + 1}: remove them`);
  }
};

/** Throws if parsing the text could take too much time or stack. */
export const checkBounds = (text: string): void => {
  checkNesting(text);
  checkBlankLines(text);
};

/** Values are nested at most this deep. */
const deepestValue = 20;

const isDeep = (value: unknown, depth: number): boolean =>
  typeof value === "object" &&
  value !== null &&
  (depth === 0 || Object.values(value).some((inner) => isDeep(inner, depth - 1)));

/** The bytes of front matter that are read: a post is one row of a table, and a row has a limit. */
const maxRead = 64 * 1024;

/**
 * Returns a function for the size of a value in bytes, with its aliases written out: a few lines may stand for gigabytes.
 * A list or object is measured once, however many aliases stand for it. One that contains itself has no end.
 */
const measure = () => {
  const known = new Map<object, number>();
  const sizeOf = (value: unknown): number => {
    if (typeof value === "string") return Buffer.byteLength(value) + 1;
    if (typeof value !== "object" || value === null) return 1;
    const before = known.get(value);
    if (before !== undefined) return before;
    known.set(value, Number.POSITIVE_INFINITY);
    const size = Object.entries(value).reduce((sum, [key, inner]) => sum + sizeOf(key) + sizeOf(inner), 1);
    known.set(value, size);
    return size;
  };
  return sizeOf;
};

const kilobytes = (size: number): string => `${Math.ceil(size / 1024).toLocaleString("en")} KiB`;

const warnOfLong = (key: string, size: number, found: Findings): undefined =>
  found.warn(
    "value-too-long",
    key,
    Number.isFinite(size)
      ? `\`${key}\` has ${kilobytes(size)} and was left out, because ${kilobytes(maxRead)} of the front matter are read: move what readers should have into the body.`
      : `\`${key}\` contains itself and was left out: write out what its alias stands for.`,
  );

/**
 * Leaves out the longest values until the front matter has a size that a post can have, and names them. Throws if what is
 * left is nested too deeply.
 */
export const withoutLongValues = (fields: FrontMatter, found: Findings): FrontMatter => {
  const sizeOf = measure();
  const fit = (record: FrontMatter, limit: number, above: string): FrontMatter => {
    const sized = Object.entries(record).map(([key, value]) => ({ key, value, size: sizeOf(value) }));
    const whole = ({ key, size }: { readonly key: string; readonly size: number }) => sizeOf(key) + size;
    let excess = sized.filter(({ size }) => Number.isFinite(size)).reduce((sum, one) => sum + whole(one), 1) - limit;
    const replaced = new Map<string, FrontMatter | undefined>();
    for (const one of sized.toSorted((a, b) => b.size - a.size)) {
      const { key, value, size } = one;
      // Values that contain themselves come first: their size is not part of the excess.
      if (excess <= 0 && Number.isFinite(size)) break;
      if (isRecord(value) && size > excess && Number.isFinite(size)) {
        replaced.set(key, fit(value, size - excess, `${above}${key}.`));
        break;
      }
      replaced.set(key, warnOfLong(above + key, size, found));
      if (Number.isFinite(size)) excess -= whole(one);
    }
    return Object.fromEntries(
      sized.flatMap(({ key, value }) => {
        const kept = replaced.has(key) ? replaced.get(key) : value;
        return kept === undefined ? [] : [[key, kept]];
      }),
    );
  };
  const kept = fit(fields, maxRead, "");
  if (isDeep(kept, deepestValue)) throw new Error("it is nested too deeply");
  return kept;
};
