import type { Account } from "../../domain/account.ts";
import type { Delivery } from "../../domain/delivery.ts";
import type { Post } from "../../domain/post.ts";

/**
 * The post without the accounts of its audience that were removed from the configuration before their delivery was
 * planned: as for any other post, they start anew when they are back. Its note says so.
 */
export const withoutRemoved = (
  post: Post,
  planned: readonly Delivery[],
  { accounts }: { readonly accounts: readonly Account[] },
): Post => {
  const { audience, site, generation } = post;
  if (audience === undefined) return post;
  const isThere = (name: string): boolean =>
    accounts.some((account) => account.name === name && account.site === site) ||
    planned.some((delivery) => delivery.account === name && delivery.generation === generation);
  const removed = audience.accounts.filter((name) => !isThere(name));
  if (removed.length === 0) return post;
  const notes = removed.map((name) => `${name}: not announced, because it was removed from the configuration`);
  const note = [...(audience.note === undefined ? [] : [audience.note]), ...notes].join("; ");
  return { ...post, audience: { ...audience, accounts: audience.accounts.filter(isThere), note } };
};
