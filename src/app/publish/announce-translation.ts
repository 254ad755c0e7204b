import { type Account, announces } from "../../domain/account.ts";
import { conflict, retryOnConflict } from "../../domain/concurrency.ts";
import type { Post } from "../../domain/post.ts";
import type { Site } from "../../domain/site.ts";
import { isSameLanguage } from "../../domain/text.ts";
import { type Instant, second } from "../../domain/time.ts";
import type { Aliases, Posts } from "../../ports/store.ts";

export interface TranslationClaimPorts {
  readonly posts: Pick<Posts, "read">;
  readonly aliases: Pick<Aliases, "claim" | "takeOver">;
}

/** Documents that are saved together are read within this time of each other. */
const translationGrace = 10 * second;

/** Until when the audience waits: of translations that are saved together, the one in the site's language goes first. */
export const waitsUntil = (post: Post, site: Site, now: Instant, accounts: readonly Account[]): Instant | undefined => {
  const isFirst = post.translation === undefined || isSameLanguage(post.language, site.language);
  const isAwaited = accounts.some((account) => account.language === undefined && announces(account, post));
  const until = post.announceFrom ?? now + translationGrace;
  return isFirst || !isAwaited || post.generation > 1 || until <= now ? undefined : until;
};

const isTranslation = (other: Post, { language, translation }: Post): boolean =>
  other.gone === undefined &&
  other.translation?.key === translation?.key &&
  other.language.toLowerCase() !== language.toLowerCase();

/**
 * The post that an account announces instead, of those which are translations of each other. The claim decides between
 * two that are published at the same time; that of a post which is a translation no more counts no more. A person may
 * announce each of them.
 */
export const announcedInstead = async (
  account: Account,
  post: Post,
  group: readonly Post[],
  { aliases, posts }: TranslationClaimPorts,
): Promise<Post | undefined> => {
  const { site, id, translation, generation } = post;
  if (translation === undefined || generation > 1) return undefined;
  const announced = group.find(
    (other) => isTranslation(other, post) && other.audience?.accounts.includes(account.name),
  );
  if (announced !== undefined) return announced;
  const value = `${account.name}\n${translation.key}`;
  return retryOnConflict(`the announcement of ${post.path}`, async () => {
    const holder = await aliases.claim(site, "announcement", value, id);
    const other = holder === id ? undefined : await posts.read(site, holder);
    if (other !== undefined && isTranslation(other, post)) return other;
    return holder === id || (await aliases.takeOver(site, "announcement", value, holder, id)) ? undefined : conflict;
  });
};
