import type { Decision } from "../app/deliver/change-delivery.ts";
import type { Changed, Resolved } from "../app/results.ts";
import type { DecisionContext } from "../app/site-context.ts";
import type { DeliveryStatus } from "../contract/deliveries.ts";
import { parseDeliveryId } from "../domain/delivery.ts";
import { UnknownId } from "../domain/errors.ts";
import type { Instant } from "../domain/time.ts";
import { type Note, seenDelivery, seenIn } from "./parts.ts";
import { atTime, capital, historyText, inWords, listText, sentence } from "./words.ts";

/** What is said of a decision about deliveries: on which it was done, and why others are as they were. */

export interface ActCall extends DecisionContext {
  readonly form: URLSearchParams;
  /** The name of the person. */
  readonly by: string;
  readonly now: Instant;
}

export type Act = (call: ActCall) => Promise<Note>;

export const accountOf = (id: string): string => parseDeliveryId(id)?.account ?? id;

/** A refusal of the core, with the accounts instead of the ids of deliveries. Addresses may look like ids. */
export const refusalText = (
  problem: string,
  { accounts }: Pick<ActCall["ports"], "accounts">,
  account?: string,
): string => {
  const named = inWords(problem)
    .split(" ")
    .map((word) => {
      const parsed = parseDeliveryId(word.replace(/:$/, ""));
      const isKnown = accounts.some(({ name }) => name === parsed?.account);
      return parsed === undefined || !isKnown
        ? word
        : `the delivery to ${parsed.account}${word.endsWith(":") ? ":" : ""}`;
    });
  return sentence(named.join(" "), account);
};

export interface Words {
  /** What was done, on these accounts. */
  readonly done: (accounts: string) => string;
  readonly already: (accounts: string) => string;
  /** What happens then with those on which it was done. */
  readonly next?: (done: readonly DeliveryStatus[], call: ActCall) => Promise<string>;
  readonly back?: readonly [act: string, label: string];
}

/** The state of a delivery as the page showed it. */
export type Seen = Decision["seen"];

export interface Outcome {
  readonly account: string;
  readonly id: string;
  readonly seen: Seen;
  readonly answer: Resolved;
}

/** Who decided about it last: ` It was Bob at 14:31.` */
const whoAndWhen = ({ history: { last, first } }: DeliveryStatus, now: Instant, timeZone: string): string => {
  const entry = [...first, ...last].findLast(({ by }) => by !== undefined);
  return entry === undefined ? "" : ` It was ${entry.by} ${atTime(entry.at, now, timeZone)}.`;
};

/** The last entry of its history, which need not be an act of a person: ` At 14:31: Bob edited its text.` */
const lastText = ({ history: { last, first } }: DeliveryStatus, now: Instant, timeZone: string): string => {
  const entry = [...first, ...last].at(-1);
  return entry === undefined ? "" : ` ${capital(atTime(entry.at, now, timeZone))}: ${historyText(entry)}`;
};

/** Why a decision about what a page showed is refused: another person or Crier was first, or the document has changed. */
export const sincePage = (
  delivery: DeliveryStatus,
  { version, shown }: Seen,
  { now, site }: Pick<ActCall, "now" | "site">,
): { readonly isText: boolean; readonly what: string } => ({
  isText: shown !== undefined && delivery.shown !== undefined && delivery.shown.hash !== shown,
  what: version === delivery.version ? "" : lastText(delivery, now, site.timeZone),
});

/** What a delivery that another person or Crier has changed does now. */
const nowWords: Readonly<Record<DeliveryStatus["state"], string>> = {
  pending: "waits to be sent",
  held: "is held",
  sending: "is being sent",
  unsettled: "got no answer yet",
  posted: "is posted",
  editing: "is being edited",
  deleting: "is being deleted",
  deleted: "is deleted",
  failed: "has failed",
  unknown: "may be there or not",
  cancelled: "is not sent",
};

/** Why deliveries were left as they are: where they went out in the meantime, when. */
type Problem = (accounts: string) => string;

const problemOf = async ({ id, account, seen, answer }: Outcome, { site, ports, now }: ActCall): Promise<Problem> => {
  const parsed = parseDeliveryId(id);
  const current = parsed && (await ports.deliveries.read({ kind: "delivery", site: site.id, ...parsed }));
  if (current?.state === "posted" && current.hold === undefined) {
    const time = atTime(current.sent.firstSentAt, now, site.timeZone);
    return (accounts) => `Too late for ${accounts}: it was sent ${time}.`;
  }
  if (current?.state === "sending" || current?.state === "unsettled")
    return (accounts) =>
      `It is being sent on ${accounts} at this moment and cannot be stopped. Wait for the answer, then delete the copy.`;
  if (!("problem" in answer)) return () => "";
  const { problem, delivery } = answer;
  if (delivery === undefined)
    return (accounts) => sentence(inWords(problem.replaceAll(id, `the delivery to ${accounts}`)), account);
  const { isText, what } = sincePage(delivery, seen, { now, site });
  return (accounts) =>
    isText
      ? `The text for ${accounts} has changed since you opened the page.${what} Read it, and decide again.`
      : `It has changed on ${accounts} since you opened the page: it ${nowWords[delivery.state]} now.${what} Look at it, and decide again.`;
};

/** Each problem once, with all accounts that have it. */
const problemTexts = async (failed: readonly Outcome[], call: ActCall): Promise<readonly string[]> => {
  const all = await Promise.all(failed.map(async (one) => ({ ...one, problem: await problemOf(one, call) })));
  return [...Map.groupBy(all, ({ problem }) => problem("")).values()].flatMap((same) => {
    const text = same[0]?.problem(listText(same.map(({ account }) => account)));
    return text === undefined || text === "" ? [] : [text];
  });
};

export const summarise = async (outcomes: readonly Outcome[], words: Words, call: ActCall): Promise<Note> => {
  const changed = outcomes.flatMap(({ answer }) => ("problem" in answer ? [] : [answer]));
  const [done, already] = [changed.filter((one) => !one.already), changed.filter((one) => one.already)];
  const failed = outcomes.filter(({ answer }) => "problem" in answer);
  const names = (all: readonly Changed[]) => listText(all.map(({ delivery }) => delivery.account).toSorted());
  const [first] = already;
  const more = [
    ...(done.length > 0 && words.next !== undefined
      ? [
          await words.next(
            done.map(({ delivery }) => delivery),
            call,
          ),
        ]
      : []),
    ...(done.length > 0 && first !== undefined ? [words.already(names(already))] : []),
    ...(await problemTexts(failed, call)),
  ];
  if (done.length > 0)
    return {
      isProblem: false,
      bold: words.done(names(done)),
      more,
      back: words.back && {
        act: words.back[0],
        label: words.back[1],
        deliveries: done.map(({ delivery }) => seenDelivery(delivery)),
      },
    };
  if (first !== undefined)
    return {
      isProblem: false,
      bold: words.already(names(already)) + whoAndWhen(first.delivery, call.now, call.site.timeZone),
      more,
    };
  const [only, ...others] = more;
  const bold = only === undefined ? "Nothing was done: tick at least one." : `Nothing was done. ${only}`;
  return { isProblem: true, bold, more: others };
};

/** A delivery that is gone is a refusal like the others. */
const orProblem = (work: Promise<Resolved>): Promise<Resolved> =>
  work.catch((error: unknown) => {
    if (error instanceof UnknownId) return { problem: "it does not exist any more" };
    throw error;
  });

export const onDeliveries =
  (words: Words, perform: (id: string, decision: Decision, call: ActCall) => Promise<Resolved>): Act =>
  async (call) => {
    const outcomes: Outcome[] = [];
    for (const { id, ...seen } of seenIn(call.form)) {
      const answer = await orProblem(perform(id, { by: call.by, seen }, call));
      outcomes.push({ account: accountOf(id), id, seen, answer });
    }
    return summarise(outcomes, words, call);
  };
