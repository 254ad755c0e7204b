import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { run } from "../../src/cli/program.ts";
import { piped } from "../support/terminal.ts";

/** An API whose every answer a test can set; the rest is 404. */
let server: Server;
let url: string;
let answers: Record<string, unknown>;

const healthy = (): Record<string, unknown> => ({
  "/healthz": { status: "ok" },
  "/feed.xml": {},
  "/atom.xml": {},
  "/feed.json": {},
  "/api/accounts": { accounts: [] },
  "/api/feeds": { feeds: [] },
  "/api/posts?refused": { refused: [], waiting: [] },
  "/api/deliveries?state=failed": { deliveries: [], next: null },
  "/api/deliveries?state=unknown": { deliveries: [], next: null },
  "/api/deliveries?state=held": { deliveries: [], next: null },
});

beforeAll(async () => {
  server = createServer((request, response) => {
    const answer = answers[request.url ?? ""];
    response.statusCode = answer === undefined ? 404 : 200;
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify(answer ?? { detail: "nothing here" }));
  });
  await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/`;
});
beforeEach(() => {
  answers = healthy();
});
afterAll(() => server.close());

const crier = async (...args: readonly string[]) => {
  let out = "";
  const code = await run(args, {
    env: { CRIER_URL: url, CRIER_TOKEN: "token" },
    folder: ".",
    input: piped(""),
    out: (text) => {
      out += text;
    },
    err: (text) => {
      out += text;
    },
  });
  return { code, out };
};

const aDelivery = {
  id: "a/x/0",
  slug: "a",
  account: "x",
  network: "x",
  state: "failed",
  sandbox: false,
  url: null,
  attempts: 1,
  due: null,
  reason: "too long",
};

describe("crier doctor", () => {
  it("is content with a healthy Crier", async () => {
    const { code, out } = await crier("doctor");
    expect(code).toBe(0);
    expect(out).not.toContain("!!");
  });

  it("names a feed that nobody has rendered", async () => {
    delete answers["/atom.xml"];
    expect(await crier("doctor")).toMatchObject({
      code: 1,
      out: expect.stringMatching(/!! {2}atom\.xml +answers 404: nothing has been rendered yet/),
    });
  });

  it("names a paused account and why", async () => {
    answers["/api/accounts"] = {
      accounts: [
        {
          name: "x",
          network: "x",
          reach: "real",
          paused: { since: "2026-03-01T08:00:00Z", reason: "the login is refused" },
        },
        { name: "y", network: "x", reach: "none", paused: null },
      ],
    };
    expect(await crier("doctor")).toMatchObject({
      code: 1,
      out: expect.stringContaining("x is paused: the login is refused"),
    });
  });

  it("names an account whose secret is malformed", async () => {
    answers["/api/accounts"] = {
      accounts: [{ name: "x", network: "x", reach: "real", problem: "the secret of x needs appKey", paused: null }],
    };
    expect(await crier("doctor")).toMatchObject({
      code: 1,
      out: expect.stringMatching(/!! {2}token and accounts +the secret of x needs appKey/),
    });
  });

  it("counts refused documents", async () => {
    const document = { source: "folder", path: "a.md", reasons: [], at: "2026-03-01T08:00:00Z" };
    answers["/api/posts?refused"] = { refused: [document] };
    expect((await crier("doctor")).out).toContain("1 document refused: see npx crier list --refused");
    answers["/api/posts?refused"] = { refused: [document, document] };
    expect((await crier("doctor")).out).toContain("2 documents refused");
  });

  const missing = {
    source: "folder",
    path: "a.md",
    slug: "a",
    since: "2026-03-01T08:00:00Z",
    reason: 'folder is suddenly empty; remove each post with "npx crier remove"',
  };

  it("counts deletions that a person has to confirm, which the list names", async () => {
    answers["/api/posts?refused"] = { refused: [], waiting: [missing] };
    expect(await crier("doctor")).toMatchObject({
      code: 1,
      out: expect.stringContaining("1 deletion to confirm: see npx crier list --refused"),
    });
    expect(
      (await crier("list", "--refused")).out,
    ).toBe(`Missing a.md since 2026-03-01 08:00 UTC: the post a stays until you confirm its deletion
  folder is suddenly empty; remove each post with "npx crier remove"
`);
  });

  it("reads a Crier that does not tell them", async () => {
    answers["/api/posts?refused"] = { refused: [] };
    expect((await crier("list", "--refused")).out).toBe(
      "No document is refused, and no deletion is to be confirmed.\n",
    );
  });

  it("names the posts of deliveries that need a person", async () => {
    answers["/api/deliveries?state=failed"] = { deliveries: [aDelivery, aDelivery], next: null };
    answers["/api/deliveries?state=unknown"] = { deliveries: [aDelivery], next: "more" };
    const { out } = await crier("doctor");
    expect(out).toMatch(/!! {2}failed deliveries +2: a/);
    expect(out).toMatch(/!! {2}unknown deliveries +1 or more: a/);
  });

  it("goes on after a check that the API cannot answer, and stops where nobody is well", async () => {
    delete answers["/api/accounts"];
    expect((await crier("doctor")).out).toMatch(/!! {2}token and accounts +nothing here\nok {2}feed\.xml/);
    delete answers["/healthz"];
    expect((await crier("doctor")).out).toMatch(/^!! {2}answers {2}\S+ answers 404\n$/);
  });
});

describe("crier with a longer list", () => {
  it("names the next page, and asks for it", async () => {
    const post = {
      slug: "a",
      url: "u",
      title: "A",
      published: "2026-03-01T08:00:00Z",
      updated: "2026-03-01T08:00:00Z",
      status: "live",
      reason: null,
    };
    answers["/api/posts"] = { posts: [post], next: "p2" };
    answers["/api/posts?from=p2"] = { posts: [], next: null };
    answers["/api/posts?refused"] = { refused: [] };
    expect((await crier("list")).out).toBe(
      "CHANGED (UTC)     PUBLISHED         STATUS  SLUG  TITLE\n2026-03-01 08:00  2026-03-01 08:00  live    a     A\nMore: npx crier list --from p2\n",
    );
    expect((await crier("list", "--from", "p2")).out).toBe("No more posts.\n");
    expect((await crier("list", "--refused")).out).toBe(
      "No document is refused, and no deletion is to be confirmed.\n",
    );
    answers["/api/posts?site=notes"] = { posts: [post], next: "p2" };
    expect((await crier("list", "--site", "notes")).out).toContain("More: npx crier list --from p2 --site notes\n");
  });

  it("shows an answer without a post, and one with a problem", async () => {
    answers["/api/deliveries/a/x/0/resolve?as=posted"] = { ...aDelivery, state: "posted" };
    expect(await crier("resolve", "a/x/0", "--as", "posted")).toMatchObject({
      code: 0,
      out: expect.stringContaining("posted"),
    });
    expect(await crier("retry", "a/x/0", "--json")).toMatchObject({
      code: 1,
      out: expect.stringContaining('"detail": "nothing here"'),
    });
  });
});

describe("feeds", () => {
  const aFeed = { key: "main", title: "A Blog", url: "https://feeds.example/", rendered: null, faults: [], hubs: [] };
  const fault = { file: "feed.xml", problem: "is missing", entry: "tag:a" };

  it("are listed with what is wrong with them", async () => {
    const hubs = [
      { url: "https://hub.example/", pinged: null, reason: "answered 500" },
      { url: "https://fine.example/", pinged: null, reason: null },
    ];
    answers["/api/feeds"] = {
      feeds: [
        aFeed,
        { ...aFeed, url: "https://feeds.example/categories/a/", title: "A", hubs },
        {
          ...aFeed,
          url: "https://feeds.example/featured/",
          faults: [fault, { file: "atom.xml", problem: "has no id" }],
        },
      ],
    };
    expect(await crier("feeds")).toEqual({
      code: 0,
      out: `https://feeds.example/  A Blog
https://feeds.example/categories/a/  A
  !! the hub https://hub.example/ was not notified: answered 500
https://feeds.example/featured/  A Blog
  !! feed.xml: tag:a is missing: only this entry is left out
  !! atom.xml has no id: the last good feed stays
`,
    });
  });

  it("may not be there yet", async () => {
    expect(await crier("feeds")).toEqual({ code: 0, out: "No feeds yet.\n" });
  });

  it("at fault are found by the doctor", async () => {
    answers["/api/feeds"] = { feeds: [aFeed, { ...aFeed, faults: [fault] }] };
    expect(await crier("doctor")).toMatchObject({
      code: 1,
      out: expect.stringMatching(/!! {2}feeds +1 feed with faults: see npx crier feeds/),
    });
  });
});
