import { breaker, type GateFacts, pacing, whileClosed } from "./account-rules.ts";
import {
  forApproval,
  type PageFacts,
  type SendFacts,
  untilLive,
  untilPublished,
  untilSettled,
  whileMissing,
} from "./post-rules.ts";
import type { Rule } from "./rule.ts";

interface SendRules {
  readonly post: readonly Rule<SendFacts>[];
  readonly page: readonly Rule<PageFacts>[];
  readonly account: readonly Rule<GateFacts>[];
}

/**
 * Everything that is asked before a post is sent for the first time, in this order: what the post itself says, then its
 * page, which costs a request, then its account. The account's rules are asked in the conditional write that counts the
 * post and claims the account, so that what counts is what the network sees.
 */
export const sendRules: SendRules = {
  post: [whileMissing, untilPublished, untilSettled, forApproval],
  page: [untilLive],
  account: [...whileClosed, breaker, ...pacing],
};
