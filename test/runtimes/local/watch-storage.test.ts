import { expect, onTestFinished, test } from "vitest";
import { second } from "../../../src/domain/time.ts";
import { explainFile, watchStorage } from "../../../src/runtimes/local/watch-storage.ts";
import { systemRuntime } from "../../../src/runtimes/system-runtime.ts";
import { openDatabase, sqliteTable } from "../../../src/store/sqlite-table.ts";
import { start } from "../../support/builders.ts";
import { keptLog } from "../../support/kept-log.ts";

/** A table in a database that the test makes full, and what was logged about it. */
const aWatchedTable = () => {
  const database = openDatabase(":memory:");
  onTestFinished(() => database.close());
  const own = sqliteTable(database);
  const pages = () => Number(database.prepare("pragma page_count").get()?.page_count);
  const { log, lines } = keptLog();
  const recoveries: number[] = [];
  let now = start;
  const clock = () => now;
  const storage = watchStorage({
    log,
    clock,
    setTimer: systemRuntime.setTimer,
    onRecovered: () => recoveries.push(now),
  });
  onTestFinished(storage.close);
  return {
    ...storage,
    table: storage.table(own, "crier.db"),
    lines,
    recoveries,
    fill: () => database.exec(`pragma max_page_count = ${pages()}`),
    empty: () => database.exec("pragma max_page_count = 100000"),
    turn: (milliseconds: number) => {
      now += milliseconds;
    },
  };
};

const big = (pk: string) => ({ pk, sk: "S", text: "x".repeat(20_000) });
const small = { pk: "small", sk: "S" };
const full = {
  level: "alarm",
  message:
    "the disk is full, so that crier.db cannot be written: free some space. Nothing that was stored is lost, and what waits is done then",
  fields: undefined,
};

test("a full disk is one line with what to do, however many steps fail", async () => {
  const { table, log, lines, fill } = aWatchedTable();
  await table.put(small);
  fill();
  for (const pk of ["a", "b", "c"]) {
    const error = await table.put(big(pk)).catch((failure: unknown) => failure);
    log.warn("a step failed and is tried again", { error: String(error) });
    log.alarm("step", `the step failed: ${String(error)}`);
  }
  log.warn("another matter");
  expect(lines).toEqual([full, { level: "warn", message: "another matter", fields: {} }]);
  expect(await table.get(small)).toEqual(small);
  expect(await table.get({ pk: "a", sk: "S" })).toBeUndefined();
});

test("the log says when the data folder can be written again, and the documents are listed once", async () => {
  const { table, lines, recoveries, fill, empty, turn } = aWatchedTable();
  await table.put(small);
  fill();
  await expect(table.put(big("a"))).rejects.toThrow("free some space");
  // A small write between others fits into a nearly full disk.
  await table.put(small);
  expect(lines).toEqual([full]);
  empty();
  turn(10 * second);
  await table.put(big("a"));
  await table.put(big("b"));
  expect(lines.slice(1).map(({ message }) => message)).toEqual(["the data folder can be written again"]);
  expect(recoveries).toEqual([start + 10 * second]);
});

test("an error that is not the database's is passed on", async () => {
  const { table, lines } = aWatchedTable();
  const circular: Record<string, unknown> = {};
  circular.itself = circular;
  await expect(table.put({ ...small, circular })).rejects.toThrow("circular");
  expect(lines).toEqual([]);
});

const failed = (code: string, message: string) => Object.assign(new Error(`${code}: ${message}`), { code });

test.each([
  ["ENOSPC", "no space left on device, write", /^the disk is full, so that data cannot be written: free some space/],
  ["EDQUOT", "disk quota exceeded, write", /^the disk is full, so that data cannot be written: free some space/],
  [
    "EROFS",
    "read-only file system, open 'data/x'",
    /^data cannot be written \(EROFS: read-only file system\): make it/,
  ],
  ["EACCES", "permission denied, open 'data/x'", /^data cannot be written \(EACCES: permission denied\): make it/],
  ["EIO", "i/o error, write", /^the disk does not read or write data \(EIO: i\/o error\): check the disk/],
])("%s is one line with what to do", (code, message, line) => {
  expect(explainFile(failed(code, message), "data")).toMatch(line);
});

test("another error is none of the disk's", () => {
  expect(explainFile(failed("ECONNREFUSED", "connect"), "data")).toBeUndefined();
  expect(explainFile("a text", "data")).toBeUndefined();
});
