import { isDeepStrictEqual } from "node:util";
import type { Key } from "../../../src/store/keys.ts";
import type { DamagedRow, SimulatedWorld } from "../world.ts";

/** True while the row has what it was damaged to, and lacks what it lost. */
const isAsDamaged = ({ key, change: { set = {}, remove = [] } }: DamagedRow, { table }: SimulatedWorld): boolean => {
  const row = table.get(key);
  if (row === undefined) return false;
  const has = Object.entries(set).every(([name, value]) => isDeepStrictEqual(row[name], value));
  return has && remove.every((name) => row[name] === undefined);
};

/** `SITE#blog FEED#main` lists the feed `FEED#blog#main FEED`. */
const lists = ({ pk, sk }: Key, feed: Key): boolean =>
  feed.pk === `${sk.replace(/#.*/, "")}#${pk.replace(/^\w+#/, "")}#${sk.replace(/^\w+#/, "")}`;

/**
 * The rows that the listing of all documents, the audit and the renders after it write again. Others are written again by
 * what happens next to them: a send, a message, or a document that claims them. The row that lists a feed is written by
 * the first audit that can read the feed itself. The feed of notes comes into being with the first article, and that of
 * articles with the first note: until then nobody reads who is in it.
 */
const areHealed = ({ kind, key }: DamagedRow, { renders, damaged, table }: SimulatedWorld): boolean =>
  ["document", "source"].includes(kind) ||
  (kind === "listed feed" && !damaged.some((other) => other.kind === "feed" && lists(key, other.key))) ||
  (renders && kind === "feed") ||
  (renders && kind === "membership" && table.get({ pk: key.pk, sk: "FEED" }) !== undefined);

/** Checks that rows that cannot be read are written again, and counts whether an alarm has named each damaged row. */
export const checkDamage = (world: SimulatedWorld): void => {
  const { damaged, alarms, count, violate } = world;
  for (const one of damaged) {
    const { kind, key } = one;
    const text = JSON.stringify(`${key.pk} ${key.sk}`);
    if (alarms.some(({ message }) => message.startsWith(`the stored row ${text} cannot be read`)))
      count(`named ${kind}`);
    if (areHealed(one, world) && isAsDamaged(one, world)) violate(`UNHEALED: the row ${text} still cannot be read`);
  }
};
