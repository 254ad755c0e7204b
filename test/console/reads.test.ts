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
const aBusySite = async (accountCount: number, postCount: number, { feedCount = 30, approve = false } = {}) => {
  const accounts = Array.from({ length: accountCount }, (_, n) =>
    anAccount({ name: `a${n}`, network: "paper", approve }),
  );
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
    await store.aliases.claim("blog", "address", post.address, post.id);
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
  for (let n = 0; n < postCount; n += 1)
    await store.memberships.put("blog", { feed: "main", id: `m${n}`, published: start - n * hour, version: 1 });
  for (let n = 0; n < Math.min(postCount, 40); n += 1) {
    const later = start + (n + 1) * hour;
    await store.posts.save(aPost({ slug: `later${n}`, published: later, updated: start, due: later }));
  }
  for (let n = 0; n < feedCount; n += 1) {
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
  return { browser: await aSignedInBrowser(console), counts, paper: world.paper, close: () => database.close() };
};

test.each([
  [3, 0, 60, false],
  [3, 300, 60, false],
  [3, 300, 60, true],
  [12, 0, 120, false],
  [12, 300, 120, false],
  [12, 300, 120, true],
])(
  "the first page with %i accounts and %i posts reads at most %i times, and has at most 30 KB; approvals: %s",
  async (accounts, posts, most, approve) => {
    const { browser, counts, close } = await aBusySite(accounts, posts, { approve });
    const before = counts.reads;
    const { status, page } = await browser.get("/console");
    close();
    expect(status).toBe(200);
    expect(page).toContain("More documents are refused");
    if (posts > 0) expect(page).toMatch(/posts (are|that are) scheduled(:| after)/);
    expect(counts.reads - before, JSON.stringify([...counts.calls])).toBeLessThanOrEqual(most);
    expect(page.length).toBeLessThan(30_000);
  },
);

test("the search and the list of scheduled posts read no more with 300 posts than a page has", async () => {
  const { browser, counts, close } = await aBusySite(3, 300);
  const readsOf = async (path: string, status = 200): Promise<number> => {
    const before = counts.reads;
    expect((await browser.get(path)).status).toBe(status);
    return counts.reads - before;
  };
  // The titles of 100 posts are read, because no index has their words, and where those that are found went.
  expect(await readsOf("/console/posts?find=nothing")).toBeLessThanOrEqual(121);
  expect(await readsOf("/console/posts?find=hello")).toBeLessThanOrEqual(145);
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

/** What a page may read and how many bytes it may have: so many, and so many more for each account. */
interface Bound {
  readonly reads: readonly [some: number, perAccount: number];
  readonly bytes: readonly [some: number, perAccount: number];
}

const bounds: Readonly<Record<string, Bound>> = {
  "": { reads: [44, 6.2], bytes: [22_000, 400] },
  "/week": { reads: [260, 4], bytes: [23_000, 100] },
  "/week?of=2026-02-23": { reads: [260, 4], bytes: [23_000, 100] },
  "/posts": { reads: [52, 1], bytes: [11_000, 0] },
  // The row of each account on which it waits is read, so that no time is promised where something is in its way.
  "/posts/p0": { reads: [18, 1.2], bytes: [5_000, 1_200] },
  "/text?post=p0&account=a0": { reads: [12, 0.5], bytes: [5_000, 0] },
  "/remove?post=p0": { reads: [10, 0.5], bytes: [3_000, 200] },
  "/log": { reads: [60, 0], bytes: [25_000, 0] },
  "/again?post=p0": { reads: [10, 0.5], bytes: [3_000, 200] },
  "/withdraw?post=p0&account=a0": { reads: [10, 0.5], bytes: [3_000, 0] },
  "/accounts": { reads: [6, 10], bytes: [3_500, 635] },
  "/feeds": { reads: [110, 0], bytes: [27_000, 0] },
  "/stop": { reads: [4, 0], bytes: [3_000, 0] },
  "/held?hold=breaker": { reads: [110, 2], bytes: [22_000, 0] },
  "/held?hold=approval": { reads: [110, 2], bytes: [25_000, 0] },
};

test("the page of 12 accounts that are not connected reads the posts of the site once", async () => {
  const { browser, counts, paper, close } = await aBusySite(12, 300);
  paper.reach.now = "sandbox";
  const before = counts.reads;
  const { page } = await browser.get("/console/accounts");
  close();
  expect(page).toContain("12 accounts");
  // The rows of the next 50 deliveries of each, and the posts of those that a login would send.
  expect(counts.reads - before, JSON.stringify([...counts.calls])).toBeLessThanOrEqual(72 + 12 * 112);
});

const isOfPost = (path: string): boolean => path.includes("p0");

test.each([
  [0, 0],
  [0, 1],
  [3, 0],
  [3, 1],
  [3, 2_000],
  [12, 1],
  [12, 300],
  [60, 0],
  [60, 60],
])(
  "every page with %i accounts and %i posts is bounded in its reads and its bytes, whatever is in the table",
  async (accounts, posts) => {
    const { browser, counts, close } = await aBusySite(accounts, posts, { feedCount: 200 });
    for (const [path, { reads, bytes }] of Object.entries(bounds)) {
      if (isOfPost(path) && posts * accounts === 0) continue;
      const before = counts.reads;
      counts.calls.clear();
      const { page, status } = await browser.get(`/console${path}`);
      const most = ([some, each]: readonly [number, number]) => some + each * accounts;
      expect.soft([path, status]).toEqual([path, 200]);
      expect
        .soft(counts.reads - before, `${path} ${JSON.stringify([...counts.calls])}`)
        .toBeLessThanOrEqual(most(reads));
      expect.soft(page.length, path).toBeLessThanOrEqual(most(bytes));
    }
    close();
  },
);
