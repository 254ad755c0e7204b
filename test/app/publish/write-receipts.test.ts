import { describe, expect, test } from "vitest";
import { day, second } from "../../../src/domain/time.ts";
import type { Objects } from "../../../src/ports/feeds.ts";
import { composeTestedApp } from "../../support/app.ts";
import { anAccount, notes } from "../../support/builders.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const text = async (world: World, key: string): Promise<string | undefined> => {
  const stored = await world.objects.read(key);
  return stored && new TextDecoder().decode(stored.bytes);
};
const receipt = async (world: World, name: string, folder = "") => {
  const stored = await text(world, `${folder}syndication/${name}.json`);
  return stored === undefined ? undefined : JSON.parse(stored);
};
const copies = async (world: World, name: string) => (await receipt(world, name))?.copies;

/** Waits until the feeds and the receipt show the networks' answers. */
const settle = async (world: World): Promise<void> => {
  await world.sweep();
  world.turn(5 * second);
  await world.sweep();
};

const publish = async (world: World, slug: string, fields: Readonly<Record<string, unknown>> = {}) => {
  world.write(`${slug}.md`, aDocument({ title: slug, slug, ...fields }));
  await world.ingest(`${slug}.md`);
  await settle(world);
};

const copy = { network: "paper", account: "one", url: "https://paper.example/p1", posted: "2026-03-01T08:00:00.000Z" };

describe("the receipt of a post", () => {
  test("says where it went, and when", async () => {
    const world = await aWorld();
    await publish(world, "a");
    expect(await receipt(world, "a")).toEqual({
      version: 1,
      id: `tag:blog.example.com,2026:blog/${(await world.post("a")).id}`,
      url: "https://blog.example.com/a/",
      copies: [copy],
    });
  });

  test("is stored compressed, too, as the CDN serves it", async () => {
    const world = await aWorld();
    await publish(world, "a");
    for (const suffix of ["", ".br", ".gz"])
      expect(await world.objects.read(`syndication/a.json${suffix}`)).toBeDefined();
  });

  test("that was damaged is written again with the next change of its post", async () => {
    const world = await aWorld();
    await publish(world, "a");
    const whole = await receipt(world, "a");
    const stored = await world.objects.read("syndication/a.json");
    const options = { contentType: "application/json", over: stored?.etag };
    expect(await world.objects.put("syndication/a.json", new Uint8Array([0x7b, 0xff]), options)).toBe(true);
    await publish(world, "a", { tags: ["New"] });
    expect(await receipt(world, "a")).toEqual(whole);
  });

  test("has the copies of all accounts, the oldest first", async () => {
    const accounts = ["one", "two"].map((name) => anAccount({ name, network: "paper" }));
    const world = await aWorld({ accounts });
    await publish(world, "a");
    expect((await copies(world, "a")).map(({ account }: { account: string }) => account)).toEqual(["one", "two"]);
  });

  test("has both copies of a post that was announced twice", async () => {
    const world = await aWorld();
    await publish(world, "a");
    world.turn(day);
    await world.app.announce("a", { again: true });
    await settle(world);
    expect((await copies(world, "a")).map(({ url }: { url: string }) => url)).toEqual([
      "https://paper.example/p1",
      "https://paper.example/p2",
    ]);
  });

  test("is named by the path of the page where the permalink holds more than the slug", async () => {
    const world = await aWorld({ site: { permalink: "/:year/:month/:slug/" } });
    await publish(world, "a");
    expect(await copies(world, "2026/03/a")).toEqual([copy]);
  });

  test("is in the folder of its site", async () => {
    const world = await aWorld({
      accounts: [anAccount({ name: "one", network: "paper", site: "notes" })],
      others: [notes],
    });
    world.write("sites/notes/a.md", aDocument({ title: "One", slug: "a" }));
    await world.ingest("sites/notes/a.md");
    await settle(world);
    expect((await receipt(world, "a", "sites/notes/"))?.copies).toEqual([copy]);
  });

  test("is empty once the copy is deleted with its post", async () => {
    const world = await aWorld();
    await publish(world, "a");
    await world.app.remove("a");
    await settle(world);
    expect(await receipt(world, "a")).toMatchObject({ copies: [] });
  });

  test("is whole although a crash had left one of its files only, and there is no copy", async () => {
    const world = await aWorld();
    await world.app.stop("one");
    await publish(world, "a");
    expect(await receipt(world, "a")).toBeUndefined();
    await world.objects.put("syndication/a.json.br", new Uint8Array([1]), {
      contentType: "application/json",
      encoding: "br",
      over: undefined,
    });
    await publish(world, "a", { tags: ["New"] });
    expect(await receipt(world, "a")).toMatchObject({ copies: [] });
    expect(await world.objects.read("syndication/a.json.gz")).toBeDefined();
  });

  test("is empty while the post is withdrawn, though the copy stays", async () => {
    const world = await aWorld();
    await publish(world, "a");
    await publish(world, "a", { draft: true });
    expect(await copies(world, "a")).toEqual([]);
    await publish(world, "a");
    expect(await copies(world, "a")).toEqual([copy]);
  });

  test("is at the post's former address, too", async () => {
    const world = await aWorld();
    await publish(world, "a", { guid: "one" });
    await publish(world, "a", { guid: "one", slug: "b" });
    expect(await copies(world, "b")).toEqual([copy]);
    expect(await receipt(world, "a")).toEqual(await receipt(world, "b"));
  });
});

describe("no receipt is written", () => {
  test.each([
    ["of a post that is only planned", { accounts: [anAccount({ name: "one", network: "paper" })] }, {}, "limited"],
    ["of a scheduled post", {}, { date: "2026-03-02T08:00:00Z" }, undefined],
    ["of a post that no account announces", { accounts: [] }, {}, undefined],
    ["of a post whose delivery failed", {}, {}, "refused"],
  ] as const)("%s", async (_, options, fields, fate) => {
    const world = await aWorld(options);
    if (fate !== undefined) world.paper.fates.push(fate);
    await publish(world, "a", fields);
    expect(await receipt(world, "a")).toBeUndefined();
  });

  test("where the receipt is the same already", async () => {
    const world = await aWorld();
    await publish(world, "a");
    const { app, calls } = countingApp(world);
    world.write("a.md", aDocument({ title: "Another title", slug: "a" }));
    await world.ingest("a.md");
    await app.work(await world.postRef("a"));
    expect(calls).toEqual(["read", "read", "read"]);
  });

  test("in an import: its posts are not even looked for", async () => {
    const world = await aWorld();
    const { app, calls } = countingApp(world);
    world.write("a.md", aDocument({ title: "One", slug: "a", date: "2020-03-01T07:00:00Z" }));
    await world.ingest("a.md");
    await app.work(await world.postRef("a"));
    expect(calls).toEqual([]);
  });

  test("with a copy in the sandbox, which nobody else can see", async () => {
    const world = await aWorld();
    world.paper.reach.now = "sandbox";
    await publish(world, "a");
    expect(await receipt(world, "a")).toBeUndefined();
  });
});

/** An app that notes how it uses the objects. */
const countingApp = (world: World) => {
  const calls: string[] = [];
  const { read, put } = world.objects;
  const objects: Objects = {
    read: async (key) => {
      calls.push("read");
      return read(key);
    },
    put: async (...given) => {
      calls.push("put");
      return put(...given);
    },
  };
  return { app: composeTestedApp({ ...world.parts(), objects }), calls };
};

test("a copy changes neither the id nor the dates of the post's entry", async () => {
  const world = await aWorld();
  const entry = async () => {
    const { items } = JSON.parse((await text(world, "feed.json")) ?? "");
    return items[0];
  };
  world.write("a.md", aDocument({ title: "One", slug: "a" }));
  await world.ingest("a.md");
  await world.sweep();
  const before = await entry();
  world.turn(5 * second);
  await world.sweep();
  expect(await entry()).toEqual({ ...before, _crier: { syndication: ["https://paper.example/p1"] } });
});

test("a worker that is slow does not write an older receipt over a newer one", async () => {
  const accounts = ["one", "two"].map((name) => anAccount({ name, network: "paper" }));
  const world = await aWorld({ accounts });
  const ref = await world.plan("a", aDocument({ title: "One", slug: "a" }));
  await world.app.work(ref);
  await world.app.work(ref);
  world.turn(5 * second);
  const slow = world.worker("objects.put");
  const done = slow.app.work(await world.postRef("a"));
  await slow.stopped;
  await settle(world);
  expect(await copies(world, "a")).toHaveLength(2);
  slow.go();
  await done;
  expect(await copies(world, "a")).toHaveLength(2);
});
