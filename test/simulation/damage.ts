import { deliveryId } from "../../src/domain/delivery.ts";
import { parseRef } from "../../src/store/keys.ts";
import type { Change, Row } from "../../src/store/table.ts";
import type { SimulatedWorld } from "./world.ts";

const isIn =
  (partition: string, sort = "") =>
  ({ pk, sk }: Row): boolean =>
    String(pk).startsWith(`${partition}#`) && String(sk).startsWith(sort);

/** What one row of a kind loses. Each is healed by the work that goes on, or by a person who looks at the network. */
const rowDamages: readonly (readonly [(row: Row) => boolean, Change])[] = [
  [(row) => isIn("POST", "DELIVERY")(row) && row.state === "posted", { set: { attempts: "many" } }],
  [(row) => isIn("POST", "DELIVERY")(row) && row.state === "posted", { set: { version: [1], history: 1 } }],
  [(row) => isIn("POST", "DELIVERY")(row) && row.state === "pending", { set: { passed: "no" } }],
  [(row) => isIn("POST", "DELIVERY")(row) && row.state === "sending", { set: { attempts: "many" } }],
  [(row) => isIn("POST", "DELIVERY")(row) && row.state === "unknown", { set: { attempts: "x", version: "y" } }],
  [(row) => isIn("POST", "DELIVERY")(row) && row.state === "posted", { set: { sent: 5 } }],
  [isIn("STOP"), { set: { accounts: 7 } }],
  [isIn("POST", "PAGE"), { set: { failures: "x" } }],
  [isIn("SOURCE"), { set: { refusal: "no", warnings: 1 } }],
  [isIn("SITE", "SOURCE"), { set: { version: "x" } }],
  [isIn("SITE", "FEED"), { set: { title: 1 } }],
  [isIn("ALIAS"), { set: { value: 1 } }],
  [isIn("SHARED"), { set: { post: 1 } }],
  [isIn("FEED", "FEED"), { set: { faults: 1, title: [] } }],
  [isIn("FEED", "FEED"), { set: { revision: "x" } }],
  [isIn("FEED", "ENTRY"), { set: { version: "x", published: null } }],
  [isIn("FEED", "PING"), { set: { topics: 1 } }],
  [isIn("FEED", "ARCHIVED"), { set: { page: "x" } }],
  [isIn("FEED", "ARCHIVE#"), { set: { ids: "x" } }],
  [isIn("FEED", "ARCHIVE#"), { set: { version: "x" }, remove: ["ids"] }],
  [isIn("FEED", "UNNUMBERED"), { set: { marks: 1 } }],
  [isIn("NOTICE"), { set: { items: 1 } }],
  [isIn("ACCOUNT"), { set: { sent: "many" } }],
  [isIn("ACCOUNT"), { set: { version: "x" } }],
  [isIn("SERVER"), { set: { version: null } }],
  [isIn("WINDOW"), { set: { counted: 1 } }],
  [isIn("ROUND"), { set: { began: "x", place: "y" } }],
  [isIn("LISTING"), { set: { hash: 1, marks: 2 } }],
];

/** Faults of the disk, or of a person who changes the table by hand. */
export const createDamage = (world: SimulatedWorld) => {
  const { random, count } = world;
  const someone = random.pickAny;

  /** A fault of the disk. Each of these is repaired by the next reading of the document. */
  const damage = (): boolean => {
    const row = someone(world.table.rows().filter(({ sk, gone: isGone }) => sk === "POST" && isGone === undefined));
    if (row === undefined) return false;
    const change = random.pick<Change>([
      { set: { body: new Uint8Array([0x8b, 0xff, 0x00, 0x13, 0x37]) } },
      { remove: ["body"] },
      { set: { title: 7 } },
      { set: { social: "", summary: null } },
    ]);
    const key = { pk: String(row.pk), sk: String(row.sk) };
    return world.table.update(key, change, { kind: "present" }, "outside") !== undefined;
  };

  /**
   * Another kind of row, of which one attribute cannot be read any more. A delivery is one that was not sent, or whose copy
   * is known: a person cannot tell what an unreadable one in between has done.
   */
  const damageRow = (): boolean => {
    const rows = world.table.rows();
    const [kind, change] = someone(rowDamages.filter(([one]) => rows.some(one))) ?? [];
    const row = kind && someone(rows.filter(kind));
    if (row === undefined || change === undefined) return false;
    const key = { pk: String(row.pk), sk: String(row.sk) };
    const isDone = world.table.update(key, change, { kind: "present" }, "outside") !== undefined;
    const ref = parseRef(key);
    if (isDone && ref?.kind === "delivery" && change.set?.sent !== undefined) world.lostSends.add(deliveryId(ref));
    if (isDone) count(`damage ${key.pk.split("#", 1)[0]} ${key.sk.split("#", 1)[0]}`);
    return isDone;
  };

  /** A file of a feed: the next audit writes it anew. A receipt is written with the next change of its post. */
  const damageObject = (): boolean => {
    const key = someone([...world.objects.objects.keys()].filter((one) => !one.includes("syndication/")));
    if (key === undefined) return false;
    world.objects.damage(key, random.chance(0.5));
    return true;
  };

  return { damage, damageRow, damageObject };
};
