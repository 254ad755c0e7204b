import { describe, expect, test } from "vitest";
import { minute } from "../../../src/domain/time.ts";
import { aDocument, aWorld } from "../../support/world.ts";

const encode = (document: string) => new TextEncoder().encode(document);
const bytes = (slug: string) => encode(aDocument({ slug }));

test("a document that is put under another slug than its own is refused, with both in the reason", async () => {
  const world = await aWorld();
  expect(await world.app.put("yours", bytes("mine"))).toMatchObject({
    result: "refused",
    conflict: false,
    reasons: [{ code: "slug-differs", field: "slug", message: expect.stringMatching(/"mine".*"yours"/) }],
  });
});

test("an invalid document is refused for its own reasons, whatever its address", async () => {
  const world = await aWorld();
  expect(await world.app.put("yours", encode("---\n{}\n---\n"))).toMatchObject({
    result: "refused",
    reasons: [{ code: "note-empty" }],
  });
});

test.each([
  [{}, true],
  [{ byHand: false }, false],
])("a document that is put with %j is published by hand: %s", async (word, byHand) => {
  const world = await aWorld();
  expect(await world.app.put("mine", bytes("mine"), word)).toMatchObject({
    result: "created",
    post: { byHand, source: "api", path: "mine.md" },
  });
});

test("a document that was put by its address is the same one when it is put by its slug", async () => {
  const { app } = await aWorld({ site: { permalink: "/:year/:slug/" } });
  const first = await app.put("2026/mine", bytes("mine"));
  expect(first).toMatchObject({ result: "created" });
  const redated = aDocument({ slug: "mine", date: "2025-12-31" });
  expect(await app.put("mine", encode(redated))).toMatchObject({
    result: "updated",
    post: { address: "2025/mine", addresses: ["2026/mine", "2025/mine"], path: "2026/mine.md" },
  });
});

test("two documents of one slug at two addresses are two posts", async () => {
  const { app } = await aWorld({ site: { permalink: "/:year/:slug/" } });
  await app.put("2026/mine", bytes("mine"));
  expect(await app.put("2025/mine", encode(aDocument({ slug: "mine", date: "2025-12-31" })))).toMatchObject({
    result: "created",
  });
});

describe("a file of the watched folder", () => {
  const document = aDocument({ title: "Alpha" });
  const file = "home/ada/blog/content/alpha/index.md";

  /** alpha/index.md is published. */
  const aWatched = async (permalink = "/:slug/") => {
    const world = await aWorld({ site: { permalink } });
    world.write("alpha/index.md", document);
    await world.app.reconcile();
    await world.sweep();
    return world;
  };

  test("is planned as the document that it is, with the post that it is already", async () => {
    const { app } = await aWatched();
    expect(await app.plan(encode(document), "index.md", file)).toMatchObject({
      content: { slug: "alpha" },
      existing: { path: "alpha", status: "live", deliveries: [{ state: "posted", posted: expect.any(Number) }] },
    });
  });

  test.each([{ file }, {}])("stays in its folder when it is published by hand, as %j", async (sent) => {
    const world = await aWatched();
    expect(await world.app.put("alpha", encode(document), sent)).toMatchObject({ result: "unchanged" });
    world.turn(minute);
    expect(await world.app.put("alpha", encode(document), { ...sent, again: true })).toMatchObject({
      result: "updated",
      post: { source: "folder", path: "alpha/index.md" },
    });
    await world.sweep();
    expect(world.paper.posts).toHaveLength(2);
    world.write("alpha/index.md", aDocument({ title: "Alpha, edited" }));
    await world.ingest("alpha/index.md");
    await world.sweep();
    expect(await world.titles()).toEqual(["Alpha, edited"]);
  });

  test("is published from its folder where Crier has not read it yet", async () => {
    const world = await aWorld();
    world.write("alpha/index.md", document);
    expect(await world.app.put("alpha", encode(document), { file })).toMatchObject({
      result: "created",
      post: { source: "folder", path: "alpha/index.md", byHand: true },
    });
  });

  test.each(["/:slug/", "/:section/:slug/"])(
    "is not published in its place with other content, at %s",
    async (permalink) => {
      const world = await aWorld({ site: { permalink } });
      world.write("essays/alpha.md", document);
      await world.app.reconcile();
      const edited = encode(aDocument({ title: "Alpha, edited elsewhere" }));
      const sent = { file: "home/ada/blog/essays/alpha.md", fileName: "essays/alpha.md" };
      const plan = await world.app.plan(edited, sent.fileName, sent.file);
      const name = "content" in plan ? new URL(plan.content.url).pathname : "";
      expect(await world.app.put(name, edited, sent)).toMatchObject({
        result: "refused",
        conflict: true,
        reasons: [{ code: "document-differs", message: expect.stringContaining("essays/alpha.md in the folder") }],
      });
      expect(await world.titles()).toEqual([]);
    },
  );

  test("has nothing to do with another file of its name", async () => {
    const { app } = await aWatched();
    const other = encode(aDocument({ title: "Beta", slug: "beta" }));
    expect(await app.put("beta", other, { file: "elsewhere/alpha/index.md" })).toMatchObject({
      result: "created",
      post: { source: "api" },
    });
  });
});

test("a post is found by the name of the file that it was sent from", async () => {
  const { app } = await aWorld();
  const document = aDocument({ slug: "my-post" });
  await app.put("my-post", encode(document), { file: "home/ada/ja/draft-2.md", fileName: "ja/draft-2.md" });
  await app.put("my-post", encode(aDocument({ slug: "my-post", title: "Edited" })));
  for (const name of ["home/ada/ja/draft-2.md", "ja/draft-2.md", "draft-2.md", "draft-2"])
    expect(await app.status(name)).toMatchObject({ slug: "my-post", title: "Edited" });
  await app.put("my-post", encode(aDocument({ slug: "my-post", title: "Edited" })), { fileName: "final.md" });
  expect(await app.status("final")).toMatchObject({ slug: "my-post" });
  expect(await app.status("draft-2")).toBeUndefined();
});

describe("a file from elsewhere whose date was changed, where the address holds the date,", () => {
  const body = Array.from({ length: 40 }, (_, index) => `word${index}`).join(" ");
  const sent = { file: "home/ada/notes/mine.md", fileName: "mine.md" };
  const aSentFile = async () => {
    const world = await aWorld({ site: { permalink: "/:year/:slug/" } });
    await world.app.put("2026/mine", encode(aDocument({}, body)), sent);
    return world.app;
  };
  const redated = (text = body) => encode(aDocument({ date: "2025-12-31" }, text));

  test("is the same post at its new address, and is planned as that", async () => {
    const app = await aSentFile();
    const edited = redated(`${body} more`);
    expect(await app.plan(edited, sent.fileName, sent.file)).toMatchObject({ existing: { path: "2026/mine" } });
    expect(await app.put("2025/mine", edited, sent)).toMatchObject({
      result: "updated",
      post: { address: "2025/mine", addresses: ["2026/mine", "2025/mine"] },
    });
    expect((await app.list()).rows).toHaveLength(1);
  });

  test.each([
    ["it is another file of that name", redated(), { ...sent, file: "home/ada/other/mine.md" }],
    ["it has another text", redated("Other words."), sent],
  ])("is another post where %s", async (_, document, file) => {
    const app = await aSentFile();
    expect(await app.put("2025/mine", document, file)).toMatchObject({ result: "created" });
  });
});

test.each([
  ["of the watched folder", "home/ada/blog/content/a.md"],
  ["of another folder", "home/ada/notes/a.md"],
])("a plan shows the links that publication makes: a file %s", async (_, file) => {
  const world = await aWorld();
  const document = aDocument({}, "[B](b.md) and [C](c.md)");
  if (file.includes("content")) world.write("a.md", document);
  world.write("b.md", aDocument());
  await world.ingest("b.md");
  const sent = { file, fileName: "a.md" };
  const plan = await world.app.plan(encode(document), sent.fileName, sent.file);
  const put = await world.app.put("a", encode(document), sent);
  expect(plan).toMatchObject({
    content: { html: '<p><a href="https://blog.example.com/b/">B</a> and C</p>' },
    warnings: [{ code: "link-unresolved" }],
  });
  expect(put).toMatchObject({ post: { html: "content" in plan && plan.content.html } });
});

test("a plan warns where another document has the address", async () => {
  const world = await aWorld();
  world.write("a.md", aDocument({ slug: "s" }));
  await world.app.reconcile();
  expect(await world.app.plan(encode(aDocument({ title: "Mine", slug: "s" })), "mine.md")).toMatchObject({
    warnings: expect.arrayContaining([{ code: "address-taken", message: expect.stringContaining("belongs to a.md") }]),
  });
});

test("a post that is removed says whether its file is still there", async () => {
  const world = await aWorld();
  world.write("a.md", aDocument({ slug: "a" }));
  world.write("b.md", aDocument({ slug: "b" }));
  await world.app.reconcile();
  await world.app.put("c", bytes("c"));
  expect(await world.app.remove("a")).toMatchObject({ post: { slug: "a" }, remaining: "a.md" });
  world.erase("b.md");
  expect(await world.app.remove("b")).toMatchObject({ remaining: undefined });
  expect(await world.app.remove("c")).toMatchObject({ remaining: undefined });
  expect(await world.app.remove("d")).toBeUndefined();
});
