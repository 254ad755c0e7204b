import { html } from "hono/html";
import { pageInState, presentDelivery } from "../app/status/delivery-status.ts";
import type { DeliveryStatus } from "../contract/deliveries.ts";
import { type Delivery, holdKinds } from "../domain/delivery.ts";
import { act, type Html, hidden, type PageContent, postHref, seenDelivery, seenField, type View } from "./parts.ts";
import { capital, counted, holdText, inWords, sentence } from "./words.ts";

interface Held {
  readonly delivery: DeliveryStatus;
  /** The title of its post, or what else names it. */
  readonly title: string;
}

/** No further list is read after so many deliveries. */
const enough = 24;

const readHeld = async (delivery: Delivery, { site, ports }: View): Promise<Held> => {
  const post = await ports.posts.read(site.id, delivery.post);
  const presented = await presentDelivery(delivery, post, ports);
  return { delivery: presented, title: post?.title ?? delivery.post };
};

const pick = ({ delivery, title }: Held, index: number, view: View): Html => {
  const { slug, account, reason } = delivery;
  return html`<div class="pick"><input type="checkbox" name="delivery" value="${seenDelivery(delivery)}" id="d${index}"><label for="d${index}"><a href="${postHref(view, slug)}" dir="auto">${title}</a> on ${account}</label><p class="hint">${sentence(inWords(reason ?? ""), account)}</p></div>`;
};

/** There is no way back, so it needs a tick of its own. */
const never = (action: string): Html =>
  html`<fieldset class="f"><legend>Or never send them</legend><div class="pick"><input type="checkbox" name="sure" value="yes" id="sure"><label for="sure">I mean it</label><p class="hint">There is no way back: their accounts do not get these posts. Nothing changes in the feeds.</p></div><div class="end"><button formaction="${action}">Never send those that are ticked</button></div></fieldset>`;

/** What is held for one reason: those that are ticked are released or never sent. An approval needs the post's page, which has the text. */
export const heldPage = async (view: View): Promise<PageContent | undefined> => {
  const { site, ports, query, href, here, formToken } = view;
  const kind = holdKinds.find((one) => one === query("hold"));
  if (kind === undefined) return undefined;
  const title = capital(holdText(kind, 1).replace("is ", ""));
  const { rows, next } = await pageInState("held", query("from"), ports, enough);
  // An account may announce several sites.
  const own = rows.filter((row) => row.site === site.id && row.hold === kind);
  const held = await Promise.all(own.map((one) => readHeld(one, view)));
  const more =
    next === undefined
      ? ""
      : html`<p class="end"><a class="alt" href="${href("/console/held", { hold: kind, from: next })}" rel="next">More</a></p>`;
  if (held.length === 0)
    return {
      title,
      body: html`<h1>${title}</h1><p class="empty">Nothing ${next === undefined ? "is held for this reason" : "of this page"}.</p>${more}`,
    };
  const [release, dismiss] = ["/console/act/release", "/console/act/dismiss"];
  const canDecide = kind !== "approval" && kind !== "text";
  const fields = seenField(held.map(({ delivery }) => seenDelivery(delivery)));
  const all =
    canDecide && kind !== "unreadable" && held.length > 1
      ? html`<div class="end">${act(view, "release", `Release all ${held.length} of this page`, { fields })}</div>`
      : "";
  return {
    title,
    body: html`<h1>${title}</h1><p class="lead">${counted(held.length, "delivery", "deliveries")} on this page. ${canDecide ? "Tick what you mean." : "Open a post to read its texts and to decide."}</p>
<form method="post" action="${href(release)}">${formToken(release)}${formToken(dismiss)}${hidden("from", here)}${hidden("asks", "sure")}<fieldset class="f"><legend class="vh">Deliveries</legend>${held.map((one, index) => pick(one, index, view))}</fieldset>
${canDecide ? html`<div class="end"><button class="do">Release those that are ticked</button></div>${never(href(dismiss))}` : ""}</form>${all}${more}`,
  };
};
