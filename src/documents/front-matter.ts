import matter from "gray-matter";
import { parse as parseToml } from "smol-toml";
import { parseDocument as parseYaml, visit } from "yaml";
import type { Findings } from "../domain/findings.ts";
import { isRecord } from "../domain/records.ts";

export interface SplitDocument {
  /** Own keys only, as written: numbers and dates are the text that stood there. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly body: string;
}

const maxFrontMatter = 64 * 1024;

/** The author wrote one key twice, and means one of them. */
class KeyRepeated extends Error {
  override readonly name = "KeyRepeated";
  readonly key: string;

  constructor(key: string, cause: unknown) {
    super(`the key \`${key}\` stands in it twice: keep one`, { cause });
    this.key = key;
  }
}

/** JSON is YAML, and JSON.parse would take the last of two equal keys. */
const checkRepeatedKeys = (text: string, errors: ReturnType<typeof parseYaml>["errors"]): void => {
  const twice = errors.find(({ code }) => code === "DUPLICATE_KEY");
  if (twice === undefined) return;
  const key = /^["']?([^"':\n]{1,80})/.exec(text.slice(twice.pos[0]))?.[1]?.trim() ?? "";
  throw new KeyRepeated(key, twice);
};

/** YAML 1.2's core schema: `12:30` and dates stay text (js-yaml 3 made them 750 and the 2nd of March). */
const parseYamlFields = (text: string): object => {
  const document = parseYaml(text, { schema: "core", uniqueKeys: true, logLevel: "error" });
  checkRepeatedKeys(text, document.errors);
  const [error] = document.errors;
  if (error !== undefined) throw error;
  visit(document, {
    // `1.0` and `007` are titles and slugs as often as numbers.
    Scalar: (_, node) => {
      if (typeof node.value === "number" && node.source !== undefined) node.value = node.source;
    },
  });
  return checkObject(document.toJS({ maxAliasCount: 50 }) ?? {});
};

/** Dates (smol-toml's TomlDate) become the text they were. */
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

const checkObject = (value: unknown): object => {
  if (isDeep(value, maxDepth)) throw new Error("it is nested too deeply");
  if (!isRecord(value)) throw new Error("it is not a list of `key: value` lines");
  return value;
};

const refuseEngine = (): never => {
  throw new Error("only yaml, toml and json are read");
};

/** gray-matter would run `---js`: every engine that it brings along is replaced. */
const engines = {
  yaml: parseYamlFields,
  toml: (text: string) => checkObject(withDatesAsText(checkObject(parseToml(text)))),
  json: (text: string) => {
    const parsed = checkObject(JSON.parse(text));
    checkRepeatedKeys(text, parseYaml(text, { schema: "core", logLevel: "error" }).errors);
    return parsed;
  },
  javascript: refuseEngine,
  js: refuseEngine,
  coffee: refuseEngine,
  coffeescript: refuseEngine,
  cson: refuseEngine,
};

const languages = new Map([
  ["", "yaml"],
  ["yaml", "yaml"],
  ["yml", "yaml"],
  ["toml", "toml"],
  ["json", "json"],
]);

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split("\n", 1)[0]?.replace(/:$/, "") ?? "";

/** Hugo's JSON has no fences: the object begins the document, and a line with its last brace ends it. A template tag begins with two characters. */
const withFences = (text: string): string => {
  const end = /^\{(?![{%])/.test(text) ? /^\}[ \t]*$/m.exec(text) : null;
  if (end === null) return text;
  const [object, body] = [text.slice(0, end.index + 1), text.slice(end.index + end[0].length)];
  return `---json\n${object}\n---${body}`;
};

/** Splits a document at its fences; undefined where its front matter cannot be read (the findings say why). */
export const splitDocument = (written: string, found: Findings): SplitDocument | undefined => {
  const text = withFences(written);
  const opening = /^(---|\+\+\+)(?!-|\+)([^\n]*)(?:\n|$)/.exec(text);
  if (opening === null) return { fields: {}, body: text };
  const [line, fence = "", word = ""] = opening;
  const named = word.trim().toLowerCase();
  const language = fence === "+++" && named === "" ? "toml" : languages.get(named);
  if (language === undefined || (fence === "+++" && language !== "toml"))
    return found.refuse(
      "front-matter-language",
      undefined,
      `The front matter opens with "${fence}${word.slice(0, 40)}". Only YAML, TOML and JSON are read: write "---" alone.`,
    );
  const closing = new RegExp(`^${fence.replaceAll("+", "\\+")}[ \\t]*$`, "m").exec(text.slice(line.length));
  if (closing === null)
    return found.refuse(
      "front-matter-open",
      undefined,
      `The front matter opens with "${fence}" and is never closed: put a line of "${fence}" under its last key.`,
    );
  if (Buffer.byteLength(text.slice(0, line.length + closing.index)) > maxFrontMatter)
    return found.refuse("front-matter-too-large", undefined, "The front matter is longer than 64 KiB: shorten it.");
  try {
    // Options are always passed: without them gray-matter caches, and reads a broken document as an empty one the second time.
    const { data, content } = matter(text, { engines, language, delimiters: fence });
    return { fields: data, body: content };
  } catch (error) {
    return found.refuse(
      "front-matter-broken",
      // What cannot be parsed has no keys yet: the fault lies in the block itself.
      error instanceof KeyRepeated ? error.key : "front matter",
      `The front matter is not valid ${language.toUpperCase()}: ${firstLine(error)}. Correct it and save again.`,
    );
  }
};
