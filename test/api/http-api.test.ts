import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { type AMachine, aDocument, aMachine, clear, eventually } from "../support/machine.ts";

let machine: AMachine;
beforeAll(async () => {
  machine = await aMachine({
    "from-folder.md": aDocument("From a folder"),
    "broken.md": "---\ndate: 2026-01-01\n---\nx",
  });
});
afterAll(() => clear(machine));

const answer = async (method: string, path: string, markdown?: string | Uint8Array<ArrayBuffer>) => {
  const response = await machine.api(method, path, markdown);
  const body: unknown = await response.json();
  return { status: response.status, type: response.headers.get("content-type"), headers: response.headers, body };
};

const problem = "application/problem+json";

describe("the API's door", () => {
  it.each([
    ["GET", "api/posts", undefined],
    ["GET", "api/nothing", "Bearer wrong"],
    ["DELETE", "api/posts/x", "Basic eDp5"],
    ["PUT", "api/posts/x", "Bearer"],
    ["OPTIONS", "api/plan", "Bearer  "],
  ])("stays shut for %s %s with %s, and tells nothing", async (method, path, authorization) => {
    const response = await fetch(new URL(path, machine.url), {
      method,
      headers: authorization === undefined ? {} : { Authorization: authorization },
    });
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toBe('Bearer realm="crier"');
    expect(response.headers.get("content-type")).toBe(problem);
    expect(await response.json()).toEqual({
      type: "about:blank",
      title: "Not authorised",
      status: 401,
      detail: "Send the API token as `Authorization: Bearer <token>`.",
    });
  });

  it("opens for the token, in any letter case of the scheme", async () => {
    const headers = { Authorization: `bearer ${machine.token}` };
    const response = await machine.get("api/posts", headers);
    expect([response.status, response.headers.get("cache-control")]).toEqual([200, "no-store"]);
  });

  it("names what is not there, and what is there under other methods", async () => {
    expect(await answer("GET", "api/nothing")).toMatchObject({ status: 404, type: problem, body: { status: 404 } });
    const wrong = await answer("PATCH", "api/posts/x");
    expect(wrong).toMatchObject({ status: 405, type: problem });
    expect(wrong.headers.get("allow")).toBe("GET, PUT, DELETE");
    expect((await answer("GET", "api/deliveries/x/retry")).headers.get("allow")).toBe("POST");
  });

  it("leaves the liveness open", async () => {
    expect(await (await machine.get("healthz")).json()).toEqual({ status: "ok" });
  });
});

describe("PUT /api/posts/:slug", () => {
  it("creates, leaves alone, updates, and says which", async () => {
    const first = await answer("PUT", "api/posts/by-api", aDocument("By API"));
    expect(first).toMatchObject({ status: 201, body: { result: "created", slug: "by-api", title: "By API" } });
    expect(first.headers.get("location")).toBe("/api/posts/by-api");
    const document = aDocument("By API, better");
    expect(await answer("PUT", "api/posts/by-api", document)).toMatchObject({
      status: 200,
      body: { result: "updated" },
    });
    expect(await answer("PUT", "api/posts/by-api", document)).toMatchObject({
      status: 200,
      body: { result: "unchanged" },
    });
    await machine.idle();
    expect(await machine.titles()).toContain("By API, better");
    expect((await machine.sandbox()).filter(({ text }) => text.includes("/by-api/"))).toHaveLength(3);
  });

  it("announces once more only when it is asked to", async () => {
    const document = aDocument("Encore");
    await answer("PUT", "api/posts/encore", document);
    await machine.idle();
    const copies = async () =>
      (await machine.sandbox()).filter(({ account, text }) => account === "bluesky" && text.includes("/encore/"))
        .length;
    expect(await copies()).toBe(1);
    await answer("PUT", "api/posts/encore?again=0", document);
    await machine.idle();
    expect(await copies()).toBe(1);
    await answer("PUT", "api/posts/encore?again", document);
    await machine.idle();
    expect(await copies()).toBe(2);
  });

  it("takes slugs with a folder and letters of any script", async () => {
    const slug = "ja/こんにちは";
    const put = await answer(
      "PUT",
      `api/posts/${encodeURIComponent(slug)}`,
      aDocument("こんにちは", `slug: ${slug}\n`),
    );
    expect(put).toMatchObject({ status: 201, body: { slug } });
    expect(put.headers.get("location")).toBe(`/api/posts/ja/${encodeURIComponent("こんにちは")}`);
    expect(await answer("GET", `api/posts/${encodeURI(slug)}`)).toMatchObject({ status: 200, body: { slug } });
  });

  it("refuses with named reasons", async () => {
    const refused = await answer("PUT", "api/posts/x", "---\ndate: 2026-01-01\n---\nNo title.");
    expect(refused).toMatchObject({
      status: 422,
      type: problem,
      body: { instance: "/api/posts/x", reasons: [{ field: "title" }], detail: expect.stringContaining("title: ") },
    });
    expect(await answer("PUT", "api/posts/other", aDocument("X", "slug: x\n"))).toMatchObject({ status: 422 });
  });

  it("gives way to the document of a folder that holds the slug", async () => {
    const conflict = await answer("PUT", "api/posts/from-folder", aDocument("Mine now"));
    expect(conflict).toMatchObject({ status: 409, type: problem, body: { title: "Conflict" } });
  });

  it("takes Markdown and at most 1 MiB of it", async () => {
    const large = new Uint8Array(1024 * 1024 + 1).fill(0x61);
    expect(await answer("PUT", "api/posts/large", large)).toMatchObject({
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
  it("tell what became of a post on each account", async () => {
    await answer("PUT", "api/posts/told", aDocument("Told", "featured: true\ntrending: true\nreadingTime: 5\n"));
    await machine.idle();
    const { body } = await answer("GET", "api/posts/told");
    expect(body).toMatchObject({
      slug: "told",
      url: "https://blog.example.com/told/",
      title: "Told",
      status: "live",
      published: expect.stringMatching(/^\d{4}-.*Z$/),
      revision: expect.any(String),
      featured: true,
      trending: true,
      readingTime: 5,
    });
    expect(body).toMatchObject({
      deliveries: expect.arrayContaining([
        {
          id: expect.any(String),
          slug: "told",
          account: "mastodon",
          network: "mastodon",
          state: "posted",
          generation: expect.any(Number),
          sandbox: true,
          url: expect.stringMatching(/^https:/),
          attempts: 1,
          due: null,
          reason: null,
        },
      ]),
    });
    expect(await answer("GET", "api/posts/missing")).toMatchObject({ status: 404, type: problem });
  });

  it("list the posts and the refused documents", async () => {
    expect(await answer("GET", "api/posts")).toMatchObject({
      status: 200,
      body: {
        posts: expect.arrayContaining([expect.objectContaining({ slug: "from-folder", status: "live" })]),
        next: null,
      },
    });
    expect(await answer("GET", "api/posts?refused")).toMatchObject({
      body: {
        refused: expect.arrayContaining([
          expect.objectContaining({ source: "folder", path: "broken.md", at: expect.stringMatching(/Z$/) }),
        ]),
        waiting: [],
      },
    });
  });

  it.each(["broken", "broken.md", "refused-by-api", "ja/2026-11-20-deep.md", "ja/2026-11-20-deep", "deep"])(
    "say of the refused document %s why it is no post",
    async (name) => {
      await answer("PUT", "api/posts/refused-by-api", "no title");
      await machine.write("ja/2026-11-20-deep.md", "no title");
      await eventually(async () => (await machine.app.refused("deep")).length).toBe(1);
      const { status, type, body } = await answer("GET", `api/posts/${name}`);
      expect([status, type]).toEqual([404, problem]);
      const refused = z
        .object({
          detail: z.string(),
          refused: z.tuple([z.object({ path: z.string(), reasons: z.array(z.unknown()) })]),
        })
        .parse(body);
      expect(refused.detail).toBe(
        `There is no post with the slug ${name}. ${refused.refused[0].path} is refused: title: It has no title: add \`title: …\` to the front matter.`,
      );
      expect(refused.refused[0].reasons).toMatchObject([{ code: "title-missing", field: "title" }]);
    },
  );

  it("give no date of publication to a post that is held, and the site's time zone with every moment", async () => {
    const put = await answer("PUT", "api/posts/draft", aDocument("Draft", "draft: true\n"));
    expect(put).toMatchObject({ status: 201, body: { published: null, hold: expect.any(String) } });
    expect(await answer("GET", "api/posts/draft")).toMatchObject({
      body: { status: "held", published: null, updated: expect.stringMatching(/Z$/), timeZone: "UTC" },
    });
    for (const path of ["api/posts", "api/posts?refused", "api/accounts", "api/deliveries?state=held"])
      expect(await answer("GET", path)).toMatchObject({ status: 200, body: { timeZone: "UTC" } });
    expect(await answer("POST", "api/plan", aDocument("Any"))).toMatchObject({ body: { timeZone: "UTC" } });
  });

  it("say of a post that its document is refused now", async () => {
    await machine.write("spoilt.md", aDocument("Spoilt"));
    await eventually(async () => (await machine.api("GET", "api/posts/spoilt")).status).toBe(200);
    await machine.write("spoilt.md", "no title");
    await eventually(async () => (await machine.app.status("spoilt"))?.reason).toBe(
      "its document is refused, so the last good version stays: title: It has no title: add `title: …` to the front matter.",
    );
    expect(await answer("GET", "api/posts/spoilt")).toMatchObject({ body: { status: "live", title: "Spoilt" } });
  });

  it("remove a post for good", async () => {
    await answer("PUT", "api/posts/gone", aDocument("Gone"));
    await machine.idle();
    expect(await answer("DELETE", "api/posts/gone")).toMatchObject({
      status: 200,
      body: { result: "deleted", slug: "gone" },
    });
    await machine.idle();
    expect(await machine.titles()).not.toContain("Gone");
    expect(
      (await machine.sandbox()).filter(({ text, deletedAt }) => text.includes("/gone/") && deletedAt === null),
    ).toEqual([]);
    expect(await answer("GET", "api/posts/gone")).toMatchObject({ body: { status: "deleted" } });
    expect(await answer("DELETE", "api/posts/never")).toMatchObject({ status: 404, type: problem });
  });
});

describe("a cursor that Crier did not give", () => {
  const cursor = (key: unknown): string => Buffer.from(JSON.stringify(key)).toString("base64url");
  const text = (S: string) => ({ S });

  const key = { sitePosts: text("POSTS#blog"), updated: { N: "1" }, pk: text("p"), sk: text("s") };

  it.each([
    ["nonsense", "posts?from=zzz"],
    ["an empty one", "posts?from="],
    ["another site's", `posts?from=${cursor({ ...key, sitePosts: text("POSTS#other") })}`],
    ["a part of a key", `posts?from=${cursor({ sitePosts: key.sitePosts })}`],
    ["a key with a moment that is no number", `posts?from=${cursor({ ...key, updated: { N: "x" } })}`],
    ["a key with an empty text", `posts?from=${cursor({ ...key, pk: text("") })}`],
    ["nonsense, of deliveries", "deliveries?state=posted&from=zzz"],
    ["an account that is no index", "deliveries?state=posted&from=x:y"],
    ["nonsense behind an account", "deliveries?state=posted&from=0:zzz"],
    ["an account that is not there", "deliveries?state=posted&from=99:"],
    ["a page of an account that is not there", "deliveries?state=posted&from=99:zzz"],
    ["an account below the first", "deliveries?state=posted&from=-1:zzz"],
    ["an empty one, of deliveries", "deliveries?state=posted&from="],
  ])("is the caller's mistake and no alarm: %s", async (_, path) => {
    expect(await answer("GET", `api/${path}`)).toMatchObject({
      status: 400,
      type: problem,
      body: { title: "Bad request", detail: expect.stringMatching(/leave out `from` to start at the beginning\.$/) },
    });
    expect(machine.printed.filter((line) => line.startsWith("!! web"))).toEqual([]);
  });
});

describe("POST /api/plan", () => {
  it("shows what would be published, and publishes nothing", async () => {
    expect(await answer("POST", "api/plan?name=planned.md", aDocument("Planned"))).toMatchObject({
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
    expect(await answer("GET", "api/posts/planned")).toMatchObject({ status: 404 });
  });

  it("leaves a date open that the document does not name", async () => {
    expect(await answer("POST", "api/plan", "---\ntitle: Undated\n---\nWords.")).toMatchObject({
      body: {
        post: { slug: "post", published: null },
        warnings: [
          {
            code: "date-missing",
            message:
              "There is no date in the front matter or the path: it is the moment when Crier first reads the document.",
          },
        ],
      },
    });
  });

  it("refuses as publishing would", async () => {
    expect(await answer("POST", "api/plan", "no title")).toMatchObject({
      status: 422,
      type: problem,
      body: { reasons: [{ field: "title" }] },
    });
  });
});

describe("/api/deliveries", () => {
  it("lists one state at a time", async () => {
    const { body } = await answer("GET", "api/deliveries?state=posted");
    expect(body).toMatchObject({
      deliveries: expect.arrayContaining([expect.objectContaining({ state: "posted" })]),
      next: null,
    });
    expect(await answer("GET", "api/deliveries?state=lost")).toMatchObject({
      status: 400,
      type: problem,
      body: { detail: expect.stringMatching(/^Name one state: `\?state=` with one of pending, held, /) },
    });
    expect(await answer("GET", "api/deliveries")).toMatchObject({ status: 400 });
  });

  it("tries a failed one again on request", async () => {
    await fetch(new URL("sandbox/faults", machine.url), {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${machine.token}` },
      body: JSON.stringify({ account: "mastodon", fault: "429", times: 1 }),
    });
    await answer("PUT", "api/posts/slow", aDocument("Slow"));
    await machine.idle();
    const { rows } = await machine.app.deliveries("pending");
    const id = rows.find(({ slug }) => slug === "slow")?.id ?? "";
    expect(id).not.toBe("");
    expect(await answer("POST", `api/deliveries/${encodeURIComponent(id)}/retry`)).toMatchObject({
      status: 200,
      body: { id, account: "mastodon" },
    });
    await machine.idle();
    expect(await answer("POST", `api/deliveries/${encodeURIComponent(id)}/retry`)).toMatchObject({
      status: 409,
      type: problem,
    });
    expect((await machine.sandbox()).filter(({ text }) => text.includes("/slow/"))).toHaveLength(3);
  });

  it("resolves unknown ones only", async () => {
    const { rows } = await machine.app.deliveries("posted");
    const id = encodeURIComponent(rows[0]?.id ?? "");
    expect(await answer("POST", `api/deliveries/${id}/resolve?as=retry`)).toMatchObject({ status: 409, type: problem });
    expect(await answer("POST", `api/deliveries/${id}/resolve?as=perhaps`)).toMatchObject({
      status: 400,
      type: problem,
    });
    expect(await answer("POST", `api/deliveries/${id}/resolve`)).toMatchObject({
      status: 400,
      type: problem,
      body: { detail: 'Send {"as": "posted"} if the post is on the network, or {"as": "retry"} if it is not.' },
    });
    expect(await answer("POST", "api/deliveries/nothing/retry")).toMatchObject({ status: 404, type: problem });
    const body = await fetch(new URL(`api/deliveries/${id}/resolve`, machine.url), {
      method: "POST",
      headers: { Authorization: `Bearer ${machine.token}`, "Content-Type": "application/json" },
      body: '{"as":"posted"}',
    });
    expect(body.status).toBe(409);
  });

  it("takes no large bodies", async () => {
    expect(await answer("POST", "api/deliveries/x/resolve", "x".repeat(10_001))).toMatchObject({
      status: 413,
      type: problem,
      body: { detail: "The body is too large: send at most 10,000 bytes." },
    });
  });
});

describe("GET /api/accounts", () => {
  it("tells where each account posts", async () => {
    expect(await answer("GET", "api/accounts")).toMatchObject({
      body: {
        accounts: ["x", "bluesky", "mastodon"].map((name) => ({
          name,
          network: name,
          site: "blog",
          reach: "sandbox",
          problem: null,
          paused: null,
        })),
      },
    });
  });
});

describe("GET /api/feeds", () => {
  it("names every feed, its page, and what the gate has against it", async () => {
    await machine.idle();
    const { status, body } = await answer("GET", "api/feeds");
    expect(status).toBe(200);
    const feed = { title: "A Blog", rendered: expect.any(String), due: null, faults: [], hubs: [] };
    expect(body).toMatchObject({
      feeds: expect.arrayContaining([
        expect.objectContaining({ ...feed, key: "main", url: machine.url }),
        expect.objectContaining({ key: "archive/1", url: `${machine.url}archive/1.xml` }),
      ]),
    });
  });
});
