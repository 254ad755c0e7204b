import { accountKey, deliveryKey, type Key, stopsKey } from "../../src/store/keys.ts";
import { rowKey } from "../../src/store/table.ts";
import { anAccount } from "./builders.ts";
import { aDocument, aWorld, type World, type WorldOptions } from "./world.ts";

const one = anAccount({ name: "one", network: "paper", pacing: { interval: 0, dailyCap: 50 } });

/** A world whose network cannot be searched, and whose table has an identity, which the first sweep gives it. */
export const aRunningWorld = async (options: WorldOptions = {}) => {
  const world = await aWorld({ accounts: [one], offers: "none", canFind: false, ...options });
  await world.store.requestMarks.begin();
  return world;
};

/** Copies rows, and returns what puts them back as they were: a row that was not there is removed. */
export const backUp = async ({ table }: World, keys: readonly Key[]) => {
  const rows = await Promise.all(keys.map(async (key) => ({ key, row: await table.get(key) })));
  return async (): Promise<void> => {
    for (const { key, row } of rows)
      if (row === undefined) await table.remove(key);
      else await table.put({ ...row, ...rowKey.parse(row) });
  };
};

export const textsOf = ({ paper }: World) => paper.posts.map(({ text }) => text.split("\n", 1)[0]);

export const sendsThenRestored = async (options?: WorldOptions) => {
  const world = await aRunningWorld(options);
  await world.plan("before", aDocument({ slug: "before", socialShare: "Before" }));
  await world.sweep();
  const ref = await world.plan("since", aDocument({ slug: "since", socialShare: "Since" }));
  const restore = await backUp(world, [accountKey("one"), deliveryKey(ref), stopsKey]);
  await world.sweep();
  if (textsOf(world).join() !== "Before,Since") throw new Error("both were not sent");
  await restore();
  return { world, restore };
};
