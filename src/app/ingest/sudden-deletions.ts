import type { Policies } from "../../domain/account.ts";
import { isMarkdown, type KnownDocument } from "../../domain/document.ts";
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
 * Why a missing document's post stays until a person removes it, in words; undefined when it may go (design.md §2, rule 6).
 * Single events list the source only for the documents that may vanish within an hour: a mass deletion costs no listing
 * for each of its documents.
 */
export const reasonToKeep = async (target: Target, post: Post, ports: Ports): Promise<string | undefined> => {
  const { site, source, listing } = target;
  const emptied = `${source.name} is suddenly empty; put its documents back, or remove each post with "npx crier remove"`;
  if (listing !== undefined && (await isSuddenlyEmpty(listing.paths, listing.documents, post, ports))) return emptied;
  if (await isFlood(target, post, ports))
    return `more than ${ports.policies.burst} documents were deleted within an hour; put them back, or remove each post with "npx crier remove"`;
  if (listing !== undefined) return undefined;
  const documents = ports.documents.all(site.id, source.name);
  return (await isSuddenlyEmpty(await source.list(), documents, post, ports)) ? emptied : undefined;
};

/** The last post of a source may be deleted with its document. */
const isSuddenlyEmpty = async (
  paths: readonly string[],
  documents: Iterable<KnownDocument> | AsyncIterable<KnownDocument>,
  post: Post,
  ports: Ports,
): Promise<boolean> => {
  if (paths.some(isMarkdown)) return false;
  for await (const document of documents) {
    if (document.post === undefined || document.post === post.id) continue;
    const other = await ports.posts.read(post.site, document.post);
    if (other !== undefined && other.gone === undefined) return true;
  }
  return false;
};

const isFlood = ({ site, source }: Target, post: Post, ports: Ports): Promise<boolean> => {
  const name = `deletions of ${site.id} by ${source.name}`;
  return retryOnConflict(`the window of ${name}`, async () => {
    const window = await ports.rateWindows.read(name);
    const counted = countIn(window, post.id, { limit: ports.policies.burst, within: hour }, ports.clock());
    if (counted === undefined) return true;
    return counted === window || (await ports.rateWindows.save(counted)) ? false : conflict;
  });
};
