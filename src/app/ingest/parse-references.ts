import { isIndex, sectionIndexes } from "../../domain/document.ts";
import {
  isNamedBy,
  type Reference,
  referenceFragment,
  referenceKey,
  referenceName,
  referencePaths,
} from "../../domain/reference.ts";
import type { Site } from "../../domain/site.ts";
import type { Locate, Parse, ParseContext, Parsed, Source } from "../../ports/content.ts";
import type { Aliases, Posts } from "../../ports/store.ts";

export interface ReferencePorts {
  readonly aliases: Pick<Aliases, "read" | "sharing">;
  readonly posts: Pick<Posts, "read">;
  readonly parse: Parse;
  readonly locate: Locate;
}

interface ReferencingDocument {
  readonly site: Site;
  readonly source: Source;
  readonly path: string;
  /** Resolves when all posts are known that a reference may name. */
  readonly turn?: Promise<void>;
}

/** True where the document is an index, and its folder holds other documents. */
export const isSectionIndex = async (source: Source, path: string): Promise<boolean> =>
  isIndex(path) && sectionIndexes(await source.list()).has(path);

/** Finds the URL through the documents in the source, so that it does not matter in which order documents are read. */
const urlOfDocument = async (
  reference: Reference,
  { site, source, path }: ReferencingDocument,
  { locate }: ReferencePorts,
): Promise<string | undefined> => {
  for (const candidate of referencePaths(reference, path)) {
    const bytes = await source.read(candidate);
    if (bytes !== undefined && bytes !== "unreadable")
      return await locate(bytes, candidate, site, await isSectionIndex(source, candidate));
  }
  return undefined;
};

/** Finds the URL through the known posts, for a document in a folder that the reference does not name. */
const urlOfPost = async (
  reference: Reference,
  { site }: ReferencingDocument,
  { aliases, posts }: ReferencePorts,
): Promise<string | undefined> => {
  const name = referenceName(reference);
  // A slug that is its post's address is not kept as a slug.
  const byAddress = await aliases.read(site.id, "address", name);
  const ids = new Set([
    ...(byAddress === undefined ? [] : [byAddress]),
    ...(await aliases.sharing(site.id, "slug", { value: name })),
  ]);
  const named = await Promise.all([...ids].map((id) => posts.read(site.id, id)));
  const [only, ...others] = named.filter((post) => post?.gone === undefined && isNamedBy(post?.path ?? "", reference));
  return others.length === 0 ? only?.url : undefined;
};

/**
 * Parses a document whose references to other documents become links to their pages: once to find the references, and
 * once more with the addresses. `links` has the address of each: if one changes, the document has to be parsed again.
 */
export const parseWithReferences = async (
  bytes: Uint8Array,
  document: ReferencingDocument,
  context: ParseContext,
  ports: ReferencePorts,
): Promise<{
  readonly parsed: Parsed;
  readonly links: readonly (readonly [reference: string, url: string | undefined])[];
}> => {
  const { site, path } = document;
  const first = await ports.parse(bytes, path, site, context);
  await document.turn;
  const urls: (readonly [reference: string, url: string | undefined])[] = [];
  for (const reference of first.references) {
    const url = (await urlOfDocument(reference, document, ports)) ?? (await urlOfPost(reference, document, ports));
    urls.push([referenceKey(reference), url === undefined ? undefined : url + referenceFragment(reference)]);
  }
  const known = urls.flatMap(([key, url]) => (url === undefined ? [] : [[key, url] as const]));
  if (known.length === 0) return { parsed: first.parsed, links: urls };
  const { parsed } = await ports.parse(bytes, path, site, { ...context, links: new Map(known) });
  return { parsed, links: urls };
};
