import type { Account, Policies } from "../../domain/account.ts";
import type { Post, PostContent } from "../../domain/post.ts";
import { waitsUntilTime } from "../../domain/send-rules.ts";
import { clockText, type Instant } from "../../domain/time.ts";
import { baselineOf } from "../publish/save-audience.ts";
import type { DeliveryStatus, PlannedAnnouncement } from "../site-api.ts";

/** What is known of a document that comes in from a folder. */
export interface PlannedFacts {
  readonly content: PostContent;
  /** The post that it is already, with its deliveries. */
  readonly existing: { readonly post: Post; readonly deliveries: readonly DeliveryStatus[] } | undefined;
  /** Its source was not listed yet. */
  readonly isHistory: boolean;
  /** Why its text is never sent. */
  readonly problem: string | undefined;
  readonly policies: Policies;
  /** Of its site. */
  readonly timeZone: string;
  readonly now: Instant;
}

const never = (reason: string): PlannedAnnouncement => ({ when: "never", reason });
const later = (reason: string, at?: Instant): PlannedAnnouncement => ({ when: "later", reason, at });

/** Of a delivery that waits. Reasons that come from a clock have the time already. */
const nextAttempt = ({ reason = "it waits to be sent", due }: DeliveryStatus, { now, timeZone }: PlannedFacts) => {
  if (due === undefined || due <= now) return later(reason);
  const time = clockText(due, now, timeZone);
  return later(reason.includes(time) ? reason : `${reason}, next attempt ${time}`, due);
};

/** What the account would do about the document if it had credentials now: the decisions of publication, without its writes. */
export const plannedAnnouncement = (account: Account, facts: PlannedFacts): PlannedAnnouncement =>
  byExisting(account, facts) ?? byContent(account, facts);

/** What was decided when it was published stays. */
const byExisting = ({ name }: Account, facts: PlannedFacts): PlannedAnnouncement | undefined => {
  const { existing } = facts;
  if (existing === undefined || existing.post.gone !== undefined) return undefined;
  const { post, deliveries } = existing;
  const delivery = deliveries.find(({ account, generation }) => account === name && generation === post.generation);
  if (delivery?.sandbox) return never(post.audience?.baseline ?? "it was shown in the sandbox, and is not sent again");
  if (delivery?.posted !== undefined)
    return never(`it was announced already${delivery.url === undefined ? "" : `: ${delivery.url}`}`);
  if (delivery?.state === "pending") return nextAttempt(delivery, facts);
  if (delivery !== undefined)
    return never(`${delivery.state}${delivery.reason === undefined ? "" : `: ${delivery.reason}`}`);
  if (post.audience === undefined) return undefined;
  return never(post.audience.baseline ?? "it was published without this account");
};

const byContent = (account: Account, facts: PlannedFacts): PlannedAnnouncement => {
  const { content, isHistory, problem, policies, timeZone, now } = facts;
  const { hold, published } = content;
  if (hold !== undefined) return never(hold);
  if (published === undefined) return never("it has no date: in a folder it is held until it has one");
  if (problem !== undefined) return never(problem);
  if (published > now) return later(waitsUntilTime(published, "scheduled", now, timeZone).reason, published);
  const baseline = baselineOf({ byHand: false, history: isHistory, published }, policies, now);
  if (baseline !== undefined) return never(`${baseline}; crier publish announces it`);
  return account.approve === true ? later("needs your approval") : { when: "now", reason: undefined };
};
