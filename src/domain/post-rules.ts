import type { Account, Policies } from "./account.ts";
import type { Delivery } from "./delivery.ts";
import { apiSource, isEntry } from "./document.ts";
import { copiesGrace } from "./feed.ts";
import type { PageCheck } from "./page-check.ts";
import type { Post } from "./post.ts";
import { type Hold, type Rule, type Wait, waitsUntilTime } from "./rule.ts";
import { day, type Instant } from "./time.ts";

export interface PostFacts {
  readonly post: Post;
  /** Of its site. */
  readonly timeZone: string;
  readonly now: Instant;
}

/** A source's deletion may be half of a move. */
export const whileMissing: Rule<PostFacts, Wait> = ({ post: { gone }, now }) => {
  if (gone === undefined) return undefined;
  const until = gone.by === "person" ? now : gone.at + copiesGrace;
  const reason = "the document is missing; its deletion takes effect soon";
  return now < until ? { kind: "wait", until, reason } : undefined;
};

export const untilPublished: Rule<PostFacts, Wait> = ({ post: { published }, now, timeZone }) => {
  if (published <= now) return undefined;
  const { until, reason } = waitsUntilTime(published, "scheduled", now, timeZone);
  return { kind: "wait", until, reason };
};

export interface SendFacts extends PostFacts {
  readonly delivery: Delivery;
  readonly account: Account;
  readonly policies: Policies;
}

/** Saving is not posting: the document of a folder or a bucket may still be being written. The sandbox shows each save. */
export const untilSettled: Rule<SendFacts, Wait> = ({ post, policies, now, timeZone }) => {
  const isWritten = post.source !== apiSource && !isEntry(post.path) && !post.byHand;
  const until = post.changed + policies.settle;
  if (!isWritten || until <= now) return undefined;
  const { reason } = waitsUntilTime(until, "its document has just changed", now, timeZone);
  return { kind: "wait", until, reason };
};

export const forApproval: Rule<SendFacts, Hold> = ({ account, delivery }) =>
  account.approve === true && !delivery.approved
    ? {
        kind: "hold",
        hold: "approval",
        reason: "needs your approval",
        inSandbox: "would need your approval",
      }
    : undefined;

export interface PageFacts extends SendFacts {
  /** What is known of the post's page. */
  readonly page: PageCheck | undefined;
}

/** The page of a post gets so much time to appear. */
export const pageDeadline = day;

const untilThere = ({ url, answer }: PageCheck): string =>
  `until ${url} is live${answer?.kind === "absent" ? `: ${answer.reason}` : ""}`;

/** What the sandbox says of the page of a post, which it does not wait for. */
export const pageNotes = (page: PageCheck | undefined): readonly string[] => {
  if (page?.answer?.kind === "live") return page.answer.warnings;
  return page?.answer === undefined ? [] : [`would wait ${untilThere(page)}`];
};

/** A wrong address is seen by nobody. */
export const untilLive: Rule<PageFacts> = ({ delivery, page, now }) => {
  if (delivery.skipsLive || page === undefined || page.answer?.kind === "live") return undefined;
  const { url, since, next, answer } = page;
  if (answer !== undefined && now >= since + pageDeadline) {
    return {
      kind: "hold",
      hold: "live",
      reason: `${url} was not there within a day: ${answer.reason}. Correct its address or the site; released, it is sent nevertheless`,
    };
  }
  return { kind: "wait", until: next, reason: `waits ${untilThere(page)}` };
};
