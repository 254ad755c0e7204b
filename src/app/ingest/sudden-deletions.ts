import type { Policies } from "../../domain/account.ts";
import { isMarkdown } from "../../domain/document.ts";
import type { Post } from "../../domain/post.ts";
import { hour } from "../../domain/time.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Accounts, Documents, Posts } from "../../ports/store.ts";
import type { Target } from "./ingest-document.ts";

interface Ports {
  readonly posts: Posts;
  readonly documents: Documents;
  readonly accounts: Accounts;
  readonly clock: Clock;
  readonly policies: Policies;
}

/** Why a missing document's post stays until a person removes it, in words; undefined when it may go (design.md §2, rule 6). */
export const waitsForAWord = async (target: Target, post: Post, ports: Ports): Promise<string | undefined> => {
  const { source, site } = target;
  if (!(await source.list()).some(isMarkdown) && (await hasOthers(target, post, ports)))
    return `${source.name} is suddenly empty; put its documents back, or remove each post with "npx crier remove"`;
  return (await isFlood(`deletions of ${site.id} by ${source.name}`, post.id, ports))
    ? `more than ${ports.policies.burst} documents vanished within an hour; remove each post with "npx crier remove"`
    : undefined;
};

const hasOthers = async ({ site, source }: Target, post: Post, ports: Ports): Promise<boolean> => {
  for await (const document of ports.documents.all(site.id, source.name)) {
    if (document.post === undefined || document.post === post.id) continue;
    const other = await ports.posts.read(site.id, document.post);
    if (other !== undefined && other.gone === undefined) return true;
  }
  return false;
};

/** Counted like an account's first sends: a bounded map keyed by post, so that a retry counts once. */
const isFlood = async (name: string, id: string, ports: Ports): Promise<boolean> => {
  const now = ports.clock();
  for (;;) {
    const state = await ports.accounts.read(name);
    const lately = Object.entries(state.admitted).filter(([, at]) => now - at < hour);
    if (lately.some(([other]) => other === id)) return false;
    if (lately.length >= ports.policies.burst) return true;
    if (await ports.accounts.save({ ...state, admitted: { ...Object.fromEntries(lately), [id]: now } })) return false;
  }
};
