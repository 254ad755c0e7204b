import { expect, test } from "vitest";
import {
  auditKey,
  candidateKey,
  documentKey,
  entryKey,
  feedStateKey,
  type Key,
  listingKey,
  movedKey,
  postKey,
  rateWindowKey,
  siteFeedKey,
  stopsKey,
  sweepKey,
  tokenKey,
} from "../../src/store/keys.ts";
import type { Change, Table } from "../../src/store/table.ts";
import { tableStore } from "../../src/store/table-store.ts";
import { logUnreadable } from "../../src/store/unreadable-rows.ts";
import { start } from "../support/builders.ts";
import { keptLog } from "../support/kept-log.ts";
import { type AStore, engines, newId } from "../support/store.ts";

type Store = AStore["store"];

interface Kind {
  readonly what: string;
  readonly key: Key;
  readonly change: Change;
  readonly write: (store: Store) => Promise<unknown>;
  readonly read: (store: Store) => Promise<unknown>;
  /** The value that is read once the row cannot be read. */
  readonly standIn: unknown;
  /** Writes the row again. Absent where reading it does that. */
  readonly heal?: (store: Store) => Promise<unknown>;
}

const first = async (rows: AsyncIterable<unknown>): Promise<unknown> => {
  for await (const row of rows) return row;
  return undefined;
};

const document = { site: "blog", source: "folder", path: "a.md" };

const kinds: readonly Kind[] = [
  {
    what: "that the data was moved: it still is, and nothing is sent",
    key: movedKey,
    change: { set: { at: "x" } },
    write: (store) => store.moves.mark(start),
    read: (store) => store.moves.read(),
    standIn: 0,
    heal: (store) => store.moves.clear(),
  },
  {
    what: "what was stopped: everything is",
    key: stopsKey,
    change: { set: { accounts: 7 } },
    write: (store) => store.stops.save({ version: 0, accounts: {} }),
    read: async (store) => Object.keys((await store.stops.read()).accounts),
    standIn: ["*"],
    heal: async (store) => store.stops.save({ ...(await store.stops.read()), accounts: {} }),
  },
  {
    what: "a round of the sweep: another one begins",
    key: sweepKey,
    change: { set: { began: "x" } },
    write: (store) => store.sweepRounds.save({ began: start, place: undefined, isOver: true }),
    read: (store) => store.sweepRounds.read(),
    standIn: undefined,
    heal: (store) => store.sweepRounds.save({ began: start, place: undefined, isOver: true }),
  },
  {
    what: "how far the audit has come: it begins again",
    key: auditKey,
    change: { set: { next: "x" } },
    write: (store) => store.audits.save({ configuration: "a", began: start, next: 1 }),
    read: (store) => store.audits.read(),
    standIn: undefined,
    heal: (store) => store.audits.save({ configuration: "a", began: start, next: 1 }),
  },
  {
    what: "the tokens of a login: it logs in again",
    key: tokenKey("one"),
    change: { set: { sealed: 5 } },
    write: (store) => store.tokens.save({ name: "one", version: 0, sealed: "x", renewing: undefined }),
    read: async (store) => (await store.tokens.read("one")).sealed,
    standIn: undefined,
    heal: async (store) => store.tokens.save({ ...(await store.tokens.read("one")), sealed: "y" }),
  },
  {
    what: "a window: it counts from now on",
    key: rateWindowKey("one"),
    change: { set: { counted: 1 } },
    write: (store) => store.rateWindows.save({ name: "one", version: 0, counted: { a: start } }),
    read: async (store) => (await store.rateWindows.read("one")).counted,
    standIn: {},
    heal: async (store) => store.rateWindows.save(await store.rateWindows.read("one")),
  },
  {
    what: "a listing: every document is read",
    key: listingKey("blog", "folder"),
    change: { set: { hash: 1 } },
    write: (store) => store.listings.save("blog", "folder", { hash: "h", isSettled: true, compared: start }, []),
    read: (store) => store.listings.read("blog", "folder"),
    standIn: undefined,
    heal: (store) => store.listings.save("blog", "folder", { hash: "h", isSettled: true, compared: start }, []),
  },
  {
    what: "a membership: its key says what it is, and it is written again",
    key: entryKey("blog", "main", start, "id-1"),
    change: { set: { version: "x" }, remove: ["feed"] },
    write: (store) => store.memberships.put("blog", { feed: "main", id: "id-1", published: start, version: 3 }),
    read: (store) => first(store.memberships.newest("blog", "main")),
    standIn: { feed: "main", id: "id-1", published: start, version: 0 },
  },
  {
    what: "a document: the rest of it stays, and it is written again",
    key: documentKey("blog", "folder", "a.md"),
    change: { set: { refusal: 1, path: 7 } },
    write: (store) => store.documents.put({ ...document, post: "id-1" }),
    read: (store) => first(store.documents.all("blog", "folder")),
    standIn: expect.objectContaining({ ...document, post: "id-1" }),
  },
  {
    what: "a feed in the list of its site: it has the title of its key until the audit",
    key: siteFeedKey("blog", "featured"),
    change: { set: { title: 5 } },
    write: (store) => store.feeds.touch("blog", "featured", "Featured", start),
    read: async (store) => (await store.feeds.all("blog")).map(({ title }) => title),
    standIn: ["featured"],
    heal: (store) => store.feeds.touch("blog", "featured", undefined, start, { isAudit: true }),
  },
  {
    what: "that a category is proposed: it has the title of its key, and is settled as usual",
    key: candidateKey("blog", "categories/looms"),
    change: { set: { title: 5, version: "x" } },
    write: (store) => store.feeds.propose("blog", { key: "categories/looms", title: "Looms", version: start }),
    read: async (store) => (await store.feeds.proposed("blog", "main")).map(({ title }) => title),
    standIn: ["categories/looms"],
    heal: async (store) => {
      for (const one of await store.feeds.proposed("blog", "main")) await store.feeds.settle("blog", one);
    },
  },
];

const cases = Object.entries(engines).flatMap(([engine, open]) => kinds.map((kind) => ({ ...kind, engine, open })));

test.each(cases)("$engine: a row cannot be read that says $what", async (kind) => {
  const { store, table, unreadable, stop } = await kind.open();
  await kind.write(store);
  expect(await table.update(kind.key, kind.change, { kind: "present" })).toBeDefined();
  expect(await kind.read(store)).toEqual(kind.standIn);
  const named = expect.stringContaining(
    `the stored row ${JSON.stringify(`${kind.key.pk} ${kind.key.sk}`)} cannot be read`,
  );
  expect(unreadable).toContainEqual(named);
  await kind.heal?.(store);
  const known = unreadable.length;
  await kind.read(store);
  expect(unreadable.slice(known)).toEqual([]);
  await stop();
});

test.each(Object.entries(engines))(
  "%s: a feed whose row is damaged between the read and the write of an audit is made due, and rendered anew",
  async (_, open) => {
    const { store, table, bodies, stop } = await open();
    await store.feeds.touch("blog", "main", "A Blog", start + 1);
    const key = feedStateKey("blog", "main");
    const damaging: Table = {
      ...table,
      get: async (one) => {
        const row = await table.get(one);
        await table.update(key, { set: { revision: "x" } }, { kind: "present" });
        return row;
      },
    };
    await tableStore(damaging, { bodies, newId }).feeds.touch("blog", "main", undefined, start, { isAudit: true });
    expect(await table.get(key)).toMatchObject({ dueAt: start });
    const term = { clock: () => start, duration: 1, minInterval: 0 };
    await store.feeds.withLease("blog", "main", term, async () => "lost");
    expect(await store.feeds.read("blog", "main")).toMatchObject({ revision: expect.any(Number), auditPending: true });
    await stop();
  },
);

test("a process raises one alarm for all rows of a newer format, and one for each row that it cannot read", () => {
  const { log, alarms, lines } = keptLog();
  const note = logUnreadable(log);
  for (const newer of [{ found: 2, own: 1 }, undefined])
    for (const key of [postKey("blog", "one"), postKey("blog", "two")])
      for (let times = 0; times < 3; times += 1) note({ key, names: ["title"], ...(newer && { newer }) });
  expect(alarms).toEqual(["ingest", "ingest", "ingest"]);
  expect(lines.map(({ message }) => message.split(/[,:]/, 1)[0])).toEqual([
    "rows of format 2 are in the data",
    'the stored row "POST#blog#one POST" cannot be read (title)',
    'the stored row "POST#blog#two POST" cannot be read (title)',
  ]);
});
