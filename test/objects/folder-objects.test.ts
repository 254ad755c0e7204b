import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { folderObjects } from "../../src/objects/folder-objects.ts";
import { objectsContract } from "../contract/objects.ts";

const aFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "crier-objects-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
};

const options = { contentType: "text/plain", over: undefined };
const bytes = new TextEncoder().encode("x");

describe("objects in a folder", () => {
  objectsContract(async () => folderObjects(await aFolder()));

  test.each(["", "/etc/passwd", "../out", "a/../../out", "a//b", "a/./b", "a\\..\\b", "a\0b", "c:/x", ".tmp/x"])(
    "refuses the key %j, which is not a path in its folder",
    async (key) => {
      const folder = await aFolder();
      const objects = folderObjects(join(folder, "root"));
      const refused = /is not an object key/;
      await expect(async () => objects.put(key, bytes, options)).rejects.toThrow(refused);
      await expect(async () => objects.read(key)).rejects.toThrow(refused);
      expect(await readdir(folder)).toEqual([]);
    },
  );

  test("the first writes at the same time do not share a temporary file", async () => {
    const folder = await aFolder();
    const objects = folderObjects(folder);
    const keys = ["a", "b", "c", "d"];
    const put = (key: string) => objects.put(key, new TextEncoder().encode(key.repeat(100)), options);
    expect(await Promise.all(keys.map(put))).toEqual([true, true, true, true]);
    for (const key of keys) expect(await readFile(join(folder, key), "utf8")).toBe(key.repeat(100));
  });

  test("removes the unfinished files that a killed process left", async () => {
    const folder = await aFolder();
    await mkdir(join(folder, ".tmp"));
    await writeFile(join(folder, ".tmp", "torn"), "<rs");
    await folderObjects(folder).put("a/b.xml", bytes, options);
    expect((await readdir(folder, { recursive: true })).toSorted()).toEqual([".tmp", "a", join("a", "b.xml")]);
  });

  test("does not take a folder for an object", async () => {
    const objects = folderObjects(await aFolder());
    await objects.put("a/b", bytes, options);
    expect(await objects.read("a")).toBeUndefined();
    expect(await objects.read("a/b/c")).toBeUndefined();
  });

  test("fails where the folder cannot be written, and goes on with the next write", async () => {
    const folder = await aFolder();
    await writeFile(join(folder, "file"), "");
    const objects = folderObjects(folder);
    await expect(objects.put("file/a", bytes, options)).rejects.toThrow(/EEXIST|ENOTDIR/);
    await expect(objects.read("n".repeat(300))).rejects.toThrow("ENAMETOOLONG");
    expect(await objects.put("b", bytes, options)).toBe(true);
  });
});
