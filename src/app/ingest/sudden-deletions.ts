import type { Policies } from "../../domain/account.ts";
import { isMarkdown } from "../../domain/document.ts";
import type { Post } from "../../domain/post.ts";
import { hour } from "../../domain/time.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Accounts, Documents, KnownDocument, Posts } from "../../ports/store.ts";
import { conflict, retryOnConflict } from "../retry-on-conflict.ts";
import type { Target } from "./ingest-document.ts";

interface Ports {
  readonly posts: Posts;
  readonly documents: Documents;
  readonly accounts: Accounts;
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
  if (await isFlood(`deletions of ${site.id} by ${source.name}`, post.id, ports))
    return `more than ${ports.policies.burst} documents vanished within an hour; put them back, or remove each post with "npx crier remove"`;
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

/** Counted like an account's first sends: a bounded map keyed by post, so that a retry counts once. */
const isFlood = (name: string, id: string, ports: Ports): Promise<boolean> =>
  retryOnConflict(`the list of ${name}`, async () => {
    const now = ports.clock();
    const state = await ports.accounts.read(name);
    const lately = Object.entries(state.admitted).filter(([, at]) => now - at < hour);
    if (lately.some(([other]) => other === id)) return false;
    if (lately.length >= ports.policies.burst) return true;
    const admitted = { ...Object.fromEntries(lately), [id]: now };
    return (await ports.accounts.save({ ...state, admitted })) ? false : conflict;
  });
