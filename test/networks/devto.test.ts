import { describe, expect, test } from "vitest";
import { second } from "../../src/domain/time.ts";
import { devto } from "../../src/networks/devto.ts";
import { networkContract } from "../contract/network.ts";
import { aContent, start } from "../support/builders.ts";
import { aConfiguredAccount } from "../support/configured-account.ts";
import { noDeadline } from "../support/no-deadline.ts";
import { type ScriptedResponse, scriptedNetwork } from "../support/scripted-network.ts";
import { aSnippet } from "../support/snippets.ts";

networkContract(devto);

const script = scriptedNetwork(devto);
const url = "https://blog.example.com/a-hundred-feeds/";
const requestOf = (snippet: Parameters<typeof aSnippet>[0], settings = {}) =>
  devto.compose(aSnippet(snippet), aConfiguredAccount({ network: "devto", settings })).request;

describe("a post for DEV", () => {
  test("is the whole article as Markdown, which names the page that it comes from", () => {
    const content = aContent({ html: "<p>The <em>whole</em> body.</p>", summary: "Below, in short." });
    const image = { url: "https://blog.example.com/a.jpg", alt: "A" };
    expect(requestOf({ content, image, summary: "In short." }, { organization: 7 })).toEqual({
      title: "A Hundred Feeds",
      body_markdown: "The *whole* body.\n\n<!-- Crier -->",
      canonical_url: url,
      description: "In short.",
      tags: ["feeds", "openweb"],
      main_image: image.url,
      organization_id: 7,
    });
  });

  test("does not begin with a heading that repeats its title", () => {
    const bodyOf = (title: string, html: string) => requestOf({ content: aContent({ title, html }) }).body_markdown;
    expect(bodyOf("A <b> & c", "<h1>A &lt;b&gt; &amp; c</h1>\n<p>Text.</p>")).toBe("Text.\n\n<!-- Crier -->");
    expect(bodyOf("A", "<h1>Another</h1><p>Text.</p>")).toContain("# Another");
    expect(bodyOf("A", "<p>Text.</p><h1>A</h1>")).toContain("# A");
  });

  test("is planned by the length of its article, which is sent and not the text", () => {
    const content = aContent({ html: "<p>The body 🎉.</p>" });
    const account = aConfiguredAccount({ network: "devto" });
    expect(devto.compose(aSnippet({ content }), account).article).toBe("The body 🎉.\n\n<!-- Crier -->".length - 1);
  });

  test("has a title of 128 characters and four tags of letters and digits at most", () => {
    const tags = ["#A_1", "#a1", "#नमस्ते", "#b", "#c", "#d", "#e", `#${"f".repeat(31)}`];
    const request = requestOf({ title: "A word. ".repeat(40), tags });
    expect(String(request.title).length).toBeLessThanOrEqual(128);
    expect(request.tags).toEqual(["a1", "b", "c", "d"]);
    expect(requestOf({ tags }, { hashtags: 1 }).tags).toEqual(["a1"]);
  });

  test("whose body would not fit twice into a row is its summary and a link", () => {
    const content = aContent({ html: `<p>${"ä".repeat(66_000)}</p>`, summary: "In short." });
    expect(requestOf({ content }).body_markdown).toBe(`In short.\n\n[${url}](${url})\n\n<!-- Crier -->`);
  });
});

describe("an answer of DEV", () => {
  const copy = { id: "12", url: "https://dev.to/ada/a-12", public: true };
  const body = "The body.\n\n<!-- Crier -->\n";
  const made = { id: 12, url: copy.url, published: true, canonical_url: url, body_markdown: body };
  const taken = { status: 422, body: { error: "Canonical url has already been taken", status: 422 } };
  const answer = (act: "send" | "edit" | "remove" | "whoAmI", ...responses: readonly ScriptedResponse[]) => {
    script.responses = responses;
    const connection = script.connect();
    if (act === "send") return connection.send(requestOf({}), "k", noDeadline());
    if (act === "whoAmI") return connection.whoAmI(noDeadline());
    return act === "edit"
      ? connection.edit?.(copy, requestOf({}), noDeadline())
      : connection.remove?.(copy, noDeadline());
  };

  test("names the article; one that is kept back is not public yet", async () => {
    expect(await answer("send", { status: 201, body: made })).toEqual({ kind: "posted", remote: copy });
    const keptBack = { id: 12, url: copy.url, published_timestamp: "" };
    expect(await answer("send", { status: 201, body: keptBack })).toEqual({
      kind: "posted",
      remote: { id: "12", url: null, public: false },
    });
  });

  test("that the address is taken is a duplicate, where the article is one that Crier made", async () => {
    expect(await answer("send", taken, { status: 200, body: [{ id: 1, canonical_url: "b" }, made] })).toEqual({
      kind: "duplicate",
      remote: copy,
      reason: "DEV answered 422: Canonical url has already been taken: by https://dev.to/ada/a-12",
    });
    expect(await answer("send", taken, { status: 200, body: [] })).toMatchObject({
      kind: "rejected",
      reason: expect.stringContaining("another account"),
    });
    expect(await answer("send", taken, { status: 503 })).toMatchObject({ kind: "unavailable" });
  });

  test("that the address is taken by an article which Crier took back publishes that one again", async () => {
    const takenBack = { status: 200, body: [{ ...made, published: false }] };
    expect(await answer("send", taken, takenBack, { status: 200, body: made })).toEqual({
      kind: "posted",
      remote: copy,
    });
    expect(script.requests.map((request) => request.split("/api/").at(-1))).toEqual([
      "articles",
      "articles/me/all?per_page=1000&page=1",
      "articles/12",
    ]);
  });

  test.each([
    ["article", true],
    ["draft", false],
  ])(
    "that the address is taken by the author's own %s is final, says what to do, and changes nothing",
    async (_, published) => {
      const own = { status: 200, body: [{ ...made, published, body_markdown: "By hand." }] };
      expect(await answer("send", taken, own)).toMatchObject({
        kind: "rejected",
        reason: expect.stringMatching(
          /an article that Crier did not make \(https:\/\/dev\.to\/ada\/a-12\): delete it there/,
        ),
      });
      expect(script.requests).toHaveLength(2);
    },
  );

  test("says that an article is not there, or not published: an edit brings nothing back", async () => {
    expect(await answer("edit", { status: 200, body: made })).toEqual({ kind: "done" });
    expect(await answer("edit", { status: 200, body: { ...made, published: false } })).toMatchObject({
      kind: "missing",
    });
    expect(await answer("edit", { status: 404 })).toMatchObject({ kind: "missing" });
    expect(await answer("remove", { status: 404 })).toEqual({ kind: "done" });
  });

  test("that refuses a field says why; a key that is refused makes the account wait", async () => {
    expect(await answer("send", { status: 422, body: { errors: ["Title is too long"], status: 422 } })).toEqual({
      kind: "rejected",
      reason: "DEV answered 422: Title is too long",
    });
    expect(await answer("send", { status: 401, body: { error: "unauthorized" } })).toMatchObject({
      kind: "unauthorised",
    });
    expect(await answer("send", { status: 429, headers: { "retry-after": "30" } })).toMatchObject({
      kind: "unavailable",
      retryAt: start + 30 * second,
    });
  });

  test("says whose key it is; anything else is no answer", async () => {
    expect(await answer("whoAmI", { status: 200, body: { id: 7, username: "ada" } })).toEqual({
      kind: "identity",
      id: "https://dev.to, user 7",
      handle: "@ada",
    });
    expect(await answer("whoAmI", { status: 401 })).toMatchObject({ kind: "unauthorised" });
    expect(await answer("whoAmI", { status: 200 })).toMatchObject({ kind: "unavailable" });
  });
});

describe("a look at the account's articles", () => {
  const listed = { id: 12, url: "https://dev.to/ada/a-12", published: true, canonical_url: url };
  const look = (...responses: readonly ScriptedResponse[]) => {
    script.responses = responses;
    return script.connect().find?.({ request: requestOf({}), key: "k", url, since: start - second }, noDeadline());
  };

  test("finds the one that Crier made, however old it is", async () => {
    const made = { ...listed, body_markdown: "A\n\n<!-- Crier -->", published_timestamp: "2020-01-01T00:00:00Z" };
    expect(await look({ status: 200, body: [made] })).toEqual([
      {
        remote: { id: "12", url: listed.url, public: true },
        madeAt: Date.parse("2020-01-01T00:00:00Z"),
        isSame: true,
        request: { ...requestOf({}), body_markdown: "A\n\n<!-- Crier -->" },
      },
    ]);
  });

  test("says what the article says: one that was made of an earlier title is edited, and not taken for the text of today", async () => {
    const made = { ...listed, published_timestamp: "2020-01-01T00:00:00Z" };
    const asSent = { title: "A Hundred Feeds", body_markdown: `${requestOf({}).body_markdown}\n` };
    expect(await look({ status: 200, body: [{ ...made, ...asSent }] })).toMatchObject([{ request: requestOf({}) }]);
    const earlier = { title: "Ninety Feeds", body_markdown: "Their bodies.\n\n<!-- Crier -->" };
    expect(await look({ status: 200, body: [{ ...made, ...earlier }] })).toMatchObject([
      { isSame: true, request: { ...requestOf({}), ...earlier } },
    ]);
  });

  test("finds the author's own article or draft with the address, which is not the copy", async () => {
    for (const published of [true, false])
      expect(await look({ status: 200, body: [{ ...listed, published, body_markdown: "A" }] })).toMatchObject([
        { remote: { id: "12", url: listed.url }, isSame: false },
      ]);
  });

  test("leaves out one that Crier took back: it is published again by a send", async () => {
    const takenBack = { ...listed, published: false, body_markdown: "A\n\n<!-- Crier -->" };
    expect(await look({ status: 200, body: [takenBack] })).toEqual([]);
  });

  test("reads all pages, and says where there is no answer or none that can be read", async () => {
    const others = Array.from({ length: 1000 }, (_, at) => ({
      id: 100 + at,
      canonical_url: `https://b.example/${at}`,
    }));
    expect(
      await look({ status: 200, body: others }, { status: 200, body: [{ ...listed, body_markdown: "A" }] }),
    ).toHaveLength(1);
    expect(await look({ status: 503 })).toBeUndefined();
    // An answer that is not a list does not come from DEV: a send after it would be refused because of our own article.
    expect(await look({ status: 200, text: "<html>" })).toBeUndefined();
    expect(await look({ status: 200, body: [{ id: "no number" }] })).toBe("unreadable");
  });

  test("has room for whole articles: a list of several megabytes is read", async () => {
    const long = { ...listed, id: 11, canonical_url: "https://b.example/", body_markdown: "a".repeat(3 * 1024 * 1024) };
    expect(await look({ status: 200, body: [long, listed] })).toHaveLength(1);
  });
});
