import { describe, expect, it, onTestFinished, test } from "vitest";
import { completeIfKnown } from "../../../src/app/ingest/reconcile-source.ts";
import { day, hour, minute } from "../../../src/domain/time.ts";
import type { Source } from "../../../src/ports/content.ts";
import { composeTestedApp } from "../../support/app.ts";
import { anAccount, notes, start } from "../../support/builders.ts";
import { keptLog } from "../../support/kept-log.ts";
import { aStore } from "../../support/store.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

/** Accounts that send as soon as they can. */
const account = (name: string, site = "blog") =>
  anAccount({ name, network: "paper", site, pacing: { interval: 0, dailyCap: 50 } });

const unlisted = (options: Parameters<typeof aWorld>[0] = {}) =>
  aWorld({ isListed: false, accounts: [account("one")], ...options });

const because =
  'one: not announced, because it was there before Crier\'s first listing; announce it with "npx crier publish old"';

/** The documents that were announced on the real account. */
const announced = (world: World): readonly (string | undefined)[] =>
  world.paper.posts.map(({ text }) => text.split("\n")[0]);

const listed = async (world: World): Promise<void> => {
  await world.app.reconcile();
  await world.sweep();
};

const bytes = (text: string) => new TextEncoder().encode(text);

describe("what a source holds at its first listing", () => {
  it("goes into the feeds and is not announced; what comes later is", async () => {
    const world = await unlisted();
    world.write("old.md", aDocument({ slug: "old", title: "Old" }));
    await listed(world);
    expect(await world.titles()).toEqual(["Old"]);
    expect(await world.app.status("old")).toMatchObject({ status: "live", reason: because, deliveries: [] });
    world.write("new.md", aDocument({ slug: "new", title: "New" }));
    await world.ingest("new.md");
    world.write("newer.md", aDocument({ slug: "newer", title: "Newer" }));
    await listed(world);
    expect(announced(world)).toEqual(["New", "Newer"]);
    world.write("old.md", aDocument({ slug: "old", title: "Old, edited" }));
    await world.ingest("old.md");
    await world.sweep();
    expect(announced(world)).toEqual(["New", "Newer"]);
  });

  it("can be nothing: then the first document is announced", async () => {
    const world = await unlisted();
    await listed(world);
    world.write("a.md", aDocument({ slug: "a", title: "First" }));
    await listed(world);
    expect(announced(world)).toEqual(["First"]);
  });

  it("is shown in the sandbox, where its delivery says that it would not be sent", async () => {
    const world = await unlisted();
    world.paper.reach.now = "sandbox";
    world.write("old.md", aDocument({ slug: "old", title: "Old" }));
    await listed(world);
    world.write("new.md", aDocument({ slug: "new", title: "New" }));
    await listed(world);
    expect(announced(world)).toEqual(["Old", "New"]);
    const reasonOf = async (slug: string) => (await world.app.status(slug))?.deliveries.map(({ reason }) => reason);
    expect(await reasonOf("old")).toEqual(["would not be sent: it was there before Crier's first listing"]);
    expect(await reasonOf("new")).toEqual([undefined]);
  });

  it("is counted", async () => {
    const world = await unlisted();
    const lines: string[] = [];
    const parts = world.parts();
    const app = composeTestedApp({ ...parts, log: { ...parts.log, info: (line) => lines.push(line) } });
    for (const slug of ["a", "b"]) world.write(`${slug}.md`, aDocument({ slug }));
    world.write("draft.md", aDocument({ slug: "draft", draft: true }));
    await app.reconcile();
    await app.reconcile();
    expect(lines).toEqual([
      'the source folder held 2 documents at its first listing: they are in the feeds, and no account with credentials announces them. Announce one with "npx crier publish SLUG"',
    ]);
  });

  it("does not concern what is published later: a draft and a scheduled post are announced then", async () => {
    const world = await unlisted();
    world.write("draft.md", aDocument({ slug: "draft", title: "A draft", draft: true }));
    world.write("soon.md", aDocument({ slug: "soon", title: "Scheduled", date: "2026-03-01T10:00:00Z" }));
    await listed(world);
    world.write("draft.md", aDocument({ slug: "draft", title: "A draft" }));
    await world.ingest("draft.md");
    world.turn(3 * hour);
    await world.sweep();
    // The scheduled one, which is newer, goes after the other.
    world.turn(minute);
    await world.sweep();
    expect(announced(world).toSorted()).toEqual(["A draft", "Scheduled"]);
  });

  it("includes what was refused or could not be read then", async () => {
    const world = await unlisted();
    world.write("refused.md", "---\ndate: 2026-03-01\ntitle: [\n---\nx");
    world.write("locked.md", aDocument({ slug: "locked" }));
    const { source, ...parts } = world.parts();
    const locked: Source = {
      ...source,
      read: async (path) => {
        if (path === "locked.md") throw new Error("EACCES");
        return source.read(path);
      },
    };
    await composeTestedApp({ ...parts, sources: [locked] }).reconcile();
    expect(world.alarms).toEqual([expect.stringContaining("locked.md could not be read: EACCES")]);
    world.write("refused.md", "---\ndate: 2026-03-01\ntitle: [[\n---\nx");
    await listed(world);
    world.write("refused.md", aDocument({ slug: "refused" }));
    await listed(world);
    expect((await world.titles()).length).toBe(2);
    expect(announced(world)).toEqual([]);
  });

  it("is that of each source of each site", async () => {
    const world = await unlisted({ others: [notes], accounts: [account("one"), account("two", "notes")] });
    await listed(world);
    const files = new Map([["hello.md", aDocument({ title: "Of the new source" })]]);
    const added: Source = {
      name: "folder:notes",
      site: "notes",
      list: async () => [...files.keys()],
      read: async (path) => (files.has(path) ? bytes(files.get(path) ?? "") : undefined),
    };
    const parts = world.parts();
    const app = composeTestedApp({ ...parts, sources: [parts.source, added] });
    world.write("sites/notes/b.md", aDocument({ slug: "b", title: "Of the old source" }));
    await app.reconcile();
    await world.sweep();
    expect(announced(world)).toEqual(["Of the old source"]);
    files.set("c.md", aDocument({ slug: "c", title: "Also new" }));
    await app.ingest("folder:notes", "c.md", "notes");
    await world.sweep();
    expect(announced(world)).toEqual(["Of the old source", "Also new"]);
    expect(await world.titles("sites/notes/")).toHaveLength(3);
  });
});

describe("a document that was there before", () => {
  const published = async (reach: "real" | "sandbox" = "real") => {
    const world = await unlisted();
    world.paper.reach.now = reach;
    world.write("old.md", aDocument({ slug: "old", title: "Old" }));
    await listed(world);
    return world;
  };

  it("is announced by hand, once, and stays in its folder", async () => {
    const world = await published();
    const { id } = await world.post("old");
    for (const _ of [1, 2]) {
      await world.app.put("old", bytes(aDocument({ slug: "old", title: "Old" })));
      await world.sweep();
    }
    expect(announced(world)).toEqual(["Old"]);
    expect(await world.post("old")).toMatchObject({ id, source: "folder", path: "old.md", generation: 1 });
    expect((await world.app.status("old"))?.reason).toBeUndefined();
    world.write("old.md", aDocument({ slug: "old", title: "Old, edited" }));
    await listed(world);
    expect(announced(world)).toEqual(["Old, edited"]);
  });

  it("has a warning in its plan, until it is published by hand", async () => {
    const world = await published();
    const document = bytes(aDocument({ slug: "old", title: "Old" }));
    const warnings = async () => {
      const plan = await world.app.plan(document, "old.md");
      return "warnings" in plan ? plan.warnings.map(({ code }) => code) : [];
    };
    expect(await warnings()).toEqual(["not-announced"]);
    await world.app.put("old", document);
    await world.sweep();
    expect(await warnings()).toEqual([]);
  });

  it("is announced by hand on an account that has shown it in the sandbox and has credentials since", async () => {
    const world = await published("sandbox");
    world.paper.reach.now = "real";
    await listed(world);
    expect(world.paper.posts).toHaveLength(1);
    for (const _ of [1, 2]) {
      await world.app.put("old", bytes(aDocument({ slug: "old", title: "Old" })));
      await world.sweep();
    }
    const deliveries = (await world.deliveries("old")).map(({ generation, sandbox }) => [generation, sandbox]);
    expect(deliveries).toEqual([
      [1, true],
      [2, false],
    ]);
    expect(world.paper.posts).toHaveLength(2);
  });

  it("has one copy in the sandbox when it is then published by hand", async () => {
    const world = await published("sandbox");
    await world.app.put("old", bytes(aDocument({ slug: "old", title: "Old" })));
    await world.sweep();
    expect(announced(world)).toEqual(["Old"]);
    expect((await world.app.status("old"))?.deliveries).toMatchObject([{ state: "posted", reason: undefined }]);
  });

  it("is announced by its name, without its document, and once more with `again` only", async () => {
    const world = await published();
    const announce = async (again: boolean) => {
      const answer = await world.app.announce("https://blog.example.com/old/", { again });
      await world.sweep();
      return answer?.result;
    };
    expect([await announce(false), await announce(false)]).toEqual(["updated", "unchanged"]);
    expect(announced(world)).toEqual(["Old"]);
    expect(await announce(true)).toBe("updated");
    expect(announced(world)).toEqual(["Old", "Old"]);
    expect(await world.app.announce("nothing", {})).toBeUndefined();
    await world.app.remove("old");
    expect(await world.app.announce("old", {})).toBeUndefined();
  });

  it.each(["slug", "path", "URL"])("is published now where only a date is missing: by its %s", async (name) => {
    const world = await aWorld({ site: { permalink: "/:year/:slug/" }, accounts: [account("one")] });
    world.write("a.md", aDocument({ date: undefined, title: "Undated" }));
    await world.ingest("a.md");
    world.turn(day);
    const names: Readonly<Record<string, string>> = {
      slug: "a",
      path: "2026/a",
      URL: "https://blog.example.com/2026/a/",
    };
    expect(await world.app.announce(names[name] ?? "", {})).toMatchObject({
      result: "updated",
      post: { hold: undefined, published: start + day },
    });
    await world.sweep();
    expect(await world.titles()).toEqual(["Undated"]);
    expect(announced(world)).toEqual(["Undated"]);
    expect(await world.app.announce("a", {})).toMatchObject({ result: "unchanged" });
  });

  it("stays held without a date where it came by the API and its bytes are not kept", async () => {
    const world = await aWorld();
    await world.app.put("a", bytes(aDocument({ date: undefined, slug: "a" })), { byHand: false });
    expect(await world.app.announce("a", {})).toMatchObject({
      result: "unchanged",
      post: { hold: expect.stringContaining("publish its file") },
    });
  });

  it("is announced by hand where only its age held it, too", async () => {
    const world = await aWorld();
    const document = aDocument({ slug: "old", title: "Old", date: "2026-01-01" });
    await world.app.put("old", bytes(document), { byHand: false });
    await world.sweep();
    expect(announced(world)).toEqual([]);
    await world.app.put("old", bytes(document));
    await world.sweep();
    expect(announced(world)).toEqual(["Old"]);
  });

  it("was announced where the API published it before the first listing, and is not announced again", async () => {
    const world = await unlisted();
    const document = aDocument({ slug: "old", title: "Old" });
    await world.app.put("old", bytes(document));
    world.write("old.md", aDocument({ slug: "old", title: "Old, now a file" }));
    await listed(world);
    expect(announced(world)).toEqual(["Old, now a file"]);
    expect(world.paper.posts).toHaveLength(1);
  });
});

describe("a first listing that is interrupted", () => {
  test("a crash in the middle leaves everything that is there at the next one as history", async () => {
    const world = await unlisted();
    for (const slug of ["a", "b", "c"]) world.write(`${slug}.md`, aDocument({ slug, title: slug }));
    const w1 = world.worker("posts.save 2");
    void w1.app.reconcile();
    await w1.stopped;
    await world.sweep();
    world.write("d.md", aDocument({ slug: "d", title: "Written before the restart" }));
    await listed(world);
    expect(await world.titles()).toHaveLength(4);
    expect(announced(world)).toEqual([]);
  });

  test("a document that is written during it is history, whichever worker ends first", async () => {
    const world = await unlisted();
    world.write("a.md", aDocument({ slug: "a", title: "A" }));
    const w1 = world.worker("sourceStates.save");
    const listing = w1.app.reconcile();
    await w1.stopped;
    world.write("b.md", aDocument({ slug: "b", title: "B" }));
    await world.ingest("b.md");
    world.write("c.md", aDocument({ slug: "c", title: "C" }));
    const w2 = world.worker("posts.save");
    const event = w2.app.ingest("folder", "c.md");
    await w2.stopped;
    w1.go();
    await listing;
    w2.go();
    await event;
    await world.sweep();
    expect(await world.titles()).toHaveLength(3);
    expect(announced(world)).toEqual([]);
  });

  test("an event that asked before it was complete makes history of what it reads afterwards", async () => {
    const world = await unlisted();
    world.write("a.md", "---\ntitle: [\n---\nx");
    const w1 = world.worker("after sourceStates.read");
    const event = w1.app.ingest("folder", "a.md");
    await w1.stopped;
    await world.app.reconcile();
    world.write("a.md", aDocument({ slug: "a", title: "Corrected" }));
    w1.go();
    await event;
    await world.sweep();
    expect(await world.titles()).toEqual(["Corrected"]);
    expect(announced(world)).toEqual([]);
  });

  test("a crash after the document's row and before its post does not make the document new", async () => {
    const world = await unlisted();
    world.write("a.md", aDocument({ slug: "a" }));
    const w1 = world.worker("posts.save");
    void w1.app.ingest("folder", "a.md");
    await w1.stopped;
    const { sourceStates } = world.store;
    await sourceStates.save({ ...(await sourceStates.read("blog", "folder")), listed: start });
    await world.ingest("a.md");
    await world.sweep();
    expect(await world.titles()).toHaveLength(1);
    expect(announced(world)).toEqual([]);
  });

  test("a new document at the path of one that was history, and is deleted, is announced", async () => {
    const world = await unlisted();
    world.write("a.md", aDocument({ slug: "a" }));
    world.write("b.md", aDocument({ slug: "b" }));
    await listed(world);
    world.erase("a.md");
    await world.ingest("a.md");
    world.turn(hour);
    world.write("a.md", aDocument({ slug: "n", title: "New" }));
    await listed(world);
    expect(announced(world)).toEqual(["New"]);
  });

  test("credentials that come between the audience and the deliveries do not announce it", async () => {
    const world = await unlisted();
    world.paper.reach.now = "sandbox";
    world.write("a.md", aDocument({ slug: "a" }));
    await world.app.reconcile();
    const w1 = world.worker("after posts.save");
    void w1.app.work(await world.postRef("a"));
    await w1.stopped;
    world.paper.reach.now = "real";
    await listed(world);
    expect(announced(world)).toEqual([]);
  });

  test("two listings at the same time complete it once", async () => {
    const world = await unlisted();
    world.write("a.md", aDocument({ slug: "a" }));
    const w1 = world.worker("sourceStates.save");
    const first = w1.app.reconcile();
    await w1.stopped;
    await world.app.reconcile();
    world.turn(day);
    w1.go();
    await first;
    // Two beginnings, two ends, and one completion.
    expect(await world.store.sourceStates.read("blog", "folder")).toMatchObject({ listed: start, version: 5 });
  });

  test("a crash between the row of the post and the publication keeps the decision", async () => {
    const world = await unlisted();
    world.write("a.md", aDocument({ slug: "a" }));
    await world.app.reconcile();
    const w1 = world.worker("feeds.touch");
    void w1.app.work(await world.postRef("a"));
    await w1.stopped;
    await listed(world);
    expect(announced(world)).toEqual([]);
  });
});

test("an event of a first upload with more than a thousand documents lists nothing: the hourly listing completes it", async () => {
  const { store, stop } = await aStore();
  onTestFinished(stop);
  const completed = async (site: string, count: number) => {
    const paths = Array.from({ length: count }, (_, index) => `${index}.md`);
    for (const path of paths) await store.documents.put({ site, source: "bucket", path });
    let lists = 0;
    const list = async () => {
      lists += 1;
      return paths;
    };
    const source: Source = { name: "bucket", list, read: async () => undefined };
    const log = keptLog().log;
    await completeIfKnown(site, source, { ...store, clock: () => start, log, command: (text) => text });
    return { isListed: (await store.sourceStates.read(site, "bucket")).listed !== undefined, lists };
  };
  expect(await completed("blog", 1_000)).toEqual({ isListed: true, lists: 1 });
  expect(await completed("notes", 1_001)).toEqual({ isListed: false, lists: 0 });
});
