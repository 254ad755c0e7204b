import { html } from "hono/html";
import { listDeliveries } from "../app/status/delivery-status.ts";
import type { DeliveryStatus } from "../contract/deliveries.ts";
import { holdKinds, parseDeliveryId } from "../domain/delivery.ts";
import { seenDelivery } from "./acts.ts";
import { act, type Html, hidden, type PageContent, type View } from "./parts.ts";
import { counted, inWords, sentence } from "./words.ts";

const titles: Readonly<Record<(typeof holdKinds)[number], string>> = {
  breaker: "Held, because many posts came within an hour",
  live: "Held, because their pages did not appear",
  text: "Held, because their documents say something else than when their texts were edited",
  approval: "Waits for your approval",
  copy: "Held, because a similar post is there already",
  person: "Stopped by a person",
  returned: "Held, because their documents came back",
  unreadable: "Held, because their rows cannot be read",
};

interface Held {
  readonly delivery: DeliveryStatus;
  /** The title of its post, or what else names it. */
  readonly title: string;
}

const readHeld = async (delivery: DeliveryStatus, { site, ports }: View): Promise<Held> => {
  const parsed = parseDeliveryId(delivery.id);
  const post = parsed && (await ports.posts.head(site.id, parsed.post));
  return { delivery, title: post?.title ?? delivery.slug };
};

const pick = ({ delivery, title }: Held, index: number, { href }: View): Html => {
  const { slug, account, reason } = delivery;
  return html`<div class="pick"><input type="checkbox" name="delivery" value="${seenDelivery(delivery)}" id="d${index}"><label for="d${index}"><a href="${href(`/console/posts/${encodeURIComponent(slug)}`)}" dir="auto">${title}</a> on ${account}</label><p class="hint">${sentence(inWords(reason ?? ""), account)}</p></div>`;
};

/** What is held for one reason: those that are ticked are released or never sent. An approval needs the post's page, which has the text. */
export const heldPage = async (view: View): Promise<PageContent | undefined> => {
  const { ports, query, href, here, formToken } = view;
  const kind = holdKinds.find((one) => one === query("hold"));
  if (kind === undefined) return undefined;
  const { rows, next } = await listDeliveries("held", query("from"), ports);
  const held = await Promise.all(rows.filter(({ hold }) => hold === kind).map((one) => readHeld(one, view)));
  const more =
    next === undefined
      ? ""
      : html`<p class="end"><a class="alt" href="${href("/console/held", { hold: kind, from: next })}" rel="next">More</a></p>`;
  if (held.length === 0)
    return {
      title: titles[kind],
      body: html`<h1>${titles[kind]}</h1><p class="empty">Nothing ${next === undefined ? "is held for this reason" : "of this page"}.</p>${more}`,
    };
  const release = "/console/act/release";
  const canDecide = kind !== "approval";
  const fields = held.map(({ delivery }) => ["delivery", seenDelivery(delivery)] as const);
  const all =
    canDecide && held.length > 1
      ? html`<div class="end">${act(view, "release", `Release all ${held.length} of this page`, { fields })}</div>`
      : "";
  return {
    title: titles[kind],
    body: html`<h1>${titles[kind]}</h1><p class="lead">${counted(held.length, "delivery", "deliveries")} on this page. ${canDecide ? "Tick what you mean." : "Open a post to read its text and to approve it."}</p>
<form method="post" action="${href(release)}">${formToken(release)}${hidden("from", here)}<fieldset class="f"><legend class="vh">Deliveries</legend>${held.map((one, index) => pick(one, index, view))}</fieldset>
${canDecide ? html`<div class="end"><button class="do">Release those that are ticked</button></div>` : ""}</form>${all}${more}`,
  };
};
