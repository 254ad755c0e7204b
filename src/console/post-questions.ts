import { html } from "hono/html";
import { whyItStays } from "../app/deliver/act-on-deliveries.ts";
import { deletionOf, findTargets } from "../app/status/obstacles.ts";
import { findStatus } from "../app/status/status.ts";
import type { DeliveryStatus } from "../contract/deliveries.ts";
import type { PostStatus } from "../contract/posts.ts";
import { deliveryId } from "../domain/delivery.ts";
import {
  deleteItThere,
  type Html,
  hidden,
  outside,
  type PageContent,
  type Part,
  postHref,
  seenDelivery,
  staysPublic,
  stayText,
  type View,
} from "./parts.ts";
import { whichTime } from "./words.ts";

/** The pages that ask before an act on a post that has no way back, or costs something. */

export const postOfQuery = (view: View): Promise<PostStatus | undefined> =>
  findStatus(view.site, view.query("post") ?? "", view.ports);

export const toPost = (post: PostStatus, view: View): string => postHref(view, post.path);

/** A form whose act leads back to the post. `from`: the page that comes back where nothing was done. */
export const questionForm = (
  post: PostStatus,
  name: string,
  view: View,
  fields: Part,
  from = toPost(post, view),
): Html => {
  const path = `/console/act/${name}`;
  return html`<form method="post" action="${view.href(path)}">${view.formToken(path)}${hidden("from", from)}${hidden("to", toPost(post, view))}${hidden("post", post.path)}${fields}</form>`;
};

export const crumb = (post: PostStatus, view: View): Html =>
  html`<p class="hint" dir="auto"><a href="${toPost(post, view)}">${post.label}</a></p>`;

/** Why the copies of a post stay, by the ids of their deliveries. Without those that Crier can delete. */
const readStays = async ({ id }: PostStatus, { site, ports }: View): Promise<ReadonlyMap<string, string>> =>
  new Map(
    (await ports.deliveries.ofPost(site.id, id)).flatMap((delivery) => {
      const why = whyItStays(delivery, ports);
      return why === undefined ? [] : [[deliveryId(delivery), why] as const];
    }),
  );

/** Says what taking back a copy means. */
export const withdrawPage = async (view: View): Promise<PageContent | undefined> => {
  const post = await postOfQuery(view);
  const account = view.query("account") ?? "";
  const own = post?.deliveries.filter((one) => one.account === account) ?? [];
  if (post === undefined || own.length === 0) return undefined;
  const copies = own.flatMap(({ url }) => url ?? []);
  const known = await readStays(post, view);
  const reasons = own.map(({ id }) => known.get(id));
  const [stays] = reasons;
  if (stays !== undefined && reasons.every((one) => one !== undefined))
    return {
      title: "Delete a copy",
      body: html`<div class="narrow">${crumb(post, view)}<h1>The copy on ${account} stays</h1><p class="lead">${deleteItThere(stays, account)}</p>${copies.length === 0 ? "" : html`<p class="hint">${copies.map((url) => html`${outside(url, url)} `)}</p>`}</div>`,
    };
  const blocked = await stayText(own, view.ports);
  return {
    title: "Delete a copy",
    body: html`<div class="narrow">${crumb(post, view)}<h1>Delete the copy on ${account}?</h1><p class="lead">${blocked === undefined ? "" : `${blocked} `}The post stays in the feeds and on the other accounts. ${account} does not send it again by itself. Answers to the copy may be deleted with it, by the network.</p>
${copies.length === 0 ? "" : html`<p class="hint">${copies.map((url) => html`${outside(url, url)} `)}</p>`}
${questionForm(post, "withdraw", view, html`${hidden("account", account)}<div class="end"><button class="do">Delete this copy</button><a href="${toPost(post, view)}">Cancel</a></div>`)}</div>`,
  };
};

const isOut = (state: DeliveryStatus["state"]): boolean => ["posted", "editing", "deleting"].includes(state);

/** The effect of a removal on a delivery, by its state. */
const removal: Readonly<Record<DeliveryStatus["state"], string>> = {
  pending: "It waits, and is not sent",
  held: "It is held, and is not sent",
  sending: "It is being sent at this moment: the copy is deleted after it, if the network allows it",
  unsettled: "It got no answer yet: a copy that is there is deleted, if the network allows it",
  posted: "Its copy is deleted, if the network allows it",
  editing: "Its copy is deleted, if the network allows it",
  deleting: "Its copy is being deleted",
  deleted: "It has no copy any more",
  failed: "It failed, and is not sent again",
  unknown: "It may be there or not: look at it, because Crier deletes only what it knows",
  cancelled: "It was not sent",
};

/** Says what a removal does on each account. It does not look at the document: that may be in a bucket. */
export const removePage = async (view: View): Promise<PageContent | undefined> => {
  const post = await postOfQuery(view);
  if (post === undefined || post.status === "deleted") return undefined;
  const known = await readStays(post, view);
  const copies = post.deliveries.filter(({ id, state, sandbox }) => !sandbox && isOut(state) && !known.has(id));
  const targets = await findTargets(copies.map(deletionOf), view.ports);
  const line = (one: DeliveryStatus): Html => {
    const stays = known.get(one.id);
    const blocked = copies.includes(one)
      ? staysPublic(targets.filter(({ account }) => account === one.account))
      : undefined;
    const what =
      stays === undefined
        ? (blocked ?? `${removal[one.state]}${one.sandbox ? ", in the sandbox" : ""}.`)
        : deleteItThere(stays, one.account);
    return html`<li><span class="n">${[one.account, ...whichTime(one, post)].join(", ")}</span><span class="d">${what}</span></li>`;
  };
  return {
    title: "Remove the post",
    body: html`<div class="narrow">${crumb(post, view)}<h1>Remove this post?</h1><p class="lead">It leaves the feeds at once, and its copies are deleted where a network allows it. A network may delete the answers to a copy with it.</p>
${post.deliveries.length === 0 ? html`<p class="hint">It was sent to no account.</p>` : html`<ul class="acc">${post.deliveries.map(line)}</ul>`}
<p class="hint">Its document, <code>${post.document}</code>, is not touched. Where it is still there, the post stays removed until the document changes: an edit of it brings the post back to the feeds. Delete the document, too, if you mean it for good.</p>
${questionForm(post, "remove", view, html`${hidden("seen", post.etag)}<div class="end"><button class="do">Remove this post</button><a href="${toPost(post, view)}">Cancel</a></div>`)}</div>`,
  };
};

/** Asks before a decision that has no way back. */
export const neverPage = async (view: View): Promise<PageContent | undefined> => {
  const post = await postOfQuery(view);
  const delivery = post?.deliveries.find(({ id }) => id === view.query("delivery"));
  if (post === undefined || delivery === undefined) return undefined;
  const { account } = delivery;
  return {
    title: "Never send it",
    body: html`<div class="narrow">${crumb(post, view)}<h1>Never send it on ${account}?</h1><p class="lead">There is no way back: ${account} does not get this post. The post stays in the feeds and goes out on the other accounts. To decide later, stop it instead.</p>
${questionForm(post, "dismiss", view, html`${hidden("delivery", seenDelivery(delivery))}<div class="end"><button class="do">Never send it</button><a href="${toPost(post, view)}">Cancel</a></div>`)}</div>`,
  };
};
