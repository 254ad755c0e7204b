import { appendFile, mkdtemp, readdir, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openTimelineFile } from "../../../src/runtimes/local/local-sandbox.ts";
import type { TimelinePost } from "../../../src/sandbox/timeline.ts";

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "crier-timeline-"));
  path = join(folder, "sandbox.jsonl");
});
afterEach(() => rm(folder, { recursive: true }));

const aTimelinePost = (overrides: Partial<TimelinePost> = {}): TimelinePost => ({
  account: "x",
  network: "x",
  id: "1",
  text: "日本語\n",
  url: "https://x.com/x/status/1",
  createdAt: "2026-03-01T08:00:00.000Z",
  editedAt: null,
  deletedAt: null,
  length: 7,
  limit: 280,
  card: null,
  key: null,
  request: { text: "日本語\n" },
  ...overrides,
});

const reopened = async (): Promise<readonly TimelinePost[]> => {
  const timeline = await openTimelineFile(path);
  await timeline.close();
  return timeline.all();
};

describe("the sandbox's file", () => {
  test("is empty at first", async () => {
    expect(await reopened()).toEqual([]);
  });

  test("keeps posts in order, also after a restart", async () => {
    const timeline = await openTimelineFile(path);
    const posts = Array.from({ length: 50 }, (_, index) => aTimelinePost({ id: String(index) }));
    await Promise.all(posts.map((post) => timeline.put(post)));
    expect((await readFile(path, "utf8")).split("\n")).toHaveLength(51);
    await timeline.close();
    expect(await reopened()).toEqual(posts);
  });

  test("keeps the last version of a post, in the place of the first", async () => {
    const timeline = await openTimelineFile(path);
    await timeline.put(aTimelinePost());
    await timeline.put(aTimelinePost({ account: "y" }));
    await timeline.put(aTimelinePost({ deletedAt: "2026-03-01T09:00:00.000Z" }));
    expect(timeline.all()).toMatchObject([
      { account: "x", deletedAt: "2026-03-01T09:00:00.000Z" },
      { account: "y", deletedAt: null },
    ]);
    await timeline.close();
    expect(await reopened()).toEqual(timeline.all());
  });

  test("loses only an incomplete last line after a crash, and continues after it", async () => {
    const timeline = await openTimelineFile(path);
    await timeline.put(aTimelinePost());
    await timeline.close();
    await appendFile(path, Buffer.from(JSON.stringify(aTimelinePost({ id: "2" }))).subarray(0, 55));
    const again = await openTimelineFile(path);
    await again.put(aTimelinePost({ id: "3" }));
    await again.close();
    expect((await reopened()).map(({ id }) => id)).toEqual(["1", "3"]);
  });

  test("is refused where it is a foreign file: the error names the file, the line and the next step", async () => {
    for (const line of ["{", "[]", "null", '{"id":"1"}']) {
      await writeFile(path, `${JSON.stringify(aTimelinePost())}\n${line}\n`);
      await expect(openTimelineFile(path)).rejects.toThrow(
        /sandbox\.jsonl:2 is not a post of the sandbox: delete the file/,
      );
    }
  });

  // Elsewhere there is no /proc that lists the open files.
  test.runIf(process.platform === "linux")("is closed again where it is a foreign file", async () => {
    await writeFile(path, "{\n");
    await expect(openTimelineFile(path)).rejects.toThrow();
    const open = await readdir("/proc/self/fd");
    const files = await Promise.all(open.map((name) => readlink(`/proc/self/fd/${name}`).catch(() => "closed")));
    expect(files).not.toContain(path);
  });

  test("rejects a post that could not be written", async () => {
    const timeline = await openTimelineFile(path);
    await timeline.close();
    await expect(timeline.put(aTimelinePost())).rejects.toThrow();
  });
});
