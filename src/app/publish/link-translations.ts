import { conflict, retryOnConflict } from "../../domain/concurrency.ts";
import { isLive } from "../../domain/feed.ts";
import type { Post, Translation } from "../../domain/post.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Posts, Translations } from "../../ports/store.ts";
import { savePost } from "../save-post.ts";

interface Ports {
  readonly posts: Posts;
  readonly translations: Translations;
  readonly clock: Clock;
}

/** The posts that have the same key now: a place may be older than its post. */
const readGroup = async (post: Post, { posts, translations }: Ports): Promise<readonly Post[]> => {
  const { site, id, translation } = post;
  if (translation === undefined) return [];
  const places = await translations.all(site, translation.key);
  const read = await Promise.all(
    places.map(async (place) => ({
      place,
      other: place.post === id ? undefined : await posts.read(site, place.post),
    })),
  );
  return read.flatMap(({ place, other }) =>
    other?.translation?.key === translation.key && other.language.toLowerCase() === place.language.toLowerCase()
      ? [other]
      : [],
  );
};

const translationOf = ({ id, language, url }: Post): Translation => ({ post: id, language, url });

const isSame = (a: Translation | undefined, b: Translation | undefined): boolean =>
  a?.post === b?.post && a?.language === b?.language && a?.url === b?.url;

/** Makes a translation due where its list of translations is not right. Its own publish corrects the list. */
const nudge = (site: string, id: string, expected: Translation | undefined, of: string, ports: Ports): Promise<void> =>
  retryOnConflict(`the translation ${id}`, async () => {
    const other = await ports.posts.read(site, id);
    const listed = other?.translations.find(({ post }) => post === of);
    if (other === undefined || !isLive(other, ports.clock()) || isSame(listed, expected)) return undefined;
    const due = Math.min(other.due ?? Number.POSITIVE_INFINITY, ports.clock());
    return (await ports.posts.save({ ...other, due })) ? undefined : conflict;
  });

/**
 * Stores a post's living translations in its row before its feeds are touched, and makes those due that do not list it
 * as it is now. Of two that are published at the same time at least one reads the other. Undefined when another worker
 * saved the post meanwhile.
 */
export const linkTranslations = async (
  post: Post,
  isListed: boolean,
  ports: Ports,
): Promise<{ readonly post: Post; readonly group: readonly Post[] } | undefined> => {
  const group = await readGroup(post, ports);
  const now = ports.clock();
  const living = isListed ? group.filter((other) => isLive(other, now)) : [];
  const translations = living.map(translationOf).toSorted((a, b) => (a.language < b.language ? -1 : 1));
  const isUnchanged =
    translations.length === post.translations.length &&
    translations.every((one, index) => isSame(one, post.translations[index]));
  const linked = isUnchanged ? post : await savePost({ ...post, translations }, ports.posts);
  if (linked === undefined) return undefined;
  const current = new Set(living.map(({ id }) => id));
  for (const id of new Set([...group.map((other) => other.id), ...post.translations.map((one) => one.post)]))
    await nudge(post.site, id, current.has(id) ? translationOf(post) : undefined, post.id, ports);
  return { post: linked, group };
};
