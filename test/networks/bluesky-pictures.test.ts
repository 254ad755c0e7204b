import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Picture } from "../../src/domain/picture.ts";
import { bluesky } from "../../src/networks/bluesky/bluesky.ts";
import { cidOfBlob, makeBlob, picturesIn } from "../../src/networks/bluesky/bluesky-record.ts";
import { aConfiguredAccount, connectionOf } from "../support/configured-account.ts";
import { noDeadline } from "../support/no-deadline.ts";
import { type SandboxServer, startSandbox } from "../support/sandbox-server.ts";
import { aSnippet } from "../support/snippets.ts";

const hashOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

const account = aConfiguredAccount({ name: "ada", network: "bluesky" });
const key = bluesky.key("0123456789abcdef0123456789abcdef", 1);

const bytes = new Uint8Array(Buffer.from("not decoded by anybody here"));
const picture: Picture = {
  hash: hashOf(bytes),
  mediaType: "image/jpeg",
  size: bytes.length,
  width: 1200,
  height: 630,
};

test("the id of a blob is the one that servers give to its bytes", () => {
  // `ipfs add --raw-leaves --cid-version 1` prints the same CID.
  expect(cidOfBlob(hashOf(Buffer.from("hello world\n")))).toBe(
    "bafkreifjjcie6lypi6ny7amxnfftagclbuxndqonfipmb64f2km2devei4",
  );
  const embed = { external: { thumb: makeBlob(picture) } };
  expect(picturesIn({ embed })).toEqual([{ hash: picture.hash, mediaType: "image/jpeg" }]);
  expect(picturesIn({ embed: { external: {} } })).toEqual([]);
});

describe("a card with a picture", () => {
  let sandbox: SandboxServer;
  const stored = new Map<string, Uint8Array>();
  const connect = () =>
    connectionOf(
      bluesky.connect({
        account,
        secret: bluesky.sandboxCredentials(account),
        sandbox: sandbox.url,
        fetch,
        clock: Date.now,
        readPicture: async ({ hash }) => stored.get(hash),
      }),
    );
  const { request } = bluesky.compose(aSnippet({ picture }), account);
  const pictureOf = (index = 0) => sandbox.posts("ada")[index]?.card?.picture;

  beforeEach(async () => {
    stored.clear();
    stored.set(picture.hash, bytes);
    sandbox = await startSandbox([account]);
  });
  afterEach(() => sandbox.close());

  test("is posted with it: what the server does not have is uploaded, once", async () => {
    const connection = connect();
    expect(await connection.send(request, key, noDeadline())).toMatchObject({ kind: "posted" });
    expect(await connection.send(request, key, noDeadline())).toMatchObject({ kind: "posted" });
    expect(sandbox.posts("ada")).toHaveLength(1);
    const shown = await fetch(sandbox.url + pictureOf());
    expect(shown.headers.get("content-type")).toBe("image/jpeg");
    expect(new Uint8Array(await shown.arrayBuffer())).toEqual(bytes);
    const page = await (await fetch(`${sandbox.url}/sandbox`)).text();
    expect(page).toContain(`<img src="${pictureOf()?.replace("&", "&amp;")}"`);
  });

  test("keeps it when the text is edited", async () => {
    const connection = connect();
    const outcome = await connection.send(request, key, noDeadline());
    const [remote] = outcome.kind === "posted" ? [outcome.remote] : [];
    const edited = bluesky.compose(aSnippet({ picture, text: "Corrected." }), account).request;
    expect(remote && (await connection.edit?.(remote, edited, noDeadline()))).toEqual({ kind: "done" });
    expect(sandbox.posts("ada")).toMatchObject([
      { text: expect.stringContaining("Corrected."), card: { picture: pictureOf() } },
    ]);
    expect(pictureOf()).toBeDefined();
  });

  test("gets one by an edit where it had none", async () => {
    const connection = connect();
    const outcome = await connection.send(bluesky.compose(aSnippet(), account).request, key, noDeadline());
    const [remote] = outcome.kind === "posted" ? [outcome.remote] : [];
    expect(pictureOf()).toBeUndefined();
    expect(remote && (await connection.edit?.(remote, request, noDeadline()))).toEqual({ kind: "done" });
    expect(pictureOf()).toBeDefined();
  });

  test("is posted without it where its bytes are lost, and where the server refuses them", async () => {
    stored.clear();
    expect(await connect().send(request, key, noDeadline())).toMatchObject({ kind: "posted" });
    expect(sandbox.posts("ada")).toMatchObject([{ card: { title: "A Hundred Feeds" } }]);
    expect(pictureOf()).toBeUndefined();
    const large = { ...picture, hash: hashOf(new Uint8Array(1_200_000)), size: 1_200_000 };
    stored.set(large.hash, new Uint8Array(1_200_000));
    const other = bluesky.key("fedcba9876543210fedcba9876543210", 1);
    const tooLarge = bluesky.compose(aSnippet({ picture: large }), account).request;
    expect((await connect().send(tooLarge, other, noDeadline())).kind).toBe("rejected");
  });

  test("is posted without it where the upload breaks; a server that wants to be left alone is", async () => {
    const upload = { body: "not decoded" };
    sandbox.answerTo(upload.body, "HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    expect(await connect().send(request, key, noDeadline())).toMatchObject({ kind: "posted" });
    expect(pictureOf()).toBeUndefined();
    sandbox.answerTo(
      upload.body,
      'HTTP/1.1 429 Too Many\r\ncontent-type: application/json\r\ncontent-length: 29\r\nconnection: close\r\n\r\n{"error":"RateLimitExceeded"}',
    );
    const other = bluesky.key("fedcba9876543210fedcba9876543210", 1);
    expect(await connect().send(request, other, noDeadline())).toMatchObject({ kind: "unavailable" });
    expect(sandbox.posts("ada")).toHaveLength(1);
    expect(await connect().send(request, other, noDeadline())).toMatchObject({ kind: "posted" });
    expect(pictureOf(1)).toBeDefined();
  });
});

describe("the images of a note", () => {
  let sandbox: SandboxServer;
  const stored = new Map<string, Uint8Array>();
  const gallery = ["one", "two", "three", "four"].map((name) => {
    const file = new Uint8Array(Buffer.from(`the picture ${name}`));
    const image = { url: `https://blog.example.com/${name}.jpg`, alt: `Press ${name}` };
    return { file, picture: { ...picture, hash: hashOf(file), size: file.length, image } };
  });
  const pictures = gallery.map((one) => one.picture);
  const requestOf = (text: string) =>
    bluesky.compose(aSnippet({ isNote: true, text, tags: [], pictures }), account).request;
  const connect = () =>
    connectionOf(
      bluesky.connect({
        account,
        secret: bluesky.sandboxCredentials(account),
        sandbox: sandbox.url,
        fetch,
        clock: Date.now,
        readPicture: async ({ hash }) => stored.get(hash),
      }),
    );
  const altsOf = () => sandbox.posts("ada").map((post) => post.pictures?.map(({ alt }) => alt));

  beforeEach(async () => {
    stored.clear();
    for (const { file, picture: own } of gallery) stored.set(own.hash, file);
    sandbox = await startSandbox([account]);
  });
  afterEach(() => sandbox.close());

  test.each(["Four presses.", ""])(
    "are posted with their alternative texts, once, with the text '%s'",
    async (text) => {
      for (let time = 0; time < 2; time += 1)
        expect(await connect().send(requestOf(text), key, noDeadline())).toMatchObject({ kind: "posted" });
      expect(altsOf()).toEqual([["Press one", "Press two", "Press three", "Press four"]]);
      const [shown] = sandbox.posts("ada")[0]?.pictures ?? [];
      const file = await (await fetch(sandbox.url + shown?.path)).arrayBuffer();
      expect(new Uint8Array(file)).toEqual(gallery[0]?.file);
    },
  );

  test("are left out one by one; a note without a text needs one of them", async () => {
    stored.delete(gallery[1]?.picture.hash ?? "");
    expect(await connect().send(requestOf(""), key, noDeadline())).toMatchObject({ kind: "posted" });
    expect(altsOf()).toEqual([["Press one", "Press three", "Press four"]]);
    stored.clear();
    const other = bluesky.key("fedcba9876543210fedcba9876543210", 1);
    const files = new Uint8Array(Buffer.from("not there"));
    const lost = [{ ...picture, hash: hashOf(files), image: { url: "https://blog.example.com/lost.jpg" } }];
    const bare = bluesky.compose(aSnippet({ isNote: true, text: "", tags: [], pictures: lost }), account).request;
    expect(await connect().send(bare, other, noDeadline())).toMatchObject({ kind: "rejected" });
    expect(sandbox.posts("ada")).toHaveLength(1);
  });

  test("are at most four", async () => {
    const request = requestOf("Five presses.");
    const embed = {
      $type: "app.bsky.embed.images",
      images: Array<unknown>(5).fill({ image: makeBlob(picture), alt: "" }),
    };
    expect(await connect().send({ ...request, embed }, key, noDeadline())).toMatchObject({ kind: "rejected" });
  });
});
