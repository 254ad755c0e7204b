import * as z from "zod";
import type { Outcome, Remote, StoredRequest } from "../domain/delivery.ts";

/** What a network needs to reply to a post. */
export type PostRef = Readonly<Record<string, string>>;

const postRef = z.record(z.string(), z.string());

/** `done`: how many posts of the thread are there. `last` is null where the network did not name it. */
const place = z.object({ done: z.int().min(1), first: postRef, last: postRef.nullable() });

const thread = z.looseObject({ replies: z.array(z.record(z.string(), z.unknown())).default([]) });

/** Nothing of the thread is there where only what precedes it is done, such as the upload of its picture. */
const placeIn = (progress: StoredRequest | undefined) =>
  progress?.done === undefined ? undefined : place.parse(progress);

/** One post of a thread: the first one, or a reply to the one before. */
export interface ThreadPost {
  readonly index: number;
  /** Its own request. */
  readonly body: StoredRequest;
  /** What it is a reply to; undefined for the first. */
  readonly parent: { readonly first: PostRef; readonly last: PostRef } | undefined;
  /** Feeds name the first post, not what follows it. */
  readonly remote: (made: Remote) => Remote;
  /** The outcome of the post, which is named by `own`: the thread goes on, or is done. */
  readonly outcome: (made: Remote, own: PostRef | null) => Outcome;
  /** Where the thread goes on after it; nothing where it is the last. */
  readonly after: (own: PostRef | null) => { readonly progress?: StoredRequest };
}

/** The posts that a request makes, in their order. Its `replies` follow the post, and its `picture` is no part of either. */
export const postsIn = (request: StoredRequest): readonly StoredRequest[] => {
  const { replies, picture, ...first } = thread.parse(request);
  return [first, ...replies];
};

/**
 * The post that is sent next. Undefined where it would be a reply to a post that the network did not name. `kept`: what
 * each step hands on to the next.
 */
export const nextPost = (
  request: StoredRequest,
  progress?: StoredRequest,
  kept?: StoredRequest,
): ThreadPost | undefined => {
  const posts = postsIn(request);
  const at = placeIn(progress);
  const index = at?.done ?? 0;
  const body = posts[index];
  if (body === undefined || at?.last === null) return undefined;
  const after: ThreadPost["after"] = (own) =>
    index + 1 < posts.length
      ? { progress: { ...kept, done: index + 1, first: at?.first ?? own ?? {}, last: own } }
      : {};
  const remote: ThreadPost["remote"] = (made) => ({ ...made, public: made.public && index === 0 });
  return {
    index,
    body,
    remote,
    parent: at === undefined ? undefined : { first: at.first, last: at.last },
    after,
    outcome: (made, own) => {
      const { progress } = after(own);
      return progress === undefined
        ? { kind: "posted", remote: remote(made) }
        : { kind: "progressed", remote: remote(made), progress };
    },
  };
};

export const unnamedParent: Outcome = {
  kind: "rejected",
  reason: "the network did not name the post before, so nothing can reply to it",
};

/** The request of one of the posts that are there, for an edit. Undefined where the thread has more posts now, or fewer. */
export const postAt = (
  request: StoredRequest,
  { index, of }: { readonly index: number; readonly of: number },
): StoredRequest | undefined => {
  const posts = postsIn(request);
  return posts.length === of ? posts[index] : undefined;
};

export const otherThread: Outcome = {
  kind: "rejected",
  reason: "its thread has another number of posts now: correct it by hand",
};
