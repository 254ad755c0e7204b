import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Outcome, Remote, StoredRequest } from "../../src/domain/delivery.ts";
import { bluesky } from "../../src/networks/bluesky/bluesky.ts";
import { mentionsIn } from "../../src/networks/bluesky/bluesky-record.ts";
import type { Connection } from "../../src/ports/networks.ts";
import { start } from "../support/builders.ts";
import { aConfiguredAccount, connectionOf } from "../support/configured-account.ts";
import { noDeadline } from "../support/no-deadline.ts";
import { type SandboxServer, startSandbox } from "../support/sandbox-server.ts";
import { aSnippet } from "../support/snippets.ts";

const account = aConfiguredAccount({ name: "me", network: "bluesky" });
const key = bluesky.key("0123456789abcdef0123456789abcdef", 1);

const composed = (fields: Parameters<typeof aSnippet>[0], settings = {}) =>
  bluesky.compose(aSnippet({ tags: [], ...fields }), aConfiguredAccount({ name: "me", network: "bluesky", settings }));

interface Facet {
  readonly index: { readonly byteStart: number; readonly byteEnd: number };
  readonly features: readonly { readonly handle?: string; readonly did?: string }[];
}

/** Returns the text that each mention of a record covers, and the account that it names. */
const mentionsOf = ({ text, facets }: { readonly text?: unknown; readonly facets?: unknown }) => {
  const all: readonly Facet[] = JSON.parse(JSON.stringify(facets));
  return all.flatMap(({ index, features }) => {
    const covered = Buffer.from(String(text)).subarray(index.byteStart, index.byteEnd).toString();
    return features.flatMap(({ handle, did = handle }) => (did === undefined ? [] : [[covered, did]]));
  });
};

describe("a handle in a text", () => {
  test.each([
    ["Thanks, @ada.example.", ["ada.example"]],
    ["(@Ada.Bsky.Social) and “@my-name.example”: both", ["ada.bsky.social", "my-name.example"]],
    ["＠ada.exampleさん と話した", ["ada.example"]],
    ["@ada", []],
    ["@ada@server.example and @first.last@server.example", []],
    ["me@mail.example, https://server.example/@ada.example, @scope.example/package", []],
    ["@ada.exämple, @ada.example_2, @bücher.example, @1.2.3", []],
    ["@-ada.example, @ada-.example, @.example, @", []],
  ])("%s", (text, handles) => {
    expect(mentionsIn(text).map(({ handle }) => handle)).toEqual(handles);
  });

  test("is composed as a mention in the author's own text for networks, and not in a title or a summary", () => {
    expect(mentionsOf(composed({ text: "Thanks, @Ada.example and @dependabot" }).request)).toEqual([
      ["@Ada.example", "ada.example"],
    ]);
    const derived = composed({ text: undefined, title: "By @ada.example", summary: "With @ada.example." });
    expect(mentionsOf(derived.request)).toEqual([]);
    expect(derived.warnings).toBeUndefined();
  });

  test("is left out whole where the text is cut, so that no other name comes of it", () => {
    const text = `${"word ".repeat(50)}@ada.bsky-social.example`;
    const { request } = composed({ text: `${text} ${"more ".repeat(20)}` });
    expect(request.text).toMatch(/word…$/m);
    expect(mentionsOf(request)).toEqual([]);
  });

  test("is asked for ten at most, in the order of the text", () => {
    const handles = Array.from({ length: 12 }, (_, index) => `n${index}.example`);
    const { request } = composed({ text: handles.map((handle) => `@${handle}`).join(" ") });
    expect(mentionsOf(request).map(([, handle]) => handle)).toEqual(handles.slice(0, 10));
  });

  test("is said in plan: whether it becomes a mention is known when the post is sent", () => {
    expect(composed({ text: "With @ada.example and @bob.example" }).warnings).toEqual([
      {
        code: "mention-open",
        message:
          "@ada.example, @bob.example: a mention where Bluesky knows the handle when the post is sent, otherwise plain text",
      },
    ]);
  });
});

/** Sends until no request is missing, with another worker for each, as after a crash. */
const sendAll = async (connect: () => Connection, request: StoredRequest, from?: StoredRequest) => {
  const outcomes: Outcome[] = [];
  let progress = from;
  do {
    const outcome = await connect().send(JSON.parse(JSON.stringify(request)), key, noDeadline(), progress);
    outcomes.push(outcome);
    progress = outcome.kind === "progressed" ? JSON.parse(JSON.stringify(outcome.progress)) : undefined;
  } while (progress !== undefined && outcomes.length < 10);
  return outcomes;
};

const kinds = (outcomes: readonly Outcome[]) => outcomes.map(({ kind }) => kind);
const remotesOf = (outcomes: readonly Outcome[]): readonly Remote[] =>
  outcomes.flatMap((outcome) => ("remote" in outcome && outcome.remote !== undefined ? [outcome.remote] : []));

describe("a mention", () => {
  let sandbox: SandboxServer;
  const connect = (answer: typeof fetch = fetch) =>
    connectionOf(
      bluesky.connect({
        account,
        secret: bluesky.sandboxCredentials(account),
        sandbox: sandbox.url,
        fetch: answer,
        clock: () => start,
      }),
    );
  const posts = () => sandbox.posts("me");
  const recordOf = (index = 0): StoredRequest => JSON.parse(JSON.stringify(posts()[index]?.request ?? {}));

  beforeEach(async () => {
    sandbox = await startSandbox([account], () => start);
  });
  afterEach(() => sandbox.close());

  const text = "Thanks, @ada.example and @nobody.invalid";
  const { request } = composed({ text });

  test("has the DID of its handle, which is asked for in a step of its own; a handle that nobody has is text", async () => {
    const outcomes = await sendAll(() => connect(), request);
    expect(kinds(outcomes)).toEqual(["progressed", "posted"]);
    expect(outcomes[0]).toEqual({
      kind: "progressed",
      progress: { mentions: { "ada.example": "did:web:ada.example" } },
    });
    expect(mentionsOf(recordOf())).toEqual([["@ada.example", "did:web:ada.example"]]);
    expect(posts()[0]?.text).toContain("@nobody.invalid");
    expect(await (await fetch(`${sandbox.url}/sandbox`)).text()).toContain(
      '<a href="https://bsky.app/profile/did:web:ada.example"',
    );
  });

  test("is the same in each resend, whoever has the handle by then", async () => {
    const progress = { mentions: { "ada.example": "did:web:ada.example" } };
    await connect().send(request, key, noDeadline(), progress);
    expect(await connect().send(request, key, noDeadline(), progress)).toMatchObject({ kind: "posted" });
    expect(posts()).toHaveLength(1);
  });

  test("stays the same person in an edit; a new one is asked for", async () => {
    const [remote] = remotesOf(await sendAll(() => connect(), request));
    const asked: string[] = [];
    const watched = connect((url, init) => {
      if (String(url).includes("resolveHandle")) asked.push(new URL(String(url)).searchParams.get("handle") ?? "");
      return fetch(url, init);
    });
    const edited = composed({ text: "Thanks, @ada.example and @bob.example" }).request;
    expect(remote && (await watched.edit?.(remote, edited, noDeadline()))).toEqual({ kind: "done" });
    expect(asked).toEqual(["bob.example"]);
    expect(mentionsOf(recordOf())).toEqual([
      ["@ada.example", "did:web:ada.example"],
      ["@bob.example", "did:web:bob.example"],
    ]);
  });

  test("is one in each part of a thread, and is asked for once", async () => {
    const long = composed(
      { text: `Thanks, @ada.example. ${"A sentence of the text. ".repeat(15)}And @bob.example.` },
      { thread: true },
    );
    const outcomes = await sendAll(() => connect(), long.request);
    expect(kinds(outcomes)).toEqual(["progressed", "progressed", "posted"]);
    expect(posts().map((_, index) => mentionsOf(recordOf(index)))).toEqual([
      [["@ada.example", "did:web:ada.example"]],
      [["@bob.example", "did:web:bob.example"]],
    ]);
  });

  test("is in what a look finds: the thread goes on with it, and the record is the one that was composed", async () => {
    const long = composed(
      { text: `Thanks, @ada.example. ${"A sentence of the text. ".repeat(15)}And @bob.example.` },
      { thread: true },
    );
    const first = await connect().send(long.request, key, noDeadline());
    const progress = first.kind === "progressed" ? first.progress : undefined;
    await connect().send(long.request, key, noDeadline(), progress);
    const url = "https://blog.example.com/a-hundred-feeds/";
    const sought = { request: long.request, key, url, since: start };
    expect(await connect().find?.({ ...sought, progress }, noDeadline())).toMatchObject([
      { request: long.request, progress: { done: 1, ...progress } },
    ]);
    // A table that was put back knows nothing of the first step: its reply is asked for again.
    const [found] = (await connect().find?.(sought, noDeadline())) ?? [];
    const outcomes = await sendAll(
      () => connect(),
      long.request,
      typeof found === "object" ? found.progress : undefined,
    );
    expect(kinds(outcomes)).toEqual(["progressed", "posted"]);
    expect(mentionsOf(recordOf(1))).toEqual([["@bob.example", "did:web:bob.example"]]);
  });

  describe("whose handle is not answered", () => {
    /** The sandbox, except for the request that resolves a handle. */
    const connectWith = (answer: () => Promise<Response>) => () =>
      connect((url, init) => (String(url).includes("resolveHandle") ? answer() : fetch(url, init)));
    const refused = new TypeError("failed", { cause: Object.assign(new Error("refused"), { code: "ECONNREFUSED" }) });
    const json = (body: unknown, status = 200, headers = {}) => Response.json(body, { status, headers });

    test.each([
      ["the server fails", async () => json({ error: "InternalServerError" }, 502)],
      ["the server has no such method", async () => json({ error: "MethodNotImplemented" }, 501)],
      ["the rate is refused without a time", async () => json({ error: "RateLimitExceeded" }, 429)],
      ["the answer is not JSON", async () => new Response("<html>")],
      ["the answer is not a DID", async () => json({ did: "ada" })],
      ["the time is over", async () => Promise.reject(new DOMException("timeout", "TimeoutError"))],
    ])("is plain text, and the post goes out: %s", async (_, answer) => {
      const outcomes = await sendAll(connectWith(answer), request);
      expect(kinds(outcomes)).toEqual(["progressed", "posted"]);
      expect(mentionsOf(recordOf())).toEqual([]);
      expect(posts()[0]?.text).toContain(text);
    });

    test.each([
      ["no connection", async () => Promise.reject(refused)],
      ["a refused rate with its end", async () => json({ error: "RateLimitExceeded" }, 429, { "retry-after": "60" })],
    ])("waits as the post itself would: %s", async (_, answer) => {
      expect((await sendAll(connectWith(answer), request)).map(({ kind }) => kind)).toEqual(["unavailable"]);
      expect(posts()).toEqual([]);
    });

    test("is plain text where the DIDs are too long to be kept", async () => {
      const did = `did:web:${"a".repeat(2000)}.example`;
      const { request } = composed({ text: "@one.example and @two.example" });
      const [first] = await sendAll(
        connectWith(async () => json({ did })),
        request,
      );
      expect(first).toEqual({ kind: "progressed", progress: { mentions: { "one.example": did } } });
    });
  });
});
