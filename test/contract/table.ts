import { describe, expect, test } from "vitest";
import { indexes, type Key } from "../../src/store/keys.ts";
import { allRows, type Change, collect, type Query, type Row, type Table } from "../../src/store/table.ts";
import { conditionCases } from "./table-conditions.ts";

/** Creates an empty table. */
type Empty = () => Promise<Table>;

const at = (pk: string, sk = "S") => ({ pk, sk });

const outcomes = Object.values(conditionCases).flatMap((cases) =>
  cases.flatMap(({ condition, holds, fails }) => [
    ...holds.map((stored) => ({ condition, stored, holds: true })),
    ...fails.map((stored) => ({ condition, stored, holds: false })),
  ]),
);

const conditionsContract = (empty: Empty): void => {
  test.each(outcomes)("$condition holds of $stored: $holds", async ({ condition, stored, holds }) => {
    const table = await empty();
    const [updated, put, removed] = [at("updated"), at("put"), at("removed")];
    for (const key of [updated, put, removed]) if (stored !== undefined) await table.put({ ...key, ...stored });
    const before = (key: Key) => stored && { ...key, ...stored };

    // Attributes that conditions name. The new values differ from those in the condition.
    const set = { title: "new", version: 9 };
    const changed = { ...updated, ...stored, ...set };
    expect(await table.update(updated, { set }, condition)).toEqual(holds ? changed : undefined);
    expect(await table.get(updated)).toEqual(holds ? changed : before(updated));

    expect(await table.put({ ...put, ...set }, condition)).toBe(holds);
    expect(await table.get(put)).toEqual(holds ? { ...put, ...set } : before(put));

    expect(await table.remove(removed, condition)).toBe(holds);
    expect(await table.get(removed)).toEqual(holds ? undefined : before(removed));
  });

  test("of many simultaneous writes on one condition only one succeeds", async () => {
    const table = await empty();
    const writes = Array.from({ length: 8 }, (_, n) => table.put({ ...at("P"), n }, { kind: "absent" }));
    expect((await Promise.all(writes)).filter(Boolean)).toHaveLength(1);
  });
};

const rowsContract = (empty: Empty): void => {
  test("a row is read as it was put, without undefined values", async () => {
    const table = await empty();
    const row = {
      ...at("日本#語%23", "é 😀"),
      text: "",
      number: -0.5,
      large: 1_772_352_000_000,
      yes: true,
      nothing: null,
      body: new Uint8Array([0, 255, 7]),
      list: [1, "a", { deep: [] }],
      map: { state: "reserved word", inner: { "a.b#c": 1 } },
    };
    expect(await table.put({ ...row, gone: undefined, map: { ...row.map, gone: undefined } })).toBe(true);
    expect(await table.get(row)).toEqual(row);
    expect(await table.get(at("日本#語%23", "é"))).toBeUndefined();
  });

  test("a put replaces the whole row", async () => {
    const table = await empty();
    await table.put({ ...at("P"), a: 1 });
    await table.put({ ...at("P"), b: 2 });
    expect(await table.get(at("P"))).toEqual({ ...at("P"), b: 2 });
  });

  test("an update keeps the body, and a put without one removes it", async () => {
    const table = await empty();
    const body = new Uint8Array([0, 255, 7]);
    await table.put({ ...at("P"), body });
    const updated = { ...at("P"), body, a: 1 };
    expect(await table.update(at("P"), { set: { a: 1 } }, { kind: "present" })).toEqual(updated);
    expect(await table.get(at("P"))).toEqual(updated);
    await table.put(at("P"));
    expect(await table.get(at("P"))).toEqual(at("P"));
  });

  test("a row is removed without its neighbours, and removing it again is not a failure", async () => {
    const table = await empty();
    for (const sk of ["a", "b"]) await table.put(at("P", sk));
    expect(await table.remove(at("P", "a"))).toBe(true);
    expect(await table.remove(at("P", "a"))).toBe(true);
    expect(await collect(table, { partition: "P", limit: 9 })).toEqual([at("P", "b")]);
  });

  const stored = { count: 2, title: "old", kept: ["k"] };
  test.each<readonly [string, Change, Row]>([
    [
      "sets what is there and what is not",
      { set: { title: "new", state: { on: [1] } } },
      { title: "new", state: { on: [1] } },
    ],
    ["sets what is missing, and only that", { setIfMissing: { title: "new", state: 1 } }, { state: 1 }],
    ["removes what is there, and needs nothing there", { remove: ["title", "state"] }, { title: undefined }],
    ["adds to a number, and to a missing one as to 0", { add: { count: 3, revision: -1 } }, { count: 5, revision: -1 }],
    [
      "does all of it at once",
      { set: { a: "old" }, setIfMissing: { b: "old" }, remove: ["title"], add: { count: 1 } },
      { a: "old", b: "old", title: undefined, count: 3 },
    ],
  ])("an update %s", async (_, change, expected) => {
    const table = await empty();
    await table.put({ ...at("P"), ...stored });
    const row = { ...at("P"), ...stored, ...expected };
    expect(await table.update(at("P"), change, { kind: "present" })).toEqual(row);
    expect(await table.get(at("P"))).toEqual(row);
  });

  test("an update creates a missing row", async () => {
    const table = await empty();
    const change = { set: { a: 1 }, setIfMissing: { b: 2 }, remove: ["c"], add: { d: 4 } };
    expect(await table.update(at("P"), change, { kind: "absent" })).toEqual({ ...at("P"), a: 1, b: 2, d: 4 });
  });

  test("simultaneous updates are all counted", async () => {
    const table = await empty();
    await table.put(at("P"));
    await Promise.all(Array.from({ length: 8 }, () => table.update(at("P"), { add: { n: 1 } }, { kind: "present" })));
    expect((await table.get(at("P")))?.n).toBe(8);
  });
};

const sortKeys = async (table: Table, query: Omit<Query, "limit"> & { readonly limit?: number }) =>
  (await collect(table, { limit: 100, ...query })).map(({ sk }) => sk);

const queriesContract = (empty: Empty): void => {
  test("a partition is sorted by the bytes of its sort keys, and can be read in both directions", async () => {
    const table = await empty();
    // In UTF-16 code units the order of the last two would be reversed.
    const sorted = ["A", "B", "a", "a#", "aa", "b", "é", "日", "\uff61", "😀"];
    for (const sk of sorted.toReversed()) await table.put(at("P", sk));
    await table.put(at("P2", "A"));
    expect(await sortKeys(table, { partition: "P" })).toEqual(sorted);
    expect(await sortKeys(table, { partition: "P", newestFirst: true })).toEqual(sorted.toReversed());
    expect(await sortKeys(table, { partition: "p" })).toEqual([]);
  });

  test("a prefix is matched literally", async () => {
    const table = await empty();
    for (const sk of ["A_%", "A_%1", "A_%😀", "A_", "AB%2", "a_%3", "A_\\%"]) await table.put(at("P", sk));
    expect(await sortKeys(table, { partition: "P", sort: { prefix: "A_%" } })).toEqual(["A_%", "A_%1", "A_%😀"]);
    expect(await sortKeys(table, { partition: "P", sort: { prefix: "A_%" }, newestFirst: true, limit: 1 })).toEqual([
      "A_%😀",
      "A_%1",
      "A_%",
    ]);
  });

  test("a range includes both ends", async () => {
    const table = await empty();
    for (const sk of ["1", "2", "3", "4"]) await table.put(at("P", sk));
    expect(await sortKeys(table, { partition: "P", sort: { between: ["2", "3"] } })).toEqual(["2", "3"]);
  });

  test.each([1, 2, 3, 7, 100])("pages of %d have every row once", async (limit) => {
    const table = await empty();
    const all = Array.from({ length: 7 }, (_, n) => `S${n}`);
    for (const sk of all) await table.put(at("P", sk));
    expect(await sortKeys(table, { partition: "P", limit })).toEqual(all);
    const { rows, next } = await table.page({ partition: "P", newestFirst: true, limit });
    expect(rows).toHaveLength(Math.min(limit, 7));
    // An engine may announce a further page that is empty.
    if (limit !== 7) expect(next === undefined).toBe(limit > 7);
    const rest: Row[] = [];
    if (next !== undefined)
      for await (const row of allRows(table, { partition: "P", newestFirst: true, limit, from: next })) rest.push(row);
    expect([...rows, ...rest].map(({ sk }) => sk)).toEqual(all.toReversed());
  });

  test("a cursor is plain data, and survives JSON", async () => {
    const table = await empty();
    for (const sk of ["a", "b"]) await table.put(at("P", sk));
    const { next } = await table.page({ partition: "P", limit: 1 });
    const from = JSON.parse(JSON.stringify(next));
    expect((await table.page({ partition: "P", limit: 1, from })).rows).toEqual([at("P", "b")]);
  });
};

const due = (shard: string, dueAt: number) => ({ dueShard: shard, dueAt });

const indexesContract = (empty: Empty): void => {
  const index = indexes.due;

  test("an index returns the keys of the rows that have its attributes, sorted by number", async () => {
    const table = await empty();
    await table.put({ ...at("ten"), ...due("d", 10), title: "left out" });
    await table.put({ ...at("nine"), ...due("d", 9) });
    await table.put({ ...at("minus"), ...due("d", -1) });
    await table.put({ ...at("other"), ...due("e", 1) });
    await table.put({ ...at("half"), dueAt: 1 });
    const entries = [
      { ...at("minus"), ...due("d", -1) },
      { ...at("nine"), ...due("d", 9) },
      { ...at("ten"), ...due("d", 10) },
    ];
    expect(await collect(table, { index, partition: "d", limit: 2 })).toEqual(entries);
    expect(await collect(table, { index, partition: "d", limit: 9, newestFirst: true })).toEqual(entries.toReversed());
    expect(await collect(table, { index, partition: "d", limit: 9, sort: { atMost: 9 } })).toEqual(entries.slice(0, 2));
    expect(await collect(table, { index, partition: "d", limit: 1, sort: { after: -1 } })).toEqual(entries.slice(1));
  });

  test("an index changes with its rows", async () => {
    const table = await empty();
    for (const pk of ["moved", "cleared", "replaced", "removed"]) await table.put({ ...at(pk), ...due("d", 1) });
    await table.update(at("moved"), { set: due("e", 2) }, { kind: "present" });
    await table.update(at("cleared"), { remove: ["dueAt", "dueShard"] }, { kind: "present" });
    await table.put(at("replaced"));
    await table.remove(at("removed"));
    expect(await collect(table, { index, partition: "d", limit: 9 })).toEqual([]);
    expect(await collect(table, { index, partition: "e", limit: 9 })).toEqual([{ ...at("moved"), ...due("e", 2) }]);
  });

  test("pages of an index have every row once, even where rows share a moment", async () => {
    const table = await empty();
    const keys = Array.from({ length: 9 }, (_, n) => `row ${n}`);
    for (const [n, pk] of keys.entries()) await table.put({ ...at(pk), ...due("d", n % 2) });
    for (const newestFirst of [false, true]) {
      const rows = await collect(table, { index, partition: "d", limit: 2, newestFirst });
      expect(rows.map(({ pk }) => pk).toSorted()).toEqual(keys);
    }
  });

  test("a row can be in several indexes", async () => {
    const table = await empty();
    const attributes = { ...due("d", 1), sitePosts: "s", updated: 2, accountState: "a", position: 3 };
    await table.put({ ...at("P"), ...attributes });
    const named = Object.values(indexes).map((one) =>
      collect(table, { index: one, partition: { due: "d", site: "s", state: "a" }[one.name], limit: 9 }),
    );
    expect((await Promise.all(named)).map((rows) => rows.map(({ pk }) => pk))).toEqual([["P"], ["P"], ["P"]]);
  });
};

/** The contract of every engine of the table. */
export const tableContract = (empty: Empty): void => {
  describe("a condition", () => conditionsContract(empty));
  describe("a row", () => rowsContract(empty));
  describe("a query", () => queriesContract(empty));
  describe("an index", () => indexesContract(empty));
};
