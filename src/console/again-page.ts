import { html } from "hono/html";
import { readNextText } from "../app/deliver/edit-text.ts";
import { announceWithTexts } from "../app/ingest/announce-with-texts.ts";
import { findTargets } from "../app/status/obstacles.ts";
import type { DeliveryStatus } from "../contract/deliveries.ts";
import type { PostStatus } from "../contract/posts.ts";
import { isOnNetwork } from "../domain/delivery.ts";
import { UnexpectedPost } from "../domain/expected-post.ts";
import type { Post } from "../domain/post.ts";
import { whenText } from "./acts.ts";
import { type Act, type ActCall, noPost, nothingDone, postChanged } from "./outcomes.ts";
import { type Html, hidden, moment, type PageContent, type Part, type View } from "./parts.ts";
import { crumb, postOfQuery, questionForm, toPost } from "./post-questions.ts";
import { shownText } from "./text-page.ts";
import { inWords, listText, sentence, timesText } from "./words.ts";

/** A person posts a post themselves: for the first time, or once more. */

/** Why an account cannot post it again. Undefined where it can: the core decides when the button is pressed. */
const whyNotAgain = (account: string, deliveries: readonly DeliveryStatus[]): string | undefined => {
  const last = deliveries.findLast((one) => one.account === account);
  switch (last?.state) {
    case "unknown":
      return "Not possible: say first whether the first one is there.";
    case "pending":
    case "held":
    case "sending":
    case "unsettled":
      return "Not possible: the first one has not gone out yet.";
    default:
      return undefined;
  }
};

/** The accounts that would post into the sandbox now, which charges nothing and refuses what their networks do. */
const inSandbox = async ({ ports }: View): Promise<ReadonlySet<string>> => {
  const read = ports.accounts.map(async (account) =>
    (await ports.networks.destination(account)) === "sandbox" ? [account.name] : [],
  );
  return new Set((await Promise.all(read)).flat());
};

/** Says what is there of a post on an account, and what one more makes of it. */
const copyWords = (own: readonly DeliveryStatus[], isShown: boolean, view: View): Part => {
  const copies = own.filter(({ posted, state: now }) => posted !== undefined && now !== "deleted");
  const last = copies.at(-1);
  const first = copies.some(({ sandbox }) => !sandbox) ? "" : "It has no copy: this is the first.";
  const gone = own.some(({ state: now }) => now === "deleted") ? "Its copy was deleted. There is none now." : first;
  if (last?.posted === undefined) return gone;
  const at = moment(last.posted, view);
  if (last.sandbox) return html`Shown in the sandbox ${at}.${isShown ? "" : ` ${gone}`}`;
  return html`There since ${at}. ${isShown ? "This one is only shown in the sandbox." : `It stays, and is posted there a ${timesText(copies.filter(({ sandbox }) => !sandbox).length + 1)}.`}`;
};

/** The field for the text of an account. */
const againText = (account: string): string => `text-${account}`;

/** Asks for the accounts, and shows what each would get: none is ticked before. */
export const againPage = async (view: View): Promise<PageContent | undefined> => {
  const { site, ports, typed } = view;
  const post = await postOfQuery(view);
  const row = post && (await ports.posts.read(site.id, post.id));
  if (post === undefined || row === undefined) return undefined;
  const ticked = typed?.getAll("account") ?? [];
  const sandbox = await inSandbox(view);
  const deliveries = await ports.deliveries.ofPost(site.id, post.id);
  const pick = async ({ account, cost }: PostStatus["again"][number], index: number): Promise<Html> => {
    const isShown = sandbox.has(account);
    const why = whyNotAgain(account, post.deliveries);
    const own = post.deliveries.filter((one) => one.account === account);
    const known = ports.accounts.find(({ name }) => name === account);
    const next = known && (await readNextText(row, known, deliveries, ports));
    const price = isShown || cost === undefined || cost === 0 ? "" : ` Costs $${cost.toFixed(2)}.`;
    const whole = next === undefined ? " It is sent the whole post." : "";
    const equal = next?.isEqual === true ? " It refuses an equal text for some hours: write another one below." : "";
    const name = againText(account);
    const field =
      next === undefined || why !== undefined
        ? ""
        : html`${shownText(next.shown)}<details${next.isEqual || typed?.has(name) === true ? html` open` : ""}><summary>Write another text<span class="vh"> for ${account}</span></summary><textarea name="${name}" aria-label="Text for ${account}" dir="auto" lang="">
${typed?.get(name) ?? next.document}</textarea></details>`;
    return html`<div class="pick"><input type="checkbox" name="account" value="${account}" id="a${index}"${why === undefined ? "" : html` disabled`}${ticked.includes(account) ? html` checked` : ""}><label for="a${index}">${account}</label><p class="hint">${why ?? html`${copyWords(own, isShown, view)}${price}${whole}${equal}`}</p>${field}</div>`;
  };
  const isAgain = post.deliveries.some(({ posted, state: now }) => posted !== undefined && now !== "deleted");
  return {
    title: isAgain ? "Post again" : "Post now",
    body: html`<div class="narrow">${crumb(post, view)}<h1>Post it ${isAgain ? "again" : "now"}?</h1><p class="lead">Each account that you choose gets the text that is shown below it${isAgain ? ". What is there stays there" : ""}.</p>
${questionForm(post, "again", view, html`${hidden("seen", post.etag)}<fieldset class="f"><legend>Where</legend>${post.again.length === 0 ? html`<p class="hint">No account announces it.</p>` : await Promise.all(post.again.map(pick))}</fieldset><div class="end"><button class="do">Post it</button><a href="${toPost(post, view)}">Cancel</a></div>`, view.here)}</div>`,
  };
};

/** Says where a post goes that is announced by hand: once more only where a copy is there. */
const whereText = async (
  post: Pick<Post, "site" | "id" | "generation">,
  accounts: readonly string[],
  { deliveries, networks, accounts: known }: ActCall["ports"],
): Promise<string> => {
  const before = (await deliveries.ofPost(post.site, post.id)).filter(
    (one) => one.generation < post.generation && !one.sandbox && isOnNetwork(one),
  );
  const shown = new Set<string>();
  for (const account of known) if ((await networks.destination(account)) === "sandbox") shown.add(account.name);
  const real = accounts.filter((name) => !shown.has(name));
  const isThere = (name: string): boolean => before.some(({ account }) => account === name);
  const [first, more] = [real.filter((name) => !isThere(name)), real.filter(isThere)].map((all) => listText(all));
  const posted = [first && `on ${first}`, more && `once more on ${more}`].filter((text) => text).join(", and ");
  const sandbox = listText(accounts.filter((name) => shown.has(name)));
  return [posted && `posted ${posted}`, sandbox && `shown in the sandbox of ${sandbox}`]
    .filter((text) => text)
    .join(", and ");
};

const postAgain: Act = async ({ form, site, ports, by, now }) => {
  if (!form.has("account")) return { ...nothingDone("Tick the accounts that are to post it."), isInvalid: true };
  const [post, seen] = [form.get("post") ?? "", form.get("seen")];
  const accounts = form.getAll("account");
  let done = "";
  try {
    const expected = seen === null ? undefined : [seen];
    const texts = new Map(
      accounts.flatMap((account) => {
        const text = form.get(againText(account));
        return text === null ? [] : [[account, text] as const];
      }),
    );
    const answer = await announceWithTexts(site, post, { accounts, texts, by, expected }, ports);
    if (answer === undefined) return noPost;
    if (answer.result === "refused")
      return { ...nothingDone(sentence(inWords(answer.problem))), ...("isInvalid" in answer && { isInvalid: true }) };
    done = await whereText(answer.post, accounts, ports);
    // Its document is needed to publish it, and is not read where the console has no parser.
    if (answer.result === "unchanged" && answer.post.hold !== undefined)
      return nothingDone(sentence(inWords(answer.post.hold)));
  } catch (error) {
    if (!(error instanceof UnexpectedPost)) throw error;
    return postChanged;
  }
  const targets = await findTargets(
    accounts.map((account) => ({ account, isApproved: false })),
    ports,
  );
  const isAsked = targets.every(({ obstacle }) => obstacle === "approval");
  return {
    isProblem: false,
    bold: `It will be ${done}${isAsked ? ", after your approval" : ""}.`,
    more: isAsked ? [] : [whenText(targets, [], { now, site })],
  };
};

export const againActs: Readonly<Record<string, Act>> = { again: postAgain };
