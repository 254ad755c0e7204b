import { isDeepStrictEqual } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { NewerRow } from "../../src/domain/errors.ts";
import { aliasKey, deliveryKey, feedStateKey, type Key, pingKey, postKey, siteFeedKey } from "../../src/store/keys.ts";
import { findUnknown, migrateRow, type RowFormat, rowFormat } from "../../src/store/row-format.ts";
import { openDatabase, sqliteTable } from "../../src/store/sqlite-table.ts";
import { type Row, rowKey, type Table } from "../../src/store/table.ts";
import { storedKinds, tableStore } from "../../src/store/table-store.ts";
import { describeUnreadable } from "../../src/store/unreadable-rows.ts";
import { readSets } from "../format/row-set.ts";
import { aDelivery, aPost, deliveryIn, start } from "../support/builders.ts";
import { objectsInMemory } from "../support/objects-in-memory.ts";
import { newId } from "../support/store.ts";
import { aDocument, aWorld } from "../support/world.ts";

/** A made-up format that calls the title of a delivery's note something else. */
const next: RowFormat = {
  version: rowFormat.version + 1,
  migrations: [
    ...rowFormat.migrations,
    ({ oldNote, ...row }: Row) => (oldNote === undefined ? row : { ...row, note: oldNote }),
  ],
};

const anInstallation = () => {
  const database = openDatabase(":memory:");
  onTestFinished(() => database.close());
  const table = sqliteTable(database);
  const reported: string[] = [];
  const bodies = objectsInMemory();
  const storeIn = (format: RowFormat, over: Table = table) =>
    tableStore(over, { bodies, newId, format, onUnreadable: (row) => reported.push(describeUnreadable(row)) });
  return { database, table, reported, storeIn, own: storeIn(rowFormat), newer: storeIn(next) };
};

const ref = { kind: "delivery", site: "blog", post: "id-of-hello-world", account: "mastodon", generation: 0 } as const;
const key = deliveryKey(ref);
const present = { kind: "present" } as const;

test("every row that a Crier writes has the format, and no attribute that its kind does not have", async () => {
  const world = await aWorld();
  world.write("a.md", aDocument({ slug: "s" }));
  await world.ingest("a.md");
  await world.sweep();
  const { id } = await world.post("s");
  const [account] = world.configured.accounts;
  const partitions = [
    `POST#blog#${id}`,
    "FEED#blog#main",
    "SITE#blog",
    "SOURCE#blog#folder",
    `ACCOUNT#${account?.name}`,
  ];
  const pages = await Promise.all(partitions.map((partition) => world.table.page({ partition, limit: 100 })));
  const rows = pages.flatMap((page) => page.rows);
  const kinds = new Set(rows.map((row) => rowKey.parse(row).sk.split("#", 1)[0]));
  expect([...kinds]).toEqual(expect.arrayContaining(["POST", "DELIVERY", "FEED", "ENTRY", "ACCOUNT"]));
  const unknownOf = findUnknown(Object.values(storedKinds));
  for (const row of rows) {
    expect(row).toMatchObject({ format: rowFormat.version });
    expect(unknownOf({ ...row, ...rowKey.parse(row) }), JSON.stringify(row)).toEqual({});
  }
});

test("a row that an update creates has the format, too", async () => {
  const { table, own } = anInstallation();
  await own.feeds.touch("blog", "main", "A Blog", start);
  expect(await table.get(feedStateKey("blog", "main"))).toMatchObject({ format: rowFormat.version });
  expect(await table.get(siteFeedKey("blog", "main"))).toMatchObject({ format: rowFormat.version });
});

const calls: readonly (readonly [string, (store: AStore) => Promise<unknown>])[] = [
  ["read", (store) => store.deliveries.read(ref)],
  ["read among the deliveries of its post", (store) => store.deliveries.ofPost("blog", ref.post)],
  ["saved", (store) => store.deliveries.save(aDelivery({ version: 2 }))],
  ["made due by an update", (store) => store.deliveries.nudge(ref, start)],
];

test.each(calls)("a row of a newer format is not %s: it is left as it is, and due", async (_, act) => {
  const { table, own, newer, reported } = anInstallation();
  await newer.deliveries.create(aDelivery({ due: start }));
  const before = await table.get(key);
  await expect(act(own)).rejects.toThrow(NewerRow);
  expect(await table.get(key)).toEqual(before);
  expect(before).toMatchObject({ format: next.version, dueAt: start });
  expect(new Set(reported)).toEqual(
    new Set([
      "rows of format 2 are in the data, and this version of Crier knows up to 1: they are neither read nor changed, and what is due of them waits. Deploy the newer version again",
    ]),
  );
});

test("a row of a newer format is not removed, nor replaced by a put that has no condition", async () => {
  const { table, own, newer } = anInstallation();
  await newer.aliases.share("blog", "slug", { value: "a" }, "one");
  await newer.archive.mark("blog", "main", { marks: [{ id: "one", published: start, version: 1 }] });
  const rows = await all(table);
  await expect(own.aliases.unshare("blog", "slug", { value: "a" }, "one")).rejects.toThrow(NewerRow);
  await expect(own.aliases.share("blog", "slug", { value: "a" }, "one")).rejects.toThrow(NewerRow);
  await expect(
    own.archive.mark("blog", "main", { marks: [{ id: "one", published: start, version: 1 }] }),
  ).rejects.toThrow(NewerRow);
  expect(await all(table)).toEqual(rows);
});

test("a save fails where the row became one of a newer format since it was read", async () => {
  const { table, own, newer } = anInstallation();
  await own.deliveries.create(aDelivery());
  const read = await own.deliveries.read(ref);
  const newly = await newer.deliveries.read(ref);
  if (read === undefined || newly === undefined) throw new Error("there is no delivery");
  await newer.deliveries.save({ ...newly, note: "from the newer one" });
  await expect(own.deliveries.save({ ...read, note: "from the older one" })).rejects.toThrow(NewerRow);
  expect(await table.get(key)).toMatchObject({ note: "from the newer one", format: next.version });
});

test("a row of a newer format is not offered, and hides no other row that is due", async () => {
  const { own, newer } = anInstallation();
  await newer.deliveries.create(aDelivery({ due: start }));
  await own.posts.save(aPost({ due: start + 1 }));
  expect(await own.due.before(start + 2, 10)).toEqual([{ kind: "post", site: "blog", id: "id-of-hello-world" }]);
  expect((await own.due.behind(undefined, start + 2, 10)).refs).toHaveLength(1);
  expect(await own.due.defer(ref, start + 2)).toBe(0);
});

test("a list of an index leaves rows of a newer format out", async () => {
  const { own, newer } = anInstallation();
  await own.deliveries.create(aDelivery({ post: "older" }));
  await newer.deliveries.create(aDelivery());
  const { rows } = await own.deliveries.inState("mastodon", "pending");
  expect(rows.map(({ post }) => post)).toEqual(["older"]);
});

test("a row of an older format is migrated when it is read, and stored so when it is put", async () => {
  const { table, own, newer } = anInstallation();
  await own.deliveries.create(aDelivery());
  await table.update(key, { set: { oldNote: "why" } }, present);
  const read = await newer.deliveries.read(ref);
  expect(read).toMatchObject({ note: "why" });
  expect(read && (await newer.deliveries.save(read))).toBe(true);
  const stored = await table.get(key);
  expect(stored).toMatchObject({ note: "why", format: next.version });
  expect(stored).not.toHaveProperty("oldNote");
});

type AStore = ReturnType<typeof anInstallation>["own"];

const hub = { kind: "ping", site: "blog", key: "main", hub: "https://hub.example/" } as const;
const render = (store: AStore) =>
  store.feeds.withLease("blog", "main", { clock: () => start, duration: 1, minInterval: 0 }, async (lease) => {
    await lease.store({ pingPending: true, updated: start, hasManyCategories: true });
    await lease.list({ title: "Another", empty: true });
    return { faults: [], shortened: 1, due: undefined };
  });

/** The updates that functions make: the row that it changes, how that is made, and the update. */
const updates: readonly (readonly [
  name: string,
  row: Key,
  make: (store: AStore) => Promise<unknown>,
  update: (store: AStore) => Promise<unknown>,
])[] = [
  [
    "a delivery that is made due",
    key,
    (store) => store.deliveries.create(aDelivery()),
    (store) => store.deliveries.nudge(ref, start),
  ],
  [
    "a row that is postponed",
    key,
    (store) => store.deliveries.create(aDelivery({ due: start })),
    (store) => store.due.defer(ref, start),
  ],
  [
    "a feed that becomes due",
    feedStateKey("blog", "main"),
    (store) => store.feeds.touch("blog", "main", "A Blog", start + 1),
    (store) => store.feeds.touch("blog", "main", "A Blog", start, { isAudit: true, isLimited: true }),
  ],
  [
    "a feed that is rendered",
    feedStateKey("blog", "main"),
    (store) => store.feeds.touch("blog", "main", "A Blog", start),
    render,
  ],
  [
    "an address that another post takes over",
    aliasKey("blog", "address", "/a/"),
    (store) => store.aliases.claim("blog", "address", "/a/", "one"),
    (store) => store.aliases.takeOver("blog", "address", "/a/", "one", "two"),
  ],
  [
    "a ping that becomes due",
    pingKey(hub),
    (store) => store.pings.nudge(hub, ["https://a.example/feed.xml"], start + 1),
    (store) => store.pings.nudge(hub, ["https://a.example/feed.xml"], start),
  ],
];

/** Returns an older row after an update by a program of a format, and the attributes that were written. */
const updatedBy = async (format: RowFormat, [, row, make, update]: (typeof updates)[number]) => {
  const { table, own, storeIn } = anInstallation();
  await make(own);
  await table.update(row, { set: { oldNote: "why" } }, present);
  const names = new Set<string>();
  const spied: Table = {
    ...table,
    update: (at, change, condition) => {
      const { set, add, remove = [] } = change;
      for (const name of [...Object.keys({ ...set, ...add }), ...remove]) names.add(name);
      return table.update(at, change, condition);
    },
  };
  await update(storeIn(format, spied));
  return { stored: await table.get(row), names: [...names] };
};

test.each(updates)(
  "an update by a newer program leaves an older row as one by the older program does: %s",
  async (...update) => {
    const { stored, names } = await updatedBy(next, update);
    expect(stored).toEqual((await updatedBy(rowFormat, update)).stored);
    expect(stored).toMatchObject({ format: rowFormat.version, oldNote: "why" });
    expect(names).not.toEqual([]);
    // The newer program reads what it wrote, and the rest of the row in its own format.
    const { oldNote: _, ...others } = stored ?? {};
    expect(migrateRow(stored ?? {}, next)).toEqual({ ...others, note: "why" });
  },
);

/** The attributes of rows that a migration changes although updates write them. */
const changedByMigration = (rows: readonly Row[], names: readonly string[], format: RowFormat): readonly string[] =>
  names.filter((name) =>
    rows.some((row) => name in row && !isDeepStrictEqual(migrateRow(row, format)[name], row[name])),
  );

test("no migration changes an attribute that an update writes", async () => {
  const written = await Promise.all(updates.map((update) => updatedBy(rowFormat, update)));
  const names = [...new Set(written.flatMap((one) => one.names))].toSorted();
  expect(names).toEqual(expect.arrayContaining(["dueAt", "failures", "lease", "nudges", "post", "revision", "title"]));
  const rows = readSets().flatMap((set) => set.rows);
  expect(changedByMigration(rows, names, rowFormat)).toEqual([]);
  const renaming: RowFormat = { ...next, migrations: [({ title, ...row }) => ({ ...row, name: title })] };
  expect(changedByMigration(rows, names, renaming)).toEqual(["title"]);
});

test("migrations follow each other from the format of the row", () => {
  const format: RowFormat = {
    version: 3,
    migrations: [(row) => ({ ...row, path: `${row.path}2` }), (row) => ({ ...row, path: `${row.path}3` })],
  };
  expect(migrateRow({ format: 1, path: "1" }, format).path).toBe("123");
  expect(migrateRow({ format: 2, path: "2" }, format).path).toBe("23");
  expect(migrateRow({ format: 3, path: "3" }, format).path).toBe("3");
  expect(migrateRow({ path: "1" }, format).path).toBe("123");
});

test.each([rowFormat, next])(
  "an attribute that the program does not know is kept when it puts a row back",
  async (format) => {
    const { table, own, storeIn } = anInstallation();
    const invented = { weight: 7, list: [{ a: 1 }] };
    await own.deliveries.create(aDelivery());
    await table.update(key, { set: invented }, present);
    const store = storeIn(format);
    const read = await store.deliveries.read(ref);
    expect(read && (await store.deliveries.save({ ...read, note: "changed" }))).toBe(true);
    expect(await table.get(key)).toMatchObject({ ...invented, note: "changed" });
  },
);

test("a field inside an attribute is kept in a request alone, which is stored as text: any other that the program does not know is of another format", async () => {
  const { table, own } = anInstallation();
  const { posted } = deliveryIn;
  const request = { ...posted.sent.request, weight: 7 };
  await own.deliveries.create({ ...posted, sent: { ...posted.sent, request } });
  const [remote] = posted.remotes;
  await table.update(key, { set: { remotes: [{ ...remote, weight: 7 }] } }, present);
  const read = await own.deliveries.read(ref);
  expect(read && (await own.deliveries.save(read))).toBe(true);
  const stored = await table.get(key);
  expect(stored).toMatchObject({ remotes: [remote], sent: { request: JSON.stringify(request) } });
  expect(JSON.stringify(stored?.remotes)).not.toContain("weight");
});

test("an attribute of another state is not kept: the program knows it", async () => {
  const { table, own } = anInstallation();
  await own.deliveries.create(deliveryIn.unsettled);
  const unsettled = await own.deliveries.read(ref);
  if (unsettled === undefined) throw new Error("there is no delivery");
  await own.deliveries.save({ ...deliveryIn.held, version: unsettled.version });
  const stored = await table.get(key);
  expect(stored).toMatchObject({ state: "held" });
  for (const name of ["sent", "remotes", "open"]) expect(stored).not.toHaveProperty(name);
});

test("an attribute of a row that was removed is not in the row that follows it", async () => {
  const { table, own } = anInstallation();
  const post = postKey("blog", "id-of-hello-world");
  await own.posts.save(aPost());
  await table.update(post, { set: { weight: 7 } }, present);
  await own.posts.read("blog", "id-of-hello-world");
  await table.remove(post);
  await own.posts.save(aPost());
  expect(await table.get(post)).not.toHaveProperty("weight");
});

const all = async (table: Table): Promise<readonly Row[]> => {
  const found: Row[] = [];
  for (const partition of ["SHARED#blog#slug#a", "FEED#blog#main"])
    found.push(...(await table.page({ partition, limit: 100 })).rows);
  return found;
};
