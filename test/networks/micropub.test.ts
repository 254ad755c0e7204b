import { describe, expect, test } from "vitest";
import { noteText } from "../../src/domain/note-text.ts";
import { snippetFor } from "../../src/domain/snippet.ts";
import { micropub } from "../../src/networks/micropub.ts";
import { networkContract } from "../contract/network.ts";
import { aContent, start } from "../support/builders.ts";
import { aConfiguredAccount } from "../support/configured-account.ts";
import { noDeadline } from "../support/no-deadline.ts";
import { type ScriptedResponse, scriptedNetwork } from "../support/scripted-network.ts";
import { aSnippet } from "../support/snippets.ts";

networkContract(micropub);

const script = scriptedNetwork(micropub);
const page = "https://blog.example.com/a-hundred-feeds/";
const account = aConfiguredAccount({ name: "micropub", network: "micropub" });
const requestOf = (snippet: Parameters<typeof aSnippet>[0], settings = {}) =>
  micropub.compose(aSnippet(snippet), { ...account, settings: { ...account.settings, ...settings } }).request;
const noteOf = (html: string, more = {}) => {
  const share = noteText(html, "en");
  const social = { off: false, useSummary: false, texts: {}, share };
  const content = aContent({ isNote: true, html, summary: share, social, ...more });
  return micropub.compose(snippetFor(content, account, start), account);
};

test("an account of Micropub is on Micro.blog, or names the endpoint of another site, which has https", () => {
  const isSetting = (settings: object) => micropub.settings.safeParse(settings).success;
  expect(account.settings.endpoint).toBe("https://micro.blog/micropub");
  expect(micropub.server(account)).toBe("https://micro.blog");
  expect(isSetting({ endpoint: "https://blog.example/micropub", destination: "https://blog.example/" })).toBe(true);
  expect(isSetting({ endpoint: "http://blog.example/micropub" })).toBe(false);
  expect(isSetting({ destination: "blog.example" })).toBe(false);
});

test("the slug of a copy is short, and another one for each copy", () => {
  expect([1, 2].map((copy) => micropub.key("0123456789abcdef".repeat(4), copy))).toEqual([
    "0123456789abcdef",
    "0123456789abcdef-2",
  ]);
});

describe("a post on a site with Micropub", () => {
  test("has the title in bold, links, and its categories with their names", () => {
    const categories = [{ name: "Open Web" }, { name: "Feeds" }];
    const given = { text: undefined, title: "A & B <3", content: aContent({ categories }) };
    const html = `<p><strong>A &amp; B &lt;3</strong><br><br>Dates are the first thing that goes wrong.<br><br><a href="${page}">${page}</a></p>`;
    expect(requestOf(given)).toEqual({ content: [{ html }], category: ["Open Web", "Feeds"] });
    expect(requestOf(given, { categories: 1 })).toMatchObject({ category: ["Open Web"] });
    expect(requestOf(given, { categories: 0, link: "never" })).toEqual({
      content: [{ html: html.slice(0, html.indexOf("<br><br><a")).concat("</p>") }],
    });
  });

  test("of a note has its links at their words, its emphasis, and no link within a link", () => {
    const html =
      '<p>See <a href="https://h.example/?a=1&amp;b"><em>the</em> harbour</a>,<br><a href="https://a.example/">at https://b.example</a> &lt;T&gt; https://c.example.</p>';
    expect(noteOf(html).request.content).toEqual([
      {
        html: '<p>See <a href="https://h.example/?a=1&amp;b"><em>the</em> harbour</a>,<br><a href="https://a.example/">at https://b.example</a> &lt;T&gt; <a href="https://c.example/">https://c.example</a>.</p>',
      },
    ]);
  });

  test("of at most 300 characters is whole, and a longer one is cut and linked", () => {
    const whole = noteOf(`<p>${"word ".repeat(60).trim()}</p>`);
    expect(whole).toMatchObject({ isCut: false, length: 299 });
    const cut = noteOf(`<p>${"word ".repeat(61).trim()}</p>`);
    expect(cut).toMatchObject({ isCut: true });
    expect(cut.length).toBeLessThanOrEqual(300);
    expect(cut.text).toContain(aContent().url);
  });

  test("has the pictures of a note with their alternative texts, unless they are hidden", () => {
    const images = [
      { url: "https://blog.example.com/a.jpg", alt: "A boat." },
      { url: "https://blog.example.com/b.jpg" },
    ];
    const { request, pictures } = noteOf("<p>Two.</p>", { images });
    expect(request.photo).toEqual([
      { value: "https://blog.example.com/a.jpg", alt: "A boat." },
      { value: "https://blog.example.com/b.jpg", alt: "" },
    ]);
    expect(pictures).toBe(2);
    const social = { off: false, useSummary: false, texts: {}, share: "Two.", sensitive: true };
    expect(noteOf("<p>Two.</p>", { images, social }).request).not.toHaveProperty("photo");
    const alone = noteOf("", { images });
    expect(alone.request).not.toHaveProperty("content");
  });
});

describe("an answer of a Micropub endpoint", () => {
  const slug = "0123456789abcdef";
  const url = `https://ada.micro.example/notes/${slug}/`;
  const copy = { id: url, url, public: true };
  const unnamed = { id: slug, url: null, public: true };
  const request = { content: [{ html: `<p>Mine. <a href="${page}">${page}</a></p>` }] };
  const connection = (...responses: readonly ScriptedResponse[]) => {
    script.requests = [];
    script.responses = responses;
    return script.connect({ endpoint: "https://ada.micro.example/micropub" });
  };
  const problem = (status: number, error: string) => ({ status, body: { error, error_description: "Said." } });
  const made = (location?: string, status = 201) => ({ status, headers: location === undefined ? {} : { location } });
  const entry = (properties: object) => ({ type: ["h-entry"], properties });
  const source = (properties: object) => ({ status: 200, body: entry(properties) });
  const listed = (...items: readonly object[]) => ({ status: 200, body: { items } });
  const html = { status: 200, text: "<p>Log in</p>", headers: { "content-type": "text/html" } };
  const send = (...responses: readonly ScriptedResponse[]) =>
    connection(...responses).send(request, slug, noDeadline());
  const edit = (...responses: readonly ScriptedResponse[]) =>
    connection(...responses).edit?.(copy, request, noDeadline());
  const remove = (...responses: readonly ScriptedResponse[]) => connection(...responses).remove?.(copy, noDeadline());

  test("says whose site it is", async () => {
    const site = { uid: "https://ada.example/", name: "Ada" };
    const whoAmI = (body: unknown, settings = {}) => {
      script.responses = [{ status: 200, body }];
      return script.connect({ endpoint: "https://micro.example/micropub", ...settings }).whoAmI(noDeadline());
    };
    expect(await whoAmI({ destination: [site, { uid: "https://other.example/" }] })).toEqual({
      kind: "identity",
      id: "https://micro.example/micropub, https://ada.example/",
      handle: "ada.example",
    });
    expect(await whoAmI({})).toEqual({
      kind: "identity",
      id: "https://micro.example/micropub",
      handle: "micro.example",
    });
    expect(await whoAmI({ destination: [site] }, { destination: "https://bob.example/" })).toEqual({
      kind: "unauthorised",
      reason: 'this login has no site https://bob.example/: "destination" is one of https://ada.example/',
    });
    expect(await whoAmI("Hello")).toMatchObject({ kind: "unavailable" });
    script.responses = [problem(401, "unauthorized")];
    expect(await script.connect().whoAmI(noDeadline())).toMatchObject({ kind: "unauthorised" });
  });

  test.each([
    [url, 201, copy],
    [url, 202, copy],
    ["/notes/1", 202, { id: "http://127.0.0.1/notes/1", url: "http://127.0.0.1/notes/1", public: true }],
    [
      "https://elsewhere.example/x",
      201,
      { id: "https://elsewhere.example/x", url: "https://elsewhere.example/x", public: true },
    ],
    // What everybody is to open is one of the web, with encryption.
    ["http://ada.example/1", 201, { id: "http://ada.example/1", url: null, public: true }],
    [undefined, 202, unnamed],
    [undefined, 201, unnamed],
    ["javascript:alert(1)", 201, unnamed],
    ["https://[", 201, unnamed],
    [`https://ada.example/${"a".repeat(2000)}`, 201, unnamed],
  ])("to a post: %s with %i is accepted, whatever address it names", async (location, status, remote) => {
    const outcome = await send(made(location, status));
    const text = JSON.stringify(outcome).replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1");
    expect(JSON.parse(text)).toEqual({ kind: "posted", remote });
  });

  test.each([
    [problem(400, "invalid_request"), "rejected"],
    [problem(413, "too_large"), "rejected"],
    [problem(501, "not_implemented"), "rejected"],
    [problem(401, "unauthorized"), "unauthorised"],
    [problem(403, "insufficient_scope"), "unauthorised"],
    [problem(400, "insufficient_scope"), "unauthorised"],
    [problem(404, "not_found"), "unauthorised"],
    [problem(405, "no"), "unauthorised"],
    [problem(429, "too_many_requests"), "unavailable"],
    [problem(500, "server_error"), "unanswered"],
    [html, "unanswered"],
  ])("to a post: %o is %s", async (response, kind) => {
    expect(await send(response)).toMatchObject({
      kind,
      reason: expect.stringContaining(`answered ${response.status}`),
    });
  });

  test("names the error and what the server says of it", async () => {
    expect(await send(problem(403, "insufficient_scope"))).toEqual({
      kind: "unauthorised",
      reason: "Micropub answered 403: insufficient_scope: Said.",
    });
  });

  test("an edit that moves a post names where it is now", async () => {
    const moved = `https://ada.micro.example/photos/${slug}/`;
    const there = source({});
    expect(await edit(there, { status: 204 })).toEqual({ kind: "done" });
    expect(await edit(there, { status: 200, headers: { location: url } })).toEqual({ kind: "done" });
    expect(await edit(there, made(moved))).toEqual({
      kind: "done",
      remote: { id: moved, url: moved, public: true },
    });
    expect(await edit(there, made("javascript:alert(1)"))).toEqual({ kind: "done" });
    expect(await edit(there, html)).toMatchObject({ kind: "unanswered" });
    expect(await edit(there, problem(403, "insufficient_scope"))).toMatchObject({ kind: "unauthorised" });
    expect(await edit(problem(400, "invalid_request"), { status: 204 })).toEqual({ kind: "done" });
  });

  test("an edit of a post that is deleted changes nothing, and names it as missing", async () => {
    const missing = { kind: "missing", reason: "the site has no such post: it was deleted" };
    for (const there of [
      source({ deleted: ["2026-11-30"] }),
      source({ "post-status": ["deleted"] }),
      { status: 410 },
    ]) {
      expect(await edit(there, listed())).toEqual(missing);
      expect(script.requests.every((line) => line.startsWith("GET "))).toBe(true);
    }
    expect(await edit(problem(404, "no"), problem(400, "no"))).toEqual(missing);
    expect(await edit(problem(404, "no"), { status: 500 })).toMatchObject({ kind: "unavailable" });
  });

  test("that an edit without an answer has moved the post leads to where it is", async () => {
    const moved = `https://ada.micro.example/photos/${slug}/`;
    const missing = problem(404, "not_found");
    const others = [entry({ url: ["https://ada.micro.example/notes/1/"] }), entry({})];
    const list = listed(...others, entry({ url: [moved], slug: [slug] }));
    const remote = { id: moved, url: moved, public: true };
    expect(await edit(source({}), missing, list, source({}), { status: 200 })).toEqual({ kind: "done", remote });
    // A server that lists no slug has it in the address.
    expect(await edit(missing, listed(entry({ url: [moved] })), source({}), { status: 200 })).toEqual({
      kind: "done",
      remote,
    });
    expect(await remove(missing, list, { status: 204 })).toMatchObject({ kind: "done" });
    expect(script.requests).toHaveLength(3);
    expect(await remove(missing, list, { status: 500 })).toMatchObject({ kind: "unanswered" });
    expect(await remove(missing, listed())).toEqual({ kind: "done" });
    expect(await remove(missing, listed(entry({ url: [moved], slug: [slug], deleted: ["now"] })))).toEqual({
      kind: "done",
    });
  });

  test("without an address leads to the post by its slug, and says so where the site does not list it", async () => {
    const list = listed(entry({ url: [url], "mp-slug": [slug] }));
    const change = (...responses: readonly ScriptedResponse[]) =>
      connection(...responses).edit?.(unnamed, request, noDeadline());
    expect(await change(list, source({}), { status: 204 })).toEqual({ kind: "done", remote: copy });
    expect(await change(listed())).toEqual({ kind: "rejected", reason: "The post's address is not known" });
    expect(await change(problem(501, "no"))).toMatchObject({ kind: "rejected" });
    expect(await connection().remove?.({ id: null, url: null, public: true }, noDeadline())).toMatchObject({
      kind: "rejected",
    });
  });

  describe("to a search", () => {
    const sought = { request, key: slug, url: page, since: start };
    const at = (offset: number) => [new Date(start + offset).toISOString()];
    const find = (...responses: readonly ScriptedResponse[]) => connection(...responses).find?.(sought, noDeadline());

    test("has the copy by its slug, or by its text where the server takes no slug, the oldest first", async () => {
      const text = { html: `<p>Mine. <a href="${page}">${page}</a></p>` };
      const other = { html: `<p>Other <a href="${page}">here</a></p>` };
      const found = await find(
        listed(
          entry({ url: ["https://a.example/5"], content: [`Mine. ${page}`], published: at(5) }),
          entry({ url: [url], content: [other], published: at(4), "mp-slug": [slug] }),
          entry({ url: ["https://a.example/3"], content: [other], published: at(3) }),
          entry({ url: ["https://a.example/2"], content: [{ ...text, value: "Mine." }], published: at(2) }),
          entry({ url: ["https://a.example/1"], content: ["Nothing"], published: at(1) }),
          entry({ url: ["https://a.example/0"], content: [text], published: at(1), deleted: at(2) }),
          entry({ url: ["javascript:x"], content: [text], published: at(1) }),
          entry({ url: ["https://a.example/-1"], content: [text], published: at(-1) }),
          { type: ["h-entry"] },
        ),
      );
      const remoteAt = (address: string) => ({ id: address, url: address, public: true });
      expect(found).toEqual([
        { remote: remoteAt("https://a.example/2"), madeAt: start + 2, isSame: true },
        { remote: remoteAt("https://a.example/3"), madeAt: start + 3, isSame: false },
        { remote: copy, madeAt: start + 4, isSame: true, request: { content: [other] } },
        { remote: remoteAt("https://a.example/5"), madeAt: start + 5, isSame: true },
      ]);
    });

    test("has no other note without a text where this one has only pictures", async () => {
      const alone = { ...sought, request: { photo: [{ value: "https://blog.example.com/a.jpg", alt: "" }] } };
      const empty = listed(entry({ url: ["https://a.example/1"], published: at(1) }));
      expect(await connection(empty).find?.(alone, noDeadline())).toEqual([]);
    });

    test("goes on page by page, back to the send", async () => {
      const more = (after: string, offset: number) => ({
        status: 200,
        body: { items: [entry({ url: ["https://a.example/1"], published: at(offset) })], paging: { after } },
      });
      expect(await find(more("x", 2), more("y", -1))).toEqual([]);
      expect(script.requests.at(-1)).toContain("after=x");
      // It never ends.
      expect(await find(...Array.from({ length: 30 }, () => more("x", 1)))).toBe("unreadable");
      const full = listed(
        ...Array.from({ length: 100 }, () => entry({ url: ["https://a.example/1"], published: at(1) })),
      );
      expect(await find(full)).toBe("unreadable");
    });

    test("is none, or says that the login may not read, or that the server has no such list", async () => {
      expect(await find({ status: 500 })).toBeUndefined();
      expect(await find(html)).toBeUndefined();
      expect(await find(problem(401, "unauthorized"))).toBeUndefined();
      for (const status of [400, 403, 404, 501]) expect(await find(problem(status, "no"))).toBe("unreadable");
    });
  });
});
