import { S3Client } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { maxDocument } from "../../src/domain/document.ts";
import { bucketSource } from "../../src/sources/bucket-source.ts";
import { anAws } from "../support/aws-double.ts";

const aBucket = async (keys: readonly string[]) => {
  const aws = await anAws();
  for (const key of keys) aws.files.set(key, { bytes: new TextEncoder().encode(`# ${key}`), headers: {} });
  const client = new S3Client({ ...aws.client, forcePathStyle: true });
  return { aws, source: bucketSource(client, "content") };
};

test("the files of all pages are listed, without folders and hidden files", async () => {
  const { aws, source } = await aBucket(["a.md", "b.mdx", "c.MARKDOWN", "d.png", "e/f & g.md", "e/", ".git/h.md"]);
  aws.pagesOf(2);
  expect(await source.list()).toEqual(["a.md", "b.mdx", "c.MARKDOWN", "d.png", "e/f & g.md"]);
});

test("an empty bucket is an empty source", async () => {
  const { source } = await aBucket([]);
  expect(await source.list()).toEqual([]);
});

test("a document whose key is not ASCII is listed and read", async () => {
  const { source } = await aBucket(["ja/こんにちは.md"]);
  expect(await source.list()).toEqual(["ja/こんにちは.md"]);
  expect(new TextDecoder().decode(await source.read("ja/こんにちは.md"))).toBe("# ja/こんにちは.md");
});

test("a document that is not there is undefined", async () => {
  const { source } = await aBucket([]);
  expect(await source.read("a.md")).toBeUndefined();
});

test("of a picture only one byte is fetched", async () => {
  const { aws, source } = await aBucket(["a.png"]);
  expect(await source.read("a.png")).toHaveLength(1);
  expect(aws.sent).toBe(1);
});

test("of a document that is too long, one byte more than allowed is fetched", async () => {
  const { aws, source } = await aBucket([]);
  aws.files.set("video.md", { bytes: new Uint8Array(4 * maxDocument), headers: {} });
  expect(await source.read("video.md")).toHaveLength(maxDocument + 1);
  expect(aws.sent).toBe(maxDocument + 1);
});

test("an empty object is a document without bytes", async () => {
  const { aws, source } = await aBucket([]);
  aws.files.set("empty.md", { bytes: new Uint8Array(), headers: {} });
  expect(await source.read("empty.md")).toEqual(new Uint8Array());
});

test.each(["posts/", ".git/config", "a/.DS_Store", ""])("%j is not requested", async (path) => {
  const { aws, source } = await aBucket([path]);
  expect(await source.read(path)).toBeUndefined();
  expect(aws.requests).toEqual([]);
});

test("a bucket that cannot be listed is an error, not an empty source", async () => {
  const { aws, source } = await aBucket(["a.md"]);
  aws.answerNext(403, "AccessDenied");
  await expect(source.list()).rejects.toThrow(/Cannot list s3:\/\/content\/: check/);
});

test("a document that cannot be read is an error, not a deletion", async () => {
  const { aws, source } = await aBucket(["a.md"]);
  aws.answerNext(403, "AccessDenied");
  await expect(source.read("a.md")).rejects.toThrow(/Cannot read s3:\/\/content\/a.md: check/);
});
