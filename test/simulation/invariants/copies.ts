import { type Delivery, deliveryId } from "../../../src/domain/delivery.ts";
import { keyComponents } from "../../../src/store/keys.ts";
import type { Row } from "../../../src/store/table.ts";
import { contentOf, contentOfCopy } from "../network/models.ts";
import { type Copy, hasOrHadId } from "../network/network-model.ts";
import type { SimulatedSite, SimulatedWorld } from "../world.ts";
import { isPublic, type Pair, slugsOf } from "./rows-of-world.ts";

const hasSlug = (addresses: unknown, { slug = "" }: Copy): boolean =>
  Array.isArray(addresses) && slugsOf(addresses).includes(slug);

/** Checks that an installation never makes more copies than it has publications (invariant 1). */
export const watchCopies = ({ views, onCopy, copies, violate }: SimulatedWorld): void => {
  onCopy((made) => {
    const view = views.find(
      ({ installation, isOfSite }) => installation === made.installation && isOfSite(made.account),
    );
    const rows = view?.table.rows() ?? [];
    const isPost = ({ pk, sk, addresses }: Row): boolean =>
      sk === "POST" && keyComponents(String(pk))[1] === view?.site.id && hasSlug(addresses, made);
    // A document whose address row was damaged has another post than before.
    const posts = rows.filter(isPost);
    const publications = rows.filter(
      (row) => posts.some(({ id }) => id === row.post) && row.account === made.account && row.seed !== undefined,
    );
    const isSamePart = (copy: Copy): boolean =>
      (copy.slug === made.slug || posts.some(({ addresses }) => hasSlug(addresses, copy))) &&
      copy.installation === made.installation &&
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
const byId = (
  id: string | null,
  copies: readonly Copy[],
  claimed: ReadonlySet<Copy>,
  mayHaveMoved: (copy: Copy) => boolean,
): Copy | undefined => {
  const isNamed = (copy: Copy, name: string): boolean =>
    copy.id === name || (mayHaveMoved(copy) && hasOrHadId(copy, name));
  const named = copies.filter((copy) => id !== null && isNamed(copy, id));
  const free = named.filter((copy) => !claimed.has(copy));
  const those = free.length > 0 ? free : named;
  return those.find(isPublic) ?? those.findLast(({ byPerson }) => byPerson) ?? those.at(-1);
};

/**
 * The state of every delivery says what the network holds (invariants 2 and 3). A copy that two installations have says
 * what one of them says: `said` has those that are exact, and those of which it must be the other one's text.
 */
export const checkCopies = (
  { post, account, rows, copies: ofAll }: Pair,
  { owners: { isOwn }, isGoneUntold, isOfOther, violate, lostSends }: SimulatedSite,
  said: Said,
): void => {
  // Two installations may have one copy, where the network has keys or can be searched. Its own ones come first.
  const copies = [...ofAll.filter(isOwn), ...ofAll.filter((copy) => !isOwn(copy))];
  const claimed = new Set<Copy>();
  /** Without an id, an installation cannot follow what the other one makes of the copy. */
  const says = (copy: Copy, content: string): boolean =>
    contentOfCopy(copy) === content || (isOfOther(copy) && copy.contents.has(content));
  const nameOf = (row: Delivery): string => `${post.slug} on ${account} (${deliveryId(row)})`;
  // The newest publication is first, because it made the present copy.
  for (const row of rows.toReversed()) {
    if (row.state !== "posted" && row.state !== "editing" && row.state !== "deleting") continue;
    if (row.state === "posted" && row.openChange !== undefined && !row.stale)
      violate(`UNTRUE: ${nameOf(row)} is posted, and an ${row.openChange} of it was never answered`);
    // The account is gone, or another login has its name: the copy cannot be asked for.
    const isOutOfReach = row.stale === true && /another account now|was removed from/.test(row.reason ?? "");
    // Where the other installation has moved it, this one finds that out by its next edit. Where an edit got no answer, it
    // finds it out by a request, which it cannot send any more where the copy is out of reach.
    const mayHaveMoved = (copy: Copy): boolean => isOfOther(copy) || (isOutOfReach && row.openChange === "edit");
    for (const [part, remote] of row.remotes.entries()) {
      if (remote.id === null || remote.gone) continue;
      const copy = byId(remote.id, copies, claimed, mayHaveMoved);
      if (copy?.deleted === true && isOutOfReach && row.openChange === "deletion") continue;
      if (copy === undefined || (copy.deleted && !isGoneUntold(copy)) || (copy.missed === true && !isOutOfReach)) {
        violate(`UNTRUE: ${nameOf(row)} is ${row.state}, and the network has no copy ${remote.id}`);
        continue;
      }
      if (claimed.has(copy)) violate(`UNTRUE: two deliveries have the copy ${copy.id} of ${nameOf(row)}`);
      claimed.add(copy);
      if (copy.part !== part)
        violate(`UNTRUE: ${nameOf(row)} has ${copy.id} as its part ${part}, and it is part ${copy.part}`);
      if (copy.hasRoot === false) violate(`UNTRUE: ${nameOf(row)} has ${copy.id}, which names another root`);
      if (copy.picture === null) violate(`LOST: an edit of ${nameOf(row)} took its picture away`);
      const content = contentOf(copy.network, row.sent.request, part);
      if (contentOfCopy(copy) === content) said.exact.add(`${copy.network} ${copy.id}`);
      if (copy.deleted || row.stale || contentOfCopy(copy) === content) continue;
      const different = `UNTRUE: ${nameOf(row)} is posted, and its copy says something else: ${copy.content.slice(0, 200)}`;
      if (isOfOther(copy)) said.different.set(`${copy.network} ${copy.id}`, different);
      else violate(different);
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
          : says(copy, contentOf(copy.network, row.sent.request, part));
      const free = copies.filter((copy) => !claimed.has(copy) && isMeant(copy));
      const copy = free.find(isPublic) ?? free.find(isGoneUntold);
      if (copy !== undefined) claimed.add(copy);
      // An unfinished delivery says that its last part may be there.
      else if (row.unfinished === undefined)
        violate(`UNTRUE: ${nameOf(row)} is posted without an id, and the network has no copy`);
    }
  }
  const unclaimed = copies.filter((copy) => isOwn(copy) && isPublic(copy) && !claimed.has(copy));
  const left = unclaimed.filter(({ part }) => part === 0);
  const leftReplies = unclaimed.filter(({ part }) => part > 0);
  // A person is asked whether the post that was found is the copy.
  const mayBe = rows.filter(
    (row) => row.state === "unknown" || row.hold === "copy" || lostSends.has(deliveryId(row)),
  ).length;
  // An unfinished delivery says that its next part may be there. A copy has each of its parts once.
  const mayBeReplies = mayBe + rows.filter(({ unfinished }) => unfinished !== undefined).length;
  const sameParts = [...Map.groupBy(leftReplies, ({ part }) => part).values()];
  if (left.length > mayBe || sameParts.some((same) => same.length > mayBeReplies)) {
    const states = rows.map(({ generation, state, reason }) => `${generation} ${state} (${reason})`).join("; ");
    violate(
      `UNTRUE: ${left.length} copies and ${leftReplies.length} replies of ${post.slug} are public on ${account}, and its deliveries are: ${states}`,
    );
  }
};

/** The texts that the deliveries of all installations say their copies have, by network and id. */
export interface Said {
  readonly exact: Set<string>;
  readonly different: Map<string, string>;
}

/** A copy says what a delivery of one of its installations says. */
export const checkSaid = ({ exact, different }: Said, { violate }: Pick<SimulatedSite, "violate">): void => {
  for (const [id, violation] of different) if (!exact.has(id)) violate(violation);
};

/** One copy is that of one delivery, over all accounts and sites. */
export const checkClaims = (pairs: readonly Pair[], { violate }: Pick<SimulatedSite, "violate">): void => {
  const claims = pairs.flatMap(({ rows }) =>
    rows.flatMap((row) =>
      row.state === "posted"
        ? row.remotes.flatMap(({ id, gone }) => (id === null || gone ? [] : [{ id: `${row.network} ${id}`, row }]))
        : [],
    ),
  );
  for (const [id, all] of Map.groupBy(claims, (claim) => claim.id))
    if (all.length > 1) violate(`OWNER: ${id} is the copy of ${all.map(({ row }) => deliveryId(row)).join(" and ")}`);
};
