import type { PageDocument, RefusedDocument, WaitingDocument } from "../../contract/posts.ts";
import { parseAddress, postPath, withoutFragment } from "../../domain/address.ts";
import type { KnownDocument } from "../../domain/document.ts";
import { AmbiguousName } from "../../domain/errors.ts";
import { reasonText } from "../../domain/findings.ts";
import { isUndated } from "../../domain/merge-post.ts";
import type { Post, PostHead } from "../../domain/post.ts";
import type { Site } from "../../domain/site.ts";
import type { Aliases, Documents, Posts } from "../../ports/store.ts";

export interface FindPorts {
  readonly aliases: Aliases;
  readonly posts: Posts;
  readonly documents: Documents;
  /** The names of the site's sources. */
  readonly sourceNames: readonly string[];
}

/**
 * Finds the post that a person names: by its address (a path or a URL) or its slug, also by a former one, or by its
 * document (its path, or its file's name). Throws `AmbiguousName` where several posts have the name.
 */
export const findPost = async (site: Site, name: string, ports: FindPorts): Promise<Post | undefined> =>
  choose(name, await postsNamed(site, name, ports), (post) => post.slug === toSlug(name)) ??
  choose(name, await postsOfDocument(site, name, ports));

const toSlug = (name: string): string => name.replaceAll(/^\/+|(?<!\/)\/+$/g, "");

/** Returns the post with an address, or else all posts that have the slug or had it before. */
export const postsNamed = async (
  site: Site,
  name: string,
  ports: Pick<FindPorts, "aliases" | "posts">,
): Promise<readonly Post[]> => {
  const address = parseAddress(name, site);
  // The name may have the fragment of a part of the page.
  const id =
    (await ports.aliases.read(site.id, "address", address)) ??
    (await ports.aliases.read(site.id, "address", withoutFragment(address)));
  const byAddress = id === undefined ? [] : await readPosts(site, [id], ports);
  return byAddress.length > 0
    ? byAddress
    : readPosts(site, await ports.aliases.sharing(site.id, "slug", { value: toSlug(name) }), ports);
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
  if (best.length > 1) throw new AmbiguousName(name, best.map(postPath).toSorted());
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

/**
 * Finds the posts of a file by keys alone, for a page: by the document's path, also without its extension, or by the slug
 * that its file's name gives. In a folder, a file whose post has another slug is found by its path only.
 */
export const postsOfFile = async (site: Site, name: string, ports: FindPorts): Promise<readonly Post[]> => {
  const paths = ["", ".md", ".mdx", "/index.md"].map((end) => name + end);
  const known = await Promise.all(
    ports.sourceNames.flatMap((source) => paths.map((path) => ports.documents.read(site.id, source, path))),
  );
  const exact = known.flatMap((document) => document?.post ?? []);
  if (exact.length > 0) return readPosts(site, exact, ports);
  const slugs = new Set(documentNames(name));
  const ids = await Promise.all(
    [...slugs].map((value) => ports.aliases.sharing(site.id, "slug", { value: toSlug(value) })),
  );
  const posts = await readPosts(site, ids.flat(), ports);
  const isOfFile = await Promise.all(
    posts.map(async ({ source, path }) => {
      const document = await ports.documents.read(site.id, source, path);
      return document !== undefined && hasName(document, name);
    }),
  );
  return posts.filter((_, index) => isOfFile[index]);
};

/** Describes the problem with the document of a post. Undefined where there is none. */
export const documentProblem = ({ missing, page, refusal }: KnownDocument): string | undefined => {
  if (missing !== undefined && page !== undefined) return `its document is a page now (${page}): ${missing.reason}`;
  if (missing !== undefined) return `its document is missing: ${missing.reason}`;
  if (refusal === undefined) return undefined;
  return `its document is refused, so the last good version stays: ${refusal.reasons.map(reasonText).join(" ")}`;
};

const fileName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** The names for a document whose slug is not known: its path or file, also without extension, `index` and date. */
const documentNames = (path: string): readonly string[] => {
  const stem = path.replace(/\.[^./]+$/, "").replace(/\/_?index$/i, "");
  return [path, stem, fileName(path), fileName(stem), fileName(stem).replace(/^\d{4}-\d{1,2}-\d{1,2}[-_.]+(?=.)/, "")];
};

/** A document that was sent from a file has the names of that file, too. */
const hasName = ({ path, file }: Pick<KnownDocument, "path" | "file">, name: string): boolean =>
  documentNames(path).includes(name) ||
  (file !== undefined && (documentNames(file).includes(name) || (name.includes("/") && file.endsWith(`/${name}`))));

export interface DocumentListPorts {
  readonly documents: Documents;
  /** The names of the site's sources, with the one of the API. */
  readonly sourceNames: readonly string[];
}

/** Lists all refused documents, or those that have a name. */
export const listRefused = async (
  site: string,
  name: string | undefined,
  { documents, sourceNames }: DocumentListPorts,
): Promise<readonly RefusedDocument[]> => {
  const refused: RefusedDocument[] = [];
  for await (const document of documents.reported(site)) {
    const { source, path, refusal } = document;
    if (refusal !== undefined && sourceNames.includes(source) && (name === undefined || hasName(document, name)))
      refused.push({ source, path, reasons: refusal.reasons, at: refusal.at });
  }
  return refused;
};

/** Lists all pages, or those that have a name. */
export const listPages = async (
  site: string,
  name: string | undefined,
  { documents, sourceNames }: DocumentListPorts,
): Promise<readonly PageDocument[]> => {
  const pages: PageDocument[] = [];
  for await (const document of documents.reported(site)) {
    const { source, path, page } = document;
    if (page !== undefined && sourceNames.includes(source) && (name === undefined || hasName(document, name)))
      pages.push({ source, path, reason: page });
  }
  return pages.toSorted((a, b) => (a.path < b.path ? -1 : 1));
};

/** Lists the documents whose deletion waits for a person, except those whose post a person removed in the meantime. */
export const listWaiting = async (
  site: string,
  { documents, posts, sourceNames }: DocumentListPorts & { readonly posts: Posts },
): Promise<readonly WaitingDocument[]> => {
  const waiting: WaitingDocument[] = [];
  for await (const { source, path, post: id, page, missing } of documents.reported(site)) {
    if (missing === undefined || id === undefined || !sourceNames.includes(source)) continue;
    const post = await posts.read(site, id);
    if (post !== undefined && post.gone === undefined && post.path === path)
      waiting.push({ source, path, slug: postPath(post), ...(page !== undefined && { page }), ...missing });
  }
  return waiting;
};

/** Reads at most `limit` of the documents that a person is told of. */
export const readReported = async (
  site: string,
  limit: number,
  { documents, posts, sourceNames }: DocumentListPorts & Pick<FindPorts, "posts">,
) => {
  const refused: RefusedDocument[] = [];
  const waiting: WaitingDocument[] = [];
  const undated: PostHead[] = [];
  let looked = 0;
  for await (const { source, path, refusal, missing, undated: heldSince, post: id, page } of documents.reported(
    site,
    Math.min(limit + 1, 50),
  )) {
    looked += 1;
    if (looked > limit) return { refused, waiting, undated, hasMore: true };
    if (!sourceNames.includes(source)) continue;
    if (refusal !== undefined) refused.push({ source, path, reasons: refusal.reasons, at: refusal.at });
    if ((missing ?? heldSince) === undefined || id === undefined) continue;
    const post = await posts.head(site, id);
    if (post === undefined || post.gone !== undefined || post.path !== path) continue;
    if (isUndated(post)) undated.push(post);
    if (missing !== undefined)
      waiting.push({ source, path, slug: postPath(post), ...(page !== undefined && { page }), ...missing });
  }
  return { refused, waiting, undated, hasMore: false };
};
