import { rm } from "node:fs/promises";
import { expect, onTestFinished, test } from "vitest";
import { findUnknown, rowFormat } from "../../src/store/row-format.ts";
import { storedKinds } from "../../src/store/table-store.ts";
import { checkOutProgram, hasCommit, isShallow, putBackBy } from "./earlier-program.ts";
import { lostRows, putBack } from "./put-back.ts";
import { type RowSet, readSets } from "./row-set.ts";
import { rowShapes, sampleRows } from "./sample-rows.ts";

const sets = readSets();
const newest = sets.at(-1);
const remedy =
  "the shape of a row has changed. Until the first release: commit it, then replace the set (npm run rows -- --write). After it: raise the number in src/store/row-format.ts with a migration, and keep another set (docs/decisions/0046)";

test("the rows have the shape of the newest set that is kept", () => {
  expect(newest?.format, remedy).toBe(rowFormat.version);
  expect(JSON.parse(JSON.stringify(rowShapes())), remedy).toEqual(newest?.shapes);
});

test("a field inside an attribute is part of the shape, too: a row with another one is of another format", () => {
  const { delivery, post } = rowShapes();
  expect(JSON.stringify(delivery)).toContain('"remotes":[{"id":');
  expect(JSON.stringify(post)).toContain('"listed":[{"feed":');
});

test("there is a set for each format", () => {
  expect(sets.map(({ format }) => format)).toEqual(Array.from({ length: rowFormat.version }, (_, at) => at + 1));
});

test("a sample of every kind can be put back, and no kind lacks the format or has an attribute that is not in its schema", async () => {
  const before = sampleRows();
  const { rows, unreadable } = await putBack(before);
  expect(unreadable).toEqual([]);
  expect(lostRows(before, rows)).toEqual([]);
  const unknownOf = findUnknown(Object.values(storedKinds));
  for (const row of rows) {
    expect(row).toMatchObject({ format: rowFormat.version });
    expect(unknownOf(row), `${row.pk} ${row.sk}`).toEqual({});
  }
  for (const [name, { partition, sort }] of Object.entries(storedKinds))
    expect(
      rows.some(({ pk, sk }) => pk.split("#", 1)[0] === partition && sort.test(sk)),
      name,
    ).toBe(true);
});

test("what is lost when rows are put back is named", () => {
  const row = { pk: "a", sk: "b", title: "t", body: new Uint8Array([1]) };
  expect(lostRows([row], [])).toEqual(["a b is gone"]);
  expect(lostRows([row], [{ pk: "a", sk: "b", body: new Uint8Array([1]) }])).toEqual(["a b lost title"]);
  expect(lostRows([row], [{ ...row, title: "u" }])).toEqual(['a b has another title: "u"']);
  expect(lostRows([row], [{ ...row, body: new Uint8Array([2]) }])).toHaveLength(1);
});

test.each(sets)("this program reads the rows of format $format, and puts them back without loss", async ({ rows }) => {
  const { rows: after, unreadable } = await putBack(rows);
  expect(unreadable).toEqual([]);
  for (const row of after) expect([rowFormat.version, row.format]).toContain(rowFormat.version);
  // A migration may rename an attribute: then nothing can be compared but the rows.
  const lost = lostRows(rows, after);
  expect(
    rows.every(({ format }) => format === rowFormat.version) ? lost : lost.filter((line) => line.endsWith("gone")),
  ).toEqual([]);
});

const onProgramOf = async ({ commit }: RowSet, act: (folder: string) => void): Promise<void> => {
  if (!hasCommit(commit) && isShallow()) {
    console.warn(`skipped: the clone is shallow and lacks ${commit} (git fetch --unshallow)`);
    return;
  }
  expect(hasCommit(commit), `the history has no ${commit}: replace the set (npm run rows -- --write)`).toBe(true);
  const folder = checkOutProgram(commit);
  onTestFinished(() => rm(folder, { recursive: true }));
  act(folder);
};

test.each(sets)("the program that wrote format $format reads today's rows of it, and loses none", (set) =>
  onProgramOf(set, (folder) => {
    if (set.format !== rowFormat.version) return;
    const before = sampleRows();
    const { rows, unreadable } = putBackBy(folder, before);
    expect(unreadable).toEqual([]);
    expect(lostRows(before, rows)).toEqual([]);
    // Forward again.
    expect(putBackBy(folder, rows).unreadable).toEqual([]);
  }),
);
