import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Outcome, StoredRequest } from "../../src/domain/delivery.ts";
import type { Picture } from "../../src/domain/picture.ts";
import { getNetwork } from "../../src/networks/connect-networks.ts";
import type { Connection } from "../../src/ports/networks.ts";
import { aContent } from "../support/builders.ts";
import { aConfiguredAccount, connectionOf } from "../support/configured-account.ts";
import { noDeadline } from "../support/no-deadline.ts";
import { type SandboxServer, startSandbox } from "../support/sandbox-server.ts";
import { aSnippet } from "../support/snippets.ts";

const bytes = new Uint8Array(Buffer.from("not decoded by anybody here"));
const hash = createHash("sha256").update(bytes).digest("hex");
const picture: Picture = { hash, mediaType: "image/jpeg", size: bytes.length, width: 1200, height: 630 };
const image = { url: "https://blog.example.com/press.jpg", alt: "A hand press" };
const key = "0123456789abcdef-1";

let sandbox: SandboxServer;
const stored = new Map<string, Uint8Array>();
const now = { value: 0 };

const anAccountOn = (network: string, settings = {}) =>
  aConfiguredAccount({ name: "ada", network, settings: { image: true, ...settings } });

const connect = (network: string): Connection => {
  const account = anAccountOn(network);
  const definition = getNetwork(network);
  return connectionOf(
    definition.connect({
      account,
      secret: definition.sandboxCredentials(account),
      sandbox: sandbox.url,
      fetch,
      clock: () => now.value,
      readPicture: async (one) => stored.get(one.hash),
    }),
  );
};

const requestOn = (network: string, fields = {}, settings = {}): StoredRequest =>
  getNetwork(network).compose(aSnippet({ picture, image, ...fields }), anAccountOn(network, settings)).request;

/** Sends until the network needs no more requests, as a delivery does. */
const sendAll = async (connection: Connection, request: StoredRequest): Promise<readonly Outcome[]> => {
  const outcomes: Outcome[] = [];
  let progress: StoredRequest | undefined;
  do {
    const outcome = await connection.send(request, key, noDeadline(), progress);
    outcomes.push(outcome);
    progress = outcome.kind === "progressed" ? outcome.progress : undefined;
  } while (progress !== undefined && outcomes.length < 10);
  return outcomes;
};

const kinds = (outcomes: readonly Outcome[]) => outcomes.map(({ kind }) => kind);
const posts = () => sandbox.posts("ada");

const raw = (status: string, body: string): string =>
  `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`;
/** A part of the body of the upload on each network. */
const uploadOn = { mastodon: "not decoded", x: "media_category" } as const;

beforeEach(() => {
  stored.clear();
  stored.set(hash, bytes);
  now.value = Date.now();
});
afterEach(() => sandbox.close());

describe.each(["mastodon", "x"] as const)("a picture that is attached on %s", (network) => {
  beforeEach(async () => {
    sandbox = await startSandbox([anAccountOn(network)]);
  });

  test("is uploaded in a step of its own, and the post has it with its alternative text", async () => {
    const outcomes = await sendAll(connect(network), requestOn(network));
    expect(kinds(outcomes)).toEqual(["progressed", "posted"]);
    expect(outcomes[0]).not.toHaveProperty("remote");
    const [post] = posts();
    expect(post?.pictures?.[0]?.alt).toBe("A hand press");
    const shown = await fetch(sandbox.url + post?.pictures?.[0]?.path);
    expect(new Uint8Array(await shown.arrayBuffer())).toEqual(bytes);
    expect(await (await fetch(`${sandbox.url}/sandbox`)).text()).toContain(
      `<img class="attached" src="${post?.pictures?.[0]?.path}" alt="A hand press"`,
    );
  });

  test("is a part of the request of an account that says so, and of no other", () => {
    expect(requestOn(network)).toMatchObject({
      pictures: [{ hash, mediaType: "image/jpeg", alt: "A hand press", url: image.url }],
    });
    const plain = anAccountOn(network, { image: false });
    expect(getNetwork(network).picture?.(plain, {})).toBeUndefined();
    expect(getNetwork(network).compose(aSnippet({ image }), plain).request).not.toHaveProperty("pictures");
  });

  test.each([
    ["letters", "A hand press in a cellar, "],
    ["characters of many code points", "A hand press 👩‍👩‍👧‍👦 and 🏳️‍🌈, "],
  ])("has an alternative text that is cut to what the network takes: %s", async (_, words) => {
    const request = requestOn(network, { image: { ...image, alt: words.repeat(100) } });
    const outcomes = await sendAll(connect(network), request);
    expect(kinds(outcomes)).toEqual(["progressed", "posted"]);
    const alt = posts()[0]?.pictures?.[0]?.alt ?? "";
    expect(alt.length).toBeGreaterThan(900);
    expect(words.repeat(100).startsWith(alt.replace("…", ""))).toBe(true);
  });

  test("begins a thread, whose other parts have none", async () => {
    const text = Array.from({ length: 30 }, (_, at) => `Press number ${at} is of some weight and age.`).join(" ");
    const request = requestOn(network, { text }, { thread: true });
    expect(request).toHaveProperty("replies");
    const outcomes = await sendAll(connect(network), request);
    expect(outcomes.at(-1)?.kind).toBe("posted");
    expect(posts().length).toBeGreaterThan(1);
    expect(posts().map(({ pictures }) => pictures?.length)).toEqual(posts().map((_, index) => (index === 0 ? 1 : 0)));
  });

  test.each([
    ["its bytes are lost", () => stored.clear()],
    ["the upload breaks", () => sandbox.answerTo(uploadOn[network], raw("502 Bad Gateway", ""))],
    ["the upload is refused", () => sandbox.answerTo(uploadOn[network], raw("422 Unprocessable", '{"error":"no"}'))],
    ["the login may not upload", () => sandbox.answerTo(uploadOn[network], raw("403 Forbidden", '{"error":"scope"}'))],
    ["the answer names no id", () => sandbox.answerTo(uploadOn[network], raw("200 OK", "{}"))],
  ])("is left out where %s", async (_, breakIt) => {
    breakIt();
    const outcomes = await sendAll(connect(network), requestOn(network));
    expect(kinds(outcomes)).toEqual(["progressed", "posted"]);
    expect(outcomes[0]).toMatchObject({ note: expect.stringMatching(/^it went without its picture: \S/) });
    expect(posts()).toHaveLength(1);
    expect(posts()[0]?.pictures).toEqual([]);
  });

  test("is left out where the network has forgotten it until the post is sent", async () => {
    const connection = connect(network);
    const forgotten = { media: [{ id: "999" }] };
    const outcome = await connection.send(requestOn(network), key, noDeadline(), forgotten);
    expect(outcome).toEqual({
      kind: "progressed",
      progress: { media: [{ id: null }] },
      note: expect.stringMatching(/^it went without its picture: \S/),
    });
    expect(posts()).toEqual([]);
    const last = await connection.send(requestOn(network), key, noDeadline(), { media: [{ id: null }] });
    expect(last.kind).toBe("posted");
  });

  test("waits where the rate of uploads is refused, and where the login is", async () => {
    sandbox.answerTo(uploadOn[network], raw("429 Too Many\r\nretry-after: 60", "{}"));
    expect(await connect(network).send(requestOn(network), key, noDeadline())).toMatchObject({
      kind: "unavailable",
      retryAt: expect.any(Number),
    });
    sandbox.answerTo(uploadOn[network], raw("401 Unauthorized", '{"error":"token"}'));
    expect((await connect(network).send(requestOn(network), key, noDeadline())).kind).toBe("unauthorised");
    expect(posts()).toEqual([]);
  });
});

describe("on Mastodon", () => {
  beforeEach(async () => {
    sandbox = await startSandbox([anAccountOn("mastodon")]);
  });

  test("a resend with the same key and the same picture is the same status", async () => {
    const connection = connect("mastodon");
    const request = requestOn("mastodon");
    const first = await connection.send(request, key, noDeadline());
    const progress = first.kind === "progressed" ? first.progress : undefined;
    const sent = await connection.send(request, key, noDeadline(), progress);
    expect(await connection.send(request, key, noDeadline(), progress)).toEqual(sent);
    expect(posts()).toHaveLength(1);
  });

  test("an edit keeps the picture", async () => {
    const connection = connect("mastodon");
    const outcome = (await sendAll(connection, requestOn("mastodon"))).at(-1);
    const remote = outcome?.kind === "posted" ? outcome.remote : undefined;
    const shown = posts()[0]?.pictures;
    const edited = requestOn("mastodon", { text: "Corrected." });
    expect(remote && (await connection.edit?.(remote, edited, noDeadline()))).toEqual({ kind: "done" });
    expect(posts()).toMatchObject([{ text: expect.stringContaining("Corrected."), pictures: shown }]);
    expect(shown).toHaveLength(1);
  });

  // The status was found by a search, or was a note and is an article whose account attaches no pictures.
  test("an edit keeps the picture of a status for which none is recorded", async () => {
    const connection = connect("mastodon");
    const outcome = (await sendAll(connection, requestOn("mastodon"))).at(-1);
    const remote = outcome?.kind === "posted" ? outcome.remote : undefined;
    const shown = posts()[0]?.pictures;
    const plain = requestOn("mastodon", { picture: undefined, image: undefined });
    const edited = { ...plain, status: "Corrected." };
    const part = { index: 0, sent: plain };
    expect(remote && (await connection.edit?.(remote, edited, noDeadline(), part))).toEqual({ kind: "done" });
    expect(posts()).toMatchObject([{ text: "Corrected.", pictures: shown }]);
    expect(shown).toHaveLength(1);
  });

  test("an edit of a status that is gone says so, and changes nothing", async () => {
    const connection = connect("mastodon");
    const remote = { id: "404", url: null, public: true };
    expect((await connection.edit?.(remote, requestOn("mastodon"), noDeadline()))?.kind).toBe("missing");
  });

  test("a server that processes the picture later is asked again for a minute, then the status goes without", async () => {
    const connection = connect("mastodon");
    const request = requestOn("mastodon");
    sandbox.answerTo("not decoded", raw("202 Accepted", '{"id":"7","url":null}'));
    const first = await connection.send(request, key, noDeadline());
    expect(first).toEqual({ kind: "progressed", progress: { media: [{ id: "7", since: now.value }] } });
    const progress = first.kind === "progressed" ? first.progress : undefined;
    const processing = async (url: string, init: RequestInit): Promise<Response> =>
      url.includes("/api/v1/media/") ? new Response("{}", { status: 206 }) : fetch(url, init);
    const account = anAccountOn("mastodon");
    const slow = connectionOf(
      getNetwork("mastodon").connect({
        account,
        secret: getNetwork("mastodon").sandboxCredentials(account),
        sandbox: sandbox.url,
        fetch: processing,
        clock: () => now.value,
      }),
    );
    const waiting = await slow.send(request, key, noDeadline(), progress);
    expect(waiting).toMatchObject({ kind: "unavailable", retryAt: now.value + 5_000 });
    now.value += 60_000;
    expect(await slow.send(request, key, noDeadline(), progress)).toEqual({
      kind: "progressed",
      progress: { media: [{ id: null }] },
      note: "it went without its picture: Mastodon did not process it in time",
    });
    expect(posts()).toEqual([]);
  });

  test("a picture that was processed meanwhile is attached", async () => {
    const connection = connect("mastodon");
    const request = requestOn("mastodon");
    const first = await connection.send(request, key, noDeadline());
    const media = first.kind === "progressed" ? first.progress.media : [];
    const processed = (Array.isArray(media) ? media : []).map((one) => ({ ...one, since: now.value }));
    const outcome = await connection.send(request, key, noDeadline(), { media: processed });
    expect(outcome.kind).toBe("posted");
    expect(posts()[0]?.pictures).toHaveLength(1);
  });
});

describe("on X", () => {
  beforeEach(async () => {
    sandbox = await startSandbox([anAccountOn("x")]);
  });

  test("a post with a picture is not sent again without an answer: X may take it for another post", async () => {
    const x = getNetwork("x");
    const plain = x.compose(aSnippet(), anAccountOn("x")).request;
    expect([x.offersTo?.(requestOn("x")), x.offersTo?.(plain)]).toEqual(["none", "refuse"]);
    const connection = connect("x");
    const request = requestOn("x");
    await sendAll(connection, request);
    // The rule guards against this case.
    await sendAll(connection, request);
    expect(posts()).toHaveLength(2);
  });

  test("a picture whose alternative text is not taken is left out", async () => {
    sandbox.answerTo("alt_text", raw("400 Bad Request", "{}"));
    expect(kinds(await sendAll(connect("x"), requestOn("x")))).toEqual(["progressed", "posted"]);
    expect(posts()[0]?.pictures).toEqual([]);
  });
});

/** Pictures of a note: each has bytes and an alternative text of its own. */
const gallery = ["one", "two", "three", "four"].map((name) => {
  const file = new Uint8Array(Buffer.from(`the picture ${name}`));
  const own = createHash("sha256").update(file).digest("hex");
  const shown = { url: `https://blog.example.com/${name}.jpg`, alt: `Press ${name}` };
  return { file, picture: { ...picture, hash: own, size: file.length, image: shown } };
});
const galleryAlts = ["Press one", "Press two", "Press three", "Press four"];

const noteOn = (network: string, text: string): StoredRequest => {
  const pictures = gallery.map((one) => one.picture);
  const images = pictures.map((one) => one.image);
  const note = aSnippet({
    isNote: true,
    text,
    tags: [],
    images,
    pictures,
    content: aContent({ isNote: true, images }),
  });
  return getNetwork(network).compose(note, anAccountOn(network, { image: false })).request;
};
const altsOf = () => posts().map(({ pictures }) => pictures?.map(({ alt }) => alt));

describe.each(["mastodon", "x"] as const)("the four pictures of a note on %s", (network) => {
  beforeEach(async () => {
    sandbox = await startSandbox([anAccountOn(network)]);
    for (const { file, picture: own } of gallery) stored.set(own.hash, file);
  });

  test("are taken from every account, one upload in each step", async () => {
    const plain = anAccountOn(network, { image: false });
    expect(getNetwork(network).picture?.(plain, { isNote: true })).toBeDefined();
    const outcomes = await sendAll(connect(network), noteOn(network, "Four presses."));
    expect(kinds(outcomes)).toEqual([...Array<string>(4).fill("progressed"), "posted"]);
    expect(altsOf()).toEqual([galleryAlts]);
  });

  test("are enough for a note without a text", async () => {
    const outcomes = await sendAll(connect(network), noteOn(network, ""));
    expect(outcomes.at(-1)?.kind).toBe("posted");
    expect(posts()).toMatchObject([{ text: "" }]);
    expect(altsOf()).toEqual([galleryAlts]);
  });

  test("are uploaded again after a kill between two uploads, and the note is one post", async () => {
    const request = noteOn(network, "Four presses.");
    const connection = connect(network);
    const first = await connection.send(request, key, noDeadline());
    // The second upload is made and its answer is lost: the step is repeated from the stored progress.
    const progress = first.kind === "progressed" ? first.progress : undefined;
    await connection.send(request, key, noDeadline(), progress);
    let outcome: Outcome = first;
    while (outcome.kind === "progressed")
      outcome = await connect(network).send(request, key, noDeadline(), outcome.progress);
    expect(outcome.kind).toBe("posted");
    expect(altsOf()).toEqual([galleryAlts]);
  });

  test("are left out one by one, and the delivery says which", async () => {
    stored.delete(gallery[1]?.picture.hash ?? "");
    const outcomes = await sendAll(connect(network), noteOn(network, "Three presses."));
    expect(outcomes.flatMap((outcome) => ("note" in outcome ? [outcome.note] : [])).filter(Boolean)).toEqual([
      "it went without its picture https://blog.example.com/two.jpg: its bytes are not stored any more",
    ]);
    expect(altsOf()).toEqual([["Press one", "Press three", "Press four"]]);
  });

  test("are what a note without a text needs: it fails where none is there, and waits where that may end", async () => {
    stored.clear();
    const outcomes = await sendAll(connect(network), noteOn(network, ""));
    expect(kinds(outcomes)).toEqual([...Array<string>(3).fill("progressed"), "rejected"]);
    expect(outcomes.at(-1)).toMatchObject({
      reason: "it has no text, and its pictures cannot be sent: its bytes are not stored any more",
    });
    for (const { file, picture: own } of gallery.slice(3)) stored.set(own.hash, file);
    const last = { media: [{ id: null }, { id: null }, { id: null }] };
    sandbox.answerTo(network === "x" ? uploadOn.x : "the picture", raw("502 Bad Gateway", ""));
    expect((await connect(network).send(noteOn(network, ""), key, noDeadline(), last)).kind).toBe("unavailable");
    expect(posts()).toEqual([]);
    expect((await connect(network).send(noteOn(network, ""), key, noDeadline(), last)).kind).toBe("progressed");
  });

  test("are enough for a note without a text where the last one is lost", async () => {
    stored.delete(gallery[3]?.picture.hash ?? "");
    const outcomes = await sendAll(connect(network), noteOn(network, ""));
    expect(outcomes.at(-1)?.kind).toBe("posted");
    expect(altsOf()).toEqual([["Press one", "Press two", "Press three"]]);
  });

  test("are no reason for an empty post, where the network refuses a note without a text because of them", async () => {
    const forgotten = { media: gallery.map(() => ({ id: "999" })) };
    const outcome = await connect(network).send(noteOn(network, ""), key, noDeadline(), forgotten);
    expect(outcome.kind).toBe("rejected");
    expect(posts()).toEqual([]);
  });
});

test("Mastodon is searched for a note without a text by the alternative texts of its pictures", async () => {
  sandbox = await startSandbox([anAccountOn("mastodon")]);
  for (const { file, picture: own } of gallery) stored.set(own.hash, file);
  const request = noteOn("mastodon", "");
  const connection = connect("mastodon");
  await sendAll(connection, request);
  const sought = { request, key, url: "https://blog.example.com/a-note/", since: now.value - 60_000 };
  expect(await connection.find?.(sought, noDeadline())).toMatchObject([{ isSame: true }]);
  const [first, ...others] = Array.isArray(request.pictures) ? request.pictures : [];
  const other = { ...request, pictures: [{ ...first, alt: "Another press" }, ...others] };
  expect(await connection.find?.({ ...sought, request: other }, noDeadline())).toEqual([]);
});
