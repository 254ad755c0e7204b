import type { Delivery } from "../../domain/delivery.ts";
import type { PageAnswer } from "../../domain/page-check.ts";
import { postGate } from "../../domain/request-gates.ts";
import { firstAnswer, type Hold, type SendFacts, sendRules, type Wait } from "../../domain/send-rules.ts";
import type { Instant } from "../../domain/time.ts";
import { admit, admitInSandbox } from "./admission.ts";
import { askPicture, askPictureInSandbox } from "./ask-picture.ts";
import { checkPage } from "./check-page.ts";
import type { DeliverPorts, Target } from "./deliver-step.ts";
import type { DesiredState } from "./desired-state.ts";

type Wanted = Extract<DesiredState, { kind: "copy" }>;

interface Goes {
  readonly kind: "go";
  /** What its owner should know all the same. */
  readonly note: string | undefined;
}

const sendFacts = (
  delivery: Delivery,
  { account }: Target,
  { post }: Wanted,
  now: Instant,
  { policies, site }: DeliverPorts,
): SendFacts => ({ delivery, post, account, policies, timeZone: site(delivery.site).timeZone, now });

/** What the post itself says against sending it now. Asked again under the claim. */
export const askPost = (
  delivery: Delivery,
  target: Target,
  desired: Wanted,
  now: Instant,
  ports: DeliverPorts,
): Wait | Hold | undefined => firstAnswer(sendRules.post, sendFacts(delivery, target, desired, now, ports));

const noteOf = (notes: readonly string[]): string | undefined => (notes.length === 0 ? undefined : notes.join("; "));

const warningsOf = (answer: PageAnswer | undefined): readonly string[] =>
  answer?.kind === "live" ? answer.warnings : [];

/** Asks every rule before a first send. With `go` the account is claimed and the post is counted. */
export const askBeforeSend = async (
  delivery: Delivery<"pending">,
  target: Target,
  desired: Wanted,
  ports: DeliverPorts,
): Promise<Wait | Hold | Goes> => {
  if (delivery.sandbox) return askInSandbox(delivery, target, desired, ports);
  const byPost = askPost(delivery, target, desired, ports.clock(), ports);
  if (byPost !== undefined) return byPost;
  const isAsked = ports.policies.live === "wait" && !delivery.skipsLive;
  const page = isAsked ? await checkPage(desired.post, ports) : undefined;
  const facts = sendFacts(delivery, target, desired, ports.clock(), ports);
  const byPage = firstAnswer(sendRules.page, { ...facts, page });
  if (byPage !== undefined) return byPage;
  // Last of what may wait: the picture is there when the page is.
  const picture = await askPicture(desired.post, target, ports);
  if (picture.kind === "wait") return picture;
  const admission = await admit(delivery, postGate, target.account, ports, desired.cost);
  if (admission.kind !== "go") return admission;
  return { kind: "go", note: noteOf([...warningsOf(page?.answer), ...[picture.note ?? []].flat()]) };
};

/** The sandbox sends at once what the breaker lets through. What no real account would announce is not counted. */
const askInSandbox = async (
  delivery: Delivery<"pending">,
  target: Target,
  desired: Wanted,
  ports: DeliverPorts,
): Promise<Hold | Goes> => {
  const picture = await askPictureInSandbox(desired.post, target, ports);
  const missing = [picture.note ?? []].flat();
  if (desired.post.audience?.baseline !== undefined) return { kind: "go", note: noteOf(missing) };
  const admission = await admitInSandbox(delivery, desired.cost, target.account, ports);
  if (admission.kind === "hold") return admission;
  const facts = sendFacts(delivery, target, desired, ports.clock(), ports);
  const byPost = sendRules.post.flatMap((rule) => rule(facts)?.inSandbox ?? []);
  return { kind: "go", note: noteOf([...byPost, ...admission.notes, ...missing]) };
};
