import { addressOf } from "../../domain/address.ts";
import { isMarkdown } from "../../domain/document.ts";
import type { Site } from "../../domain/site.ts";
import type { Parse, Source } from "../../ports/content.ts";
import type { Clock, Hash } from "../../ports/runtime.ts";
import type { Documents, Posts } from "../../ports/store.ts";

/** A document in a source that can be read again. */
export interface Place {
  readonly source: Source;
  readonly path: string;
  /** The document there has the bytes that were sent. */
  readonly hasBytes: boolean;
}

interface FindPorts {
  readonly documents: Pick<Documents, "read">;
  readonly posts: Pick<Posts, "read">;
  /** The site's sources. */
  readonly sources: ReadonlyMap<string, Source>;
  readonly parse: Parse;
  readonly hash: Hash;
  readonly clock: Clock;
}

/** The longest first: `a/b/c.md`, `b/c.md`, `c.md`. */
const endsOf = (file: string): readonly string[] => {
  const segments = file.split("/").filter((segment) => segment !== "");
  return segments.map((_, index) => segments.slice(index).join("/"));
};

export const hasBytes = async ({ source, path }: Pick<Place, "source" | "path">, sent: Uint8Array, hash: Hash) => {
  const bytes = await source.read(path);
  return bytes !== undefined && hash(bytes) === hash(sent);
};

/**
 * The document of a source that a file on some machine is. Where the source's folder is on that machine is not known: the
 * end of the file's path is the document's path, and the bytes are the same, or its address is that of the document's post.
 */
export const findDocument = async (
  site: Site,
  file: string,
  bytes: Uint8Array,
  ports: FindPorts,
): Promise<Place | undefined> => {
  if (!isMarkdown(file)) return undefined;
  const places = [...ports.sources.values()].flatMap((source) => endsOf(file).map((path) => ({ source, path })));
  for (const place of places) if (await hasBytes(place, bytes, ports.hash)) return { ...place, hasBytes: true };
  for (const place of places) if (await isEdited(site, place, bytes, ports)) return { ...place, hasBytes: false };
  return undefined;
};

const isEdited = async (
  site: Site,
  { source, path }: Pick<Place, "source" | "path">,
  bytes: Uint8Array,
  { documents, posts, parse, clock }: FindPorts,
): Promise<boolean> => {
  const id = (await documents.read(site.id, source.name, path))?.post;
  const post = id === undefined ? undefined : await posts.read(site.id, id);
  if (post === undefined || post.source !== source.name || post.path !== path) return false;
  const { parsed } = await parse(bytes, path, site, { firstRead: clock() });
  return parsed.kind === "post" && addressOf(parsed.content.url, site) === post.address;
};
