import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AMachine, aDocument, aMachine, clear, eventually } from "../support/machine.ts";

let machine: AMachine;
beforeAll(async () => {
  machine = await aMachine({
    "from-folder.md": aDocument("From a folder"),
    "broken.md": "---\ntype: article\ndate: 2026-01-01\n---\nx",
  });
});
afterAll(() => clear(machine));

const problem = "application/problem+json";

describe("PUT /api/posts/:slug", () => {
  it("creates or updates a post, or leaves it unchanged, and says which", async () => {
    const first = await machine.ask("PUT", "api/posts/by-api", aDocument("By API"));
    expect(first).toMatchObject({ status: 201, body: { result: "created", slug: "by-api", title: "By API" } });
    expect(first.headers.get("location")).toBe("/api/posts/by-api");
    const document = aDocument("By API, better");
    expect(await machine.ask("PUT", "api/posts/by-api", document)).toMatchObject({
      status: 200,
      body: { result: "updated" },
    });
    expect(await machine.ask("PUT", "api/posts/by-api", document)).toMatchObject({
      status: 200,
      body: { result: "unchanged" },
    });
    await machine.idle();
    expect(await machine.titles()).toContain("By API, better");
    expect((await machine.sandbox()).filter(({ text }) => text.includes("/by-api/"))).toHaveLength(3);
  });

  it("announces a post once more only with ?again", async () => {
    const document = aDocument("Encore");
    await machine.ask("PUT", "api/posts/encore", document);
    await machine.idle();
    const copies = async () =>
      (await machine.sandbox()).filter(({ account, text }) => account === "bluesky" && text.includes("/encore/"))
        .length;
    expect(await copies()).toBe(1);
    await machine.ask("PUT", "api/posts/encore?again=0", document);
    await machine.idle();
    expect(await copies()).toBe(1);
    await machine.ask("PUT", "api/posts/encore?again", document);
    await machine.idle();
    expect(await copies()).toBe(2);
  });

  it("takes slugs with a folder and letters of any script", async () => {
    const slug = "ja/こんにちは";
    const put = await machine.ask(
      "PUT",
      `api/posts/${encodeURIComponent(slug)}`,
      aDocument("こんにちは", `slug: ${slug}\n`),
    );
    expect(put).toMatchObject({ status: 201, body: { slug } });
    expect(put.headers.get("location")).toBe(`/api/posts/ja/${encodeURIComponent("こんにちは")}`);
    expect(await machine.ask("GET", `api/posts/${encodeURI(slug)}`)).toMatchObject({ status: 200, body: { slug } });
  });

  it("refuses with named reasons", async () => {
    const refused = await machine.ask("PUT", "api/posts/x", "---\ntype: article\ndate: 2026-01-01\n---\nNo title.");
    expect(refused).toMatchObject({
      status: 422,
      type: problem,
      body: { instance: "/api/posts/x", reasons: [{ field: "title" }], detail: expect.stringContaining("title: ") },
    });
    expect(await machine.ask("PUT", "api/posts/other", aDocument("X", "slug: x\n"))).toMatchObject({ status: 422 });
  });

  it("refuses a slug that a document of a folder has", async () => {
    const conflict = await machine.ask("PUT", "api/posts/from-folder", aDocument("Mine now"));
    expect(conflict).toMatchObject({ status: 409, type: problem, body: { title: "Conflict" } });
  });

  it("takes Markdown only, and at most 5 MiB of it", async () => {
    const large = new Uint8Array(5 * 1024 * 1024 + 1).fill(0x61);
    expect(await machine.ask("PUT", "api/posts/large", large)).toMatchObject({
      status: 413,
      type: problem,
      body: { instance: "/api/posts/large" },
    });
    const response = await fetch(new URL("api/posts/x", machine.url), {
      method: "PUT",
      headers: { Authorization: `Bearer ${machine.token}`, "Content-Type": "application/json" },
      body: "{}",
    });
    expect([response.status, response.headers.get("content-type")]).toEqual([415, problem]);
  });
});

describe("GET and DELETE /api/posts", () => {
  it("show a post with its deliveries", async () => {
    await machine.ask("PUT", "api/posts/shown", aDocument("Shown"));
    await machine.idle();
    const { body } = await machine.ask("GET", "api/posts/shown");
    expect(body).toMatchObject({
      slug: "shown",
      url: "https://blog.example.com/shown/",
      title: "Shown",
      status: "live",
      published: expect.stringMatching(/^\d{4}-.*Z$/),
      revision: expect.any(String),
    });
    expect(body).toMatchObject({
      deliveries: expect.arrayContaining([
        {
          id: expect.any(String),
          slug: "shown",
          account: "mastodon",
          network: "mastodon",
          state: "posted",
          version: expect.any(Number),
          hold: null,
          shown: null,
          text: null,
          generation: expect.any(Number),
          sandbox: true,
          posted: expect.stringMatching(/Z$/),
          url: expect.stringMatching(/^https:/),
          stale: false,
          unfinished: false,
          duplicate: null,
          attempts: 1,
          due: null,
          reason: null,
        },
      ]),
    });
    expect(await machine.ask("GET", "api/posts/shown?history")).toMatchObject({
      body: {
        deliveries: expect.arrayContaining([
          expect.objectContaining({
            account: "mastodon",
            history: {
              planned: expect.any(String),
              by: null,
              first: [
                { at: expect.any(String), state: "sending", attempt: 1, reason: null, by: null },
                { at: expect.any(String), state: "posted", attempt: null, reason: null, by: null },
              ],
              omitted: 0,
              last: [],
            },
          }),
        ]),
      },
    });
    expect(await machine.ask("GET", "api/posts/missing")).toMatchObject({ status: 404, type: problem });
  });

  it("name the paths of the posts where several have a slug", async () => {
    const candidates = ["2019/reflection", "2022/reflection"];
    for (const path of candidates)
      expect(
        await machine.ask("PUT", `api/posts/${path}`, aDocument(path, `slug: reflection\ncanonical_url: /${path}/\n`)),
      ).toMatchObject({ status: 201, body: { slug: "reflection", path } });
    for (const method of ["GET", "DELETE"])
      expect(await machine.ask(method, "api/posts/reflection")).toMatchObject({
        status: 409,
        type: problem,
        body: { candidates, detail: expect.stringContaining("2019/reflection or 2022/reflection") },
      });
    const url = encodeURIComponent("https://blog.example.com/2022/reflection/");
    expect(await machine.ask("GET", `api/posts/${url}`)).toMatchObject({
      body: { slug: "reflection", path: "2022/reflection", title: "2022/reflection" },
    });
  });

  it("list the posts, or the refused documents", async () => {
    expect(await machine.ask("GET", "api/posts")).toMatchObject({
      status: 200,
      body: {
        posts: expect.arrayContaining([expect.objectContaining({ slug: "from-folder", status: "live" })]),
        next: null,
      },
    });
    expect(await machine.ask("GET", "api/posts?refused")).toMatchObject({
      body: {
        refused: expect.arrayContaining([
          expect.objectContaining({ source: "folder", path: "broken.md", at: expect.stringMatching(/Z$/) }),
        ]),
        waiting: [],
      },
    });
  });

  it("answer that a document is a page, and list the pages", async () => {
    const page = "Its layout is for a page (`layout: page`).";
    const document = "---\ntitle: About\nlayout: page\n---\nx";
    expect(await machine.ask("PUT", "api/posts/about", document)).toMatchObject({
      status: 200,
      body: { result: "page", page },
    });
    expect(await machine.ask("POST", "api/plan", document)).toMatchObject({ status: 200, body: { page } });
    expect(await machine.ask("GET", "api/posts?pages")).toMatchObject({
      status: 200,
      body: { pages: [{ source: "api", path: "about.md", reason: page }] },
    });
    expect(await machine.ask("GET", "api/posts/about")).toMatchObject({ status: 404, body: { pages: [{}] } });
  });

  it.each([
    ["broken", "broken.md"],
    ["broken.md", "broken.md"],
    ["refused-by-api", "refused-by-api.md"],
    ["ja/2026-11-20-deep.md", "ja/2026-11-20-deep.md"],
    ["ja/2026-11-20-deep", "ja/2026-11-20-deep.md"],
    ["deep", "ja/2026-11-20-deep.md"],
  ])("say of the refused document %s why it is not a post", async (name, path) => {
    await machine.ask("PUT", "api/posts/refused-by-api", "---\ntype: article\n---\nNo title.");
    await machine.write("ja/2026-11-20-deep.md", "---\ntype: article\n---\nNo title.");
    await eventually(async () => (await machine.app.refused("deep")).length).toBe(1);
    // A file that is being written may have been read when it was empty.
    const [start, end] = [`There is no post with the slug ${name}. `, "add `title: …` to the front matter."];
    await eventually(() => machine.ask("GET", `api/posts/${name}`)).toMatchObject({
      status: 404,
      type: problem,
      body: {
        detail: `${start}${path} is refused: title: It has no title: ${end}`,
        refused: [{ path, reasons: [{ code: "title-missing", field: "title" }] }],
      },
    });
  });

  it("show no date of publication for a held post, and the site's time zone in every answer", async () => {
    const put = await machine.ask("PUT", "api/posts/draft", aDocument("Draft", "draft: true\n"));
    expect(put).toMatchObject({ status: 201, body: { published: null, hold: expect.any(String) } });
    expect(await machine.ask("GET", "api/posts/draft")).toMatchObject({
      body: { status: "held", published: null, updated: expect.stringMatching(/Z$/), timeZone: "UTC" },
    });
    for (const path of ["api/posts", "api/posts?refused", "api/accounts", "api/deliveries?state=held"])
      expect(await machine.ask("GET", path)).toMatchObject({ status: 200, body: { timeZone: "UTC" } });
    expect(await machine.ask("POST", "api/plan", aDocument("Any"))).toMatchObject({ body: { timeZone: "UTC" } });
  });

  it("say that the document of a post is refused now", async () => {
    await machine.write("spoilt.md", aDocument("Spoilt"));
    await eventually(async () => (await machine.api("GET", "api/posts/spoilt")).status).toBe(200);
    await machine.write("spoilt.md", "---\ntype: article\n---\nNo title.");
    await eventually(async () => (await machine.app.status("spoilt"))?.reason).toBe(
      "its document is refused, so the last good version stays: title: It has no title: add `title: …` to the front matter.",
    );
    expect(await machine.ask("GET", "api/posts/spoilt")).toMatchObject({ body: { status: "live", title: "Spoilt" } });
  });

  it("remove a post from the feeds and the networks", async () => {
    await machine.ask("PUT", "api/posts/gone", aDocument("Gone"));
    await machine.idle();
    expect(await machine.ask("DELETE", "api/posts/gone")).toMatchObject({
      status: 200,
      body: { result: "deleted", slug: "gone" },
    });
    await machine.idle();
    expect(await machine.titles()).not.toContain("Gone");
    expect(
      (await machine.sandbox()).filter(({ text, deletedAt }) => text.includes("/gone/") && deletedAt === null),
    ).toEqual([]);
    expect(await machine.ask("GET", "api/posts/gone")).toMatchObject({ body: { status: "deleted" } });
    expect(await machine.ask("DELETE", "api/posts/never")).toMatchObject({ status: 404, type: problem });
  });
});

describe("GET /api/posts with a cursor that Crier did not give", () => {
  const cursor = (key: unknown): string => Buffer.from(JSON.stringify(key)).toString("base64url");
  const text = (S: string) => ({ S });

  const key = { sitePosts: text("POSTS#blog"), updated: { N: "1" }, pk: text("p"), sk: text("s") };

  it.each([
    ["text that is no cursor", "posts?from=zzz"],
    ["an empty cursor", "posts?from="],
    ["a cursor of another site", `posts?from=${cursor({ ...key, sitePosts: text("POSTS#other") })}`],
    ["a part of a key", `posts?from=${cursor({ sitePosts: key.sitePosts })}`],
    ["a key with a moment that is not a number", `posts?from=${cursor({ ...key, updated: { N: "x" } })}`],
    ["a key with an empty text", `posts?from=${cursor({ ...key, pk: text("") })}`],
  ])("answers %s by a 400 with the next step, and without an alarm", async (_, path) => {
    expect(await machine.ask("GET", `api/${path}`)).toMatchObject({
      status: 400,
      type: problem,
      body: { title: "Bad request", detail: expect.stringMatching(/leave out `from` to start at the beginning\.$/) },
    });
    expect(machine.printed.filter((line) => line.startsWith("!! web"))).toEqual([]);
  });
});

describe("POST /api/plan", () => {
  it("shows what would be published, and publishes nothing", async () => {
    expect(await machine.ask("POST", "api/plan?name=planned.md", aDocument("Planned"))).toMatchObject({
      status: 200,
      body: {
        post: { slug: "planned", title: "Planned", published: expect.stringMatching(/Z$/), updated: null },
        warnings: [],
        snippets: expect.arrayContaining([
          expect.objectContaining({
            account: "x",
            network: "x",
            reach: "sandbox",
            limit: 280,
            length: expect.any(Number),
          }),
        ]),
      },
    });
    expect(await machine.ask("GET", "api/posts/planned")).toMatchObject({ status: 404 });
  });

  it("leaves the date open where the document has none", async () => {
    expect(await machine.ask("POST", "api/plan", "---\ntitle: Undated\n---\nWords.")).toMatchObject({
      body: {
        post: { slug: "post", published: null },
        warnings: [
          {
            code: "date-missing",
            message: expect.stringMatching(
              /no date .* held until it has one; by the API or by hand it is published now/,
            ),
          },
        ],
      },
    });
  });

  it("refuses as publishing would", async () => {
    expect(await machine.ask("POST", "api/plan", "---\ntype: article\n---\nNo title.")).toMatchObject({
      status: 422,
      type: problem,
      body: { reasons: [{ field: "title" }] },
    });
  });
});
