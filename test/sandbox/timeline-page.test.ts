import { describe, expect, test } from "vitest";
import { day, hour, minute } from "../../src/domain/time.ts";
import { sandboxApp } from "../../src/sandbox/sandbox-server.ts";
import { textPieces } from "../../src/sandbox/sandbox-text.ts";
import { type TimelinePost, timelineInMemory } from "../../src/sandbox/timeline.ts";
import { anAccount, start } from "../support/builders.ts";

const aTimelinePost = (overrides: Partial<TimelinePost> = {}): TimelinePost => ({
  account: "mastodon",
  network: "mastodon",
  id: "1",
  text: "Hello https://www.blog.example.com/a/ #Feeds",
  url: "https://mastodon.example/@mastodon/1",
  createdAt: new Date(start).toISOString(),
  editedAt: null,
  deletedAt: null,
  length: 42,
  limit: 500,
  card: null,
  key: "secret-key",
  request: {},
  ...overrides,
});

const aSandbox = async (posts: readonly TimelinePost[], now = start) => {
  const timeline = timelineInMemory();
  for (const post of posts) await timeline.put(post);
  return sandboxApp({
    timeline,
    accounts: [anAccount(), anAccount({ name: "new", network: "nostr", settings: { handle: "me" } })],
    clock: () => now,
  });
};
const pageOf = async (posts: readonly TimelinePost[], now = start) =>
  (await (await aSandbox(posts, now)).request("/sandbox")).text();

describe("the sandbox's page", () => {
  test("shows each post as the network would: links without their scheme, hashtags, the count against the limit", async () => {
    const page = await pageOf([aTimelinePost()]);
    expect(page).toContain('<a href="https://www.blog.example.com/a/" rel="noopener">blog.example.com/a</a>');
    expect(page).toContain('<span class="tag">#Feeds</span>');
    expect(page).toContain("<b>42</b> of 500 characters");
    expect(page).toContain("1 post on 2 accounts.");
  });

  test("shows a card with its title, description and domain", async () => {
    const card = { url: "https://www.blog.example.com/a/", title: "A <Title>", description: "More" };
    const page = await pageOf([aTimelinePost({ card })]);
    expect(page).toContain('<span class="domain">blog.example.com</span>');
    expect(page).toContain("A &lt;Title&gt;");
    expect(await pageOf([aTimelinePost({ card: { ...card, url: "a", description: "" } })])).not.toContain(
      'class="description"',
    );
  });

  test("shows no picture that it may not load", async () => {
    const card = { url: "https://www.blog.example.com/a/", title: "A", description: "" };
    const pictures = ["https://blog.example.com/a.png", "/sandbox/api/a.png", "http://blog.example.com/a.png"];
    const pages = pictures.map((path) =>
      pageOf([aTimelinePost({ card: { ...card, picture: path }, pictures: [{ path, alt: "" }] })]),
    );
    expect((await Promise.all(pages)).map((page) => page.split("<img ").length - 1)).toEqual([2, 2, 0]);
  });

  test("shows the beginning of an article", async () => {
    const page = await pageOf([aTimelinePost({ text: "word ".repeat(1000) })]);
    expect(page.split("word ").length - 1).toBe(400);
    expect(page).toContain("word …");
  });

  test("leads to each account, where a small screen shows one below the other", async () => {
    const page = await pageOf([]);
    expect(page).toContain(
      '<nav aria-label="Accounts"><a href="#account-mastodon">mastodon</a><a href="#account-new">new</a></nav>',
    );
    expect(page).toContain('<h2 id="account-new">');
  });

  test("shows what Crier says of a post", async () => {
    const timeline = timelineInMemory();
    for (const id of ["1", "2"]) await timeline.put(aTimelinePost({ id }));
    const readNote = async ({ id }: TimelinePost) => (id === "1" ? "would <not> be sent" : undefined);
    const app = sandboxApp({ timeline, accounts: [anAccount()], clock: () => start, readNote });
    const page = await (await app.request("/sandbox")).text();
    expect(page.match(/<p class="note">.*?<\/p>/g)).toEqual(['<p class="note">would &lt;not&gt; be sent</p>']);
  });

  test("shows what is held, with the reason and what sends it", async () => {
    const reason = "more than 5 new posts within an hour";
    const command = "npx crier release --all --site notes";
    const post = (slug: string) => ({ account: "mastodon", slug, reason, command });
    const edit = { ...post("e"), command: "npx crier approve --all --site notes" };
    const held = async () => [...["a", "<b>", "c", "d"].map(post), edit, post("f")];
    const options = {
      timeline: timelineInMemory(),
      accounts: [anAccount(), anAccount({ name: "new" })],
      clock: () => start,
    };
    const page = await (await sandboxApp({ ...options, held }).request("/sandbox")).text();
    expect(page.match(/<p class="held">.*?<\/p>/gs)).toEqual([
      '<p class="held"><strong>6 posts are held</strong>: a, &lt;b&gt;, c, d, e and 1 more (more than 5 new posts within an hour). Send what is held: <code>npx crier release --all --site notes</code> <code>npx crier approve --all --site notes</code></p>',
    ]);
    expect(await (await sandboxApp(options).request("/sandbox")).text()).not.toContain('class="held"');
  });

  test("escapes the text", async () => {
    const page = await pageOf([
      aTimelinePost({ text: '<script>alert(1)</script> https://a.example/"onmouseover="alert(1)' }),
    ]);
    expect(page).not.toContain("<script>");
    expect(page).not.toContain('"onmouseover');
  });

  test("shows what was edited and deleted, and how long ago a post arrived", async () => {
    expect(await pageOf([aTimelinePost({ editedAt: "2026-03-01T08:00:00Z" })])).toContain(">edited<");
    expect(await pageOf([aTimelinePost({ deletedAt: "2026-03-01T08:00:00Z" })])).toContain('class="post gone"');
    const ages = [
      [0, "now"],
      [5000, "5 s"],
      [3 * minute, "3 min"],
      [3 * hour, "3 h"],
      [2 * day, "2026-03-01"],
      [-hour, "now"],
    ] as const;
    for (const [age, words] of ages) expect(await pageOf([aTimelinePost()], start + age)).toContain(`>${words}</time>`);
  });

  test("shows an account without posts, and not more than forty of one with many", async () => {
    const posts = Array.from({ length: 45 }, (_, index) => aTimelinePost({ id: String(index) }));
    const page = await pageOf(posts);
    expect(page).toContain("No post yet.");
    expect(page).toContain("@me");
    expect(page.match(/<article/g)).toHaveLength(40);
    expect(page).toContain("5 older posts");
  });
});

describe("the sandbox's data", () => {
  const dataOf = async (post: TimelinePost): Promise<unknown> =>
    (await (await aSandbox([post])).request("/sandbox/posts.json")).json();

  test("is every post with what was sent, and without the key that the network keeps", async () => {
    const card = { url: "https://blog.example.com/a/", title: "A", description: "" };
    const pictures = [{ path: "/sandbox/api/x/media/1", alt: "A press" }];
    const request = { status: "Hello", media_ids: ["1"] };
    const { key: _, length: __, limit: ___, ...public_ } = aTimelinePost({ card, pictures, request });
    expect(await dataOf(aTimelinePost({ card, pictures, request }))).toEqual([
      { ...public_, links: ["https://www.blog.example.com/a/"] },
    ]);
    expect(await dataOf(aTimelinePost())).toMatchObject([{ card: null, pictures: [], request: {} }]);
  });

  test("has the whole address of a link whose text is a part of it", async () => {
    const uri = "https://blog.example.com/2026/a-long-address/";
    const facets = [
      { index: { byteStart: 6, byteEnd: 22 }, features: [{ $type: "app.bsky.richtext.facet#link", uri }] },
    ];
    const text = "Hello blog.example.com";
    const request = { $type: "app.bsky.feed.post", text, facets, createdAt: new Date(start).toISOString() };
    expect(await dataOf(aTimelinePost({ network: "bluesky", text, request }))).toMatchObject([{ links: [uri] }]);
  });

  test.each([
    { account: "nobody", fault: "429" },
    { account: "mastodon", fault: "flood" },
    { account: "mastodon", fault: "429", times: 0 },
    { account: "mastodon", fault: "429", times: "2" },
    [],
    "text",
  ])("plans no unknown fault: %j", async (body) => {
    const app = await aSandbox([]);
    const reply = await app.request("/sandbox/faults", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    expect(reply.status).toBe(400);
    expect(await reply.text()).toContain("one of mastodon, new");
  });

  const typed = async (type: string): Promise<number> => {
    const app = await aSandbox([]);
    const body = '{"account":"mastodon","fault":"429"}';
    return (await app.request("/sandbox/faults", { method: "POST", headers: { "content-type": type }, body })).status;
  };

  test.each(["text/plain", "application/jsonx", "application/json-patch", "application/x+json", ""])(
    "plans no fault for a request that is not JSON, such as another page's form: %s",
    async (type) => {
      expect(await typed(type)).toBe(400);
    },
  );

  test.each(["application/json", "application/json; charset=utf-8", "Application/JSON ;charset=utf-8"])(
    "accepts JSON however its type is written (RFC 9110 §8.3.1): %s",
    async (type) => {
      expect(await typed(type)).toBe(200);
    },
  );

  test("cannot reset a connection where there is none", async () => {
    const app = await aSandbox([]);
    const send = (path: string, body: object) =>
      app.request(path, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: "Bearer sandbox-mastodon" },
        body: JSON.stringify(body),
      });
    await send("/sandbox/faults", { account: "mastodon", fault: "reset-before" });
    expect((await send("/sandbox/api/mastodon/mastodon/api/v1/statuses", { status: "a" })).status).toBe(500);
  });
});

test("a text is split into plain text, links and hashtags, and no character is lost", () => {
  const text = "#One (https://a.example/b). #two https://c.example/ end#three";
  expect(
    textPieces(text)
      .map((piece) => piece.text)
      .join(""),
  ).toBe(text);
  expect(
    textPieces(text)
      .filter(({ kind }) => kind !== "text")
      .map((piece) => piece.text),
  ).toEqual(["#One", "https://a.example/b", "#two", "https://c.example/"]);
  expect(textPieces("")).toEqual([]);
});

test("a link that is shown by another text is a link with its address, also where the text is there twice", () => {
  const links = [
    { text: "a.example/b…", url: "https://a.example/b-and-more" },
    { text: "not there", url: "https://c.example/" },
    { text: "a.example/b…", url: "https://a.example/b-and-other" },
  ];
  expect(textPieces("See a.example/b… and a.example/b… #Two", links)).toEqual([
    { kind: "text", text: "See " },
    { kind: "link", text: "a.example/b…", url: "https://a.example/b-and-more" },
    { kind: "text", text: " and " },
    { kind: "link", text: "a.example/b…", url: "https://a.example/b-and-other" },
    { kind: "text", text: " " },
    { kind: "tag", text: "#Two" },
  ]);
});
