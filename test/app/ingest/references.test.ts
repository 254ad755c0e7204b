import { beforeEach, describe, expect, it } from "vitest";
import { hour } from "../../../src/domain/time.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

let world: World;
beforeEach(async () => {
  world = await aWorld({ site: { permalink: "/:year/:slug/" } });
});

const htmlOf = async (slug: string) => (await world.post(slug)).html;

describe("a link from one document to another", () => {
  it.each([
    ["[B](./b.md)"],
    ["[B](b.md)"],
    ["[B](/content/posts/b.md)"],
    ["[B]({% link posts/b.md %})"],
    ['[B]({{< ref "b.md" >}})'],
    ['[B]({{< relref "b" >}})'],
    ["[B]({% post_url b %})"],
  ])("%s leads to its page, whichever of them is read first", async (link) => {
    world.write("posts/a.md", aDocument({}, link));
    world.write("posts/b.md", aDocument({ title: "B", date: "2025-05-05" }));
    await world.ingest("posts/a.md");
    expect(await htmlOf("a")).toContain('<a href="https://blog.example.com/2025/b/">B</a>');
  });

  it("leads to a part of it", async () => {
    world.write("a.md", aDocument({}, '[B](b.md#part) and [B]({{< ref "b#other" >}})'));
    world.write("b.md", aDocument());
    await world.ingest("a.md");
    expect(await htmlOf("a")).toContain("/2026/b/#part");
    expect(await htmlOf("a")).toContain("/2026/b/#other");
  });

  it("leads to a part of its own document", async () => {
    world.write("posts/a.md", aDocument({}, "[Here](./a.md#part) and [there](a.md)"));
    expect(await world.ingest("posts/a.md")).toMatchObject({ warnings: [] });
    expect(await htmlOf("a")).toBe(
      '<p><a href="https://blog.example.com/2026/a/#part">Here</a> and <a href="https://blog.example.com/2026/a/">there</a></p>',
    );
  });

  it("finds a post by its name alone, where only one has it", async () => {
    world.write("old/2026-03-01-b.md", aDocument());
    await world.ingest("old/2026-03-01-b.md");
    world.write("a.md", aDocument({}, "[B]({% post_url 2026-03-01-b %})"));
    await world.ingest("a.md");
    expect(await htmlOf("a")).toContain("https://blog.example.com/2026/b/");
  });

  it.each([
    ["is not there", undefined],
    ["is a draft", aDocument({ draft: true })],
    ["is not a post", aDocument({ layout: "page", date: undefined })],
  ])("is its text, with a warning, where the other document %s", async (_, other) => {
    if (other !== undefined) world.write("b.md", other);
    world.write("a.md", aDocument({}, "See [the other](b.md)."));
    expect(await world.ingest("a.md")).toMatchObject({
      warnings: [{ code: "link-unresolved", message: expect.stringContaining('"b.md"') }],
    });
    expect(await htmlOf("a")).toBe("<p>See the other.</p>");
  });

  it("is made as soon as the sources are listed with the other document, and follows its address", async () => {
    world.write("a.md", aDocument({}, "[B](b.md)"));
    await world.ingest("a.md");
    world.write("b.md", aDocument());
    await world.app.reconcile();
    expect(await htmlOf("a")).toContain("https://blog.example.com/2026/b/");
    world.write("b.md", aDocument({ slug: "c" }));
    await world.app.reconcile();
    expect(await htmlOf("a")).toContain("https://blog.example.com/2026/c/");
  });

  it("changes nothing while the other document stays where it is", async () => {
    world.write("a.md", aDocument({}, "[B](b.md) [C](c.md)"));
    world.write("b.md", aDocument());
    await world.app.reconcile();
    const { version } = await world.post("a");
    world.turn(hour);
    await world.app.reconcile();
    expect((await world.post("a")).version).toBe(version);
  });
});
