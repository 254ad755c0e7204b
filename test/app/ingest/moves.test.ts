import { describe, expect, test } from "vitest";
import { isNewsOfListing } from "../../../src/app/results.ts";
import { minute, second } from "../../../src/domain/time.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const words = (count: number, from = 0): string =>
  Array.from({ length: count }, (_, index) => `word${from + index}`).join(" ");

/** A published post at old.md, whose address is made of the file's name. */
const aPublished = async (document = aDocument({}, words(100)), path = "old.md") => {
  const world = await aWorld();
  world.write(path, document);
  await world.ingest(path);
  await world.sweep();
  const { id } = await world.post("old");
  return { world, id };
};

/** Everything that is due within the next 20 minutes. */
const wait = async (world: World): Promise<void> => {
  for (const step of [second, 5 * second, minute, 20 * minute]) {
    world.turn(step);
    await world.sweep();
  }
};

const expectOnePost = async (world: World, id: string): Promise<void> => {
  await wait(world);
  expect(await world.post("new")).toMatchObject({ id, path: "new.md", gone: undefined });
  expect((await world.post("old")).id).toBe(id);
  expect(world.paper.posts).toMatchObject([{ deleted: false }]);
  expect(await world.titles()).toHaveLength(1);
};

const orders = [
  ["removed first", ["old.md", "new.md"]],
  ["added first", ["new.md", "old.md"]],
] as const;

describe.each(orders)("a file that was renamed, its events %s,", (_, paths) => {
  test.each([
    ["the same bytes", aDocument({}, words(100))],
    ["nine tenths of the text", aDocument({ title: "Another title" }, `${words(90)} ${words(10, 500)}`)],
  ])("is the same post with %s", async (_case, document) => {
    const { world, id } = await aPublished();
    world.erase("old.md");
    world.write("new.md", document);
    for (const path of paths) await world.ingest(path);
    await expectOnePost(world, id);
    expect(await world.app.status("old")).toMatchObject({ path: "new", movedFrom: "old.md" });
  });

  test.each(["posts.save", "aliases.claim", "documents.replace"])(
    "is the same post where two workers meet at %s",
    async (place) => {
      const { world, id } = await aPublished();
      world.erase("old.md");
      world.write("new.md", aDocument({}, words(100)));
      const [mine, other] = paths;
      const w1 = world.worker(place);
      const running = w1.app.ingest("folder", mine);
      await Promise.race([w1.stopped, running]);
      await world.ingest(other);
      w1.go();
      await running;
      await expectOnePost(world, id);
    },
  );

  test.each([
    ["less than nine tenths of the text", aDocument({}, `${words(89)} ${words(11, 500)}`)],
    ["another date", aDocument({ date: "2026-03-01T07:00:01Z" }, words(100))],
  ])("is another post with %s", async (_case, document) => {
    const { world, id } = await aPublished();
    world.erase("old.md");
    world.write("new.md", document);
    for (const path of paths) await world.ingest(path);
    await wait(world);
    expect((await world.post("new")).id).not.toBe(id);
    expect(world.paper.posts).toMatchObject([{ deleted: true }, { deleted: false }]);
  });
});

test("a file with the date in its name is the same post under another date, if its bytes are the same", async () => {
  const document = '---\n{ "title": "T" }\n---\nShort.\n';
  const { world, id } = await aPublished(document, "2026-02-28-old.md");
  world.erase("2026-02-28-old.md");
  world.write("2026-03-01-new.md", document);
  await world.app.reconcile();
  expect(await world.post("new")).toMatchObject({ id, path: "2026-03-01-new.md" });
});

test("a file without a date that a person published is the same post under another name", async () => {
  const document = '---\n{ "title": "T" }\n---\nShort.\n';
  const { world, id } = await aPublished(document);
  const published = await world.app.put("old", new TextEncoder().encode(document));
  expect(published).toMatchObject({ post: { id, source: "folder", hold: undefined } });
  world.turn(minute);
  world.erase("old.md");
  world.write("new.md", document);
  await world.app.reconcile();
  expect(await world.post("new")).toMatchObject({ id, path: "new.md" });
});

test.each([
  ["before the copies are deleted", 10 * minute - 1, true],
  ["after that", 10 * minute, false],
])("a file that comes back under another name %s: %s", async (_, pause, isSame) => {
  const { world, id } = await aPublished();
  world.erase("old.md");
  await world.ingest("old.md");
  world.turn(6 * second);
  await world.sweep();
  world.turn(pause - 6 * second);
  world.write("new.md", aDocument({}, words(100)));
  await world.ingest("new.md");
  expect((await world.post("new")).id === id).toBe(isSame);
});

test("a deleted file that is written anew under another slug is the same post, if its text is", async () => {
  const { world, id } = await aPublished();
  world.erase("old.md");
  await world.ingest("old.md");
  world.turn(minute);
  await world.sweep();
  world.write("old.md", aDocument({ slug: "new" }, words(100)));
  await world.ingest("old.md");
  expect(await world.post("new")).toMatchObject({ id });
});

test("two files with guids of their own are two posts, whatever their text", async () => {
  const { world, id } = await aPublished(aDocument({ guid: "one" }, words(100)));
  world.erase("old.md");
  world.write("new.md", aDocument({ guid: "two" }, words(100)));
  await world.app.reconcile();
  expect((await world.post("new")).id).not.toBe(id);
});

test("a post that a person removed stays removed when its file is renamed", async () => {
  const { world } = await aPublished();
  await world.app.remove("old");
  world.erase("old.md");
  world.write("new.md", aDocument({}, words(100)));
  await world.app.reconcile();
  await world.app.reconcile();
  await wait(world);
  expect(await world.titles()).toEqual([]);
  expect(world.paper.posts).toMatchObject([{ deleted: true }]);
});

test.each([
  ["as it was", ""],
  ["after an edit", " edited"],
])("a file that moves among forty of one date is the same post, %s", async (_, edit) => {
  const world = await aWorld({ policies: { burst: 1_000 } });
  const names = Array.from({ length: 40 }, (_, index) => `post-${index}.md`);
  for (const [index, name] of names.entries()) world.write(name, aDocument({}, words(30, 100 * index)));
  await world.app.reconcile();
  for (const name of names) {
    const text = `${world.files.get(name)}${edit}`;
    world.write(name, text);
    if (edit !== "") await world.ingest(name);
  }
  const { id } = await world.post("post-30");
  world.write("new.md", world.files.get("post-30.md") ?? "");
  world.erase("post-30.md");
  await world.app.reconcile();
  expect(await world.post("new")).toMatchObject({ id, path: "new.md" });
});

describe("a folder that was renamed", () => {
  const names = Array.from({ length: 12 }, (_, index) => `${index}.md`);

  test.each([
    ["a listing", async (world: World) => world.app.reconcile()],
    [
      "events, removed first",
      async (world: World) => {
        for (const folder of ["essays", "articles"]) for (const name of names) await world.ingest(`${folder}/${name}`);
      },
    ],
    [
      "events, added first",
      async (world: World) => {
        for (const folder of ["articles", "essays"]) for (const name of names) await world.ingest(`${folder}/${name}`);
      },
    ],
  ])("has the same posts after %s", async (_, noticed) => {
    const world = await aWorld({ site: { permalink: "/:section/:slug/" } });
    for (const [index, name] of names.entries())
      world.write(`essays/${name}`, aDocument({ title: name, socialShare: false }, words(30, 100 * index)));
    await world.app.reconcile();
    await world.sweep();
    const ids = await Promise.all(names.map(async (name) => (await world.post(`essays/${name.slice(0, -3)}`)).id));
    for (const name of names) {
      world.write(`articles/${name}`, world.files.get(`essays/${name}`) ?? "");
      world.erase(`essays/${name}`);
    }
    await noticed(world);
    await wait(world);
    const moved = await Promise.all(names.map((name) => world.post(`articles/${name.slice(0, -3)}`)));
    expect(moved.map(({ id }) => id)).toEqual(ids);
    expect(await world.titles()).toHaveLength(12);
    expect(await world.app.waiting()).toEqual([]);
  });
});

describe("a folder with more files than the burst, whose deletions are noticed first,", () => {
  const names = Array.from({ length: 12 }, (_, index) => `${index}.md`);
  const aFolder = async () => {
    const world = await aWorld({ policies: { burst: 3 } });
    for (const [index, name] of names.entries())
      world.write(`essays/${name}`, aDocument({ title: name, socialShare: false }, words(30, 100 * index)));
    await world.app.reconcile();
    return world;
  };
  const move = (world: World, from: string, to: string): void => {
    for (const name of names) {
      world.write(`${to}/${name}`, world.files.get(`${from}/${name}`) ?? "");
      world.erase(`${from}/${name}`);
    }
  };

  test("is moved without an alarm, also twice within an hour and after deletions", async () => {
    const world = await aFolder();
    for (const [from, to] of [
      ["essays", "articles"],
      ["articles", "letters"],
    ] as const) {
      move(world, from, to);
      for (const folder of [from, to]) for (const name of names) await world.ingest(`${folder}/${name}`);
      expect(world.alarms).toEqual([]);
    }
    for (const name of names.slice(0, 3)) {
      world.erase(`letters/${name}`);
      await world.ingest(`letters/${name}`);
    }
    world.turn(minute);
    move(world, "letters", "notes");
    for (const name of names) await world.ingest(`letters/${name}`);
    expect(world.alarms).toEqual([]);
    expect(await world.app.waiting()).toEqual([]);
  });

  test("is moved without an alarm where several workers notice it at once", async () => {
    const world = await aFolder();
    move(world, "essays", "articles");
    await Promise.all(names.slice(0, 3).map((name) => world.ingest(`essays/${name}`)));
    for (const name of names.slice(3)) await world.ingest(`essays/${name}`);
    expect(world.alarms).toEqual([]);
    await wait(world);
    expect(await world.titles()).toHaveLength(12);
  });
});

describe("two files with the same bytes", () => {
  test("are two posts where both are there from the beginning", async () => {
    const world = await aWorld();
    for (const path of ["old.md", "new.md"]) world.write(path, aDocument({}, words(100)));
    await world.app.reconcile();
    await world.sweep();
    await wait(world);
    expect((await world.post("new")).id).not.toBe((await world.post("old")).id);
    expect(await world.titles()).toHaveLength(2);
  });

  test("are one post where the first one is deleted soon after the second one appeared", async () => {
    const { world, id } = await aPublished();
    world.write("new.md", aDocument({}, words(100)));
    expect(await world.ingest("new.md")).toMatchObject({
      result: "refused",
      reasons: [{ code: "copy-waits", message: expect.stringContaining("old.md") }],
    });
    world.turn(9 * minute);
    await world.app.reconcile();
    await world.sweep();
    expect(await world.titles()).toHaveLength(1);
    world.erase("old.md");
    await world.ingest("old.md");
    await expectOnePost(world, id);
  });

  test("are two posts from the time that was said, even where the second one was edited since", async () => {
    const { world } = await aPublished();
    world.write("new.md", aDocument({}, words(100)));
    expect(await world.ingest("new.md")).toMatchObject({
      reasons: [{ message: expect.stringContaining("after 08:10") }],
    });
    world.turn(9 * minute);
    world.write("new.md", aDocument({}, words(101)));
    expect(await world.ingest("new.md")).toMatchObject({
      reasons: [{ message: expect.stringContaining("after 08:10") }],
    });
    world.turn(minute);
    const created = await world.ingest("new.md");
    expect(created).toMatchObject({ result: "created", wasRefused: true });
    expect(isNewsOfListing(created)).toBe(true);
  });

  test("are two posts at once where a person publishes the second one", async () => {
    const { world, id } = await aPublished();
    world.write("new.md", aDocument({}, words(100)));
    await world.ingest("new.md");
    const bytes = new TextEncoder().encode(world.files.get("new.md"));
    expect(await world.app.put("new", bytes, { file: "posts/new.md" })).toMatchObject({ result: "created" });
    expect((await world.post("new")).id).not.toBe(id);
  });

  test("are two posts where the first one stays", async () => {
    const { world, id } = await aPublished();
    world.write("new.md", aDocument({}, words(100)));
    await world.ingest("new.md");
    world.turn(10 * minute);
    await world.app.reconcile();
    await wait(world);
    expect((await world.post("new")).id).not.toBe(id);
    expect(world.paper.visible()).toHaveLength(2);
    world.erase("old.md");
    await world.ingest("old.md");
    await wait(world);
    expect(world.paper.visible()).toHaveLength(1);
  });
});

test("short notes of a day that differ in their numbers only are published at once, each as a post", async () => {
  const world = await aWorld();
  const note = (number: number) =>
    `---\ndate: 2026-03-01\n---\nThe log of the harbour master, entry number ${number}, kept by hand.\n`;
  for (const number of [1, 2, 3]) {
    world.write(`log-${number}.md`, note(number));
    expect(await world.ingest(`log-${number}.md`)).toMatchObject({ result: "created" });
    await world.sweep();
  }
});

test("a short note that was renamed and edited is the same post", async () => {
  const world = await aWorld();
  const note = (number: number) =>
    `---\ndate: 2026-03-01\n---\nThe log of the harbour master, entry number ${number}, kept by hand.\n`;
  world.write("log.md", note(1));
  await world.ingest("log.md");
  world.erase("log.md");
  world.write("renamed.md", note(2));
  expect(await world.ingest("renamed.md")).toMatchObject({ result: "updated", movedFrom: "log.md" });
});
