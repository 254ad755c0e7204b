import type { Delivery } from "../../../src/domain/delivery.ts";
import type { Post } from "../../../src/domain/post.ts";
import type { Copy } from "../network/network-model.ts";
import type { SimulatedWorld } from "../world.ts";

/** One post for one account: all its rows, and every copy that Crier made for it. */
export interface Pair {
  readonly post: Post;
  readonly account: string;
  readonly rows: readonly Delivery[];
  readonly copies: readonly Copy[];
}

/** Returns the current state, as it is read from outside. */
export const readPairs = async ({ truth, copies }: SimulatedWorld): Promise<readonly Pair[]> => {
  const posts: Post[] = [];
  let from: string | undefined;
  do {
    const page = await truth.posts.newest("blog", from);
    posts.push(...page.rows);
    from = page.next;
  } while (from !== undefined);
  const pairs: Pair[] = [];
  const bySlug = Map.groupBy(copies, ({ slug }) => slug);
  for (const post of posts) {
    const rows = await truth.deliveries.ofPost("blog", post.id);
    // A copy may have been made under an earlier slug.
    const own = post.addresses.flatMap((slug) => bySlug.get(slug) ?? []);
    const accounts = new Set([...rows, ...own].map(({ account }) => account));
    for (const account of accounts)
      pairs.push({
        post,
        account,
        rows: rows.filter((row) => row.account === account),
        copies: own.filter((copy) => copy.account === account),
      });
  }
  return pairs;
};

export const isPublic = ({ deleted }: Copy): boolean => !deleted;
