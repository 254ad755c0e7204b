import { isDeepStrictEqual } from "node:util";
import type { FeedKey } from "../../src/domain/feed-key.ts";
import type { TokenStore } from "../../src/ports/networks.ts";
import type { Store } from "../../src/ports/store.ts";
import { feedKey } from "../../src/store/feed-rows.ts";
import { type Key, keyComponents, parseRef } from "../../src/store/keys.ts";
import { openDatabase, sqliteRows, sqliteTable } from "../../src/store/sqlite-table.ts";
import { type Row, rowKey } from "../../src/store/table.ts";
import { tableStore } from "../../src/store/table-store.ts";
import { describeUnreadable } from "../../src/store/unreadable-rows.ts";

type Rows = Store & TokenStore;

/** Reads the row of a step, and puts it back as it is. */
const putRefBack = async (row: Row & Key, store: Rows): Promise<unknown> => {
  const ref = parseRef(row);
  switch (ref?.kind) {
    case "post": {
      const post = await store.posts.read(ref.site, ref.id);
      return post && store.posts.save(post);
    }
    case "delivery": {
      const delivery = await store.deliveries.read(ref);
      return delivery && store.deliveries.save(delivery);
    }
    case "feed":
      return store.feeds.touchExisting(ref.site, ref.key, undefined, 1);
    case "ping": {
      const ping = await store.pings.read(ref);
      return ping && store.pings.save(ping);
    }
    case "notice":
      return store.notices.save(await store.notices.read(ref));
    case undefined:
      return putOtherBack(row, store);
  }
};

const putFeedPartBack = async (site: string, feed: FeedKey, sk: string, store: Rows): Promise<unknown> => {
  const [kind, part = ""] = keyComponents(sk);
  switch (kind) {
    case "ENTRY":
      for await (const one of store.memberships.newest(site, feed)) await store.memberships.put(site, one);
      return;
    case "CANDIDATE":
      for (const one of await store.feeds.proposed(site, feed)) await store.feeds.propose(site, one);
      return;
    case "ARCHIVE": {
      const page = await store.archive.read(site, feed, Number(part));
      return page && store.archive.save(site, feed, { ...page, before: page.ids.length });
    }
    case "ARCHIVED":
      return store.archive.pageOf(site, feed, part);
    case "UNNUMBERED":
      return store.archive.marks(site, feed, 100);
    default:
      throw new Error(`test/format/put-back.ts puts no row ${sk} back yet: add it there`);
  }
};

const putOtherBack = async ({ pk, sk }: Row & Key, store: Rows): Promise<unknown> => {
  const [kind, first = "", second = "", third = ""] = keyComponents(pk);
  switch (kind) {
    case "POST": {
      const check = await store.pageChecks.read(first, second);
      return check && store.pageChecks.save(check);
    }
    case "SOURCE": {
      const document = await store.documents.read(first, second, keyComponents(sk)[0] ?? "");
      return document && store.documents.replace(document, document);
    }
    case "ALIAS": {
      const post = await store.aliases.read(first, "guid", third);
      return post !== undefined && store.aliases.takeOver(first, "guid", third, post, post);
    }
    case "SHARED":
      for (const post of await store.aliases.sharing(first, "slug", { value: third }))
        await store.aliases.share(first, "slug", { value: third }, post);
      return;
    case "TRANSLATION":
      for (const one of await store.translations.all(first, second))
        await store.translations.takeOver(first, second, one.post, one);
      return;
    case "SITE":
      if (sk.startsWith("FEED#")) return store.feeds.all(first);
      return store.sourceStates.save(await store.sourceStates.read(first, keyComponents(sk)[1] ?? ""));
    case "FEED":
      return putFeedPartBack(first, feedKey.parse(second), sk, store);
    case "ACCOUNT":
      return store.accounts.save(await store.accounts.read(first));
    case "TOKEN":
      return store.tokens.save(await store.tokens.read(first));
    case "SERVER":
      return store.servers.save(await store.servers.read(first));
    case "LOG":
      for (const act of (await store.actLog.newest(first)).rows) await store.actLog.add(act);
      return;
    case "STOP":
      return store.stops.save(await store.stops.read());
    case "WINDOW":
      return store.rateWindows.save(await store.rateWindows.read(first));
    case "LISTING": {
      const state = await store.listings.read(first, second);
      return state && store.listings.save(first, second, state, [...(await store.listings.marks(first, second))]);
    }
    case "ROUND": {
      const [audit, round] = [await store.audits.read(), await store.sweepRounds.read()];
      if (audit !== undefined) await store.audits.save(audit);
      return round && store.sweepRounds.save(round);
    }
    case "MOVED":
      return store.moves.mark((await store.moves.read()) ?? 0);
    case "RESTORE":
      return;
    default:
      throw new Error(`test/format/put-back.ts puts no row ${pk} back yet: add it there`);
  }
};

export interface PutBack {
  readonly rows: readonly (Row & Key)[];
  /** What could not be read. */
  readonly unreadable: readonly string[];
}

/** Reads each row by the store of this program, and puts it back. Returns all rows afterwards. */
export const putBack = async (rows: readonly (Row & Key)[]): Promise<PutBack> => {
  const database = openDatabase(":memory:");
  const table = sqliteTable(database);
  const unreadable: string[] = [];
  let ids = 0;
  const store = tableStore(table, {
    bodies: { read: async () => undefined, put: async () => true },
    newId: () => {
      ids += 1;
      return `id-${ids}`;
    },
    onUnreadable: (row) => unreadable.push(describeUnreadable(row)),
  });
  for (const row of rows) await table.put(row);
  for (const row of rows) await putRefBack(row, store);
  const after = Array.from(sqliteRows(database), (row) => ({ ...row, ...rowKey.parse(row) }));
  database.close();
  return { rows: after, unreadable };
};

/** The attributes that each save changes. */
const counters = ["version", "save", "revision", "dueAt", "dueShard", "position"];

/** Says what rows lost when they were put back: a row, an attribute, or its value. */
export const lostRows = (before: readonly (Row & Key)[], after: readonly (Row & Key)[]): readonly string[] =>
  before.flatMap((row) => {
    const label = `${row.pk} ${row.sk}`;
    const now = after.find(({ pk, sk }) => pk === row.pk && sk === row.sk);
    if (now === undefined) return [`${label} is gone`];
    return Object.entries(row).flatMap(([name, value]) => {
      if (value === undefined) return [];
      if (!(name in now)) return [`${label} lost ${name}`];
      const isSame = counters.includes(name) || isDeepStrictEqual(now[name], value);
      return isSame ? [] : [`${label} has another ${name}: ${JSON.stringify(now[name])}`];
    });
  });
