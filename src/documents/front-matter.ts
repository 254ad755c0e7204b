import matter from "gray-matter";
import { parse as parseToml } from "smol-toml";
import { isScalar, parseDocument as parseYaml, visit } from "yaml";
import { errorMessage } from "../domain/errors.ts";
import type { Findings } from "../domain/findings.ts";
import { isRecord } from "../domain/json-value.ts";

type Fields = Readonly<Record<string, unknown>>;

export interface SplitDocument {
  /** Numbers and dates are text, as they were written. */
  readonly fields: Fields;
  readonly body: string;
}

const maxFrontMatter = 64 * 1024;

class KeyRepeated extends Error {
  override readonly name = "KeyRepeated";
  readonly key: string;

  constructor(key: string) {
    super(`the key \`${key}\` is in it twice: remove one`);
    this.key = key;
  }
}

/** The parser's own search compares every key with every other one. */
const yamlOptions = { schema: "core", uniqueKeys: false, logLevel: "error" } as const;

/** Applies to JSON, too, which is parsed as YAML: JSON.parse accepts a repeated key and uses its last value. */
const checkRepeatedKeys = (document: ReturnType<typeof parseYaml>): void => {
  visit(document, {
    Map: (_, { items }) => {
      const seen = new Set<string>();
      for (const { key } of items) {
        const name = isScalar(key) ? String(key.value) : undefined;
        if (name === undefined) continue;
        if (seen.has(name)) throw new KeyRepeated(name.slice(0, 80));
        seen.add(name);
      }
    },
  });
};

/**
 * Uses the core schema of YAML 1.2, in which `12:30` and dates are text. YAML 1.1 reads them as 750 and as an instant.
 */
const parseYamlFields = (text: string): Fields => {
  const document = parseYaml(text, yamlOptions);
  const [error] = document.errors;
  if (error !== undefined) throw error;
  checkRepeatedKeys(document);
  visit(document, {
    // `1.0` and `007` may be titles and slugs: they stay as they are written.
    Scalar: (_, node) => {
      if (typeof node.value === "number" && node.source !== undefined) node.value = node.source;
    },
  });
  return checkObject(withAliases(text, document) ?? {});
};

/**
 * An alias stands for all that its anchor contains, which may include aliases again: a few lines may stand for
 * gigabytes.
 */
const withAliases = (text: string, document: ReturnType<typeof parseYaml>): unknown => {
  try {
    return document.toJS({ maxAliasCount: 50 });
  } catch (error) {
    const alias = /(?<=[\s[{,])\*[\w-]{1,40}/.exec(text);
    if (!(error instanceof ReferenceError) || alias === null) throw error;
    const position = `\`${alias[0]}\` in line ${lineAt(text, alias.index)}`;
    throw new Error(`its aliases (${position}) stand for too much: write their values out`, { cause: error });
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

const maxDepth = 20;

const isDeep = (value: unknown, depth: number): boolean =>
  typeof value === "object" &&
  value !== null &&
  (depth === 0 || Object.values(value).some((inner) => isDeep(inner, depth - 1)));

const checkObject = (value: unknown): Fields => {
  if (isDeep(value, maxDepth)) throw new Error("it is nested too deeply");
  if (!isRecord(value)) throw new Error("it is not a list of `key: value` lines");
  return value;
};

const engines = {
  yaml: parseYamlFields,
  toml: (text: string) => checkObject(withDatesAsText(checkObject(parseToml(text)))),
  json: (text: string) => {
    const parsed = checkObject(JSON.parse(text));
    checkRepeatedKeys(parseYaml(text, yamlOptions));
    return parsed;
  },
};

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
  if (opening === null) return { fields: {}, body: text };
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
    return found.refuse("front-matter-too-large", undefined, "The front matter is longer than 64 KiB: shorten it.");
  // The block includes the end of the first line, so that an error names the line of the document.
  const block = text.slice(line.length - 1, end);
  try {
    checkNesting(block);
    checkBlankLines(block);
    // Without options gray-matter uses a cache, and reads an invalid document as an empty one the second time.
    const { data, content } = matter(`${fence}${block}${fence}`, { engines, language, delimiters: fence });
    if (content !== "") throw new Error(`a line in it begins with "${fence}" and goes on: indent it`);
    return { fields: data, body: text.slice(end + closing[0].length + 1) };
  } catch (error) {
    return found.refuse(
      "front-matter-broken",
      error instanceof KeyRepeated ? error.key : "front matter",
      `The front matter is not valid ${language.toUpperCase()}: ${firstLine(error)}. Correct it and save again.`,
    );
  }
};

/** No front matter is nested as deeply. Parsers call themselves for each level. */
const maxNesting = 100;

/** Matches brackets, in strings too, and the marks of nested lists on one line. */
const marks = /[[\]{}]|^ *(?:[-?] +){2,}/gm;

/** Returns the number of the line with this character, counted from 1. */
const lineAt = (text: string, at: number): number => text.slice(0, at).split("\n").length;

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
