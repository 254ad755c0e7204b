import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hour, iso } from "../../src/domain/time.ts";
import { bluesky } from "../../src/networks/bluesky/bluesky.ts";
import { withDids } from "../../src/networks/bluesky/bluesky-record.ts";
import { recordError } from "../../src/sandbox/bluesky-emulator.ts";
import { blueskyRecordContract } from "../contract/bluesky-records.ts";
import { networkContract } from "../contract/network.ts";
import { theSandbox } from "../contract/server.ts";
import { start } from "../support/builders.ts";
import { aConfiguredAccount } from "../support/configured-account.ts";
import { noDeadline } from "../support/no-deadline.ts";
import { runs } from "../support/runs.ts";
import { scriptedNetwork } from "../support/scripted-network.ts";
import { aSnippet, snippets } from "../support/snippets.ts";

networkContract(bluesky);
blueskyRecordContract(theSandbox);

const key = "3jzfcijpj2z2a";
const script = scriptedNetwork(bluesky);
const composed = (snippet: Parameters<typeof aSnippet>[0]) =>
  bluesky.compose(aSnippet(snippet), aConfiguredAccount({ network: "bluesky" }));

test("the settings of Bluesky take a handle or a DID without @, and a server", () => {
  const settings = { handle: "you.bsky.social", server: "https://pds.example/" };
  expect(bluesky.settings.safeParse(settings).data).toMatchObject({ server: "https://pds.example" });
  expect(bluesky.settings.safeParse({ handle: "did:plc:7iza6de2dwap2sbkpav7c6c6" }).success).toBe(true);
  for (const handle of ["@you.bsky.social", "you", "you-.bsky.social"])
    expect(bluesky.settings.safeParse({ handle }).success).toBe(false);
});

describe("a post for Bluesky", () => {
  test("has its own card, and marks link and hashtags by UTF-8 bytes", () => {
    const { text, request } = composed({ text: "日本語 👩‍👩‍👧‍👦", tags: ["#機械学習"] });
    const bytes = Buffer.from(text);
    const facets = request.facets;
    expect(
      Array.isArray(facets) ? facets.map(({ index }) => bytes.subarray(index.byteStart, index.byteEnd).toString()) : [],
    ).toEqual(["blog.example.com/a-hundred…", "#機械学習"]);
    expect(request).toMatchObject({
      createdAt: "2026-03-01T08:00:00.000Z",
      embed: { external: { uri: "https://blog.example.com/a-hundred-feeds/", title: "A Hundred Feeds" } },
    });
  });

  test("shows the link in short, in its place in the text or below it; the whole address is in facet and card", () => {
    const uri = `https://blog.example.com/${"long-".repeat(100)}/`;
    const facet = { features: [{ $type: "app.bsky.richtext.facet#link", uri }] };
    expect(composed({ url: uri, text: `See ${uri} for more.`, tags: [] })).toMatchObject({
      text: "See blog.example.com/long-long… for more.",
      request: { facets: [facet], embed: { external: { uri } } },
    });
    expect(composed({ url: uri, text: "Words.", tags: [] })).toMatchObject({
      text: "Words.\n\nblog.example.com/long-long…",
      request: { facets: [facet] },
    });
  });

  test("knows regions and scripts of a language", () => {
    expect(["zh-TW", "pt-BR", "sr-Latn"].map((language) => composed({ language }).request.langs)).toEqual([
      ["zh-TW"],
      ["pt-BR"],
      ["sr-Latn"],
    ]);
    expect(composed({ language: "EN" }).request.langs).toEqual(["en"]);
  });

  test("repeats nothing: the card has the title, and no description that is in the text", () => {
    const cardOf = (snippet: Parameters<typeof aSnippet>[0]) => composed(snippet).request.embed;
    const summary = "Dates are the first thing that goes wrong.";
    expect(composed({ text: undefined }).text).toMatch(/^Dates are the first thing that goes wrong\.\n/);
    expect(cardOf({ text: undefined })).toMatchObject({ external: { title: "A Hundred Feeds", description: "" } });
    expect(cardOf({ text: "My own words." })).toMatchObject({ external: { description: summary } });
    expect(cardOf({ text: `My own words. ${summary}` })).toMatchObject({ external: { description: "" } });
    expect(cardOf({ text: "Dates are the first thing" })).toMatchObject({ external: { description: "" } });
    expect(composed({ text: undefined, summary: "" }).text).toMatch(/^A Hundred Feeds\n/);
  });

  test.each(["never", "reply"])("has the title in its text where it has no card: link %s", (link) => {
    const account = aConfiguredAccount({ network: "bluesky", settings: { link } });
    const { text, request } = bluesky.compose(aSnippet({ text: undefined, tags: [] }), account);
    expect(text).toBe("A Hundred Feeds\n\nDates are the first thing that goes wrong.");
    expect(request.embed).toBeUndefined();
  });

  test("is valid by the lexicon, whatever the snippet", () => {
    fc.assert(
      fc.property(snippets, (snippet) => {
        expect(recordError(withDids(composed(snippet).request, {}))).toBeUndefined();
      }),
      { numRuns: runs(400) },
    );
  });
});

describe("an answer of Bluesky", () => {
  const session = (token: string, handle = "ada.example") => ({
    status: 200,
    body: { did: "did:plc:ada", handle, accessJwt: token },
  });
  const uri = `at://did:plc:ada/app.bsky.feed.post/${key}`;
  const put = { status: 200, body: { uri } };
  const posted = {
    kind: "posted",
    remote: { id: uri, url: `https://bsky.app/profile/ada.example/post/${key}`, public: true },
  };

  test("a session is kept, and renewed once when it has expired", async () => {
    const connection = script.connect();
    script.responses = [session("a"), put, put, { status: 400, body: { error: "ExpiredToken" } }, session("b"), put];
    for (let time = 0; time < 3; time += 1) expect(await connection.send({}, key, noDeadline())).toEqual(posted);
    expect(script.requests.filter((line) => line.includes("createSession"))).toHaveLength(2);
  });

  test("a second session that is refused is not renewed again", async () => {
    script.responses = [
      session("a"),
      { status: 401, body: { error: "InvalidToken" } },
      session("b"),
      { status: 401, body: { error: "InvalidToken" } },
    ];
    expect(await script.connect().send({}, key, noDeadline())).toMatchObject({ kind: "unauthorised" });
    script.responses = [session("a"), { status: 400, body: { error: "ExpiredToken" } }, { status: 503 }];
    expect(await script.connect().send({}, key, noDeadline())).toMatchObject({ kind: "unavailable" });
  });

  test.each([
    ["a login that fails on the server's side sent nothing", { status: 502 }, "unavailable"],
    ["a login whose answer cannot be read sent nothing", { status: 200, body: {} }, "unavailable"],
    [
      "too many logins sent nothing",
      { status: 429, headers: { "ratelimit-reset": String(start / 1000 + 1000) } },
      "unavailable",
    ],
    [
      "a refused login pauses the account",
      { status: 401, body: { error: "AuthenticationRequired", message: "Invalid identifier or password" } },
      "unauthorised",
    ],
  ])("%s", async (_, response, kind) => {
    script.responses = [response];
    const outcome = await script.connect().send({}, key, noDeadline());
    expect(outcome.kind).toBe(kind);
    if (outcome.kind === "unavailable" && response.status === 429) expect(outcome.retryAt).toBe(start + 1_000_000);
    expect(script.requests).toHaveLength(1);
  });

  test("another record under our key is a duplicate: only we can have created it", async () => {
    script.responses = [session("a"), { status: 400, body: { error: "InvalidSwap", message: "Record was at bafy" } }];
    expect(await script.connect().send({}, key, noDeadline())).toEqual({
      ...posted,
      kind: "duplicate",
      reason: "Bluesky answered 400: Record was at bafy",
    });
  });

  test("a post of an account whose handle does not resolve is shown by its DID", async () => {
    script.responses = [session("a", "handle.invalid"), put];
    expect(await script.connect().send({}, key, noDeadline())).toMatchObject({
      remote: { url: `https://bsky.app/profile/did:plc:ada/post/${key}` },
    });
  });

  test("a suspended account pauses; an invalid record is final", async () => {
    script.responses = [
      session("a"),
      { status: 400, body: { error: "AccountTakedown" } },
      session("a"),
      { status: 400, body: { error: "InvalidRequest" } },
    ];
    expect(await script.connect().send({}, key, noDeadline())).toMatchObject({ kind: "unauthorised" });
    expect(await script.connect().send({}, key, noDeadline())).toEqual({
      kind: "rejected",
      reason: "Bluesky answered 400: InvalidRequest",
    });
  });

  const stored = { status: 200, body: { uri: "at://x", cid: "bafy", value: { text: "as it was sent" } } };

  test.each([
    ["a record that is not there any more", [{ status: 400, body: { error: "RecordNotFound" } }], "missing"],
    ["a record that cannot be read", [{ status: 503 }], "unavailable"],
    ["a record that changed meanwhile", [stored, { status: 400, body: { error: "InvalidSwap" } }], "unavailable"],
  ] as const)("an edit of %s changes nothing: %#", async (_, responses, kind) => {
    script.responses = [session("a"), ...responses];
    expect(await script.connect().edit?.({ id: uri, url: null, public: true }, {}, noDeadline())).toMatchObject({
      kind,
    });
  });

  test("an edit or a deletion that cannot be read is unanswered", async () => {
    script.responses = [session("a"), stored, { status: 200 }, { status: 200 }];
    const connection = script.connect();
    const copy = { id: uri, url: null, public: true };
    expect(await connection.edit?.(copy, {}, noDeadline())).toMatchObject({ kind: "unanswered" });
    expect(await connection.remove?.(copy, noDeadline())).toMatchObject({ kind: "unanswered" });
  });

  const sought = { request: {}, key, url: "https://blog.example.com/a/", since: start };

  test("a look reads the record under the delivery's key", async () => {
    script.responses = [session("a"), stored];
    expect(await script.connect().find?.(sought, noDeadline())).toMatchObject([
      { remote: { url: `https://bsky.app/profile/ada.example/post/${key}` }, isSame: true },
    ]);
    expect(script.requests.at(-1)).toContain(`rkey=${key}`);
    const value = { text: "as it was sent", createdAt: new Date(start).toISOString() };
    script.responses = [session("a"), { status: 200, body: { ...stored.body, value } }];
    expect(await script.connect().find?.(sought, noDeadline())).toMatchObject([{ madeAt: start, request: value }]);
    script.responses = [session("a"), { status: 400, body: { error: "RecordNotFound" } }];
    expect(await script.connect().find?.(sought, noDeadline())).toEqual([]);
  });

  test("what follows a record that was found has its date: it is sent again as it is there", async () => {
    const value = { text: "of the copy", createdAt: iso(start) };
    script.responses = [session("a"), { status: 200, body: { ...stored.body, value } }];
    const request = { text: "t", createdAt: iso(start + hour), replies: [{ text: "r", createdAt: iso(start + hour) }] };
    expect(await script.connect().find?.({ ...sought, request }, noDeadline())).toMatchObject([
      { madeAt: start, request: { ...value, replies: [{ text: "r", createdAt: iso(start) }] }, progress: { done: 1 } },
    ]);
  });

  test.each([{ status: 503 }, { status: 400, body: { error: "RepoNotFound" } }, { status: 200, body: { value: 1 } }])(
    "a look that cannot be read has no result: $status",
    async (response) => {
      script.responses = [session("a"), response];
      expect(await script.connect().find?.(sought, noDeadline())).toBeUndefined();
    },
  );
});
