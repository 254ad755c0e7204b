import type { Instant } from "../../../src/domain/time.ts";
import { indexes, type Key } from "../../../src/store/keys.ts";
import type { Change, Condition, Cursor, Index, Query, QueryPage, Row } from "../../../src/store/table.ts";

export interface MemoryTableOptions {
  readonly now: () => Instant;
  /** Returns the time until a change reaches an index, in ms. */
  readonly lag: () => number;
  /** Called after each write, like the table's stream. */
  readonly onWrite: (key: Key, after: Row | undefined, before: Row | undefined) => void;
}

interface Stored {
  readonly row: Row;
  /** The id of the write that made the current version. */
  readonly writeId: string | undefined;
}

/** Compares in UTF-8, as DynamoDB sorts. In UTF-16 a surrogate is before U+FF61. */
const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** A copy without undefined values that nobody can change. */
const frozen = (value: unknown): unknown => {
  if (value instanceof Uint8Array || typeof value !== "object" || value === null) return value;
  return Array.isArray(value)
    ? Object.freeze(value.filter((one) => one !== undefined).map(frozen))
    : frozenRow({ ...value });
};

const frozenRow = (row: Row): Row =>
  Object.freeze(
    Object.fromEntries(Object.entries(row).flatMap(([name, one]) => (one === undefined ? [] : [[name, frozen(one)]]))),
  );

const isAtMost = (value: unknown, limit: number): boolean => typeof value === "number" && value <= limit;

const leaseOf = (row: Row | undefined): Readonly<Record<string, unknown>> | undefined => {
  const lease = row?.lease;
  return typeof lease === "object" && lease !== null ? { ...lease } : undefined;
};

/** Follows DynamoDB's expressions: a comparison with a missing attribute is false. */
const holds = (condition: Condition, row: Row | undefined): boolean => {
  switch (condition.kind) {
    case "absent":
      return row === undefined;
    case "present":
      return row !== undefined;
    case "notNewer":
      return row === undefined || isAtMost(row.version, condition.version);
    case "is":
      return row?.[condition.field] === condition.value;
    case "unversioned":
      return row !== undefined && typeof row.version !== "number";
    case "formatAtMost":
      return typeof row?.format !== "number" || row.format <= condition.format;
    case "lacks":
      return row?.[condition.field] === undefined;
    case "dueBy":
      return isAtMost(row?.dueAt, condition.at);
    case "dueLater":
      return row?.dueAt === undefined || (typeof row.dueAt === "number" && row.dueAt > condition.at);
    case "leaseFree":
      return row?.lease === undefined || isAtMost(leaseOf(row)?.until, condition.now);
    case "leaseOf":
      return leaseOf(row)?.holder === condition.holder;
    case "leaseNotOf":
      return leaseOf(row)?.holder !== condition.holder;
    case "all":
      return condition.of.every((one) => holds(one, row));
  }
};

const without = (row: Row, fields: readonly string[]): Row =>
  Object.fromEntries(Object.entries(row).filter(([name]) => !fields.includes(name)));

const changed = (row: Row, { set = {}, setIfMissing = {}, remove = [], add = {} }: Change): Row => {
  const overlap = Object.keys({ ...set, ...setIfMissing, ...add }).find((name) => remove.includes(name));
  if (overlap !== undefined) throw new Error(`ValidationException: two paths overlap: ${overlap}`);
  const defaults = Object.entries(setIfMissing).filter(([name]) => row[name] === undefined);
  const sums = Object.entries(add).map(([name, by]) => {
    const before = row[name] ?? 0;
    if (typeof before !== "number") throw new Error(`ValidationException: ${name} is not a number`);
    return [name, before + by];
  });
  return without({ ...row, ...set, ...Object.fromEntries([...defaults, ...sums]) }, remove);
};

/** DynamoDB refuses a row whose key, or whose key of an index, is of the wrong type or empty. */
const checkKeys = (row: Row): void => {
  const texts = ["pk", "sk", ...Object.values(indexes).map(({ partition }) => partition)];
  for (const name of texts)
    if (row[name] !== undefined && (typeof row[name] !== "string" || row[name] === ""))
      throw new Error(`ValidationException: the key ${name} must be text that is not empty`);
  for (const { sort } of Object.values(indexes))
    if (row[sort] !== undefined && typeof row[sort] !== "number")
      throw new Error(`ValidationException: the key ${sort} must be a number`);
};

interface IndexEntry {
  readonly pk: string;
  readonly sk: string;
  readonly partition: string;
  readonly sort: number;
}

const entryOf = ({ partition, sort }: Index, row: Row | undefined, { pk, sk }: Key): IndexEntry | undefined => {
  const [of, by] = [row?.[partition], row?.[sort]];
  return typeof of === "string" && typeof by === "number" ? { pk, sk, partition: of, sort: by } : undefined;
};

/** The entries of one index, which follow the rows after a while. Those of one row change in the order of its writes. */
const lateIndex = (index: Index, now: () => Instant, lag: () => number) => {
  const partitions = new Map<string, Map<string, IndexEntry>>();
  const current = new Map<string, IndexEntry>();
  let waiting: { readonly at: Instant; readonly name: string; readonly entry: IndexEntry | undefined }[] = [];
  const latest = new Map<string, Instant>();

  const apply = (name: string, entry: IndexEntry | undefined): void => {
    const before = current.get(name);
    if (before !== undefined) partitions.get(before.partition)?.delete(name);
    if (entry === undefined) {
      current.delete(name);
      return;
    }
    current.set(name, entry);
    const partition = partitions.get(entry.partition) ?? new Map<string, IndexEntry>();
    partitions.set(entry.partition, partition.set(name, entry));
  };

  const catchUp = (): void => {
    if (waiting.length === 0) return;
    for (const { name, entry } of waiting.filter(({ at }) => at <= now())) apply(name, entry);
    waiting = waiting.filter(({ at }) => at > now());
  };

  return {
    write: (key: Key, row: Row | undefined): void => {
      const name = JSON.stringify([key.pk, key.sk]);
      const entry = entryOf(index, row, key);
      const at = Math.max(latest.get(name) ?? 0, now() + lag());
      if (at > now()) {
        latest.set(name, at);
        waiting.push({ at, name, entry });
      } else {
        catchUp();
        apply(name, entry);
      }
    },
    entries: (partition: string): readonly IndexEntry[] => {
      catchUp();
      return [...(partitions.get(partition)?.values() ?? [])].toSorted(
        (a, b) => a.sort - b.sort || byBytes(a.pk, b.pk) || byBytes(a.sk, b.sk),
      );
    },
  };
};

/** The table's commands on maps, each at one moment, with the conditions and the errors of DynamoDB's API. */
export const memoryTable = ({ now, lag, onWrite }: MemoryTableOptions) => {
  const partitions = new Map<string, Map<string, Stored>>();
  const sorted = new Map<string, readonly string[]>();
  const views = new Map<string, ReturnType<typeof lateIndex>>(
    Object.values(indexes).map((index) => [index.name, lateIndex(index, now, lag)]),
  );

  const stored = ({ pk, sk }: Key): Stored | undefined => partitions.get(pk)?.get(sk);

  const write = (key: Key, next: Stored | undefined): void => {
    const { pk, sk } = key;
    if (next !== undefined) checkKeys(next.row);
    const before = stored(key);
    const partition = partitions.get(pk) ?? new Map<string, Stored>();
    if ((before === undefined) !== (next === undefined)) sorted.delete(pk);
    if (next === undefined) partition.delete(sk);
    else partition.set(sk, next);
    partitions.set(pk, partition);
    for (const view of views.values()) view.write(key, next?.row);
    onWrite(key, next?.row, before?.row);
  };

  const sortKeys = (pk: string): readonly string[] => {
    const known = sorted.get(pk) ?? [...(partitions.get(pk)?.keys() ?? [])].toSorted(byBytes);
    sorted.set(pk, known);
    return known;
  };

  const tablePage = ({ partition, sort, newestFirst, limit, from }: Query): QueryPage => {
    const inRange = (sk: string): boolean => {
      if (sort === undefined) return true;
      if ("prefix" in sort) return sk.startsWith(sort.prefix);
      if ("between" in sort) return byBytes(sort.between[0], sk) <= 0 && byBytes(sk, sort.between[1]) <= 0;
      throw new Error("ValidationException: the sort key of the table is text");
    };
    const all = newestFirst ? sortKeys(partition).toReversed() : sortKeys(partition);
    const after = from === undefined ? undefined : String(from.sk);
    const isAfter = (sk: string): boolean =>
      after === undefined || (newestFirst ? byBytes(sk, after) < 0 : byBytes(sk, after) > 0);
    const keys = all.filter((sk) => inRange(sk) && isAfter(sk)).slice(0, limit);
    const rows = keys.map((sk) => stored({ pk: partition, sk })?.row).filter((row) => row !== undefined);
    const last = keys.at(-1);
    return { rows, next: last !== undefined && keys.length === limit ? { pk: partition, sk: last } : undefined };
  };

  const indexPage = (index: Index, { partition, sort, newestFirst, limit, from }: Query): QueryPage => {
    const most = sort !== undefined && "atMost" in sort ? sort.atMost : Number.POSITIVE_INFINITY;
    const after = sort !== undefined && "after" in sort ? sort.after : Number.NEGATIVE_INFINITY;
    const place = ({ pk, sk, sort: by }: IndexEntry, cursor: Cursor): number =>
      by - Number(cursor[index.sort]) || byBytes(pk, String(cursor.pk)) || byBytes(sk, String(cursor.sk));
    const entries = views.get(index.name)?.entries(partition) ?? [];
    const ordered = (newestFirst ? entries.toReversed() : entries).filter(
      (entry) =>
        entry.sort <= most &&
        entry.sort > after &&
        (from === undefined || (newestFirst ? place(entry, from) < 0 : place(entry, from) > 0)),
    );
    const rows = ordered
      .slice(0, limit)
      .map((entry) => ({ pk: entry.pk, sk: entry.sk, [index.partition]: entry.partition, [index.sort]: entry.sort }));
    const last = rows.at(-1);
    return { rows, next: last !== undefined && rows.length === limit ? last : undefined };
  };

  return {
    get: (key: Key): Row | undefined => stored(key)?.row,
    /** Returns the id of the write that made the current version of the row. */
    writeIdOf: (key: Key): string | undefined => stored(key)?.writeId,
    put: (row: Row & Key, condition: Condition | undefined, writeId: string): boolean => {
      const key = { pk: row.pk, sk: row.sk };
      if (condition !== undefined && !holds(condition, stored(key)?.row)) return false;
      write(key, { row: frozenRow(row), writeId });
      return true;
    },
    update: (key: Key, change: Change, condition: Condition, writeId: string): Row | undefined => {
      const before = stored(key)?.row;
      if (!holds(condition, before)) return undefined;
      const row = frozenRow(changed({ ...before, pk: key.pk, sk: key.sk }, change));
      write(key, { row, writeId });
      return row;
    },
    remove: (key: Key, condition: Condition | undefined): boolean => {
      const before = stored(key)?.row;
      if (condition !== undefined && !holds(condition, before)) return false;
      if (before !== undefined) write(key, undefined);
      return true;
    },
    page: (query: Query): QueryPage => (query.index === undefined ? tablePage(query) : indexPage(query.index, query)),
    /** The rows as a backup has them. */
    backUp: (): readonly Row[] => [...partitions.values()].flatMap((rows) => [...rows.values()].map(({ row }) => row)),
    /** Replaces the rows by a backup. No listener is informed: it is another table. */
    putBack: (backup: readonly Row[]): void => {
      const keys = [...partitions].flatMap(([pk, rows]) => [...rows.keys()].map((sk) => ({ pk, sk })));
      for (const key of keys) for (const view of views.values()) view.write(key, undefined);
      partitions.clear();
      sorted.clear();
      for (const row of backup) {
        const key = { pk: String(row.pk), sk: String(row.sk) };
        const partition = partitions.get(key.pk) ?? new Map<string, Stored>();
        partitions.set(key.pk, partition.set(key.sk, { row, writeId: undefined }));
        for (const view of views.values()) view.write(key, row);
      }
    },
    /** Every row, for checks from outside. */
    rows: (): readonly Row[] => [...partitions.values()].flatMap((rows) => [...rows.values()].map(({ row }) => row)),
  };
};

export type MemoryTable = ReturnType<typeof memoryTable>;
