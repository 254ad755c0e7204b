import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { openDatabase, sqliteTable } from "../../src/store/sqlite-table.ts";

const key = { pk: "P", sk: "S" };

const aFile = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "crier-sqlite-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, "crier.db");
};

/** Returns the database's mode at the moment of each write: 1 (normal) or 2 (full). */
const watched = (database: DatabaseSync): readonly unknown[] => {
  const modes: unknown[] = [];
  database.function("note", () => {
    modes.push(database.prepare("pragma synchronous").get()?.synchronous);
    return null;
  });
  database.exec("create temp trigger noted after insert on row begin select note(); end");
  return modes;
};

test("a durable put is synced to the disk, and no other write", async () => {
  const database = openDatabase(await aFile());
  onTestFinished(() => database.close());
  const table = sqliteTable(database);
  const modes = watched(database);
  await table.put({ ...key, n: 1 }, undefined, { durable: false });
  await table.put({ ...key, sk: "sent" }, { kind: "absent" }, { durable: true });
  await table.put({ ...key, sk: "other" });
  expect(modes).toEqual([1, 2, 1]);
});

test("a durable put that fails leaves the database as it was", async () => {
  const database = openDatabase(":memory:");
  onTestFinished(() => database.close());
  const table = sqliteTable(database);
  const circular: Record<string, unknown> = { ...key };
  circular.itself = circular;
  await expect(table.put({ ...key, circular }, undefined, { durable: true })).rejects.toThrow("circular");
  expect(database.prepare("pragma synchronous").get()).toEqual({ synchronous: 1 });
  expect(await table.get(key)).toBeUndefined();
});

test("a file has one user at a time, and its rows are read after it was closed", async () => {
  const file = await aFile();
  const first = openDatabase(file);
  await sqliteTable(first).put({ ...key, n: 1 });
  expect(() => openDatabase(file)).toThrow("database is locked");
  first.close();
  const second = openDatabase(file);
  onTestFinished(() => second.close());
  expect(await sqliteTable(second).get(key)).toEqual({ ...key, n: 1 });
});

test("a text that was damaged while the database was open is a row without attributes, and stops no write", async () => {
  const file = await aFile();
  const first = openDatabase(file);
  const due = { dueShard: "due#1", dueAt: 5 };
  const delivery = { pk: "POST#blog#p", sk: "DELIVERY#mastodon#0" };
  for (const row of [key, { ...key, sk: "T" }, { ...key, sk: "U" }, delivery])
    await sqliteTable(first).put({ ...row, ...due, n: 1 });
  first.close();
  const bytes = await readFile(file);
  for (let at = bytes.indexOf('"dueShard"'); at !== -1; at = bytes.indexOf('"dueShard"', at + 1)) bytes[at] = 0x7b;
  await writeFile(file, bytes);

  const database = openDatabase(file);
  onTestFinished(() => database.close());
  const table = sqliteTable(database);
  expect(await table.get(key)).toEqual(key);
  expect((await table.page({ partition: "P", limit: 5 })).rows).toEqual([
    key,
    { ...key, sk: "T" },
    { ...key, sk: "U" },
  ]);
  expect(await table.put({ ...delivery, n: 2 }, { kind: "absent" })).toBe(false);
  expect(await table.put({ ...key, n: 2 })).toBe(true);
  expect(await table.get(key)).toEqual({ ...key, n: 2 });
  expect(await table.remove({ ...key, sk: "T" })).toBe(true);
  expect(await table.get(delivery)).toMatchObject({ state: "held", accountState: "mastodon#held" });
  expect(database.prepare("pragma quick_check").get()?.quick_check).toBe("ok");
});
