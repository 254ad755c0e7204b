import { expect, test } from "vitest";
import { explainFile } from "../../../src/runtimes/local/watch-storage.ts";

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
