import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { StartError } from "../../src/runtimes/local/listen.ts";
import { openTimelineFile } from "../../src/runtimes/local/local-sandbox.ts";
import { type AMachine, aDocument, aFolder, eventually, startIn } from "../support/machine.ts";
import { aSmallDisk } from "../support/small-disk.ts";

const megabyte = 1024 * 1024;

const probe = join(await mkdtemp(join(tmpdir(), "crier-disk-")), "probe");
const canMount = aSmallDisk(probe, megabyte)?.unmount() !== undefined;
await rm(probe, { recursive: true });

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

/** A folder whose data is on a disk of two megabytes. */
const aFolderOnSmallDisk = async (documents: Readonly<Record<string, string>> = {}) => {
  const folder = await aFolder(documents);
  closers.push(() => rm(folder, { recursive: true, force: true }));
  const disk = aSmallDisk(join(folder, "data"), 2 * megabyte);
  if (disk === undefined) throw new Error("there is no disk");
  closers.push(disk.unmount);
  return { folder, disk };
};

const started = async (folder: string): Promise<AMachine> => {
  const machine = await startIn(folder);
  closers.push(machine.stop);
  await machine.idle();
  return machine;
};

const put = (machine: AMachine, slug: string) =>
  machine.api("PUT", `api/posts/${slug}`, aDocument(slug, "socialShare: false\n"));

// Elsewhere, and for other users, there is no disk that a test can fill.
describe.skipIf(!canMount)("a full disk", () => {
  test("is one line with what to do; what was acknowledged stays, and what waits is done when there is space", async () => {
    const { folder, disk } = await aFolderOnSmallDisk();
    const machine = await started(folder);
    expect((await put(machine, "before")).status).toBe(201);
    await machine.idle();
    await disk.fill();
    // Writes succeed until the space in the file that is already allocated is used up.
    const acknowledged = ["before"];
    const refused: string[] = [];
    for (let n = 0; n < 60 && refused.length < 3; n += 1) {
      const { status } = await put(machine, `full-${n}`);
      (status === 201 ? acknowledged : refused).push(`full-${n}`);
      if (status !== 201) expect(status).toBe(500);
    }
    expect(refused).toHaveLength(3);
    const told = machine.printed.filter((line) => line.includes("the disk is full"));
    expect(told).toEqual([
      expect.stringMatching(/^!! database: the disk is full, so that .*crier\.db cannot be written: free/),
    ]);
    // The pages and feeds that there are go on being served.
    expect((await machine.get("feed.json")).status).toBe(200);

    await disk.empty();
    expect((await put(machine, "after")).status).toBe(201);
    await machine.stop();
    const again = await started(folder);
    for (const slug of [...acknowledged, "after"])
      expect((await again.api("GET", `api/posts/${slug}`)).status, slug).toBe(200);
    await eventually(async () => [...(await again.titles())].toSorted()).toEqual([...acknowledged, "after"].toSorted());
  });

  test("is named by a start that finds it, and the next start goes on", async () => {
    const { folder, disk } = await aFolderOnSmallDisk({ "one.md": aDocument("One") });
    await disk.fill();
    await expect(startIn(folder)).rejects.toThrow(StartError);
    await expect(startIn(folder)).rejects.toThrow(/full.*free some space/);
    await disk.empty();
    expect(await (await started(folder)).titles()).toEqual(["One"]);
  });

  test("leaves no half line in the sandbox's file, which goes on when there is space", async () => {
    const { folder, disk } = await aFolderOnSmallDisk();
    const path = join(folder, "data", "sandbox.jsonl");
    const timeline = await openTimelineFile(path);
    const post = (id: string) => ({
      account: "x",
      network: "x",
      id,
      text: "t".repeat(9_000),
      url: `https://x.com/x/status/${id}`,
      createdAt: "2026-03-01T08:00:00.000Z",
      editedAt: null,
      deletedAt: null,
      length: 1,
      limit: 280,
      card: null,
      key: null,
      request: {},
    });
    await timeline.put(post("1"));
    await disk.fill(4096);
    await expect(timeline.put(post("2"))).rejects.toThrow("ENOSPC");
    expect(timeline.all().map(({ id }) => id)).toEqual(["1"]);
    await disk.empty();
    await timeline.put(post("3"));
    await timeline.close();
    const again = await openTimelineFile(path);
    expect(again.all().map(({ id }) => id)).toEqual(["1", "3"]);
    await again.close();
  });

  /** Puts the files of one kind on their own disk, so that the database can still be written. */
  const diskFor = async (name: string) => {
    const folder = await aFolder({ "one.md": aDocument("One") });
    closers.push(() => rm(folder, { recursive: true, force: true }));
    await mkdir(join(folder, "data"));
    const disk = aSmallDisk(join(folder, name), 2 * megabyte);
    if (disk === undefined) throw new Error("there is no disk");
    closers.push(disk.unmount);
    return { folder, disk };
  };
  const fullLines = ({ printed }: AMachine) => printed.filter((line) => /^(?:!|Error)/.test(line));

  test("is one line where feeds cannot be written, too; the last good ones stay, and the log says when it is over", async () => {
    const { folder, disk } = await diskFor("data/public");
    const machine = await started(folder);
    await disk.fill();
    expect((await put(machine, "two")).status).toBe(201);
    await eventually(async () => fullLines(machine)).toEqual([
      expect.stringMatching(/^!! disk: the disk is full, so that .*public cannot be written: free some space/),
    ]);
    await machine.idle();
    expect(await machine.titles()).toEqual(["One"]);
    await disk.empty();
    await eventually(async () => machine.printed.at(-1), 30_000).toBe("the data folder can be written again");
    expect(fullLines(machine)).toHaveLength(1);
  });

  test("is one line where the sandbox cannot be written, too, and each post gets there once", async () => {
    const onConsole = vi.spyOn(console, "error");
    closers.push(() => onConsole.mockRestore());
    const { folder, disk } = await diskFor("small");
    await symlink(join(folder, "small/sandbox.jsonl"), join(folder, "data/sandbox.jsonl"));
    const machine = await started(folder);
    await disk.fill();
    for (const slug of ["two", "three"])
      expect((await machine.api("PUT", `api/posts/${slug}`, aDocument(slug))).status).toBe(201);
    await eventually(async () => fullLines(machine)).toEqual([
      expect.stringMatching(/^!! disk: the disk is full, so that .*data cannot be written: free some space/),
    ]);
    await disk.empty();
    await eventually(async () => (await machine.sandbox()).length, 50_000).toBe(9);
    await machine.idle();
    const posts = (await machine.sandbox()).map(({ account, text }) => `${account} ${text}`);
    expect(new Set(posts).size).toBe(9);
    expect(fullLines(machine)).toHaveLength(1);
    expect(onConsole).not.toHaveBeenCalled();
  });
});

// Only root can mount a folder that root cannot write.
describe.skipIf(!canMount)("a data folder that can only be read", () => {
  test("is named in one line, with what to do", async () => {
    const { folder, disk } = await aFolderOnSmallDisk({ "one.md": aDocument("One") });
    await (await startIn(folder)).stop();
    disk.makeReadOnly();
    await expect(startIn(folder)).rejects.toThrow(StartError);
    await expect(startIn(folder)).rejects.toThrow(
      /^the data folder .*data cannot be used \(EROFS: read-only file system\): pass --data with a folder of your own$/,
    );
  });
});
