import { html } from "hono/html";
import { whyItStays } from "../app/deliver/act-on-deliveries.ts";
import { readNow, type Shown } from "../app/deliver/desired-state.ts";
import { isAnnouncedLater } from "../app/status/delivery-status.ts";
import { listFeedsOf } from "../app/status/feed-status.ts";
import {
  deletionOf,
  findTargets,
  type Obstacle,
  type Target,
  undecidedPost,
  waitingOf,
} from "../app/status/obstacles.ts";
import { isLeaving } from "../app/status/overview.ts";
import { findStatus } from "../app/status/status.ts";
import type { DeliveryStatus } from "../contract/deliveries.ts";
import type { FeedStatus } from "../contract/installation-status.ts";
import type { PostStatus } from "../contract/posts.ts";
import { deliveryId, isLater, type StoredRequest } from "../domain/delivery.ts";
import { reasonText } from "../domain/findings.ts";
import { isRecord } from "../domain/json-value.ts";
import { feedState } from "./feeds-page.ts";
import {
  act,
  deleteItThere,
  freeNames,
  type Html,
  isSaid,
  moment,
  namesOf,
  obstaclesText,
  outside,
  type PageContent,
  type Part,
  type StateKind,
  seenDelivery,
  seenField,
  state,
  type View,
} from "./parts.ts";
import {
  bothTexts,
  editedLine,
  editLink,
  isUndecided,
  overtakenActs,
  readDocumentTexts,
  sendDocuments,
  shownText,
} from "./text-page.ts";
import {
  counted,
  historyText,
  inWords,
  isoTime,
  listText,
  numberOf,
  plannedText,
  sentence,
  timeText,
  waitsFor,
  whichTime,
  whyItWaits,
} from "./words.ts";

/** One post: where it went, what happened there, and every decision about it. */

const isOut = ({ state: now }: Pick<DeliveryStatus, "state">): boolean =>
  ["posted", "editing", "deleting"].includes(now);

const unsent: readonly string[] = ["pending", "held", "failed"];

/** Nothing of a removed post is sent. A post that is equal to it may be its copy nevertheless. */
const isDropped = ({ state: now, duplicate }: DeliveryStatus, { isRemoved }: Pick<Facts, "isRemoved">): boolean =>
  isRemoved && unsent.includes(now) && duplicate !== "equal";

const heldWords = ({ hold }: DeliveryStatus): string => (hold === "approval" ? "Waits for your approval" : "Held");

/** The time of a delivery is promised only where nothing is in the way of its account. */
const stateWords = (delivery: DeliveryStatus, facts: Facts, view: View): readonly [StateKind, string] => {
  const { obstacle, isUnwanted, stays } = facts;
  const { state: now, hold, posted, stale, unfinished, due } = delivery;
  const time = (at: number) => timeText(at, view.now, view.site.timeZone);
  if (isUnwanted)
    return stays !== undefined
      ? ["ask", "Is still there"]
      : delivery.sandbox
        ? ["wait", "Still in the sandbox"]
        : ["ask", "Still public"];
  if (isDropped(delivery, facts)) return ["wait", "Is not sent"];
  switch (now) {
    case "pending":
      if (waitsFor(delivery) !== "time" || due === undefined) return ["wait", "Waits"];
      if (obstacle === "approval") return ["ask", `Goes out ${due <= view.now ? "now" : time(due)} if you approve it`];
      if (obstacle !== undefined) return ["wait", "Waits"];
      return ["wait", due <= view.now ? "Goes out now" : `Goes out ${time(due)}`];
    case "held":
      return ["ask", heldWords(delivery)];
    case "sending":
      return ["wait", "Is being sent"];
    case "unsettled":
      return ["ask", "No answer yet"];
    case "posted":
      if (unfinished) return ["ask", "Only a part is known to be there"];
      if (hold !== undefined) return ["ask", "Posted; its edit waits for your approval"];
      return [
        delivery.sandbox ? "wait" : "ok",
        `${delivery.sandbox ? "Shown in the sandbox" : "Posted"}${posted === undefined ? "" : ` ${time(posted)}`}${stale ? ", not as the post is now" : ""}`,
      ];
    case "editing":
      return ["ok", "Posted; it is being edited"];
    case "deleted":
      return ["wait", "Deleted"];
    case "failed":
      return ["bad", "Failed"];
    case "unknown":
      return ["ask", "Unknown"];
    default:
      return ["wait", "Not sent"];
  }
};

/** True for one that is going to ask for an approval at its time, where the text that it would have can be approved now. */
const needsApproval = (delivery: DeliveryStatus, { ports }: View): boolean =>
  delivery.state === "pending" &&
  !delivery.sandbox &&
  delivery.shown?.approved === false &&
  ports.accounts.some(({ name, approve }) => name === delivery.account && approve);

const isSuperseded = (delivery: Pick<DeliveryStatus, "account" | "generation">, { deliveries }: PostStatus): boolean =>
  deliveries.some((one) => isLater(one, delivery));

/** The decisions that the state of a delivery allows. */
const actsFor = (delivery: DeliveryStatus, facts: Facts, post: PostStatus, view: View): readonly Html[] => {
  const { isUnwanted, stays, document, isRemoved } = facts;
  const { account, state: now, hold, duplicate, unfinished } = delivery;
  if (isUnwanted || isDropped(delivery, facts)) return [];
  const fields = seenField([seenDelivery(delivery)]);
  const button = (name: string, label: string, kind: "do" | "" = "") =>
    act(view, name, label, { about: `on ${account}`, kind, fields });
  const never = html`<a class="alt plain" href="${view.href("/console/never", { post: post.path, delivery: delivery.id })}">Never send it …<span class="vh"> on ${account}</span></a>`;
  const edit = editLink(delivery, post.path, view);
  const choice = document === undefined ? [] : overtakenActs(delivery, document, view);
  switch (now) {
    case "pending":
      return [
        ...(needsApproval(delivery, view)
          ? isUndecided(delivery)
            ? choice
            : [button("approve", "Approve", "do")]
          : []),
        button("hold", "Stop", needsApproval(delivery, view) ? "" : "do"),
        ...edit,
        never,
      ];
    case "held":
      if (isUndecided(delivery)) return [...choice, ...edit, never];
      return [
        hold === "approval" ? button("approve", "Approve", "do") : button("release", "Release", "do"),
        ...edit,
        never,
      ];
    case "failed":
      if (duplicate === "equal")
        return [
          button("resolve-posted", "It is that post"),
          ...(isRemoved
            ? [button("dismiss", "It is another one")]
            : [button("resolve-retry", "It is another one: send it"), ...edit]),
        ];
      if (isSuperseded(delivery, post)) return [never];
      // The network takes the second copy only with another text.
      return duplicate === "copy" && delivery.text === undefined
        ? [...edit, never]
        : [button("retry", "Send it again"), ...edit, never];
    case "unknown":
      return [button("resolve-posted", "It is there"), button("resolve-retry", "It is not: send it")];
    case "posted": {
      const open = unfinished
        ? [button("resolve-posted", "All of it is there"), button("resolve-retry", "Send what is missing")]
        : [];
      const held = hold === "approval" ? [button("approve", "Approve the edit", "do")] : [];
      const query = { post: post.path, account };
      return [
        ...open,
        ...held,
        ...sendDocuments(delivery, view),
        ...(stays === undefined
          ? [
              html`<a class="alt" href="${view.href("/console/withdraw", query)}">Delete this copy …<span class="vh"> on ${account}</span></a>`,
            ]
          : []),
      ];
    }
    default:
      return [];
  }
};

const explanation = (delivery: DeliveryStatus, facts: Facts, view: View): readonly Part[] => {
  const { obstacle, isUnwanted, stays } = facts;
  const { state: now, reason, due, url, sandbox, account } = delivery;
  if (isDropped(delivery, facts)) return ["Its post is removed."];
  const why =
    reason === undefined || reason === stays || (now === "held" && delivery.hold === "approval")
      ? []
      : [sentence(whyItWaits(reason), account)];
  const isTold = isSaid({ delivery, obstacle });
  const blocked = obstacle === undefined || isTold ? [] : [sentence(obstaclesText([{ account, obstacle }]), account)];
  const isDown = obstacle === "down";
  const retried = reason !== undefined && due !== undefined && due > view.now ? due : undefined;
  const again =
    now === "pending" && ((isDown && isTold) || waitsFor(delivery) === "page") && due !== undefined
      ? [html`It is ${isDown ? "tried" : "looked for"} again at ${moment(due, view)}.`]
      : [];
  const unsure =
    now === "unknown"
      ? ["It may be there or not, and a second try could make a second post: Crier does not guess."]
      : [];
  const looks = now === "unknown" && due !== undefined ? [html`Crier looks again at ${moment(due, view)}.`] : [];
  return [
    ...(url === undefined || now === "deleted" ? [] : [html`${outside(url, `See it on ${account}`)}.`]),
    ...unsure,
    ...(isUnwanted && stays !== undefined ? [deleteItThere(stays, account)] : []),
    ...(isUnwanted && stays === undefined && (obstacle === undefined || (isDown && retried !== undefined))
      ? [
          retried === undefined
            ? "Its deletion goes to the network now."
            : html`Its deletion is tried again at ${moment(retried, view)}.`,
        ]
      : []),
    ...why,
    ...blocked,
    ...looks,
    ...again,
    ...(sandbox ? [`In the sandbox: nothing ${isOut(delivery) ? "left" : "leaves"} this machine.`] : []),
  ];
};

const history = (
  count: number,
  { sandbox, history: { planned, by, first, omitted, last } }: DeliveryStatus,
  view: View,
): Html => {
  const line = (at: number, text: string) =>
    html`<li><time datetime="${isoTime(at)}">${timeText(at, view.now, view.site.timeZone)}</time><span dir="auto">${text}</span></li>`;
  const entries = first.length + last.length + 1;
  const summary =
    omitted === 0
      ? `What happened: ${counted(entries, "entry", "entries")}`
      : `What happened: ${entries + omitted} entries, ${entries} are shown`;
  return html`<details><summary>${summary}</summary><ol class="hist">${line(planned, plannedText(count, by))}${first.map((entry) => line(entry.at, historyText(entry, sandbox)))}${omitted === 0 ? "" : html`<li><span></span><span>… ${omitted} entries between are not kept</span></li>`}${last.map((entry) => line(entry.at, historyText(entry, sandbox)))}</ol></details>`;
};

/** Whoever approves a text has read it: then it is not closed. */
const textOf = (delivery: DeliveryStatus, document: Shown | undefined, post: PostStatus, view: View): Part => {
  const { shown, hold } = delivery;
  if (shown === undefined) return "";
  if (document !== undefined) return bothTexts(shown, document);
  const copy = shownText(shown);
  return hold === "approval" || needsApproval(delivery, view)
    ? copy
    : html`<details${post.status === "scheduled" ? html` open` : ""}><summary>The text as it goes out${shown.approved ? ", approved" : ""}</summary>${copy}</details>`;
};

/** What the requests of networks call their text. Another one, such as that of a webhook, has no text to show. */
const textFields = ["text", "status", "content", "commentary", "body", "body_markdown"];

/** The text of a request as its network gets it, with those of a thread. */
const requestText = (request: StoredRequest): string | undefined => {
  const text = textFields.map((field) => request[field]).find((value) => typeof value === "string");
  const replies = Array.isArray(request.replies) ? request.replies.filter(isRecord).map(requestText) : [];
  const texts = [text, ...replies].filter((one) => one !== undefined && one !== "");
  return texts.length === 0 ? undefined : texts.join("\n\n");
};

const sentPart = (text: string | undefined): Part =>
  text === undefined
    ? ""
    : html`<details><summary>The text as it was sent</summary><div class="copy" dir="auto" lang="">${text}</div></details>`;

/** The facts about a delivery that its status does not have. */
interface Facts {
  readonly sent: string | undefined;
  readonly obstacle: Obstacle | undefined;
  /** Its post is removed. */
  readonly isRemoved: boolean;
  /** Its copy is to be deleted: its post is removed, or a person took it back. */
  readonly isUnwanted: boolean;
  /** Why no request of Crier deletes its copy. */
  readonly stays: string | undefined;
  /** The text with which one that failed is sent again. */
  readonly retried: Shown | undefined;
  /** The text of its document, where a person chooses between that and an edited text. */
  readonly document: Shown | undefined;
}

const readFacts = async (post: PostStatus, view: View): Promise<ReadonlyMap<string, Facts>> => {
  const { site, ports } = view;
  const deliveries = await ports.deliveries.ofPost(site.id, post.id);
  const documents = await readDocumentTexts(post.deliveries, view);
  const isRemoved = post.status === "deleted";
  const failed = deliveries.filter((one) => one.state === "failed" && !isRemoved && !isSuperseded(one, post));
  const row = failed.length === 0 ? undefined : await ports.posts.read(site.id, post.id);
  const texts = failed.map(async (one) => [deliveryId(one), await readNow(one, row, ports)] as const);
  const retried = new Map(await Promise.all(texts));
  const read = deliveries.map((delivery) => {
    const isUnwanted = isLeaving(delivery, isRemoved);
    const isLeft = isUnwanted && delivery.state === "posted" && delivery.stale === true;
    const stays = whyItStays(delivery, ports) ?? (isLeft ? delivery.reason : undefined);
    return { delivery, isUnwanted, stays, id: deliveryId(delivery) };
  });
  const asked = read.filter(({ isUnwanted, stays }) => isUnwanted && stays === undefined);
  const pending = post.deliveries.filter(({ state: now }) => now === "pending");
  const deletions = asked.map(({ delivery }) => deletionOf(delivery));
  const isNote = post.whyNote !== undefined;
  const undecided = new Map(read.map(({ id, delivery }) => [id, undecidedPost({ isNote }, delivery)]));
  const targets = await findTargets(
    [...pending.map((one) => ({ ...waitingOf(one), post: undecided.get(one.id) })), ...deletions],
    ports,
  );
  const waiting = [...pending.map(({ id }) => id), ...asked.map(({ id }) => id)];
  const obstacleOf = (id: string, account: string): Obstacle | undefined =>
    waiting.includes(id) ? targets.find((one) => one.account === account)?.obstacle : undefined;
  return new Map(
    read.map(({ delivery, isUnwanted, stays, id }) => [
      id,
      {
        sent: delivery.sent && requestText(delivery.sent.request),
        obstacle: obstacleOf(id, delivery.account),
        isRemoved,
        isUnwanted,
        stays,
        retried: retried.get(id),
        document: documents.get(id),
      },
    ]),
  );
};

const deliveryPart = (delivery: DeliveryStatus, facts: Facts, post: PostStatus, view: View): Html => {
  const { account, network } = delivery;
  const buttons = actsFor(delivery, facts, post, view);
  const more = [...(network === account ? [] : [network]), ...whichTime(delivery, post)];
  return html`<div class="net" id="${account}"><h3><span>${account}${more.map((words) => html`<span class="h">, ${words}</span>`)}</span> ${state(...stateWords(delivery, facts, view))}</h3>
${[...explanation(delivery, facts, view), ...editedLine(delivery, view)].map((line) => html`<p dir="auto">${line}</p>`)}${textOf(delivery, facts.document, post, view)}${facts.retried === undefined ? "" : html`<p class="hint">The text that is sent again</p>${shownText(facts.retried)}`}${sentPart(facts.sent)}${history(numberOf(delivery, post), delivery, view)}${buttons.length === 0 ? "" : html`<div class="acts">${buttons}</div>`}</div>`;
};

/** One press for all accounts that wait for the same decision. */
const together = ({ deliveries, status }: PostStatus, view: View): Part => {
  if (status === "deleted") return "";
  const group = (name: string, label: string, rows: readonly DeliveryStatus[]): readonly Html[] => {
    const about = `on ${listText(rows.map(({ account }) => account))}`;
    const fields = seenField(rows.map(seenDelivery));
    return rows.length < 2 ? [] : [act(view, name, `${label} ${rows.length}`, { kind: "do", about, fields })];
  };
  const buttons = [
    ...group(
      "approve",
      "Approve",
      deliveries.filter((one) => (one.hold === "approval" || needsApproval(one, view)) && !isUndecided(one)),
    ),
    ...group("release", "Release", deliveries.filter(isReleasable)),
    ...group(
      "hold",
      "Stop",
      deliveries.filter(({ state: now }) => now === "pending"),
    ),
  ];
  return buttons.length === 0 ? "" : html`<div class="end">${buttons}</div>`;
};

/** A release of several must not mean one that may be on its network already. */
const isReleasable = ({ state: now, hold }: DeliveryStatus): boolean =>
  now === "held" && hold !== "approval" && hold !== "text" && hold !== "unreadable";

const lead = (post: PostStatus, view: View): Html => {
  const { published, status, url, document, movedFrom } = post;
  const when =
    status === "scheduled"
      ? html`Scheduled for ${published === undefined ? "" : moment(published, view)}.`
      : status === "live"
        ? html`In the feeds, dated ${published === undefined ? "" : moment(published, view)}.`
        : status === "held"
          ? "Held: it is in no feed."
          : "Deleted: it is in no feed.";
  return html`<p class="lead">${when} ${outside(url, url)}, from <code>${document}</code>${movedFrom === undefined ? "" : html`, before that <code>${movedFrom}</code>`}.</p>`;
};

/** The accounts of a scheduled post, which has no delivery before its date, and what is in the way of each. */
const readLater = async (post: PostStatus, { site, ports, now }: View): Promise<readonly Target[]> => {
  const head = post.status === "scheduled" ? await ports.posts.head(site.id, post.id) : undefined;
  if (head === undefined) return [];
  const open = ports.accounts.filter(
    (account) => isAnnouncedLater(head, account, now) && !post.deliveries.some((one) => one.account === account.name),
  );
  return findTargets(
    open.map(({ name }) => ({
      account: name,
      isApproved: false,
      post: undecidedPost(head, { published: head.published }),
    })),
    ports,
  );
};

const laterText = (later: readonly Target[]): string => {
  const [free, blocked] = [freeNames(later), obstaclesText(later)];
  if (later.length === 0) return "No account announces it.";
  return [free === "" ? "" : `At its date it goes to ${free}.`, blocked === "" ? "" : sentence(blocked)].join(" ");
};

const scheduledStop = (post: PostStatus, later: readonly Target[], view: View): Part =>
  post.status === "scheduled" && post.deliveries.length === 0
    ? html`<p class="hint">${laterText(later)}</p><div class="acts">${act(view, "hold", "Stop this post", { kind: "do", fields: [["post", post.path]] })}${act(view, "plan", "Read its texts", { fields: [["post", post.path]] })}</div>`
    : "";

const warningsOf = ({ warnings, deliveries }: PostStatus, facts: ReadonlyMap<string, Facts>): readonly string[] => [
  ...warnings.map(reasonText),
  ...deliveries.flatMap(({ id, account, shown: own }) => {
    const shown = facts.get(id)?.document ?? own;
    return [
      ...(shown?.cut === true ? [`${account}: its text is too long, and is cut.`] : []),
      ...(shown?.warnings ?? []).map((warning) => `${account}: ${warning}`),
    ];
  }),
];

/** More feeds have a post of many categories only. */
const mostFeeds = 8;

const feedsPart = (feeds: readonly FeedStatus[]): Part =>
  feeds.length === 0
    ? ""
    : html`<section aria-labelledby="feeds"><h2 id="feeds">In the feeds</h2><ul class="acc">${feeds.map((feed) => html`<li dir="auto"><a href="${feed.url}">${feed.title}</a> ${feedState(feed)}</li>`)}</ul></section>`;

const side = (
  post: PostStatus,
  feeds: readonly FeedStatus[],
  facts: ReadonlyMap<string, Facts>,
  view: View,
): Html => html`<aside aria-label="The post">
${feedsPart(feeds)}
<section aria-labelledby="doc"><h2 id="doc">Its document</h2>${warningsOf(post, facts).length === 0 ? html`<p class="hint">It was read without a warning.</p>` : html`<ul class="acc">${warningsOf(post, facts).map((warning) => html`<li><span class="d">${warning}</span></li>`)}</ul>`}${post.whyNote === undefined ? "" : html`<p class="hint">It is a note: ${post.whyNote}.</p>`}</section>
${post.translations.length === 0 ? "" : html`<section aria-labelledby="tr"><h2 id="tr">In other languages</h2><ul class="acc">${post.translations.map(({ language, url }) => html`<li>${outside(url, language)}</li>`)}</ul></section>`}
${post.again.length === 0 ? "" : html`<section aria-labelledby="again"><h2 id="again">Post it yourself</h2><p class="end"><a class="alt" href="${view.href("/console/again", { post: post.path })}">Post it now …</a></p></section>`}
${post.status === "deleted" ? "" : html`<section aria-labelledby="remove"><h2 id="remove">Take it down</h2><p class="hint">It leaves the feeds at once, and its copies are deleted where their networks allow it.</p><p class="end"><a class="alt" href="${view.href("/console/remove", { post: post.path })}">Remove the post …</a></p></section>`}
</aside>`;

export const postPage = async (view: View): Promise<PageContent | undefined> => {
  const post = await findStatus(view.site, view.param, view.ports);
  if (post === undefined) return undefined;
  const facts = await readFacts(post, view);
  const later = await readLater(post, view);
  const feeds = post.status === "live" ? await listFeedsOf(post, view.site, view.ports, mostFeeds) : [];
  const deliveries = post.deliveries.flatMap((delivery) => {
    const own = facts.get(delivery.id);
    return own === undefined ? [] : [[delivery, own] as const];
  });
  const there = post.deliveries.filter(isOut);
  const shown = there.filter(({ sandbox }) => sandbox).length;
  const out = there.length - shown;
  const isRemoved = post.status === "deleted";
  // Of a removed post, those that were never there are not counted.
  const all = isRemoved ? post.deliveries.filter((one) => isOut(one) || one.state === "deleted") : post.deliveries;
  const count =
    all.length === 0
      ? "nowhere"
      : `${out} of ${all.length} ${out === 1 ? "is" : "are"} ${isRemoved ? "still there" : "out"}${shown === 0 ? "" : `, ${shown} shown in the sandbox`}`;
  return {
    title: post.label,
    isLive: true,
    body: html`<h1 dir="auto">${post.label}</h1>${lead(post, view)}${post.reason === undefined ? "" : html`<p class="hint">${sentence(inWords(post.reason))}</p>`}
<div class="cols"><div><section aria-labelledby="where"><h2 id="where">Where it ${there.length > 0 ? "went" : "goes"} <small>${deliveries.length === 0 ? (later.length === 0 ? "no account" : namesOf(later)) : count}</small></h2>
${together(post, view)}${scheduledStop(post, later, view)}${deliveries.map(([delivery, own]) => deliveryPart(delivery, own, post, view))}</section></div>${side(post, feeds, facts, view)}</div>`,
  };
};
