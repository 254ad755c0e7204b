import { createHash } from "node:crypto";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { createGzip } from "node:zlib";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { exportLines, writeExport } from "../../src/transfer/export-file.ts";
import { aDocument, aMachine, clear, config } from "../support/machine.ts";
import { aSmallDisk } from "../support/small-disk.ts";
import { crier } from "../support/terminal.ts";

const megabyte = 1024 * 1024;
const probe = await mkdtemp(join(tmpdir(), "crier-disk-"));
const canMount = aSmallDisk(join(probe, "disk"), megabyte)?.unmount() !== undefined;
await rm(probe, { recursive: true });

/** Bytes that do not compress, as hex. */
const noise = (name: string, length: number): string =>
  Array.from({ length: length / 64 }, (_, n) => createHash("sha256").update(`${name}${n}`).digest("hex")).join("");

/** Makes an export of about this many megabytes. */
const anExport = (megabytes: number): AsyncIterable<Uint8Array> => {
  const rows = Array.from({ length: megabytes * 8 }, (_, n) => ({
    pk: `POST#blog#${n}`,
    sk: "PAGE",
    ...{ site: "blog", post: String(n), version: 1, url: "", since: 0, failures: 0, next: 0 },
    noise: noise(String(n), 2 * 128 * 1024),
  }));
  const bodies = { unpack: async () => "" };
  return Readable.from(exportLines(rows, { bodies, now: 0, kind: "move" })).pipe(createGzip());
};

// Elsewhere, and for other users, there is no disk that a test can fill.
describe.skipIf(!canMount)("a full disk", () => {
  let folder = "";
  let disk: NonNullable<ReturnType<typeof aSmallDisk>>;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "crier-full-"));
    await writeFile(join(folder, "crier.config.ts"), `export default ${JSON.stringify(config)};\n`);
    const small = aSmallDisk(join(folder, "disk"), 3 * megabyte);
    if (small === undefined) throw new Error("there is no disk");
    disk = small;
  });
  afterEach(async () => {
    disk.unmount();
    await rm(folder, { recursive: true });
  });

  test("is one line of an export, which leaves the one before and no other file", async () => {
    const file = join(folder, "disk", "backup.gz");
    await writeExport(file, anExport(1));
    await expect(writeExport(file, anExport(4))).rejects.toThrow(
      /^the disk is full, so that \S+backup\.gz is not written: free some space, or name another file$/,
    );
    expect(await readdir(join(folder, "disk"))).toEqual(["backup.gz"]);
  });

  test("is one line of a restore, which puts nothing; with space it is repeated", async () => {
    await writeExport(join(folder, "move.gz"), anExport(1));
    await disk.fill(megabyte / 2);
    const restore = () => crier(["restore", "move.gz", "--data", "disk/data"], { folder });
    const full = await restore();
    expect(full).toMatchObject({ code: 1, out: "" });
    expect(full.err).toMatch(/^crier: the disk is full, so that [^\n]*: free some space[^\n]*\n$/);
    await disk.empty();
    expect(await restore()).toMatchObject({ code: 0 });
  });

  test("is one line of an export of the running Crier, which goes on", async () => {
    const machine = await aMachine({ "one.md": aDocument("One") }, { data: join(folder, "disk", "data") });
    onTestFinished(() => clear(machine));
    await machine.idle();
    await disk.fill();
    const { code, out, err } = await crier(["export", join(folder, "x.gz")], { folder, env: machine.env });
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(/^crier: the disk is full, so that \S+export\.db cannot be written: free some space[^\n]*\n$/);
    await disk.empty();
    expect(await crier(["export", join(folder, "x.gz")], { folder, env: machine.env })).toMatchObject({ code: 0 });
    expect(await readdir(join(folder, "disk", "data"))).not.toContain("export.db");
  });
});
