import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { RowFormat } from "../../src/store/row-format.ts";
import type { Row } from "../../src/store/table.ts";
import { exportLines, fromPortable, writeExport } from "../../src/transfer/export-file.ts";
import { checkExport, readRows } from "../../src/transfer/read-export.ts";
import { aPost, deliveryIn } from "../support/builders.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "crier-export-"));
});
afterEach(() => rm(folder, { recursive: true }));

const now = Date.UTC(2026, 2, 1);
/** A row without the attributes that only an installation has. */
const postRow = (id: string): Row => {
  const { html: _, due: __, ...post } = aPost({ id, version: 1, title: "A line\u2028and a break\r\nin it" });
  return JSON.parse(
    JSON.stringify({ pk: `POST#blog#${id}`, sk: "POST", ...post, sitePosts: "POSTS#blog", dueAt: now }),
  );
};
const { due: _, ...held } = { ...deliveryIn.held, post: "p1", accountState: "mastodon#held", position: now };
const rows: readonly Row[] = [
  { ...postRow("p1"), html: "<p>The body</p>" },
  JSON.parse(JSON.stringify({ pk: "POST#blog#p1", sk: "DELIVERY#mastodon#0", ...held })),
  {
    pk: "FEED#other#main",
    sk: "FEED",
    site: "other",
    key: "main",
    revision: 1,
    title: "Other",
    lease: { holder: "h", until: now },
    dueAt: now,
    dueShard: "due#1",
  },
];
const bodies = { unpack: async () => "<p>The body</p>" };

const textOf = async (): Promise<string> => {
  const lines = await Array.fromAsync(exportLines(rows, { bodies, now, kind: "move" }));
  return lines.join("");
};
const write = async (bytes: Uint8Array): Promise<string> => {
  const file = join(folder, "export.gz");
  await writeFile(file, bytes);
  return file;
};

test("an export is lines of JSON: what it is, every row, and at its end what it holds", async () => {
  const lines = (await textOf()).trimEnd().split("\n");
  expect(JSON.parse(lines[0] ?? "")).toEqual({
    format: "crier-export",
    version: 1,
    made: "2026-03-01T00:00:00.000Z",
    kind: "move",
  });
  expect(JSON.parse(lines.at(-1) ?? "")).toEqual({
    end: true,
    rows: 3,
    posts: 1,
    deliveries: 1,
    sites: ["blog", "other"],
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});

test("what a network issued to a login is in no export", async () => {
  const token: Row = { pk: "TOKEN#me", sk: "TOKEN", name: "me", version: 1, sealed: "c2VhbGVk" };
  const text = (await Array.fromAsync(exportLines([...rows, token], { bodies, now, kind: "move" }))).join("");
  expect(text).toBe(await textOf());
});

test("what is read is what was written, without what belongs to a process", async () => {
  const file = await write(gzipSync(await textOf()));
  const checked = await checkExport(file);
  expect(checked).toMatchObject({ made: now, rows: 3, posts: 1, sites: ["blog", "other"] });
  const { lease: _, dueShard: __, ...feed } = rows[2] ?? {};
  expect(await Array.fromAsync(readRows(checked))).toEqual([rows[0], rows[1], feed]);
});

test("a body is text, whether it was in its row or in an object", async () => {
  const packed = [
    { ...postRow("a"), body: new Uint8Array(3) },
    { ...postRow("b"), bodyKey: "blog/b/hash" },
  ];
  const [, first, second] = await Array.fromAsync(exportLines(packed, { bodies, now, kind: "move" }));
  expect(JSON.parse(first ?? "")).toEqual({ ...postRow("a"), html: "<p>The body</p>" });
  expect(JSON.parse(second ?? "")).toEqual({ ...postRow("b"), html: "<p>The body</p>" });
});

test("a row that cannot be read is replaced or left out, so that the others are restored", async () => {
  const broken: readonly Row[] = [
    { ...rows[0], title: 5, sitePosts: 1 },
    { ...rows[1], state: "won", attempts: "x" },
    { ...rows[2], revision: "x" },
    { pk: "POST#blog#lost", sk: "DELIVERY#mastodon#0" },
    { pk: "POST#blog#lost", sk: "POST" },
  ];
  const text = (await Array.fromAsync(exportLines(broken, { bodies, now, kind: "move" }))).join("");
  const found = await Array.fromAsync(readRows(await checkExport(await write(gzipSync(text)))));
  expect(found).toMatchObject([
    { sk: "POST", id: "p1", damage: "its stored row cannot be read: title" },
    {
      state: "held",
      hold: "unreadable",
      reason: expect.stringMatching(/\(attempts\), and it may be on the network: look/),
    },
    { pk: "FEED#other#main", key: "main", title: "main", dueAt: 0 },
    { pk: "POST#blog#lost", state: "held", seed: expect.stringMatching(/^[0-9a-f]{64}$/) },
    { pk: "POST#blog#lost", sk: "POST", damage: expect.stringContaining("its stored row cannot be read") },
  ]);
});

test("a file that ends early is refused, wherever it ends", async () => {
  const whole = gzipSync(await textOf());
  for (let length = 0; length < whole.length; length += 1) {
    const file = await write(whole.subarray(0, length));
    await expect(checkExport(file), String(length)).rejects.toThrow(
      /^\S+export\.gz is (cut off, so that nothing of it is restored: copy it again, or take another export|not an export of Crier: give a file that crier export wrote)$/,
    );
  }
});

test("lines that are left out or cut off within the compressed file are noticed, too", async () => {
  const text = await textOf();
  for (const cut of [text.slice(0, -1).lastIndexOf("\n") + 1, text.length - 30, text.indexOf("\n") + 10]) {
    const file = await write(gzipSync(text.slice(0, cut)));
    await expect(checkExport(file)).rejects.toThrow("is cut off");
  }
  const lines = text.split("\n");
  for (const changed of [lines.toSpliced(2, 1), lines.with(1, "{}"), lines.with(1, "no"), [...lines, "{}"]])
    await expect(checkExport(await write(gzipSync(changed.join("\n"))))).rejects.toThrow("is damaged");
});

test("a changed byte is noticed, or changes nothing", async () => {
  const whole = gzipSync(await textOf());
  const read = async (bytes: Uint8Array) => {
    const file = await write(bytes);
    return Array.fromAsync(readRows(await checkExport(file)));
  };
  const expected = await read(whole);
  let refused = 0;
  for (const [at, byte] of whole.entries())
    for (const bit of [1, 128]) {
      const changed = Buffer.from(whole);
      changed[at] = byte ^ bit;
      const rowsRead = await read(changed).catch((error: Error) => {
        expect(error.name, error.stack).toBe("TransferError");
        expect(error.message).not.toContain("\n");
        return undefined;
      });
      if (rowsRead === undefined) refused += 1;
      else expect(rowsRead).toEqual(expected);
    }
  expect(refused).toBeGreaterThan(whole.length);
});

test.each([
  ["a picture", Buffer.from([0x89, 0x50, 0x4e, 0x47])],
  ["another program's gzip", gzipSync("some text\n")],
  ["another program's JSON", gzipSync('{"posts":[]}\n')],
])("%s is not an export", async (_, bytes) => {
  await expect(checkExport(await write(bytes))).rejects.toThrow("is not an export of Crier: give a file that crier");
});

test("a file that is not there is named", async () => {
  await expect(checkExport(join(folder, "no.gz"))).rejects.toThrow(/^there is no file \S+no\.gz: give one that/);
});

test("a newer format is refused, with what to do", async () => {
  const text = (await textOf()).replace('"version":1', '"version":2');
  await expect(checkExport(await write(gzipSync(text)))).rejects.toThrow(
    /was written by a newer Crier \(format 2, this one reads up to 1\): update this Crier, and restore it then$/,
  );
});

/** A made-up format in which each row has one more attribute. */
const next: RowFormat = { version: 2, migrations: [(row) => ({ ...row, weight: 7 })] };

test("an export of an older format is migrated when it is checked and read", async () => {
  const file = await write(gzipSync(await textOf()));
  const checked = await checkExport(file, next);
  expect(checked.version).toBe(1);
  const before = await Array.fromAsync(readRows(await checkExport(file)));
  const after = await Array.fromAsync(readRows(checked, next));
  expect(after).toEqual(before.map((row) => ({ ...row, weight: 7 })));
});

test("data with a row of a newer format is not exported, because this Crier could lose some of it", async () => {
  const newer = rows.map((row) => ({ ...row, format: 2 }));
  await expect(Array.fromAsync(exportLines(newer, { bodies, now, kind: "move" }))).rejects.toThrow(
    "the data has rows of a newer Crier (format 2, this one reads up to 1): export it with that version",
  );
});

test("an export names the format once, and what is restored has it in each row", async () => {
  const stamped = rows.map((row) => ({ ...row, format: 1 }));
  const text = (await Array.fromAsync(exportLines(stamped, { bodies, now, kind: "move" }))).join("");
  expect(text).toBe(await textOf());
  for await (const row of readRows(await checkExport(await write(gzipSync(text)))))
    expect(
      await fromPortable(row, { pack: async () => ({ body: new Uint8Array(), bodyKey: undefined }) }),
    ).toMatchObject({
      format: 1,
    });
});

test("a file is written whole, for its owner only, over the one before", async () => {
  const file = join(folder, "backup.gz");
  for (let n = 0; n < 2; n += 1)
    expect(await writeExport(file, Readable.from([gzipSync(await textOf())]))).toMatchObject({ file, rows: 3 });
  expect(gunzipSync(await readFile(file)).toString()).toBe(await textOf());
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(["backup.gz"]);
});

test("a folder that is not there is named, and not made", async () => {
  const file = join(folder, "nosuch", "dir", "backup.gz");
  await expect(writeExport(file, Readable.from([gzipSync(await textOf())]))).rejects.toThrow(
    `${file} cannot be written: there is no folder ${join(folder, "nosuch", "dir")}. Make it, or name another file`,
  );
  expect(await readdir(folder)).toEqual([]);
});

test("what comes in incomplete leaves the export before as it was, and no other file", async () => {
  const whole = gzipSync(await textOf());
  const file = await write(whole);
  await expect(writeExport(file, Readable.from([whole.subarray(0, 90)]))).rejects.toThrow("is cut off");
  expect(await readFile(file)).toEqual(whole);
  expect(await readdir(folder)).toEqual(["export.gz"]);
});

test("a place that cannot be written is named", async () => {
  const file = join(await write(gzipSync("")), "below");
  await expect(writeExport(file, Readable.from([]))).rejects.toThrow(/cannot be written \(E\w+\): name a file in a/);
});
