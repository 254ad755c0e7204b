import { S3Client } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { s3Objects } from "../../src/objects/s3-objects.ts";
import { anAws } from "../support/aws-double.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const html = { contentType: "text/html; charset=utf-8" };

const aBucket = async () => {
  const aws = await anAws();
  const client = new S3Client({ ...aws.client, forcePathStyle: true });
  return { aws, objects: s3Objects({ client, bucket: "feeds" }) };
};

test("what was written is read back, with its etag", async () => {
  const { objects } = await aBucket();
  expect(await objects.put("index.html", bytes("one"), { ...html, over: undefined })).toBe(true);
  const stored = await objects.read("index.html");
  expect(new TextDecoder().decode(stored?.bytes)).toBe("one");
  expect(stored?.etag).toMatch(/^".+"$/);
});

test("a missing object is undefined", async () => {
  const { objects } = await aBucket();
  expect(await objects.read("nothing.xml")).toBeUndefined();
});

test("the content type and the encoding are stored with the bytes", async () => {
  const { aws, objects } = await aBucket();
  await objects.put("feed.xml.br", bytes("x"), { contentType: "application/rss+xml", encoding: "br", over: undefined });
  const headers = aws.files.get("feed.xml.br")?.headers;
  expect(headers?.["content-type"]).toBe("application/rss+xml");
  expect(headers?.["content-encoding"]).toMatch(/^br\b|\bbr$/);
});

test("a first write fails where there is an object already", async () => {
  const { objects } = await aBucket();
  await objects.put("index.html", bytes("one"), { ...html, over: undefined });
  expect(await objects.put("index.html", bytes("two"), { ...html, over: undefined })).toBe(false);
});

test("an overwrite succeeds only over exactly what was read", async () => {
  const { objects } = await aBucket();
  await objects.put("index.html", bytes("one"), { ...html, over: undefined });
  const over = (await objects.read("index.html"))?.etag;
  expect(await objects.put("index.html", bytes("two"), { ...html, over })).toBe(true);
  expect(await objects.put("index.html", bytes("three"), { ...html, over })).toBe(false);
});

test("an overwrite of an object that was removed fails", async () => {
  const { objects } = await aBucket();
  expect(await objects.put("index.html", bytes("two"), { ...html, over: '"gone"' })).toBe(false);
});

test("a write that conflicts with another one fails", async () => {
  const { aws, objects } = await aBucket();
  aws.answerNext(409, "ConditionalRequestConflict");
  expect(await objects.put("index.html", bytes("one"), { ...html, over: undefined })).toBe(false);
});

test("a read that is not allowed names the object and the next step", async () => {
  const { aws, objects } = await aBucket();
  aws.answerNext(403, "AccessDenied");
  await expect(objects.read("index.html")).rejects.toThrow(/Cannot read s3:\/\/feeds\/index.html: check/);
});

test("a write into a bucket that does not exist is an error, not a lost race", async () => {
  const { aws, objects } = await aBucket();
  aws.answerNext(404, "NoSuchBucket");
  const put = objects.put("index.html", bytes("one"), { ...html, over: undefined });
  await expect(put).rejects.toThrow(/Cannot write s3:\/\/feeds\/index.html/);
});

test("an answer without an etag is an error: nothing could be written over it", async () => {
  const { aws, objects } = await aBucket();
  aws.sayNothing();
  await expect(objects.read("index.html")).rejects.toThrow(/Cannot read s3:\/\/feeds\/index.html/);
});
