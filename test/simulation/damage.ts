import { deliveryId } from "../../src/domain/delivery.ts";
import { receiptFolder } from "../../src/domain/receipt.ts";
import { type Key, parseRef } from "../../src/store/keys.ts";
import { type Change, type Row, rowKey } from "../../src/store/table.ts";
import type { SimulatedSite } from "./world.ts";

const isIn =
  (partition: string, sort = "") =>
  ({ pk, sk }: Row): boolean =>
    (pk === partition || String(pk).startsWith(`${partition}#`)) && String(sk).startsWith(sort);

interface RowDamage {
  /** The kind of row, as docs/architecture.md lists them. */
  readonly kind: string;
  readonly isOfKind: (row: Row) => boolean;
  /** The damages that such a row may have: one of these is chosen. */
  readonly changes: readonly Change[];
}

const rowDamage = (kind: string, isOfKind: (row: Row) => boolean, ...changes: readonly Change[]): RowDamage => ({
  kind,
  isOfKind,
  changes,
});

/** A delivery is one that was not sent, or whose copy is known: nobody can tell what an unreadable one in between has done. */
const inState =
  (...states: readonly string[]) =>
  (row: Row): boolean =>
    isIn("POST", "DELIVERY")(row) && states.includes(String(row.state));

/** Each is healed by the work that goes on, or by a person who looks at the network or decides again. */
const rowDamages: readonly RowDamage[] = [
  rowDamage(
    "delivery",
    inState("posted"),
    { set: { attempts: "many" } },
    { set: { version: [1], history: 1 } },
    { set: { sent: 5 } },
  ),
  rowDamage("delivery", inState("pending", "held", "failed"), { set: { passed: "no" } }, { set: { text: 7 } }),
  rowDamage("delivery", inState("sending"), { set: { attempts: "many" } }),
  rowDamage("delivery", inState("unknown"), { set: { attempts: "x", version: "y" } }),
  rowDamage("page check", isIn("POST", "PAGE"), { set: { failures: "x" } }, { remove: ["url"] }),
  rowDamage("document", isIn("SOURCE"), { set: { refusal: "no", warnings: 1 } }, { set: { path: 7 } }),
  rowDamage("alias", isIn("ALIAS"), { set: { post: 1 } }, { remove: ["post"] }),
  rowDamage("shared", isIn("SHARED"), { set: { post: 1 } }),
  rowDamage("translation", isIn("TRANSLATION"), { set: { post: 7 } }, { remove: ["language"] }),
  rowDamage("source", isIn("SITE", "SOURCE"), { set: { version: "x" } }),
  rowDamage("listed feed", isIn("SITE", "FEED"), { set: { title: 1 } }),
  rowDamage("feed", isIn("FEED", "FEED"), { set: { faults: 1, title: [] } }, { set: { revision: "x" } }),
  rowDamage("membership", isIn("FEED", "ENTRY"), { set: { version: "x", published: null } }),
  rowDamage("ping", isIn("FEED", "PING"), { set: { topics: 1 } }, { set: { version: "x" } }),
  rowDamage(
    "archive page",
    isIn("FEED", "ARCHIVE#"),
    { set: { ids: "x" } },
    { set: { version: "x" }, remove: ["ids"] },
  ),
  rowDamage("page of a post", isIn("FEED", "ARCHIVED"), { set: { page: "x" } }),
  rowDamage("archive mark", isIn("FEED", "UNNUMBERED"), { set: { marks: 1 } }),
  rowDamage("notice", isIn("NOTICE"), { set: { items: 1 } }, { set: { version: "x" } }),
  rowDamage("account", isIn("ACCOUNT"), { set: { sent: "many" } }, { set: { version: "x" } }),
  rowDamage("token", isIn("TOKEN"), { set: { sealed: 5 } }, { set: { sealed: "AAAA" } }, { set: { version: "x" } }),
  rowDamage("server", isIn("SERVER"), { set: { version: null } }),
  rowDamage("stop", isIn("STOP"), { set: { accounts: 7 } }),
  rowDamage("move", isIn("MOVED"), { set: { at: "x" } }),
  rowDamage("window", isIn("WINDOW"), { set: { counted: 1 } }),
  rowDamage("listing", isIn("LISTING", "STATE"), { set: { hash: 1 } }, { remove: ["parts"] }),
  rowDamage("listing marks", isIn("LISTING", "MARKS"), { set: { marks: 2 } }),
  rowDamage("sweep", isIn("ROUND#sweep"), { set: { began: "x" } }),
  rowDamage("audit", isIn("ROUND#audit"), { set: { began: "x", next: "y" } }),
];

/** Each is healed by the next reading of the document. */
const postChanges: readonly Change[] = [
  { set: { body: new Uint8Array([0x8b, 0xff, 0x00, 0x13, 0x37]) } },
  { remove: ["body"] },
  { set: { title: 7 } },
  { set: { social: "", summary: null } },
];

const objectKind = (key: string): string => (key.startsWith(receiptFolder) ? "receipt" : "feed file");

/**
 * Every kind of row and object that the simulated world has. A body that is too long for its row, and the row RESTORE of a
 * deployment, are damaged in unit tests: no document of the simulation is that long, and nothing is restored in it.
 */
export const damagedKinds: readonly string[] = [
  ...new Set(["post", ...rowDamages.map(({ kind }) => kind), "feed file", "receipt"]),
];

/** Faults of the disk, or of a person who changes the table by hand. */
export const createDamage = (world: SimulatedSite) => {
  const { random, count, table, objects, damaged } = world;

  const damageRowOf = (kind: string, key: Key, change: Change): boolean => {
    const ref = parseRef(key);
    const losesSend = ref?.kind === "delivery" && change.set?.sent !== undefined;
    if (table.update(key, change, { kind: "present" }, "outside") === undefined) return false;
    if (losesSend) world.lostSends.add(deliveryId(ref));
    damaged.push({ kind, key, change });
    count(`damage ${kind}`);
    return true;
  };

  const damage = (): boolean => {
    const row = random.pickAny(table.rows().filter(({ sk, gone }) => sk === "POST" && gone === undefined));
    return row !== undefined && damageRowOf("post", rowKey.parse(row), random.pick(postChanges));
  };

  const damageRow = (): boolean => {
    const rows = table.rows();
    const isThere = ({ isOfKind }: RowDamage): boolean => rows.some(isOfKind);
    const wanted = world.damages === undefined ? undefined : rowDamages[world.damages % rowDamages.length];
    // Only the logins of one network have tokens: where there are some, they are damaged more often.
    const tokens = rowDamages.find((one) => one.kind === "token" && isThere(one) && random.chance(0.2));
    const chosen = wanted !== undefined && isThere(wanted) ? wanted : random.pickAny(rowDamages.filter(isThere));
    const one = tokens ?? chosen;
    const row = one && random.pickAny(rows.filter(one.isOfKind));
    if (one === undefined || row === undefined) return false;
    return damageRowOf(one.kind, rowKey.parse(row), random.pick(one.changes));
  };

  /** A file for readers is lost or cut in half: the next audit writes it anew. Without renders there are no audits. */
  const damageObject = (): boolean => {
    const key = random.pickAny(world.renders ? [...objects.objects.keys()] : []);
    if (key === undefined) return false;
    objects.damage(key, random.chance(0.5));
    count(`damage ${objectKind(key)}`);
    return true;
  };

  return { damage, damageRow, damageObject };
};
