import { type Delivery, deliveryId } from "../../../src/domain/delivery.ts";
import { contentOf, contentOfCopy } from "../network/models.ts";
import type { Copy } from "../network/network-model.ts";
import type { SimulatedWorld } from "../world.ts";
import { isPublic, type Pair } from "./rows-of-world.ts";

/** The slugs of a post are its addresses. */
const hasSlug = (addresses: unknown, { slug }: Copy): boolean => Array.isArray(addresses) && addresses.includes(slug);

/** Checks that there are never more copies than publications (invariant 1). */
export const watchCopies = ({ onCopy, copies, table, violate }: SimulatedWorld): void => {
  onCopy((made) => {
    const rows = table.rows();
    const post = rows.find(({ sk, addresses }) => sk === "POST" && hasSlug(addresses, made));
    const publications = rows.filter(
      (row) => row.post === post?.id && row.account === made.account && row.seed !== undefined,
    );
    const isSamePart = (copy: Copy): boolean =>
      (copy.slug === made.slug || hasSlug(post?.addresses, copy)) &&
      copy.account === made.account &&
      copy.part === made.part;
    const there = copies.filter((copy) => isSamePart(copy) && !copy.deleted && !copy.byPerson);
    if (there.length > publications.length)
      violate(
        `DUPLICATE: ${made.account} has ${there.length} copies of ${made.slug} (part ${made.part}), which was published ${publications.length} times there`,
      );
  });
};

/**
 * One key may name several posts, if an earlier one was deleted. A post that a person took back may be published again
 * by another delivery.
 */
const byId = (id: string | null, copies: readonly Copy[], claimed: ReadonlySet<Copy>): Copy | undefined => {
  const named = copies.filter((copy) => id !== null && copy.id === id);
  const free = named.filter((copy) => !claimed.has(copy));
  const those = free.length > 0 ? free : named;
  return those.find(isPublic) ?? those.findLast(({ byPerson }) => byPerson) ?? those.at(-1);
};

/** The state of every delivery says what the network holds (invariants 2 and 3). */
export const checkCopies = (
  { post, account, rows, copies }: Pair,
  { violate, lostSends }: Pick<SimulatedWorld, "violate" | "lostSends">,
): void => {
  const claimed = new Set<Copy>();
  const nameOf = (row: Delivery): string => `${post.slug} on ${account} (${deliveryId(row)})`;
  // The newest publication is first, because it made the present copy.
  for (const row of rows.toReversed()) {
    if (row.state !== "posted" && row.state !== "editing" && row.state !== "deleting") continue;
    if (row.state === "posted" && row.openChange !== undefined && !row.stale)
      violate(`UNTRUE: ${nameOf(row)} is posted, and an ${row.openChange} of it was never answered`);
    // The account is gone, or another login has its name: the copy cannot be asked for.
    const isOutOfReach = row.stale === true && /another account now|was removed from/.test(row.reason ?? "");
    for (const [part, remote] of row.remotes.entries()) {
      if (remote.id === null || remote.gone) continue;
      const copy = byId(remote.id, copies, claimed);
      if (copy?.deleted === true && isOutOfReach && row.openChange === "deletion") continue;
      if (copy === undefined || (copy.deleted && !copy.byPerson) || (copy.missed === true && !isOutOfReach)) {
        violate(`UNTRUE: ${nameOf(row)} is ${row.state}, and the network has no copy ${remote.id}`);
        continue;
      }
      if (claimed.has(copy)) violate(`UNTRUE: two deliveries have the copy ${copy.id} of ${nameOf(row)}`);
      claimed.add(copy);
      if (copy.part !== part)
        violate(`UNTRUE: ${nameOf(row)} has ${copy.id} as its part ${part}, and it is part ${copy.part}`);
      if (copy.hasRoot === false) violate(`UNTRUE: ${nameOf(row)} has ${copy.id}, which names another root`);
      if (copy.picture === null) violate(`LOST: an edit of ${nameOf(row)} took its picture away`);
      const isExact = contentOfCopy(copy) === contentOf(copy.network, row.sent.request, part);
      if (!copy.deleted && !row.stale && !isExact)
        violate(`UNTRUE: ${nameOf(row)} is posted, and its copy says something else: ${copy.content.slice(0, 200)}`);
    }
  }
  for (const row of rows) {
    if (row.state !== "posted") continue;
    for (const [part, remote] of row.remotes.entries()) {
      if (remote.id !== null || remote.gone) continue;
      // An edit did not reach the copy: the row says so, and the copy has its old text.
      const isMeant = (copy: Copy): boolean =>
        remote.behind === true
          ? copy.part === part && row.stale
          : contentOfCopy(copy) === contentOf(copy.network, row.sent.request, part);
      const free = copies.filter((copy) => !claimed.has(copy) && isMeant(copy));
      const copy = free.find(isPublic) ?? free.find(({ byPerson }) => byPerson);
      if (copy !== undefined) claimed.add(copy);
      // An unfinished delivery says that its last part may be there.
      else if (row.unfinished === undefined)
        violate(`UNTRUE: ${nameOf(row)} is posted without an id, and the network has no copy`);
    }
  }
  const left = copies.filter((copy) => isPublic(copy) && copy.part === 0 && !claimed.has(copy));
  const leftReplies = copies.filter((copy) => isPublic(copy) && copy.part > 0 && !claimed.has(copy));
  // A person is asked whether the post that was found is the copy.
  const mayBe = rows.filter(
    (row) => row.state === "unknown" || row.hold === "copy" || lostSends.has(deliveryId(row)),
  ).length;
  // An unfinished delivery says that its next part may be there.
  const mayBeReplies = mayBe + rows.filter(({ unfinished }) => unfinished !== undefined).length;
  if (left.length > mayBe || leftReplies.length > mayBeReplies) {
    const states = rows.map(({ generation, state, reason }) => `${generation} ${state} (${reason})`).join("; ");
    violate(
      `UNTRUE: ${left.length} copies and ${leftReplies.length} replies of ${post.slug} are public on ${account}, and its deliveries are: ${states}`,
    );
  }
};
