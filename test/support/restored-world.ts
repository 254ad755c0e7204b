import { deliveryId } from "../../src/domain/delivery.ts";
import { accountKey, deliveryKey, type Key, stopsKey } from "../../src/store/keys.ts";
import { rowKey } from "../../src/store/table.ts";
import { anAccount } from "./builders.ts";
import { aDocument, aWorld, type World, type WorldOptions } from "./world.ts";

const pacing = { interval: 0, dailyCap: 50 };
const one = anAccount({ name: "one", network: "paper", pacing });
const two = anAccount({ name: "two", network: "paper", pacing });

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

/** Both accounts announce the first post before the backup, and `one` alone, or both, the second one after it. */
export const twoAccountsRestored = async (since: "one" | "both") => {
  const world = await aRunningWorld({ accounts: [one, two] });
  await world.plan("before", aDocument({ slug: "before", socialShare: "Before" }));
  await world.sweep();
  const ref = await world.plan("since", aDocument({ slug: "since", socialShare: "Since" }));
  const ofTwo = { ...ref, account: "two" };
  if (since === "one") await world.app.act("dismiss", deliveryId(ofTwo));
  const accounts = [accountKey("one"), accountKey("two")];
  const restore = await backUp(world, [...accounts, deliveryKey(ref), deliveryKey(ofTwo), stopsKey]);
  await world.sweep();
  await restore();
  return world;
};
