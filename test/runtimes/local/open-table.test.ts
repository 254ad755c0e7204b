import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, open, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, describe, expect, test } from "vitest";
import { folderInstallation } from "../../../src/runtimes/local/data-folder.ts";
import { StartError } from "../../../src/runtimes/local/listen.ts";
import { systemRuntime } from "../../../src/runtimes/system-runtime.ts";
import { openDatabase } from "../../../src/store/sqlite-table.ts";
import { type AMachine, aDocument, aFolder, clear, startIn } from "../../support/machine.ts";

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

const aData = async (documents: Readonly<Record<string, string>> = {}) => {
  const folder = await aFolder(documents);
  closers.push(() => rm(folder, { recursive: true, force: true }));
  return { folder, data: join(folder, "data"), file: join(folder, "data", "crier.db") };
};

const started = async (folder: string): Promise<AMachine> => {
  const machine = await startIn(folder);
  closers.push(() => clear(machine));
  return machine;
};

const silent = { info: () => {}, warn: () => {}, alarm: () => {} };

/** Makes a folder in which Crier ran, with this many documents. */
const used = async (count = 1) => {
  const documents = Array.from({ length: count }, (_, n) => [`p${n}.md`, aDocument(`Post ${n}`)] as const);
  const own = await aData(Object.fromEntries(documents));
  const machine = await startIn(own.folder);
  await machine.idle();
  await machine.stop();
  return own;
};

test("the data folder has one database file when Crier has stopped, and nothing of a lock", async () => {
  const { data } = await used();
  expect((await readdir(data)).toSorted()).toEqual([
    "address",
    "bodies",
    "crier.db",
    "plan-token",
    "public",
    "sandbox.jsonl",
    "token",
  ]);
});

/** Another process that opens the database as Crier does. */
const anotherProcess = async (file: string) => {
  const module = JSON.stringify(new URL("../../../src/store/sqlite-table.ts", import.meta.url).href);
  // Kept: a database that nothing refers to is closed when its memory is freed.
  const script = `const { openDatabase } = await import(${module});
    globalThis.database = openDatabase(process.argv[1]);
    console.log("open");
    setInterval(() => {}, 1_000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script, file], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const kill = async () => {
    child.kill("SIGKILL");
    await ended;
  };
  closers.push(kill);
  await once(createInterface(child.stdout), "line");
  return { pid: child.pid, kill };
};

describe("a data folder that another process uses", () => {
  test("is not used; the error names the process", async () => {
    const { folder, data, file } = await used();
    const other = await anotherProcess(file);
    await writeFile(join(data, "crier.pid"), `${other.pid}\n`);
    await expect(startIn(folder)).rejects.toThrow(
      new StartError(`another Crier (process ${other.pid}) uses ${data}: stop it or pass --data`),
    );
  });

  test("is not used where the process is another program", async () => {
    const { folder, file } = await used();
    await anotherProcess(file);
    await expect(startIn(folder)).rejects.toThrow(
      new StartError(`another program has ${file} open: stop it or pass --data`),
    );
  });

  test("can be used as soon as the process was killed, whatever process has its number now", async () => {
    const { folder, data, file } = await used();
    const other = await anotherProcess(file);
    await other.kill();
    await writeFile(join(data, "crier.pid"), `${process.pid}\n`);
    const machine = await started(folder);
    expect(machine.printed[0]).toBe("the last run did not end cleanly; nothing was lost");
    expect(await machine.titles()).toEqual(["Post 0"]);
  });
});

describe("a folder of a newer Crier", () => {
  const newer = async () => {
    const own = await used();
    const database = openDatabase(own.file);
    database.exec("pragma user_version = 2");
    database.close();
    return own;
  };

  test("ends the start with one line, and nothing is written into it", async () => {
    const { folder, data, file } = await newer();
    const before = await readFile(file);
    const failed = await startIn(folder).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(StartError);
    expect(failed).toMatchObject({
      message: `${data} has the data of a newer Crier (format 2, this one reads up to 1): install that version again, or pass --data with a new folder for an export that was made before it`,
    });
    expect(await readFile(file)).toEqual(before);
  });

  test("is refused by the commands for a Crier that is stopped, in the same line", async () => {
    const { data } = await newer();
    const { clock, newId } = systemRuntime;
    const stopped = folderInstallation("the data folder", { data, log: silent, clock, newId });
    await expect(stopped.resume()).rejects.toThrow(`${data} has the data of a newer Crier (format 2`);
    await expect(stopped.export("backup", () => Promise.reject(new Error("not reached")))).rejects.toThrow(
      "install that version again",
    );
  });

  test("a folder without a format is this Crier's, which writes its own into it", async () => {
    const { folder, file } = await used();
    const formatOf = () => {
      const database = openDatabase(file);
      const { user_version: found } = database.prepare("pragma user_version").get() ?? {};
      database.close();
      return found;
    };
    expect(formatOf()).toBe(1);
    const database = openDatabase(file);
    database.exec("pragma user_version = 0");
    database.close();
    const machine = await startIn(folder);
    await machine.stop();
    expect(formatOf()).toBe(1);
  });
});

describe("a folder whose database was taken away", () => {
  test("what the sandbox showed is kept in another file, and nothing appears in it twice", async () => {
    const { folder, data, file } = await used();
    const timeline = await readFile(join(data, "sandbox.jsonl"), "utf8");
    await rm(file);
    const machine = await started(folder);
    await machine.idle();
    expect(await machine.sandbox()).toHaveLength(3);
    expect(await readFile(join(data, "sandbox.earlier.jsonl"), "utf8")).toBe(timeline);
  });
});

const overwrite = async (file: string, at: number, bytes: Uint8Array): Promise<void> => {
  const handle = await open(file, "r+");
  await handle.write(bytes, 0, bytes.length, at);
  await handle.close();
};

/** Damages the JSON text of each row that `matches`, in the bytes of the file. */
const damageTexts = async (file: string, matches: (pk: string, sk: string) => boolean): Promise<number> => {
  const database = openDatabase(file);
  const texts = database
    .prepare("select pk, sk, attributes from row")
    .all()
    .flatMap(({ pk, sk, attributes }) => (matches(String(pk), String(sk)) ? [String(attributes)] : []));
  database.close();
  const bytes = await readFile(file);
  for (const text of texts) {
    const at = bytes.indexOf(text);
    if (at !== -1) bytes[at + 1] = 0x7b;
  }
  await writeFile(file, bytes);
  return texts.length;
};

describe("rows whose text is damaged", () => {
  const kinds: readonly (readonly [string, (pk: string, sk: string) => boolean])[] = [
    ["posts", (_, sk) => sk === "POST"],
    ["deliveries", (_, sk) => sk.startsWith("DELIVERY#")],
    ["documents", (pk) => pk.startsWith("SOURCE#")],
    ["feeds", (pk) => pk.startsWith("FEED#")],
    ["a site", (pk) => pk.startsWith("SITE#")],
    ["addresses", (pk) => /^(?:ALIAS|SHARED)#/.test(pk)],
    ["accounts and all others", (pk) => !/^(?:POST|SOURCE|FEED|SITE|ALIAS|SHARED)#/.test(pk)],
    ["all", () => true],
  ];

  test.each(kinds)(
    "%s are named, Crier starts, the feed has its entries, and nothing is posted twice",
    async (_, matches) => {
      const { folder, file } = await used(2);
      const before = await started(folder);
      const posts = await before.sandbox();
      await before.stop();
      expect(await damageTexts(file, matches)).toBeGreaterThan(0);
      const machine = await started(folder);
      expect(machine.printed.join("\n")).toMatch(/the stored row ".*" cannot be read \(its text is damaged\): /);
      await machine.idle();
      for (const n of [0, 1]) await machine.write(`p${n}.md`, aDocument(`Post ${n}`));
      await expect
        .poll(async () => (await machine.titles()).toSorted(), { timeout: 20_000 })
        .toEqual(["Post 0", "Post 1"]);
      await machine.idle();
      expect(await machine.sandbox()).toEqual(posts);
      expect(machine.printed.join("\n")).not.toContain("failed and is tried again");
    },
  );
});

describe("a damaged database", () => {
  const advice = /crier\.db is damaged: stop Crier, move the file away and start again\./;

  test("is named in one line, with what to do, where it is no database", async () => {
    const { folder, file } = await used();
    await writeFile(file, "This was a database.\n".repeat(400));
    await expect(startIn(folder)).rejects.toThrow(StartError);
    await expect(startIn(folder)).rejects.toThrow(advice);
    expect(await readFile(file, "utf8")).toContain("This was a database.");
  });

  test("is named where a page in the middle is damaged, and the feeds come back without it", async () => {
    const { folder, file } = await used(5);
    const { size } = await stat(file);
    for (let page = 4096 * 3; page < size; page += 4096) await overwrite(file, page, new Uint8Array(512).fill(0xee));
    await expect(startIn(folder)).rejects.toThrow(StartError);
    await expect(startIn(folder)).rejects.toThrow(advice);
    await rm(file);
    const machine = await started(folder);
    await machine.idle();
    expect(await machine.titles()).toHaveLength(5);
  });

  test("is not an empty one: a process that was killed at its first moment leaves that", async () => {
    const { folder, data, file } = await aData({ "one.md": aDocument("One") });
    await mkdir(data);
    await writeFile(file, "");
    const machine = await started(folder);
    await machine.idle();
    expect(await machine.titles()).toEqual(["One"]);
  });
});

test("a database is closed when the start fails later", async () => {
  const { folder, data, file } = await used();
  await writeFile(join(data, "sandbox.jsonl"), "{}\n");
  await expect(startIn(folder)).rejects.toThrow("sandbox.jsonl");
  openDatabase(file).close();
});
