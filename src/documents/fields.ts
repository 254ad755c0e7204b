import type { Findings } from "../domain/findings.ts";
import { isRecord } from "../domain/records.ts";
import { cleanLine } from "../domain/text.ts";

export interface Field {
  /** As it is written in the document. */
  readonly key: string;
  readonly value: unknown;
}

/** Answers the fields with these keys that have a value, in the order of the keys. */
export type Fields = (...names: readonly string[]) => readonly Field[];

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

/** Keys are compared without case, `_` and `-`. The keys in Zola's `[taxonomies]` come after those at the top. */
export const fieldsOf = (record: Readonly<Record<string, unknown>>): Fields => {
  const top = Object.entries(record);
  const nested = top
    .filter(([key]) => normaliseKey(key) === "taxonomies")
    .flatMap(([, value]) => (isRecord(value) ? Object.entries(value) : []));
  const known = Map.groupBy(
    [...top, ...nested].filter(([, value]) => hasValue(value)).map(([key, value]) => ({ key, value })),
    ({ key }) => normaliseKey(key),
  );
  return (...names) => names.flatMap((name) => known.get(normaliseKey(name)) ?? []);
};

/** A value as one line of text; undefined where it is not text or empty. */
export const textOf = (value: unknown): string | undefined => {
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  const text = cleanLine(String(value));
  return text === "" ? undefined : text;
};

export interface TextField {
  readonly key: string;
  readonly text: string;
}

export const textsOf = (fields: readonly Field[]): readonly TextField[] =>
  fields.flatMap(({ key, value }) => {
    const text = textOf(value);
    return text === undefined ? [] : [{ key, text }];
  });

/** The first text. Where another one differs, a warning says which was used. */
export const chooseText = (texts: readonly TextField[], found: Findings): TextField | undefined => {
  const [first, ...rest] = texts;
  const other = rest.find(({ text }) => text !== first?.text);
  if (first !== undefined && other !== undefined)
    found.warn("key-chosen", first.key, `\`${first.key}\` was used, not \`${other.key}\`, which has another value.`);
  return first;
};

export const isNo = (value: unknown): boolean =>
  value === false || (typeof value === "string" && /^(false|no|off|0)$/i.test(value.trim()));

export const isYes = (value: unknown): boolean =>
  value === true || (typeof value === "string" && /^(true|yes|on|1)$/i.test(value.trim()));

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value.flatMap(listOf) : [value]);
