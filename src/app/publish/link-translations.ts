import { type Account, announces } from "../../domain/account.ts";
import { conflict, retryOnConflict } from "../../domain/concurrency.ts";
import { isLive } from "../../domain/feed.ts";
import type { Post, Translation } from "../../domain/post.ts";
import type { Site } from "../../domain/site.ts";
import { isSameLanguage } from "../../domain/text.ts";
import { type Instant, second } from "../../domain/time.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Aliases, Posts, Translations } from "../../ports/store.ts";
import { savePost } from "../rows.ts";

interface LinkPorts {
  readonly posts: Posts;
  readonly translations: Translations;
  readonly clock: Clock;
}

/** Reads the posts that have the same key now: a claim of the key may be older than its post. */
const readGroup = async (post: Post, { posts, translations }: LinkPorts): Promise<readonly Post[]> => {
  const { site, id, translation } = post;
  if (translation === undefined) return [];
  const members = await translations.all(site, translation.key);
  const read = await Promise.all(
    members.map(async (member) => ({
      member,
      other: member.post === id ? undefined : await posts.read(site, member.post),
    })),
  );
  return read.flatMap(({ member, other }) =>
    other?.translation?.key === translation.key && other.language.toLowerCase() === member.language.toLowerCase()
      ? [other]
      : [],
  );
};

const asTranslation = ({ id, language, url }: Post): Translation => ({ post: id, language, url });

const isSame = (a: Translation | undefined, b: Translation | undefined): boolean =>
  a?.post === b?.post && a?.language === b?.language && a?.url === b?.url;

/** Makes a translation due where its list of translations is not right. Its own publish corrects the list. */
const nudge = (
  site: string,
  id: string,
  expected: Translation | undefined,
  of: string,
  ports: LinkPorts,
): Promise<void> =>
  retryOnConflict(`the translation ${id}`, async () => {
    const other = await ports.posts.read(site, id);
    const listed = other?.translations.find(({ post }) => post === of);
    if (other === undefined || !isLive(other, ports.clock()) || isSame(listed, expected)) return undefined;
    const due = Math.min(other.due ?? Number.POSITIVE_INFINITY, ports.clock());
    return (await ports.posts.save({ ...other, due })) ? undefined : conflict;
  });

/**
 * Stores a post's living translations in its row before its feeds are touched, and makes those due that do not list it
 * as it is now. Of two posts that are published at the same time, at least one reads the other. Undefined when another
 * worker saved the post in the meantime.
 */
export const linkTranslations = async (
  post: Post,
  isListed: boolean,
  ports: LinkPorts,
): Promise<{ readonly post: Post; readonly group: readonly Post[] } | undefined> => {
  const group = await readGroup(post, ports);
  const now = ports.clock();
  const living = isListed ? group.filter((other) => isLive(other, now)) : [];
  const translations = living.map(asTranslation).toSorted((a, b) => (a.language < b.language ? -1 : 1));
  const isUnchanged =
    translations.length === post.translations.length &&
    translations.every((one, index) => isSame(one, post.translations[index]));
  const linked = isUnchanged ? post : await savePost({ ...post, translations }, ports.posts);
  if (linked === undefined) return undefined;
  const current = new Set(living.map(({ id }) => id));
  for (const id of new Set([...group.map((other) => other.id), ...post.translations.map((one) => one.post)]))
    await nudge(post.site, id, current.has(id) ? asTranslation(post) : undefined, post.id, ports);
  return { post: linked, group };
};

export interface TranslationClaimPorts {
  readonly posts: Pick<Posts, "read">;
  readonly aliases: Pick<Aliases, "claim" | "takeOver">;
}

/** Documents that are saved together are read within this time of each other. */
const translationGrace = 10 * second;

/**
 * The time until which the audience waits. Of translations that are saved together, the one in the site's language is
 * announced first.
 */
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
 * Returns the translation that the account announces instead of the post. The claim decides between two that are
 * published at the same time. The claim of a post that is no longer a translation is not counted. A person may announce
 * each of them.
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
