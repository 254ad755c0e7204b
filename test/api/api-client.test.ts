import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { connect } from "../../src/api/api-client.ts";
import { aSummaryAnswer } from "../support/answers.ts";
import { anApi } from "../support/api-double.ts";

let api: Awaited<ReturnType<typeof anApi>>;
let folder = "";
beforeEach(async () => {
  api = await anApi();
  folder = await mkdtemp(join(tmpdir(), "crier-client-"));
});
afterEach(() => rm(folder, { recursive: true }));

const client = (env: NodeJS.ProcessEnv = {}) => connect({ ...api.env, ...env }, folder);

test("an answer may have fields and values that the client does not know", async () => {
  const post = { ...aSummaryAnswer({ status: "dreaming" }), mood: "calm" };
  api.answer("list", { posts: [post], next: null });
  expect(await client().request("list")).toMatchObject({ posts: [{ slug: "hello", status: "dreaming" }] });
});

test("an answer of another shape is an error that asks for the same version on both sides", async () => {
  api.replies.set("/api/feeds", { status: 200, body: "{}" });
  await expect(client().request("feeds")).rejects.toThrow("use the same version of Crier on both sides");
});

test("a slug with slashes and letters of any script stays one path", async () => {
  const result = { ...aSummaryAnswer(), result: "deleted", remaining: null };
  api.answer("remove", result, `/api/posts/ja/${encodeURIComponent("こんにちは?")}`);
  expect(await client().request("remove", { name: "ja/こんにちは?" })).toMatchObject({ result: "deleted" });
});

test("a client of a site names it in each request and each command", async () => {
  api.answer("feeds", { feeds: [] }, "/api/feeds?site=notes");
  const notes = connect(api.env, folder, { site: "notes" });
  expect(await notes.request("feeds")).toMatchObject({ feeds: [] });
  expect(notes.command("feeds")).toBe("npx crier feeds --site notes");
});

describe("the token", () => {
  test("of a Crier that runs in the same folder is found", async () => {
    api.answer("feeds", { feeds: [] });
    const { request } = client({ CRIER_TOKEN: "" });
    await expect(request("feeds")).rejects.toThrow(/^no API token: run this in the folder where `npm start` runs/);
    await mkdir(join(folder, ".crier"));
    await writeFile(join(folder, ".crier/token"), "token\n");
    expect(await request("feeds")).toMatchObject({ feeds: [] });
  });

  test("that is wrong is an error with the next step", async () => {
    const body = '{"type":"about:blank","title":"Not authorised","status":401,"detail":"Send the API token."}';
    api.replies.set("/api/feeds", { status: 401, body });
    await expect(client().request("feeds")).rejects.toThrow(/^the API does not accept this token: .*set CRIER_TOKEN/);
  });

  test("that only reads is refused with what it allows, and not as a wrong one", async () => {
    const body = JSON.stringify({
      type: "about:blank",
      title: "Not authorised",
      status: 401,
      detail: "This is the read-only token.",
      reasons: [{ code: "token-read-only", message: "This is the read-only token." }],
    });
    api.replies.set("/api/feeds", { status: 401, body });
    await expect(client().request("feeds")).rejects.toThrow(/^This is the read-only token\.$/);
  });

  test("is never sent over plain HTTP to another machine", async () => {
    const ask = (url: string) => client({ CRIER_URL: url }).request("feeds");
    await expect(ask("http://crier.example/")).rejects.toThrow("CRIER_URL must start with https://");
    await expect(ask("crier")).rejects.toThrow("CRIER_URL is not a URL: crier");
  });
});

describe("the address", () => {
  test("of a Crier that runs in the same folder is found, whatever its port", async () => {
    api.answer("feeds", { feeds: [] });
    const { CRIER_URL: url = "", ...env } = api.env;
    await mkdir(join(folder, ".crier"));
    await writeFile(join(folder, ".crier/address"), `${url}\n`);
    const here = connect(env, folder);
    expect(await here.request("feeds")).toMatchObject({ feeds: [] });
    expect(await here.address()).toBe(new URL(url).href);
    const set = connect({ ...env, CRIER_URL: "http://127.0.0.1:1/" }, folder);
    await expect(set.request("feeds")).rejects.toThrow("no answer from http://127.0.0.1:1");
  });

  test("is that of a start without options where there is none", async () => {
    expect(await connect({}, folder).address()).toBe("http://127.0.0.1:4000/");
  });

  test("that a file of this folder spoils is refused with the name of the file", async () => {
    const { CRIER_URL: _, ...env } = api.env;
    await mkdir(join(folder, ".crier"));
    const ask = async (address: string) => {
      await writeFile(join(folder, ".crier/address"), address);
      return connect(env, folder).request("feeds");
    };
    await expect(ask("\0\0")).rejects.toThrow(/^the address in \.crier\/address is not a URL: .*; start Crier again/);
    await expect(ask("http://crier.example/")).rejects.toThrow(
      /^the address in \.crier\/address must start with https/,
    );
  });
});

test("a document that AWS does not pass on to Crier is an error with the limit and the next step", async () => {
  api.replies.set("/api/posts/long", { status: 413, body: '{"message":"Request Entity Too Large"}' });
  await expect(client().request("put", { name: "long", markdown: Buffer.from("x") })).rejects.toThrow(
    /may have about 4 MiB on AWS, and this document has more: put it into the bucket, or shorten it$/,
  );
});

test("no answer is an error that names the address and the next step", async () => {
  await expect(client({ CRIER_URL: "http://127.0.0.1:1" }).request("feeds")).rejects.toThrow(
    "no answer from http://127.0.0.1:1: start Crier with `npm start`",
  );
});

test("an answer that is not of Crier's API is an error that asks for a look at the address", async () => {
  api.replies.set("/api/feeds", { status: 200, body: "<html>" });
  await expect(client().request("feeds")).rejects.toThrow(/is not Crier's API: check CRIER_URL/);
  api.replies.set("/api/feeds", { status: 500, body: "{}" });
  await expect(client().request("feeds")).rejects.toThrow(/answered 500.*: check CRIER_URL/);
});

test("a redirection is not followed, and names the address that gave it", async () => {
  const headers = { Location: "https://elsewhere.example/" };
  api.replies.set("/api/feeds", { status: 301, headers, body: "" });
  await expect(client().request("feeds")).rejects.toThrow(
    /^http:\/\/127\.0\.0\.1:\d+\/ answered 301.*: check CRIER_URL/,
  );
});

test("no answer from a deployment is not a reason to start Crier here", async () => {
  const { request } = client({ CRIER_URL: "https://127.0.0.2:1" });
  await expect(request("feeds")).rejects.toThrow("no answer from https://127.0.0.2:1: check CRIER_URL");
});

describe("too many requests", () => {
  const tooMany = { status: 429, body: '{"message":"Too Many Requests"}' };
  const waiting = () => {
    const pauses: number[] = [];
    const pause = async (milliseconds: number) => void pauses.push(milliseconds);
    return { pauses, request: connect(api.env, folder, { pause }).request };
  };

  test("are sent again with the same body, after as long as the answer asks for or a second and then twice as long", async () => {
    api.refusals.push(tooMany, { ...tooMany, headers: { "Retry-After": "5" } }, tooMany);
    const { pauses, request } = waiting();
    const put = request("put", { name: "hello", markdown: Buffer.from("# Hello") });
    await expect(put).rejects.toThrow("There is nothing here.");
    expect(pauses).toEqual([1_000, 5_000, 4_000]);
    expect(api.bodies).toEqual(Array(4).fill("# Hello"));
  });

  test("end after half a minute with the next step", async () => {
    api.replies.set("/api/feeds", { ...tooMany, headers: { "Retry-After": "86400" } });
    const { pauses, request } = waiting();
    await expect(request("feeds")).rejects.toThrow(/^http.* takes no more requests now: try again in a minute$/);
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000]);
  });
});
