import type { Policies } from "../../domain/account.ts";
import { isEntry, isMarkdown, type KnownDocument } from "../../domain/document.ts";
import type { Post } from "../../domain/post.ts";
import { countIn } from "../../domain/rate-window.ts";
import { conflict, retryOnConflict } from "../../domain/retry-on-conflict.ts";
import { hour } from "../../domain/time.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Documents, Posts, RateWindows } from "../../ports/store.ts";
import type { Target } from "./ingest-document.ts";

interface Ports {
  readonly posts: Posts;
  readonly documents: Documents;
  readonly rateWindows: RateWindows;
  readonly clock: Clock;
  readonly policies: Policies;
}

/**
 * Why the post of a document that is missing or became a page stays until a person removes it; undefined when it may be deleted (design.md §2,
 * rule 6). A single event lists the source only if the burst is not exceeded: a mass deletion does not list it for each
 * document.
 */
export const reasonToKeep = async (target: Target, post: Post, ports: Ports): Promise<string | undefined> => {
  const { site, source, listing } = target;
  const emptyReason = `${source.name} is suddenly empty; put its documents back, or remove each post with "npx crier remove"`;
  if (listing !== undefined && (await isSuddenlyEmpty(listing.paths, listing.documents, post, ports)))
    return emptyReason;
  if (await exceedsBurst(target, post, ports))
    return `more than ${ports.policies.burst} documents were deleted or became pages within an hour; put them back, or remove each post with "npx crier remove"`;
  if (listing !== undefined) return undefined;
  const documents = ports.documents.all(site.id, source.name);
  return (await isSuddenlyEmpty(await source.list(), documents, post, ports)) ? emptyReason : undefined;
};

/** False for the last post of a source: it may be deleted with its document. */
const isSuddenlyEmpty = async (
  paths: readonly string[],
  documents: Iterable<KnownDocument> | AsyncIterable<KnownDocument>,
  post: Post,
  ports: Ports,
): Promise<boolean> => {
  if (paths.some((path) => isMarkdown(path) || isEntry(path))) return false;
  for await (const document of documents) {
    if (document.post === undefined || document.post === post.id) continue;
    const other = await ports.posts.read(post.site, document.post);
    if (other !== undefined && other.gone === undefined) return true;
  }
  return false;
};

const exceedsBurst = ({ site, source }: Target, post: Post, ports: Ports): Promise<boolean> => {
  const name = `deletions of ${site.id} by ${source.name}`;
  return retryOnConflict(`the window of ${name}`, async () => {
    const window = await ports.rateWindows.read(name);
    const counted = countIn(window, post.id, { limit: ports.policies.burst, within: hour }, ports.clock());
    if (counted === undefined) return true;
    return counted === window || (await ports.rateWindows.save(counted)) ? false : conflict;
  });
};
