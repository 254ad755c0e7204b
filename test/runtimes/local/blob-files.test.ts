import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { folderObjects } from "../../../src/objects/folder-objects.ts";
import { blobFiles } from "../../../src/runtimes/local/local-sandbox.ts";
import { blobsInMemory } from "../../../src/sandbox/timeline.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "crier-blobs-"));
});
afterEach(() => rm(folder, { recursive: true }));

const bytes = new Uint8Array([0xff, 0xd8, 0xff]);
const jpeg = { type: "image/jpeg", bytes };

describe.each([
  ["files", () => blobFiles(folderObjects(folder))],
  ["the memory", blobsInMemory],
])("the pictures of the sandbox in %s", (_, open) => {
  test.each(["bafkreia66vhy", "mastodon:ada:17", "x:ada:17", "x:../../a b:17", ".."])(
    "are read back by %j",
    async (id) => {
      const blobs = open();
      expect(await blobs.read(id)).toBeUndefined();
      await blobs.put(id, jpeg);
      expect(await blobs.read(id)).toEqual(jpeg);
      await blobs.put(id, { ...jpeg, alt: "A hand press" });
      expect(await blobs.read(id)).toEqual({ ...jpeg, alt: "A hand press" });
      await blobs.put(id, { ...jpeg, alt: "A “hand press”" });
      expect(await blobs.read(id)).toEqual({ ...jpeg, alt: "A “hand press”" });
    },
  );
});

test("the files of the sandbox are there after a restart, with their types and alternative texts", async () => {
  const png = { type: "image/png", bytes: new Uint8Array([0x89, 0x50]), alt: "A press" };
  await blobFiles(folderObjects(folder)).put("x:ada:1", png);
  expect(await blobFiles(folderObjects(folder)).read("x:ada:1")).toEqual(png);
});

test("a description that is damaged is none", async () => {
  const objects = folderObjects(folder);
  await blobFiles(objects).put("1", jpeg);
  await objects.put("1.json", Buffer.from("{"), { contentType: "application/json", over: undefined });
  expect(await blobFiles(objects).read("1")).toEqual(jpeg);
});
