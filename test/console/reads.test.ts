import { expect, test } from "vitest";
import { countedTable } from "../../bench/counted-table.ts";
import { deliveryStates } from "../../src/domain/delivery.ts";
import { hour, minute } from "../../src/domain/time.ts";
import { openDatabase, sqliteTable } from "../../src/store/sqlite-table.ts";
import { tableStore } from "../../src/store/table-store.ts";
import { composeTestedApp } from "../support/app.ts";
import { anAccount, aPost, deliveryIn, start } from "../support/builders.ts";
import { aConsole, aSignedInBrowser } from "../support/console-browser.ts";
import { objectsInMemory } from "../support/objects-in-memory.ts";
import { aWorld } from "../support/world.ts";

/** A site with so many accounts and posts: some wait, some need a person, the others went out. */
const aBusySite = async (accountCount: number, postCount: number) => {
  const accounts = Array.from({ length: accountCount }, (_, n) => anAccount({ name: `a${n}`, network: "paper" }));
  const world = await aWorld({ accounts });
  const database = openDatabase(":memory:");
  const { table, counts } = countedTable(sqliteTable(database));
  let ids = 0;
  const store = tableStore(table, {
    bodies: objectsInMemory(),
    newId: () => `id-${ids++}`,
    onDue: () => {},
    onUnreadable: () => {},
  });
  for (let n = 0; n < postCount; n += 1) {
    const post = aPost({ slug: `p${n}`, published: start + n * minute, updated: start + n * minute });
    await store.posts.save(post);
    for (const { name } of accounts) {
      const state = n % 3 === 0 ? "pending" : (deliveryStates[n % deliveryStates.length] ?? "posted");
      const planned = post.published;
      await store.deliveries.save({
        ...deliveryIn[state],
        post: post.id,
        account: name,
        network: "paper",
        version: 0,
        planned,
        due: state === "pending" ? planned : undefined,
      });
    }
  }
  for (let n = 0; n < Math.min(postCount, 40); n += 1) {
    const later = start + (n + 1) * hour;
    await store.posts.save(aPost({ slug: `later${n}`, published: later, updated: start, due: later }));
  }
  for (let n = 0; n < 30; n += 1) {
    await store.feeds.touch("blog", n === 0 ? "main" : `categories/c${n}`, `Feed ${n}`, start);
    const reasons = [{ code: "date-invalid", message: "It is wrong." }];
    await store.documents.put({
      site: "blog",
      source: "folder",
      path: `bad-${n}.md`,
      refusal: { hash: "h", reasons, at: start },
    });
  }
  const app = composeTestedApp({ ...world.parts(), store });
  const { app: console } = aConsole({ ...world, app, table } as never);
  return { browser: await aSignedInBrowser(console), counts, close: () => database.close() };
};

test.each([
  [3, 0, 60],
  [3, 300, 60],
  [12, 0, 120],
  [12, 300, 120],
])(
  "the first page with %i accounts and %i posts reads at most %i times, and has at most 40 KB",
  async (accounts, posts, most) => {
    const { browser, counts, close } = await aBusySite(accounts, posts);
    const before = counts.reads;
    const { status, page } = await browser.get("/console");
    close();
    expect(status).toBe(200);
    expect(page).toContain("More documents are refused");
    if (posts > 0) expect(page).toMatch(/posts (are|that are) scheduled (for later|after)/);
    expect(counts.reads - before, JSON.stringify([...counts.calls])).toBeLessThanOrEqual(most);
    expect(page.length).toBeLessThan(40_000);
  },
);

test("the search and the list of scheduled posts read no more with 300 posts than a page has", async () => {
  const { browser, counts, close } = await aBusySite(3, 300);
  const readsOf = async (path: string, status = 200): Promise<number> => {
    const before = counts.reads;
    expect((await browser.get(path)).status).toBe(status);
    return counts.reads - before;
  };
  expect(await readsOf("/console/posts?find=nothing")).toBeLessThanOrEqual(20);
  expect(await readsOf("/console/posts/nothing", 404)).toBeLessThanOrEqual(20);
  expect(await readsOf("/console/posts?list=scheduled")).toBeLessThanOrEqual(60);
  close();
});

test("the list of posts with 12 accounts and 300 posts reads at most 60 times", async () => {
  const { browser, counts, close } = await aBusySite(12, 300);
  const before = counts.reads;
  const { page } = await browser.get("/console/posts");
  expect(page).toContain("12 accounts");
  expect(counts.reads - before, JSON.stringify([...counts.calls])).toBeLessThanOrEqual(60);
  const older = await browser.get(/href="([^"]*)" rel="next"/.exec(page)?.[1]?.replaceAll("&amp;", "&") ?? "");
  const slugs = [page, older.page].flatMap((one) => [...one.matchAll(/<bdi>(\w+)\.md</g)].map(([, slug]) => slug));
  close();
  expect(new Set(slugs).size).toBe(48);
});
