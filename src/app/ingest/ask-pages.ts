import type { WindowEntry } from "../../domain/polled-feed.ts";
import type { Post } from "../../domain/post.ts";
import type { AskPage } from "../../ports/outside.ts";
import type { Documents, Posts } from "../../ports/store.ts";

interface Ports {
  readonly documents: Documents;
  readonly posts: Posts;
  readonly askPage: AskPage;
  /** Its page is gone. */
  readonly remove: (path: string) => Promise<void>;
}

/** At once: a site that lost its posts is not flooded with requests. */
const maxAsked = 20;

/** Asks the page of each entry that left its feed, once. What remains is to be asked again: there was no answer. */
export const askPages = async (
  site: string,
  source: string,
  entries: readonly WindowEntry[],
  { documents, posts, askPage, remove }: Ports,
): Promise<readonly WindowEntry[]> => {
  const livingPost = async (path: string): Promise<Post | undefined> => {
    const id = (await documents.read(site, source, path))?.post;
    const post = id === undefined ? undefined : await posts.read(site, id);
    return post?.source === source && post.path === path && post.gone === undefined ? post : undefined;
  };
  const unanswered: WindowEntry[] = [];
  for (const entry of entries.slice(0, maxAsked)) {
    const post = await livingPost(entry.path);
    const answer = post === undefined ? "there" : await askPage(post.url);
    if (answer === "gone") await remove(entry.path);
    if (answer === "unknown") unanswered.push(entry);
  }
  return [...unanswered, ...entries.slice(maxAsked)];
};
