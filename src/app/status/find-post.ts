import { addressOfName, pathOf, withoutFragment } from "../../domain/address.ts";
import { AmbiguousName } from "../../domain/errors.ts";
import type { Post } from "../../domain/post.ts";
import type { Site } from "../../domain/site.ts";
import type { Aliases, Documents, Posts } from "../../ports/store.ts";
import { hasName } from "./document-status.ts";

export interface FindPorts {
  readonly aliases: Aliases;
  readonly posts: Posts;
  readonly documents: Documents;
  /** The names of the site's sources. */
  readonly sourceNames: readonly string[];
}

/**
 * The post that a person names: by its address (a path or a URL) or its slug, also by a former one, or by its document (its
 * path, or its file's name). Throws `AmbiguousName` where several posts have the name.
 */
export const findPost = async (site: Site, name: string, ports: FindPorts): Promise<Post | undefined> =>
  choose(name, await postsNamed(site, name, ports), (post) => post.slug === slugOf(name)) ??
  choose(name, await postsOfDocument(site, name, ports));

const slugOf = (name: string): string => name.replaceAll(/^\/+|(?<!\/)\/+$/g, "");

/** The post with an address, or else all with a slug: those that have it or had it before. */
export const postsNamed = async (
  site: Site,
  name: string,
  ports: Pick<FindPorts, "aliases" | "posts">,
): Promise<readonly Post[]> => {
  const address = addressOfName(name, site);
  // The name may lead to a part of its page.
  const id =
    (await ports.aliases.read(site.id, "address", address)) ??
    (await ports.aliases.read(site.id, "address", withoutFragment(address)));
  const byAddress = id === undefined ? [] : await readPosts(site, [id], ports);
  return byAddress.length > 0
    ? byAddress
    : readPosts(site, await ports.aliases.sharing(site.id, "slug", { value: slugOf(name) }), ports);
};

const readPosts = async (
  site: Site,
  ids: Iterable<string>,
  { posts }: Pick<FindPorts, "posts">,
): Promise<readonly Post[]> =>
  (await Promise.all([...new Set(ids)].map((id) => posts.read(site.id, id)))).filter((post) => post !== undefined);

/** Deleted posts and former slugs only count where no living post has the name now. */
const choose = (
  name: string,
  posts: readonly Post[],
  isCurrent: (post: Post) => boolean = () => true,
): Post | undefined => {
  const living = posts.filter(({ gone }) => gone === undefined);
  const [best = []] = [living.filter(isCurrent), living, posts].filter(({ length }) => length > 0);
  if (best.length > 1) throw new AmbiguousName(name, best.map(pathOf).toSorted());
  return best[0];
};

const postsOfDocument = async (site: Site, name: string, ports: FindPorts): Promise<readonly Post[]> => {
  const ids: string[] = [];
  for (const source of ports.sourceNames) {
    const exact = await ports.documents.read(site.id, source, name);
    if (exact?.post !== undefined) return readPosts(site, [exact.post], ports);
    for await (const document of ports.documents.all(site.id, source))
      if (document.post !== undefined && hasName(document, name)) ids.push(document.post);
  }
  return readPosts(site, ids, ports);
};
