import * as z from "zod";
import type { Instant } from "../domain/time.ts";
import { accountState, isOfOneHome, refOf } from "../store/keys.ts";
import type { PortableRow } from "./portable-row.ts";
import type { CheckedExport } from "./read-export.ts";

const waiting = z.object({
  state: z.enum(["pending", "sending"]),
  sandbox: z.literal(false),
  account: z.string(),
  sent: z.undefined().optional(),
});

const undecided = z.object({
  published: z.number(),
  audience: z.undefined().optional(),
  hold: z.undefined().optional(),
  gone: z.undefined().optional(),
});

const reason =
  "it waited when the backup was made, and may have been sent since: look at the network, then release or dismiss it";

/** A delivery that the old home may have sent since: a person looks first. */
const heldDelivery = (row: PortableRow): PortableRow => {
  const delivery = waiting.safeParse(row).data;
  if (delivery === undefined) return row;
  const { dueAt: _, wait: __, leaseUntil: ___, ...kept } = row;
  const { account } = delivery;
  return { ...kept, state: "held", hold: "person", reason, accountState: accountState(account, "held") };
};

/** A post whose time came since, so that the old home may have announced it: that is history. */
const pastPost = (row: PortableRow, now: Instant): PortableRow => {
  const post = undecided.safeParse(row).data;
  return post === undefined || post.published > now ? row : { ...row, history: true };
};

const decided = z.object({
  generation: z.number(),
  audience: z.looseObject({ accounts: z.array(z.string()) }),
});

/**
 * A backup can be of a moment at which a post's audience was decided and its deliveries were not there yet: the old home
 * made them since. They are not made again. Each delivery comes before its post.
 */
export const withoutNewDeliveries = ({ kind }: Pick<CheckedExport, "kind">) => {
  const known = new Set<string>();
  return (row: PortableRow): PortableRow => {
    const ref = refOf(row);
    if (kind === "move" || (ref?.kind !== "delivery" && ref?.kind !== "post")) return row;
    if (ref.kind === "delivery") {
      known.add(JSON.stringify([row.pk, ref.account, ref.generation]));
      return row;
    }
    const post = decided.safeParse(row).data;
    if (post === undefined) return row;
    const { audience, generation } = post;
    const accounts = audience.accounts.filter((name) => known.has(JSON.stringify([row.pk, name, generation])));
    return { ...row, audience: { ...audience, accounts } };
  };
};

/** What a source holds that the backup does not know may have been announced: it is listed as if for the first time. */
const unlistedSource = ({ listed: _, ...row }: PortableRow): PortableRow => row;

export const isSourceState = ({ pk, sk }: PortableRow): boolean => pk.startsWith("SITE#") && sk.startsWith("SOURCE#");

/**
 * The row as a new home has it. It has rendered no feed yet: each is due, so that its files are made. After a backup,
 * nothing is sent by itself that the old home may have sent since it was made.
 */
export const restoredRow = (row: PortableRow, { kind }: Pick<CheckedExport, "kind">, now: Instant): PortableRow => {
  const ref = refOf(row);
  if (ref?.kind === "feed") {
    const { rendered: _, ...feed } = row;
    return { ...feed, dueAt: now };
  }
  if (kind === "move") return row;
  if (ref?.kind === "delivery") return heldDelivery(row);
  if (ref?.kind === "post") return pastPost(row, now);
  return isSourceState(row) ? unlistedSource(row) : row;
};

/** Of the home that the export comes from. */
export const isOfOldHome = (row: PortableRow): boolean => isOfOneHome(row);

const copies = z.object({ site: z.string(), id: z.string(), syndication: z.array(z.string()).min(1) });

/** A post that has public copies, and so a receipt. Undefined for every other row. */
export const postWithCopies = (row: PortableRow): { readonly site: string; readonly id: string } | undefined =>
  refOf(row)?.kind === "post" ? copies.safeParse(row).data : undefined;
