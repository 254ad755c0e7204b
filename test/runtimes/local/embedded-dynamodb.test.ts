import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { folderObjects } from "../../../src/objects/folder-objects.ts";
import { startEmbedded } from "../../../src/runtimes/local/embedded-dynamodb.ts";
import { dynamoStore } from "../../../src/store/dynamo-store.ts";
import { createTable, repairDue } from "../../../src/store/embedded-table.ts";
import { aDelivery, aPost, deliveryIn, start } from "../../support/builders.ts";
import { localClient } from "../../support/dynamodb.ts";
import { newId } from "../../support/store.ts";

const aFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "crier-dynamo-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
};

const open = async (folder: string) => {
  const embedded = await startEmbedded({ dir: join(folder, "db") });
  const client = localClient(embedded.endpoint);
  await createTable(client, "crier");
  const store = dynamoStore({ client, table: "crier", bodies: folderObjects(join(folder, "bodies")), newId });
  return {
    store,
    client,
    stop: async () => {
      client.destroy();
      await embedded.stop();
    },
  };
};

interface Level {
  keys(): AsyncIterable<string>;
  del(key: string): Promise<void>;
  close(): Promise<void>;
}

/** Does to the files what an unclean stop does, only more of it. */
const forget = async (folder: string, prefix: string): Promise<number> => {
  const { Level }: { readonly Level: new (path: string) => Level } = createRequire(import.meta.resolve("dynalite"))(
    "level",
  );
  const level = new Level(join(folder, "db"));
  let forgotten = 0;
  for await (const key of level.keys())
    if (key.startsWith(prefix)) {
      await level.del(key);
      forgotten += 1;
    }
  await level.close();
  return forgotten;
};

const filled = async (): Promise<string> => {
  const folder = await aFolder();
  const { store, stop } = await open(folder);
  await store.posts.save(aPost({ due: start }));
  await store.feeds.touch("blog", "main", "A Blog", start + 1);
  await store.deliveries.create(aDelivery({ due: start + 2 }));
  await store.deliveries.create({ ...deliveryIn.held, account: "x", due: undefined });
  await stop();
  return folder;
};

const refs = [
  { kind: "post", site: "blog", id: "id-of-hello-world" },
  { kind: "feed", site: "blog", key: "main" },
  { kind: "delivery", site: "blog", post: "id-of-hello-world", account: "mastodon", generation: 0 },
];

test("rows are read after a restart", async () => {
  const folder = await filled();
  const { store, client, stop } = await open(folder);
  expect(await store.due.before(start + 2, 10)).toEqual(refs);
  expect(await repairDue(client, "crier")).toBe(0);
  await stop();
});

test("index entries that an unclean stop lost are written again, in every index", async () => {
  const folder = await filled();
  expect(await forget(folder, "index-global~")).toBe(6);
  const { store, client, stop } = await open(folder);
  expect(await store.due.before(start + 2, 10)).toEqual([]);
  expect(await repairDue(client, "crier")).toBe(4);
  expect(await store.due.before(start + 2, 10)).toEqual(refs);
  expect((await store.posts.newest("blog")).rows).toHaveLength(1);
  expect((await store.deliveries.inState("x", "held")).rows).toHaveLength(1);
  expect(await repairDue(client, "crier")).toBe(0);
  await stop();
});

test("index entries without rows after an unclean stop are ignored", async () => {
  const folder = await filled();
  await forget(folder, "item-crier~");
  const { store, client, stop } = await open(folder);
  expect(await store.due.before(start + 2, 10)).toEqual([]);
  expect((await store.posts.newest("blog")).rows).toEqual([]);
  expect((await store.deliveries.inState("x", "held")).rows).toEqual([]);
  expect(await repairDue(client, "crier")).toBe(0);
  await stop();
});

test("stopping twice fails with a reason", async () => {
  const embedded = await startEmbedded({ dir: undefined });
  await embedded.stop();
  await expect(embedded.stop()).rejects.toThrow();
});
