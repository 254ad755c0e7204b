import type { Notice } from "../../domain/notice.ts";
import { webhookMessage } from "../../domain/receipt.ts";
import type { Site } from "../../domain/site.ts";
import type { CallWebhook } from "../../ports/outside.ts";
import type { Clock, Hash } from "../../ports/runtime.ts";
import type { Deliveries, Posts } from "../../ports/store.ts";
import type { Prepared } from "./send-notice.ts";

export interface WebhookPorts {
  readonly posts: Posts;
  readonly deliveries: Deliveries;
  readonly site: (id: string) => Site;
  readonly hash: Hash;
  readonly clock: Clock;
  readonly callWebhook: CallWebhook;
}

/** What a site's webhook is told of a post now. Nothing where it knows that already. */
export const prepareWebhook = async (
  { site: siteId, about, content: known, count }: Notice,
  { posts, deliveries, site: siteOf, hash, clock, callWebhook }: WebhookPorts,
): Promise<Prepared | undefined> => {
  const site = siteOf(siteId);
  const { webhook } = site;
  const post = await posts.read(siteId, about);
  if (webhook === undefined || post === undefined) return undefined;
  const message = webhookMessage(site, post, await deliveries.ofPost(siteId, about), clock());
  const content = hash(JSON.stringify(message.data));
  if (content === known || (count === 0 && message.data.copies.length + message.data.problems.length === 0))
    return undefined;
  // The same for every try of this message, and another one for equal content that comes again later.
  const id = `msg_${hash(`${siteId}\n${about}\n${count}\n${content}`).slice(0, 32)}`;
  return { content, send: () => callWebhook({ site: siteId, url: webhook.url, id, body: JSON.stringify(message) }) };
};
