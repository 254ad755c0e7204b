import { postPath } from "./address.ts";
import type { Post } from "./post.ts";

/** The post that a person expects to change: one with one of these tags, any that is there, or none. */
export type ExpectedPost = readonly string[] | "any" | "none";

type Tagged = Pick<Post, "revision" | "hash" | "generation" | "gone">;

/**
 * Names the state of a post that people decide: its document, what readers see of it, how often it was announced, and
 * whether it is deleted. The work on its deliveries and feeds changes the row, and not the tag. The characters are those
 * of an entity tag (RFC 9110 §8.8.3).
 */
export const postTag = ({ revision, hash, generation, gone }: Tagged): string =>
  `${revision.slice(0, 16)}-${hash.slice(0, 16)}-${generation}${gone === undefined ? "" : "-deleted"}`;

/** Thrown when the post is not the expected one. Nothing was changed. */
export class UnexpectedPost extends Error {
  override readonly name = "UnexpectedPost";
  /** The post as it is now. */
  readonly post: Post | undefined;

  constructor(message: string, post: Post | undefined) {
    super(message);
    this.post = post;
  }
}

/** A tag may be followed by a dot and the digest of an answer, as in the ETag of a post. */
const isTag = (expected: string, tag: string): boolean => expected === tag || expected.startsWith(`${tag}.`);

const isExpected = (expected: ExpectedPost, post: Post | undefined): boolean => {
  const isThere = post !== undefined && post.gone === undefined;
  if (expected === "any") return isThere;
  if (expected === "none") return !isThere;
  return post !== undefined && expected.some((tag) => isTag(tag, postTag(post)));
};

/**
 * Throws `UnexpectedPost` if the post is another one than expected. The caller saves over the version of this row, so
 * that no change can come in between.
 */
export const checkExpected = (expected: ExpectedPost | undefined, post: Post | undefined, name: string): void => {
  if (expected === undefined || isExpected(expected, post)) return;
  if (post === undefined) throw new UnexpectedPost(`There is no post ${name}: nothing was changed.`, post);
  const path = postPath(post) || name;
  if (expected === "none")
    throw new UnexpectedPost(`There is a post ${path} already: to replace it, leave out If-None-Match.`, post);
  const now = post.gone === undefined ? "was changed" : "was deleted";
  throw new UnexpectedPost(
    `The post ${path} ${now} since you read it, and is left as it is: read it again, and decide with its ETag of now.`,
    post,
  );
};
