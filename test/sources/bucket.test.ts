import { S3Client } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { bucketSource } from "../../src/sources/bucket.ts";
import { anAws } from "../support/aws-double.ts";

const aBucket = async (keys: readonly string[], prefix = "") => {
  const aws = await anAws();
  for (const key of keys) aws.files.set(key, { bytes: new TextEncoder().encode(`# ${key}`), headers: {} });
  const client = new S3Client({ ...aws.client, forcePathStyle: true });
  return { aws, source: bucketSource({ client, bucket: "content", prefix }) };
};

test("documents are listed over all pages, and nothing else is", async () => {
  const { aws, source } = await aBucket(["a.md", "b.mdx", "c.MARKDOWN", "d.png", "e/f & g.md", "e/", ".git/h.md"]);
  aws.pagesOf(2);
  expect(await source.list()).toEqual(["a.md", "b.mdx", "c.MARKDOWN", "e/f & g.md"]);
});

test("an empty bucket is an empty source", async () => {
  const { source } = await aBucket([]);
  expect(await source.list()).toEqual([]);
});

test("paths are told and read without the prefix", async () => {
  const { source } = await aBucket(["posts/ja/こんにちは.md", "drafts/b.md"], "posts/");
  expect(await source.list()).toEqual(["ja/こんにちは.md"]);
  expect(new TextDecoder().decode(await source.read("ja/こんにちは.md"))).toBe("# posts/ja/こんにちは.md");
});

test("a document that is not there is undefined", async () => {
  const { source } = await aBucket([]);
  expect(await source.read("a.md")).toBeUndefined();
});

test("a picture is not fetched at all", async () => {
  const { aws, source } = await aBucket(["a.png"]);
  expect(await source.read("a.png")).toBeUndefined();
  expect(aws.requests).toEqual([]);
});

test("a bucket that cannot be listed is an error, not an empty source", async () => {
  const { aws, source } = await aBucket(["a.md"], "posts/");
  aws.answerNext(403, "AccessDenied");
  await expect(source.list()).rejects.toThrow(/Cannot list s3:\/\/content\/posts\/: check/);
});

test("a document that cannot be read is an error, not a deletion", async () => {
  const { aws, source } = await aBucket(["a.md"]);
  aws.answerNext(403, "AccessDenied");
  await expect(source.read("a.md")).rejects.toThrow(/Cannot read s3:\/\/content\/a.md: check/);
});
