import { actOnDelivery, withdrawCopy } from "../app/deliver/act-on-deliveries.ts";
import { resolve, retry } from "../app/deliver/change-delivery.ts";
import { readWouldSend, resumeSending, stopSending } from "../app/deliver/stop-sending.ts";
import { removePost } from "../app/ingest/deletions.ts";
import { planEarly } from "../app/publish/publish-post.ts";
import { checkLogin } from "../app/status/check-logins.ts";
import { findPost } from "../app/status/find-post.ts";
import { findTargets, type Target, waitingOf } from "../app/status/obstacles.ts";
import { isLeaving } from "../app/status/overview.ts";
import type { DeliveryStatus } from "../contract/deliveries.ts";
import { postPath } from "../domain/address.ts";
import { type DeliveryState, deliveryId, parseDeliveryId } from "../domain/delivery.ts";
import type { DeliveryAction } from "../domain/delivery-commands.ts";
import { UnexpectedPost } from "../domain/expected-post.ts";
import { cleanLine } from "../domain/text.ts";
import type { Instant } from "../domain/time.ts";
import {
  type Act,
  type ActCall,
  decideAll,
  noPost,
  nothingDone,
  onDeliveries,
  type Perform,
  postChanged,
  refusalText,
  type Seen,
  type Words,
} from "./outcomes.ts";
import { deletionTexts, freeNames, isFree, type Note, obstaclesText, seenIn, stayText } from "./parts.ts";
import { atTime, capital, listText, sentence } from "./words.ts";

/** The decisions of the console. Each is one of the API's, with the same refusals; only the words are others. */

/** Where a form asks for it, an act without a way back is done only with a tick that says so. */
const ifSure =
  (perform: Act): Act =>
  async (call) =>
    call.form.has("asks") && !call.form.has("sure")
      ? nothingDone("There is no way back: tick that you mean it.")
      : perform(call);

const said = (bold: string, more: readonly string[] = []): Note => ({ isProblem: false, bold, more });

const noAccount = nothingDone("There is no such account.");

const nothingSeen: Seen = { version: undefined, shown: undefined };

const perform =
  (act: DeliveryAction): Perform =>
  (id, { by, seen }, { site, ports }) =>
    // Whoever stops it means it as it is: a new version or a new text is no reason to let it go out.
    actOnDelivery(site.id, act, id, { by, seen: act === "hold" ? nothingSeen : seen }, ports);

const decide = (act: DeliveryAction, words: Words): Act => onDeliveries(words, perform(act));

const stopWords: Words = {
  done: (accounts) => `Stopped on ${accounts}.`,
  already: (accounts) => `Already stopped on ${accounts}.`,
  next: async () => "It goes out when you release it.",
  back: ["release", "Release"],
  problemsFirst: true,
};

/** Nothing of these is sent by itself. */
const atRest: readonly DeliveryState[] = ["deleting", "deleted", "failed", "unknown", "cancelled"];

/** Stops what the page named: deliveries, or a scheduled post with those that are planned for that. */
const hold: Act = async (call) => {
  const { form, site, ports } = call;
  const name = form.get("post");
  if (name === null) return decideAll(seenIn(form), stopWords, perform("hold"), call);
  const post = await findPost(site, name, ports);
  if (post === undefined) return noPost;
  await planEarly(post, ports);
  const all = await ports.deliveries.ofPost(site.id, post.id);
  const open = all
    .filter(({ state }) => !atRest.includes(state))
    .map((one) => ({ ...nothingSeen, id: deliveryId(one) }));
  return open.length === 0
    ? nothingDone("Nothing of it waits to be sent.")
    : decideAll(open, stopWords, perform("hold"), call);
};

/** Plans what a scheduled post sends at its date, so that its texts can be read, and approved, before. */
const plan: Act = async ({ form, site, ports }) => {
  const post = await findPost(site, form.get("post") ?? "", ports);
  if (post === undefined) return noPost;
  await planEarly(post, ports);
  return said("Its texts are below.", ["They follow its document until its date."]);
};

const resolveAs = (as: "posted" | "retry", words: Words): Act =>
  onDeliveries(words, (id, decision, { site, ports }) => resolve(site.id, id, as, decision, ports));

/** When what waits on these accounts goes out, as far as nothing is in the way, and what is in the way of the others. */
export const whenText = (
  targets: readonly Target[],
  dues: readonly Instant[],
  { now, site }: Pick<ActCall, "now" | "site">,
) => {
  const [free, blocked] = [freeNames(targets), obstaclesText(targets)];
  if (free === "") return `It waits: ${blocked}.`;
  const due = Math.max(now, ...dues);
  const when =
    due > now
      ? `${atTime(due, now, site.timeZone)}, unless a rule of its account makes it wait longer`
      : "as soon as the rules of its account allow";
  return blocked === "" ? `It goes out ${when}.` : `On ${free} it goes out ${when}; ${blocked}.`;
};

export const whenSent = async (
  deliveries: readonly DeliveryStatus[],
  call: Pick<ActCall, "ports" | "site" | "now">,
): Promise<string> => {
  const targets = await findTargets(deliveries.map(waitingOf), call.ports);
  const isFreeOn = (name: string) => targets.some((target) => target.account === name && isFree(target));
  const dues = deliveries.flatMap(({ account, due }) => (due !== undefined && isFreeOn(account) ? [due] : []));
  return whenText(targets, dues, call);
};

const sendWords = { next: whenSent, back: ["hold", "Stop it again"] } as const;

/** Leads to a post that waits for an approval, other than those of the form. */
const findNext = async ({ form, site, ports }: ActCall): Promise<Note["link"]> => {
  const asking = ports.accounts.filter((account) => account.approve === true);
  const lists = await Promise.all(asking.map(({ name }) => ports.deliveries.inState(name, "held")));
  const decided = new Set(seenIn(form).map(({ id }) => parseDeliveryId(id)?.post));
  const open = lists
    .flatMap(({ rows }) => rows)
    .filter((one) => one.site === site.id && one.hold === "approval" && !decided.has(one.post));
  for (const { post: id, account } of open) {
    const post = await ports.posts.head(site.id, id);
    if (post !== undefined && post.gone === undefined)
      return [postPath(post), account, `Next for your approval: “${post.title}”`];
  }
  return undefined;
};

const approve = decide("approve", {
  ...sendWords,
  done: (accounts) => `Approved on ${accounts}.`,
  already: (accounts) => `Already approved on ${accounts}.`,
});

const withdraw: Act = async ({ form, site, ports, by }) => {
  const [post, account] = [form.get("post") ?? "", form.get("account") ?? ""];
  const acted = await withdrawCopy(site, post, account, { by, seen: nothingSeen }, ports);
  if (acted === undefined) return noPost;
  const [first, ...others] = acted.problems.map((problem) => refusalText(problem, ports, account));
  const done = acted.deliveries.flatMap(({ already, delivery }) => (already ? [] : [delivery]));
  const blocked = first ?? (await stayText(done, ports));
  const when = blocked ?? "It is deleted as soon as the network takes the request.";
  if (done.length > 0)
    return said(`The copy on ${account} is withdrawn.`, [when, ...others, "The post stays in the feeds."]);
  if (acted.deliveries.length > 0) return said(`The copy on ${account} was withdrawn before.`);
  return nothingDone(first ?? `There is no copy on ${account}.`, others);
};

/** Whether the document is still there is not looked at: the console may have no access to it. */
const remove: Act = async ({ form, site, ports, by }) => {
  const [name, seen] = [form.get("post") ?? "", form.get("seen")];
  try {
    const post = await removePost(site, name, { by, ...(seen !== null && { expected: [seen] }) }, ports);
    if (post === undefined) return noPost;
    const copies = (await ports.deliveries.ofPost(site.id, post.id)).filter((one) => isLeaving(one, true));
    return said("The post is removed.", [
      ...(await deletionTexts(copies, ports)),
      `Its document, ${post.path}, is not touched: an edit of it brings the post back to the feeds.`,
    ]);
  } catch (error) {
    if (!(error instanceof UnexpectedPost)) throw error;
    return postChanged;
  }
};

const longestReason = 200;

/** Said where a person in a hurry gave none. */
const noReason = "no reason given";

const underWayText = (ids: readonly string[]): readonly string[] =>
  ids.length === 0
    ? []
    : [
        `A request was sent just before, and may still be posted: ${listText(ids.map((id) => parseDeliveryId(id)?.account ?? id))}.`,
      ];

const stop: Act = async ({ form, ports, by }) => {
  const [why, account] = [cleanLine(form.get("why") ?? ""), form.get("account") ?? undefined];
  if (why.length > longestReason)
    return {
      ...nothingDone(`The reason has more than ${longestReason} characters: shorten it, or leave it out.`),
      isInvalid: true,
    };
  const stopped = await stopSending(account, { why: why || noReason, by }, ports);
  if (stopped === undefined) return noAccount;
  const what = account ?? "all accounts";
  return said(stopped.already ? `Sending on ${what} was stopped before.` : `Sending on ${what} is stopped.`, [
    ...underWayText(stopped.underWay),
    "The feeds go on.",
  ]);
};

/** After a restore, only what the page has listed is let go out. */
const hasSeenAll = async (account: string, { form, ports }: Pick<ActCall, "form" | "ports">): Promise<boolean> => {
  const seen = seenIn(form).map(({ id }) => id);
  const { deliveries } = await readWouldSend(account, ports);
  return form.has("confirm") && deliveries.every(({ id }) => seen.includes(id));
};

/** Which of the accounts send what waits for them, and what is in the way of the others. */
const sendersOf = async (accounts: readonly string[], ports: ActCall["ports"]) => {
  const waiting = accounts.map((account) => ({ account, isApproved: true }));
  const targets = await findTargets(waiting, ports);
  const [free, blocked] = [freeNames(targets), obstaclesText(targets)];
  const goes = free === "" ? [] : ["What waited goes out as soon as its rules allow."];
  return { free, blocked, more: blocked === "" ? goes : [sentence(blocked), ...goes] };
};

const resume: Act = async (call) => {
  const { form, ports, by } = call;
  const account = form.get("account") ?? undefined;
  const isConfirmed = account !== undefined && (await hasSeenAll(account, call));
  const resumed = await resumeSending(account, { by, isConfirmed }, ports);
  if (resumed === undefined) return noAccount;
  if (resumed.wouldSend.length > 0)
    return {
      isProblem: true,
      bold: "Nothing is sent yet.",
      more: [
        account === undefined
          ? `The data of ${listText(resumed.wouldSend.map((one) => one.account))} was restored: look at what it would send on the page of the accounts, and let it send that first.`
          : "There is more that it would send than when you opened the page. Look at it, and decide again.",
      ],
    };
  const names = ports.accounts.map(({ name }) => name);
  const { free, blocked, more } = await sendersOf(account === undefined ? names : [account], ports);
  const bold =
    free === ""
      ? `The stop of ${account ?? "all sending"} has ended.`
      : account === undefined && blocked === ""
        ? "All accounts send again."
        : `Sending on ${free} goes on.`;
  return said(bold, more);
};

/** Logs in, as `accounts --check` does. Its result stays in the account's row. */
const check: Act = async ({ form, ports }) => {
  const account = ports.accounts.find(({ name }) => name === form.get("account"));
  if (account === undefined) return noAccount;
  const { name } = account;
  const { reach, identity, problem } = await checkLogin(account, ports, true);
  if (problem !== undefined)
    return said(`The login of ${name} does not work now.`, [refusalText(problem, ports, name)]);
  if (reach !== "real") return said(`${capital(name)} has no login that could be checked.`);
  const { more } = await sendersOf([name], ports);
  return said(`The login of ${name} works.`, identity === undefined ? more : [`It posts as ${identity}.`, ...more]);
};

/** Every act, by the last part of its path. */
export const acts: Readonly<Record<string, Act>> = {
  hold,
  plan,
  release: decide("release", {
    ...sendWords,
    done: (accounts) => `Released on ${accounts}.`,
    already: (accounts) => `Already released on ${accounts}.`,
  }),
  approve: async (call) => {
    const note = await approve(call);
    return { ...note, link: note.link ?? (note.isProblem ? undefined : await findNext(call)) };
  },
  dismiss: ifSure(
    decide("dismiss", {
      done: (accounts) => `It is never sent on ${accounts}.`,
      already: (accounts) => `It is not sent on ${accounts} already.`,
    }),
  ),
  retry: onDeliveries(
    {
      ...sendWords,
      done: (accounts) => `It is sent again on ${accounts}.`,
      already: (accounts) => `It is sent again on ${accounts} already.`,
    },
    (id, decision, { site, ports }) => retry(site.id, id, decision, ports),
  ),
  "resolve-posted": resolveAs("posted", {
    done: (accounts) => `It is there on ${accounts}: that is recorded.`,
    already: (accounts) => `That is recorded on ${accounts} already.`,
  }),
  "resolve-retry": resolveAs("retry", {
    ...sendWords,
    done: (accounts) => `It is not there on ${accounts}: it is sent.`,
    already: (accounts) => `It is sent on ${accounts} already.`,
  }),
  withdraw,
  remove,
  "check-login": check,
  "stop-sending": stop,
  "resume-sending": resume,
};
