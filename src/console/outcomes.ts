import type { Decision } from "../app/deliver/change-delivery.ts";
import type { Changed, Resolved } from "../app/results.ts";
import type { DecisionContext } from "../app/site-context.ts";
import type { DeliveryStatus } from "../contract/deliveries.ts";
import { postPath } from "../domain/address.ts";
import { parseDeliveryId } from "../domain/delivery.ts";
import { textDropped, textEdited } from "../domain/edited-text.ts";
import { UnknownId } from "../domain/errors.ts";
import type { Instant } from "../domain/time.ts";
import { countEntries, type Note, seenDelivery, seenIn } from "./parts.ts";
import { atTime, capital, historyText, inWords, listText, sentence } from "./words.ts";

/** The words for a decision about deliveries: on which it was done, and why others are as they were. */

export interface ActCall extends DecisionContext {
  readonly form: URLSearchParams;
  /** The name of the person. */
  readonly by: string;
  readonly now: Instant;
}

export type Act = (call: ActCall) => Promise<Note>;

export const nothingDone = (why: string, more: readonly string[] = []): Note => ({
  isProblem: true,
  bold: `Nothing was done. ${why}`,
  more,
});

export const noPost = nothingDone("There is no such post.");
export const postChanged = nothingDone("The post has changed since you opened the page: look at it, and decide again.");

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
  /** Says what was done, on these accounts. */
  readonly done: (accounts: string) => string;
  readonly already: (accounts: string) => string;
  /** Says what happens then with those on which it was done. */
  readonly next?: (done: readonly DeliveryStatus[], call: ActCall) => Promise<string>;
  readonly back?: readonly [act: string, label: string];
  /** Said first: on which accounts it could not be done. */
  readonly problemsFirst?: true;
}

/** The state of a delivery as the page showed it. */
export type Seen = Decision["seen"] & { readonly entries?: number | undefined };

interface Outcome {
  readonly account: string;
  readonly id: string;
  readonly seen: Seen;
  readonly answer: Resolved;
}

/** Names the person who decided about it last: ` It was Bob at 14:31.` */
const whoAndWhen = ({ history: { last, first } }: DeliveryStatus, now: Instant, timeZone: string): string => {
  const entry = [...first, ...last].findLast(({ by }) => by !== undefined);
  return entry === undefined ? "" : ` It was ${entry.by} ${atTime(entry.at, now, timeZone)}.`;
};

/**
 * Why a decision about what a page showed is refused, and what happened since: the act of a person, which entries of Crier
 * may follow, or a change of the document, which is none of the delivery.
 */
export const sincePage = async (
  delivery: DeliveryStatus,
  { shown, entries }: Seen,
  { now, site, ports }: Pick<ActCall, "now" | "site" | "ports">,
): Promise<{ readonly isText: boolean; readonly what: string }> => {
  const isText = shown !== undefined && delivery.shown !== undefined && delivery.shown.hash !== shown;
  const { first, last } = delivery.history;
  const fresh = countEntries(delivery) - (entries ?? 0);
  const since = fresh > 0 ? [...first, ...last].slice(-fresh) : [];
  const ofPerson = since.findLast(
    ({ by, reason }) => by !== undefined && (!isText || reason === textEdited || reason === textDropped),
  );
  const at = (moment: Instant) => atTime(moment, now, site.timeZone);
  if (isText && ofPerson === undefined) {
    const post = await ports.posts.head(site.id, parseDeliveryId(delivery.id)?.post ?? "");
    return { isText, what: post === undefined ? "" : ` Its document changed ${at(post.changed)}.` };
  }
  const entry = ofPerson ?? since.at(-1);
  return { isText, what: entry === undefined ? "" : ` ${capital(at(entry.at))}: ${historyText(entry)}` };
};

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
interface Problem {
  readonly text: (accounts: string) => string;
  /** There is a copy, or there may be one in a moment. */
  readonly isOut?: true;
}

const problemOf = async ({ id, account, seen, answer }: Outcome, { site, ports, now }: ActCall): Promise<Problem> => {
  const parsed = parseDeliveryId(id);
  const current = parsed && (await ports.deliveries.read({ kind: "delivery", site: site.id, ...parsed }));
  if (current?.state === "editing" || (current?.state === "posted" && current.hold === undefined)) {
    const time = atTime(current.sent.firstSentAt, now, site.timeZone);
    return { isOut: true, text: (accounts) => `Too late for ${accounts}: it was sent ${time}.` };
  }
  if (current?.state === "sending" || current?.state === "unsettled")
    return {
      isOut: true,
      text: (accounts) =>
        `It is being sent on ${accounts} at this moment and cannot be stopped. Wait for the answer, then delete the copy.`,
    };
  if (!("problem" in answer)) return { text: () => "" };
  const { problem, delivery } = answer;
  if (delivery === undefined)
    return { text: (accounts) => sentence(inWords(problem.replaceAll(id, `the delivery to ${accounts}`)), account) };
  const { isText, what } = await sincePage(delivery, seen, { now, site, ports });
  return {
    text: (accounts) =>
      isText
        ? `The text for ${accounts} has changed since you opened the page.${what} Read it, and decide again.`
        : `It has changed on ${accounts} since you opened the page: it ${nowWords[delivery.state]} now.${what} Look at it, and decide again.`,
  };
};

/** Each problem once, with all accounts that have it, and where the copies are that are there nevertheless. */
const readProblems = async (failed: readonly Outcome[], call: ActCall) => {
  const all = await Promise.all(failed.map(async (one) => ({ ...one, ...(await problemOf(one, call)) })));
  const texts = [...Map.groupBy(all, ({ text }) => text("")).values()].flatMap((same) => {
    const text = same[0]?.text(listText(same.map(({ account }) => account)));
    return text === undefined || text === "" ? [] : [text];
  });
  const out = all.find(({ isOut }) => isOut);
  const post = await call.ports.posts.head(call.site.id, parseDeliveryId(out?.id ?? "")?.post ?? "");
  const link = post && [postPath(post), out?.account ?? "", "Delete what is there …"];
  return { texts, link };
};

const mostNamed = 5;

/** The posts of a page of held deliveries, as one line: its note would name only accounts. */
const readTitles = async (deliveries: readonly DeliveryStatus[], { site, ports }: ActCall): Promise<string[]> => {
  const ids = [...new Set(deliveries.map(({ id }) => parseDeliveryId(id)?.post ?? ""))];
  const posts = await Promise.all(ids.map((id) => ports.posts.head(site.id, id)));
  const titles = posts.flatMap((post) => (post === undefined ? [] : [`“${post.title}”`]));
  return titles.length === 0 ? [] : [`${listText(titles, mostNamed)}.`];
};

const summarise = async (outcomes: readonly Outcome[], words: Words, call: ActCall): Promise<Note> => {
  const changed = outcomes.flatMap(({ answer }) => ("problem" in answer ? [] : [answer]));
  const [done, already] = [changed.filter((one) => !one.already), changed.filter((one) => one.already)];
  const failed = outcomes.filter(({ answer }) => "problem" in answer);
  const names = (all: readonly Changed[]) => listText(all.map(({ delivery }) => delivery.account).toSorted());
  const deliveries = done.map(({ delivery }) => delivery);
  const [first] = already;
  const isDone = done.length > 0;
  const said = [
    ...(isDone ? [words.done(names(done))] : []),
    ...(call.form.get("from")?.startsWith("/console/held") ? await readTitles(deliveries, call) : []),
    ...(isDone && words.next !== undefined ? [await words.next(deliveries, call)] : []),
    ...(first === undefined
      ? []
      : [words.already(names(already)) + (isDone ? "" : whoAndWhen(first.delivery, call.now, call.site.timeZone))]),
  ];
  const { texts, link } = await readProblems(failed, call);
  const [bold, ...more] = words.problemsFirst ? [...texts, ...said] : [...said, ...texts];
  if (bold === undefined) return { isProblem: true, bold: "Nothing was done: tick at least one.", more };
  if (said.length === 0) return { ...nothingDone(bold, more), link };
  const [act, label] = (isDone && words.back) || [];
  const back = act !== undefined && label !== undefined && { act, label, deliveries: deliveries.map(seenDelivery) };
  return { isProblem: false, bold, more, link, ...(back && { back }) };
};

/** A delivery that is gone is a refusal like the others. */
const orProblem = (work: Promise<Resolved>): Promise<Resolved> =>
  work.catch((error: unknown) => {
    if (error instanceof UnknownId) return { problem: "it does not exist any more" };
    throw error;
  });

export type Perform = (id: string, decision: Decision, call: ActCall) => Promise<Resolved>;

/** Decides about deliveries, one after the other. */
export const decideAll = async (
  all: ReturnType<typeof seenIn>,
  words: Words,
  perform: Perform,
  call: ActCall,
): Promise<Note> => {
  const outcomes: Outcome[] = [];
  for (const { id, ...seen } of all) {
    const answer = await orProblem(perform(id, { by: call.by, seen }, call));
    outcomes.push({ account: parseDeliveryId(id)?.account ?? id, id, seen, answer });
  }
  return summarise(outcomes, words, call);
};

export const onDeliveries =
  (words: Words, perform: Perform): Act =>
  (call) =>
    decideAll(seenIn(call.form), words, perform, call);
