import type { Delivery } from "../../../src/domain/delivery.ts";
import type { Post } from "../../../src/domain/post.ts";
import type { Copy } from "../network/network-model.ts";
import type { SimulatedSite } from "../world.ts";

/** One post for one account: all its rows, and every copy that an installation of Crier made for it. */
export interface Pair {
  readonly post: Post;
  readonly account: string;
  readonly rows: readonly Delivery[];
  readonly copies: readonly Copy[];
}

const names = ({ remotes = [] }: Delivery, copy: Copy): boolean => remotes.some(({ id }) => id === copy.id);

const isRowOf = (row: Delivery, copy: Copy): boolean => row.account === copy.account && names(row, copy);

/** The slugs of the pages that are or were a post's: those of its own site, and one of another site. */
export const slugsOf = (addresses: readonly unknown[]): readonly string[] =>
  addresses.map((address) => String(address).split("/").at(-1) ?? "");

/** Returns the current state, as it is read from outside. */
export const readPairs = async ({ site, truth, copies, owners, isOfSite }: SimulatedSite): Promise<readonly Pair[]> => {
  const posts: Post[] = [];
  let from: string | undefined;
  do {
    const page = await truth.posts.newest(site.id, from);
    posts.push(...page.rows);
    from = page.next;
  } while (from !== undefined);
  const pairs: Pair[] = [];
  const ofOthers = copies.filter((copy) => !owners.isOwn(copy));
  const bySlug = Map.groupBy(copies, ({ slug }) => slug);
  const rowsOf = new Map<Post, readonly Delivery[]>();
  for (const post of posts) rowsOf.set(post, await truth.deliveries.ofPost(site.id, post.id));
  /** Two posts have one slug where a document lost the row of its address. */
  const isOfAnother = (copy: Copy, rows: readonly Delivery[]): boolean =>
    [...rowsOf.values()].some((others) => others !== rows && others.some((row) => isRowOf(row, copy)));
  for (const [post, rows] of rowsOf) {
    // A copy may have been made under an earlier slug.
    const own = slugsOf(post.addresses)
      .flatMap((slug) => bySlug.get(slug) ?? [])
      .filter(({ account }) => isOfSite(account))
      .filter((copy) => rows.some((row) => isRowOf(row, copy)) || !isOfAnother(copy, rows));
    // After a change of an address the other installation may have made the copy for another post of its own.
    const taken = ofOthers.filter((copy) => !own.includes(copy) && rows.some((row) => isRowOf(row, copy)));
    const accounts = new Set([...rows, ...own].map(({ account }) => account));
    for (const account of accounts)
      pairs.push({
        post,
        account,
        rows: rows.filter((row) => row.account === account),
        copies: [...own, ...taken].filter((copy) => copy.account === account),
      });
  }
  return pairs;
};

export const isPublic = ({ deleted }: Copy): boolean => !deleted;
