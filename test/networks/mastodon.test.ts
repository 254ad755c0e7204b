import { describe, expect, test } from "vitest";
import type { Account } from "../../src/domain/account.ts";
import type { StoredRequest } from "../../src/domain/delivery.ts";
import { mastodon } from "../../src/networks/mastodon.ts";
import { networkContract } from "../contract/network.ts";
import { start } from "../support/builders.ts";
import { aConfiguredAccount } from "../support/configured-account.ts";
import { noDeadline } from "../support/no-deadline.ts";
import { type ScriptedResponse, scriptedNetwork } from "../support/scripted-network.ts";
import { aSnippet } from "../support/snippets.ts";

networkContract(mastodon);

const key = "5eed";
const script = scriptedNetwork(mastodon);
const composed = (snippet: Parameters<typeof aSnippet>[0], settings: Account["settings"] = {}) =>
  mastodon.compose(aSnippet(snippet), aConfiguredAccount({ network: "mastodon", settings }));

test("the settings of Mastodon take a server by https, or on this machine", () => {
  const parse = (server: string) => mastodon.settings.safeParse({ server });
  expect(parse("https://Example.social/@me").data).toMatchObject({ server: "https://example.social" });
  expect(parse("http://127.0.0.1:9000").success).toBe(true);
  expect(parse("http://example.social").success).toBe(false);
  expect(parse("example.social").success).toBe(false);
});

describe("a post for Mastodon", () => {
  test("has its language and who may see it", () => {
    expect(composed({ language: "de-CH" }).request).toMatchObject({ language: "de", visibility: "public" });
    const known = ["zh-TW", "pt-br", "zh-Hant-HK", "zh-Hans", "sr-Latn-RS", "EN"];
    expect(known.map((language) => composed({ language }).request.language)).toEqual([
      "zh-TW",
      "pt-BR",
      "zh-HK",
      "zh-CN",
      "sr-Latn",
      "en",
    ]);
    expect(composed({ language: "" }).request).not.toHaveProperty("language");
    expect(composed({}, { visibility: "unlisted", limit: 5000 })).toMatchObject({
      limit: 5000,
      request: { visibility: "unlisted" },
    });
  });

  test("is as long as its server takes, or as the account says where that is less", () => {
    const limit = (settings: Account["settings"], longest?: number) =>
      mastodon.compose(aSnippet(), aConfiguredAccount({ network: "mastodon", settings }), longest).limit;
    expect([limit({}), limit({}, 5000), limit({}, 300)]).toEqual([500, 5000, 300]);
    expect([limit({ limit: 1000 }), limit({ limit: 1000 }, 5000), limit({ limit: 1000 }, 300)]).toEqual([
      1000, 1000, 300,
    ]);
  });

  test("has title and summary in the text, where the author wrote none", () => {
    expect(composed({ text: undefined }).text).toBe(
      "A Hundred Feeds\n\nDates are the first thing that goes wrong.\n\nhttps://blog.example.com/a-hundred-feeds/\n\n#Feeds #OpenWeb",
    );
  });
});

describe("an answer of Mastodon", () => {
  const send = (response: ScriptedResponse) => {
    script.responses = [response];
    return script.connect().send({ status: "a" }, key, noDeadline());
  };
  const copy = { id: "7", url: null, public: false };

  test("a post may have no URL of its own yet", async () => {
    expect(await send({ status: 200, body: { id: "7", url: null } })).toEqual({ kind: "posted", remote: copy });
  });

  test.each(["public", "unlisted", "private"])("a post with the visibility %s is public or not", async (visibility) => {
    script.responses = [{ status: 200, body: { id: "7", url: "https://m.example/7" } }];
    expect(await script.connect().send({ status: "a", visibility }, key, noDeadline())).toEqual({
      kind: "posted",
      remote: { id: "7", url: "https://m.example/7", public: visibility === "public" },
    });
  });

  test("a 403 is about the token's scope; any other 4xx is final", async () => {
    expect(await send({ status: 403, body: { error: "This action is outside the authorized scopes" } })).toMatchObject({
      kind: "unauthorised",
    });
    expect(await send({ status: 422, body: { error: "Text can't be blank" } })).toEqual({
      kind: "rejected",
      reason: "Mastodon answered 422: Text can't be blank",
    });
    expect(await send({ status: 408 })).toMatchObject({ kind: "unanswered" });
  });

  test("a token of an application is refused, as one that was revoked is; one that may only write is not", async () => {
    const whoAmI = (status: number, error: string) => {
      script.responses = [{ status, body: { error } }];
      return script.connect().whoAmI(noDeadline());
    };
    expect(await whoAmI(422, "This method requires an authenticated user")).toEqual({
      kind: "unauthorised",
      reason: "Mastodon answered 422: This method requires an authenticated user",
    });
    expect(await whoAmI(401, "The access token is invalid")).toMatchObject({ kind: "unauthorised" });
    expect(await whoAmI(403, "This action is outside the authorized scopes")).toMatchObject({ kind: "identity" });
  });

  test("a check of the login asks the server, whatever was known of it", async () => {
    script.responses = [{ status: 200, body: { id: "1", acct: "ada" } }, { status: 404 }, { status: 503 }];
    const connection = script.connect();
    expect(await connection.whoAmI(noDeadline())).toMatchObject({ kind: "identity" });
    expect(await connection.whoAmI(noDeadline(), true)).toMatchObject({ kind: "unavailable" });
  });

  test("a login says how long a text its server takes, where the server says it", async () => {
    const account = { status: 200, body: { id: "1", acct: "ada" } };
    const instance = (body: unknown, status = 200) => ({ status, body });
    const longestOf = async (...responses: readonly ScriptedResponse[]) => {
      script.responses = responses;
      const connection = script.connect();
      const [first, second] = [await connection.whoAmI(noDeadline()), await connection.whoAmI(noDeadline())];
      expect(second).toEqual(first);
      expect(first).toMatchObject({
        kind: "identity",
        id: "https://mastodon.social, account 1",
        handle: "@ada@mastodon.social",
      });
      return "longest" in first ? first.longest : undefined;
    };
    const saying = (max_characters: unknown) => instance({ configuration: { statuses: { max_characters } } });
    expect(await longestOf(account, saying(5000))).toBe(5000);
    expect(script.requests).toEqual([
      "GET /sandbox/api/mastodon/mastodon/api/v1/accounts/verify_credentials",
      "GET /sandbox/api/mastodon/mastodon/api/v2/instance",
    ]);
    expect(await longestOf(account, saying(10_000_000))).toBe(100_000);
    for (const answer of [
      saying(0),
      saying("many"),
      instance({}),
      instance({ error: "Not found" }, 404),
      instance(undefined, 500),
    ])
      expect(await longestOf(account, answer)).toBeUndefined();
  });

  test("a wait is a date, or Retry-After in seconds or as a date", async () => {
    const date = new Date(start).toUTCString();
    const waitOf = async (headers: ScriptedResponse["headers"]) => {
      const outcome = await send({ status: 429, ...(headers === undefined ? {} : { headers }) });
      return outcome.kind === "unavailable" ? outcome.retryAt : "another outcome";
    };
    expect(await waitOf({ "x-ratelimit-reset": new Date(start + 9000).toISOString() })).toBe(start + 9000);
    expect(await waitOf({ date, "retry-after": "30" })).toBe(start + 30_000);
    expect(await waitOf({ date, "retry-after": new Date(start + 60_000).toUTCString() })).toBe(start + 60_000);
    expect(await waitOf({ date: "once", "retry-after": "30" })).toBe(start + 30_000);
    expect(await waitOf({ "x-ratelimit-reset": new Date(start - 9000).toISOString() })).toBeUndefined();
    expect(await waitOf({ "x-ratelimit-reset": "soon", "retry-after": "later" })).toBeUndefined();
    expect(await waitOf(undefined)).toBeUndefined();
  });

  test("a wait is the same where the clocks of server and machine differ by an hour", async () => {
    const headers = {
      date: new Date(start - 3_600_000).toUTCString(),
      "x-ratelimit-reset": new Date(start - 3_540_000).toISOString(),
    };
    expect(await send({ status: 429, headers })).toMatchObject({ kind: "unavailable", retryAt: start + 60_000 });
  });

  test("an edit of a missing status says that it is not there; its deletion is done", async () => {
    const body = { error: "Record not found" };
    script.responses = [404, 404, 404, 410].map((status) => ({ status, body }));
    expect(await script.connect().edit?.(copy, { status: "b" }, noDeadline())).toEqual({
      kind: "missing",
      reason: "Mastodon answered 404: Record not found",
    });
    expect(await script.connect().remove?.(copy, noDeadline())).toEqual({ kind: "done" });
    expect(await script.connect().remove?.(copy, noDeadline())).toEqual({ kind: "done" });
  });

  test("a 404 without an error does not mean deleted", async () => {
    script.responses = [{ status: 404 }, { status: 404 }, { status: 404 }];
    expect(await script.connect().edit?.(copy, { status: "b" }, noDeadline())).toMatchObject({ kind: "rejected" });
    expect(await script.connect().remove?.(copy, noDeadline())).toEqual({
      kind: "rejected",
      reason: "Mastodon answered 404",
    });
  });

  test("where a token may only write, a status without a recorded picture is edited, and no other", async () => {
    const forbidden = { status: 403, body: { error: "This action is outside the authorized scopes" } };
    const picture = { hash: "5eed", mediaType: "image/png", url: "https://blog.example.com/press.png" };
    const edit = async (sent: StoredRequest) => {
      script.responses = [forbidden, { status: 200, body: { id: "7" } }];
      return script.connect().edit?.(copy, { status: "b" }, noDeadline(), { index: 0, sent });
    };
    expect(await edit({ status: "a" })).toEqual({ kind: "done" });
    expect(await edit({ status: "a", pictures: [picture] })).toMatchObject({ kind: "unauthorised" });
  });

  test("an edit or a deletion that cannot be read is unanswered", async () => {
    script.responses = [{ status: 200 }, { status: 200, body: { id: "7" } }, { status: 200 }];
    expect(await script.connect().remove?.(copy, noDeadline())).toMatchObject({ kind: "unanswered" });
    expect(await script.connect().edit?.(copy, { status: "b" }, noDeadline())).toMatchObject({ kind: "unanswered" });
  });

  const page = "https://blog.example.com/?a=b&c=d";
  const written = (id: string, ago: number, content: string, card?: object) => ({
    id,
    url: `https://m.example/${id}`,
    created_at: new Date(start - ago).toISOString(),
    content,
    card,
  });
  const sought = (since = start, status = "") => ({ request: { status }, key, url: page, since });
  const found = (id: string) =>
    expect.objectContaining({ remote: { id, url: `https://m.example/${id}`, public: false } });
  const me = { status: 200, body: { id: "1" } };

  test("a look reads page by page until the moment, and finds links and cards", async () => {
    script.responses = [
      me,
      {
        status: 200,
        body: [written("9", 0, `<a href="https://blog.example.com/?a=b&amp;c=d">x</a>`), written("8", 1, "nothing")],
      },
      { status: 200, body: [written("5", 2, "nothing", { url: page }), written("4", 5000, `<a href="${page}">`)] },
    ];
    expect(await script.connect().find?.(sought(start - 1000), noDeadline())).toEqual([found("5"), found("9")]);
    expect(script.requests.at(-1)).toContain("max_id=8");
  });

  test("a look that ends with its tenth page finds what is there, and nothing where there is nothing", async () => {
    const busy = (pages: number) =>
      Array.from({ length: pages }, (_, page) => ({ status: 200, body: [written(`${90 - page}`, page, "nothing")] }));
    script.responses = [me, ...busy(9), { status: 200, body: [] }];
    expect(await script.connect().find?.(sought(start - 1000), noDeadline())).toEqual([]);
    const copy = { status: 200, body: [written("7", 20, `<a href="${page}">x</a>`)] };
    script.responses = [me, ...busy(9), copy];
    expect(await script.connect().find?.(sought(start - 1000), noDeadline())).toEqual([found("7")]);
  });

  test.each([
    // Mastodon 4, with a shortened link, a hashtag and a mention.
    `<p>R&amp;D &lt;now&gt;: <span class="h-card"><a href="https://m.example/@ada" class="u-url mention">@<span>ada</span></a></span><br />Größe</p><p><a href="${page}" rel="nofollow"><span class="invisible">https://</span><span class="ellipsis">blog.example.com/</span><span class="invisible">?a=b&amp;c=d</span></a></p><p><a href="https://m.example/tags/Feeds" class="mention hashtag">#<span>Feeds</span></a></p>`,
    // snac2.
    `R&D <now>: @ada@m.example<br>Größe<br><br><a href="${page}">${page}</a><br><br>Feeds<br>`,
  ])("a look knows the text of its request in a server's HTML, and no other text with the link", async (content) => {
    const status = `R&D <now>: @ada@m.example\nGröße\n\n${page}\n\n#Feeds`;
    const isSame = async (text: string) => {
      script.responses = [me, { status: 200, body: [written("9", 0, content)] }, { status: 200, body: [] }];
      return script.connect().find?.(sought(start, text), noDeadline());
    };
    expect(await isSame(status)).toMatchObject([{ isSame: true, madeAt: start }]);
    expect(await isSame(`My new article: ${page}`)).toMatchObject([{ isSame: false }]);
  });

  describe("a look for a text without the link to its page", () => {
    const look = async (status: string, content: string) => {
      script.responses = [me, { status: 200, body: [written("9", 0, content)] }, { status: 200, body: [] }];
      return script.connect().find?.(sought(start, status), noDeadline());
    };
    const harbour = "At the harbour (https://h.example/a).";

    test.each([
      [
        harbour,
        `<p>At the harbour (<a href="https://h.example/a" rel="nofollow noopener" translate="no"><span class="invisible">https://</span><span class="">h.example/a</span><span class="invisible"></span></a>).</p>`,
      ],
      [harbour, `At the harbour (<a href="https://h.example/a" target="_blank">https://h.example/a</a>).`],
      [
        "Ships & <tides>: https://h.example\n\nIt&#65;s",
        `<p>Ships &amp; &lt;tides&gt;: <a href="https://h.example/">h.example</a></p><p>It&amp;#65;s</p>`,
      ],
      [
        "L\u00e9o's day, @ada@m.example #sea",
        `<p>L&#233;o&#39;s day, <a href="https://m.example/@ada" class="u-url mention">@<span>ada</span></a> <a href="https://m.example/tags/sea">#<span>sea</span></a></p>`,
      ],
      ["https://h.example/?a=1&b=2", `<p><a href="https://h.example/?a=1&amp;b=2">h.example/?a=1…</a></p>`],
      ["🎉", "<p>🎉</p>"],
      ["🎉 !\n<", "<p>🎉 !<br />&lt;</p>"],
    ])("finds the status that was made from %j", async (status, content) => {
      expect(await look(status, content)).toMatchObject([{ remote: { id: "9" }, isSame: true }]);
    });

    test.each([
      [harbour, `<p>At the harbour (<a href="https://h.example/b">h.example/a</a>).</p>`],
      ["See https://h.example/1/11", `<p>See <a href="https://h.example/11/1">h.example/11/1</a></p>`],
      [harbour, "<p>At the harbour ().</p>"],
      ["At the harbour", `<p>At the harbour <a href="https://h.example/a">h.example/a</a></p>`],
      ["🎉", "<p>😢</p>"],
      ["🎉", ""],
      ["🎉", `<p><a href="https://h.example/a">h.example/a</a></p>`],
      ["<br>", ""],
      ["", ""],
    ])("finds none for %j in another one", async (status, content) => {
      expect(await look(status, content)).toEqual([]);
    });

    test("finds a link post by its text and the link of the other page, which another post may have, too", async () => {
      const status = "Looms\n\nhttps://other.example/a";
      const link = `<a href="https://other.example/a">other.example/a</a>`;
      expect(await look(status, `<p>Looms</p><p>${link}</p>`)).toMatchObject([{ isSame: true }]);
      expect(await look(status, `<p>Other words</p><p>${link}</p>`)).toEqual([]);
    });

    test("finds the text of a page whose address is the beginning of another one's in the text", async () => {
      const status = "See https://blog.example.com/?a=b&c=def";
      expect(await look(status, `<p>See <a href="https://blog.example.com/?a=b&amp;c=def">b</a></p>`)).toMatchObject([
        { isSame: true },
      ]);
    });
  });

  test("a look ends with the timeline, and proves nothing where it ends after ten pages", async () => {
    script.responses = [me, { status: 200, body: [] }];
    expect(await script.connect().find?.(sought(), noDeadline())).toEqual([]);
    const many = Array.from({ length: 20 }, (_, index) => ({
      status: 200,
      body: [written(String(index), 0, "nothing")],
    }));
    script.responses = [me, ...many];
    expect(await script.connect().find?.(sought(), noDeadline())).toBe("unreadable");
    expect(script.responses).toHaveLength(10);
  });

  test("a look at a server that repeats its page finds each post once", async () => {
    const same = { status: 200, body: [written("9", 0, `<a href="${page}">`)] };
    script.responses = [me, same, same, same];
    expect(await script.connect().find?.(sought(), noDeadline())).toEqual([found("9")]);
    expect(script.responses).toHaveLength(1);
  });

  test("a look with a token that may not read, or at a server that has no timeline, says that there is none", async () => {
    for (const status of [403, 404, 410]) {
      script.responses = [me, { status }];
      expect(await script.connect().find?.(sought(), noDeadline())).toBe("unreadable");
    }
    script.responses = [{ status: 403 }];
    expect(await script.connect().find?.(sought(), noDeadline())).toBe("unreadable");
    script.responses = [me, { status: 200, body: [{ text: "of another API" }] }];
    expect(await script.connect().find?.(sought(), noDeadline())).toBe("unreadable");
    script.responses = [me, { status: 200, body: {} }];
    expect(await script.connect().find?.(sought(), noDeadline())).toBeUndefined();
    script.responses = [me, { status: 401 }];
    expect(await script.connect().find?.(sought(), noDeadline())).toBeUndefined();
  });

  test("a look that misses a page has no result", async () => {
    script.responses = [me, { status: 200, body: [written("9", 0, `<a href="${page}">`)] }, { status: 503 }];
    expect(await script.connect().find?.(sought(start - 1000), noDeadline())).toBeUndefined();
    script.responses = [{ status: 200, body: { id: 1 } }];
    expect(await script.connect().find?.(sought(), noDeadline())).toBeUndefined();
  });
});
