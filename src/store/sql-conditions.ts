import type { Condition, SortRange } from "./table.ts";

/** A part of a statement and the values of its question marks, in their order. */
export interface Sql {
  readonly text: string;
  readonly values: readonly (string | number)[];
}

/** The stored row, which may be missing: `sqlite-table.ts` names it so. */
const stored = "stored";

/** As JSON text, in which `2`, `"2"` and `true` differ. Every attribute is written by `JSON.stringify`. */
const json = (path: string): string => `(${stored}.attributes -> '$.${path}')`;

/** For comparisons of numbers. */
const number = (path: string): string => `(${stored}.attributes ->> '$.${path}')`;

const missing = `${stored}.pk is null`;

/**
 * A condition in SQL. A comparison with a missing attribute is null there, which is not true, and so is its negation: a
 * condition that holds of a missing attribute says so.
 */
export const conditionSql = (condition: Condition): Sql => {
  switch (condition.kind) {
    case "absent":
      return { text: missing, values: [] };
    case "present":
      return { text: `${stored}.pk is not null`, values: [] };
    case "notNewer":
      return { text: `(${missing} or ${number("version")} <= ?)`, values: [condition.version] };
    case "is":
      return { text: `${json(condition.field)} = ?`, values: [JSON.stringify(condition.value)] };
    case "lacks":
      return { text: `${json(condition.field)} is null`, values: [] };
    case "dueBy":
      return { text: `${number("dueAt")} <= ?`, values: [condition.at] };
    case "dueLater":
      return { text: `(${json("dueAt")} is null or ${number("dueAt")} > ?)`, values: [condition.at] };
    case "leaseFree":
      return { text: `(${json("lease")} is null or ${number("lease.until")} <= ?)`, values: [condition.now] };
    case "leaseOf":
      return { text: `${json("lease.holder")} = ?`, values: [JSON.stringify(condition.holder)] };
    case "leaseNotOf":
      return { text: `${json("lease.holder")} is not ?`, values: [JSON.stringify(condition.holder)] };
    case "all": {
      const parts = condition.of.map(conditionSql);
      return { text: parts.map(({ text }) => text).join(" and "), values: parts.flatMap(({ values }) => values) };
    }
  }
};

const lastCodePoint = 0x10ffff;

/** The next text after all that begin with the prefix, by code points. Undefined where there is none. */
const afterPrefix = (prefix: string): string | undefined => {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  const last = points.findLastIndex((point) => point < lastCodePoint);
  const point = points[last];
  if (point === undefined) return undefined;
  // Surrogates are no characters: UTF-8 has none.
  const next = point === 0xd7ff ? 0xe000 : point + 1;
  return String.fromCodePoint(...points.slice(0, last), next);
};

export const rangeSql = (range: SortRange, column: string): Sql => {
  if ("atMost" in range) return { text: `${column} <= ?`, values: [range.atMost] };
  if ("between" in range) return { text: `${column} between ? and ?`, values: range.between };
  const after = afterPrefix(range.prefix);
  return after === undefined
    ? { text: `${column} >= ?`, values: [range.prefix] }
    : { text: `${column} >= ? and ${column} < ?`, values: [range.prefix, after] };
};
