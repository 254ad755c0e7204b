import type { Account, Policies } from "../../domain/account.ts";
import { type Delivery, noHistory } from "../../domain/delivery.ts";
import type { CommandOfSite } from "../../domain/delivery-commands.ts";
import {
  categoryFeeds,
  feedGrace,
  feedTitle,
  isArchived,
  isLive,
  isSameListing,
  isScheduled,
  listingsOf,
} from "../../domain/feed.ts";
import type { FeedKey } from "../../domain/feed-key.ts";
import type { Listing, Post, PostHead } from "../../domain/post.ts";
import type { Site } from "../../domain/site.ts";
import type { Networks } from "../../ports/networks.ts";
import type { Probe } from "../../ports/outside.ts";
import type { Aliases, Archive, Memberships, PostRef, RateWindows, Translations } from "../../ports/store.ts";
import { type RaisePorts, raiseSaved, webhookOf } from "../notify/raise-notice.ts";
import { archivePageOf } from "../render/archive-pages.ts";
import { waitsUntil } from "./announce-translation.ts";
import { linkTranslations } from "./link-translations.ts";
import type { ChangedFeeds, MarkFeeds } from "./mark-feeds.ts";
import { measureImage } from "./measure-image.ts";
import { saveAudience } from "./save-audience.ts";
import { withoutRemoved } from "./without-removed.ts";
import { mayHaveReceipt, type ReceiptPorts, writeReceipts } from "./write-receipts.ts";

export interface PublishPorts extends ReceiptPorts, RaisePorts {
  readonly aliases: Aliases;
  readonly translations: Translations;
  readonly rateWindows: RateWindows;
  readonly markFeeds: MarkFeeds;
  readonly memberships: Memberships;
  readonly archive: Archive;
  readonly networks: Pick<Networks, "reach">;
  readonly probe: Probe;
  readonly site: (id: string) => Site;
  readonly accounts: readonly Account[];
  readonly policies: Policies;
  readonly command: CommandOfSite;
}

/** Puts a due post into its feeds and plans its deliveries (design.md §2, rule 2). Does not change the state of a delivery. */
export const publish = async (ref: PostRef, ports: PublishPorts): Promise<void> => {
  const now = ports.clock();
  const read = await ports.posts.read(ref.site, ref.id);
  if (read?.due === undefined || read.due > now) return;
  const site = ports.site(read.site);
  const listings = isLive(read, now) ? listingsOf(read, site) : [];
  const isListed = listings.length > 0;
  const linked = await linkTranslations(read, isListed, ports);
  const measured = linked && isListed ? await measureImage(linked.post, ports) : linked?.post;
  if (linked === undefined || measured === undefined) return;
  const formerListings = measured.listed.filter((listing) => !listings.some((other) => isSameListing(other, listing)));
  const membership = (listing: Listing) => ({ ...listing, id: measured.id, version: measured.version });
  for (const listing of listings) await ports.memberships.put(read.site, membership(listing));
  for (const listing of formerListings) await ports.memberships.remove(read.site, membership(listing));
  // Before anything that needs secrets: no account delays the feeds.
  await ports.markFeeds(await changedFeeds(measured, listings, formerListings, site, ports));

  const isUndecided = isListed && measured.audience === undefined;
  const announceFrom = isUndecided ? waitsUntil(measured, site, now, ports.accounts) : undefined;
  if (announceFrom !== undefined) {
    await ports.posts.save({ ...measured, listed: listings, announceFrom, due: announceFrom });
    return;
  }
  const post = isUndecided ? await saveAudience(measured, linked.group, ports) : measured;
  if (post === undefined) return;
  const deliveries = await planDeliveries(post, isListed && isFirst(read), ports);
  if (mayHaveReceipt(deliveries)) {
    await writeReceipts(site, post, ports);
    if (site.webhook !== undefined) await raiseSaved(webhookOf(post), "post", ports);
  }

  const announced = isListed ? withoutRemoved(post, deliveries, ports) : post;
  await ports.posts.save({ ...announced, listed: listings, due: nextDue(post, now) });
};

/** True until its audience is stored: it was never published completely, and has neither a place in an archive nor deliveries. */
const isFirst = ({ audience, generation, byHand }: PostHead): boolean =>
  audience === undefined && generation === 1 && !byHand;

const changedFeeds = async (
  post: Post,
  listings: readonly Listing[],
  former: readonly Listing[],
  site: Site,
  ports: PublishPorts,
): Promise<ChangedFeeds> => {
  const keys = new Set([...listings, ...former].map(({ feed }) => feed));
  // A category's feed gets the name that the post gives to the category. One that the post has left keeps its title.
  const names = new Map([...categoryFeeds(post, site)].map(([name, key]) => [key, name]));
  const feeds = new Map([...keys].map((key) => [key, feedTitle(key, site) ?? names.get(key)] as const));
  const archives: FeedKey[] = [];
  for (const key of keys) {
    if (!isArchived(key, site)) continue;
    const isListed = listings.some(({ feed }) => feed === key);
    // The mark of a post that has a page after all, because its first publication crashed, makes the page due.
    const isNew = isListed && isFirst(post) && post.announceFrom === undefined;
    const page = isNew ? undefined : await archivePageOf(site, key, post.id, ports);
    if (page !== undefined) feeds.set(...page);
    else if (isListed) archives.push(key);
  }
  const { id, published, version } = post;
  return { site: post.site, feeds, archives, mark: { id, published, version } };
};

/** When a post that is not in its feeds now is due again. */
const nextDue = (post: Post, now: number): number | undefined => {
  if (post.gone?.by === "source" && now < post.gone.at + feedGrace) return post.gone.at + feedGrace;
  return isScheduled(post, now) ? post.published : undefined;
};

/** The deliveries that there were before. */
const planDeliveries = async (post: Post, isNew: boolean, ports: PublishPorts): Promise<readonly Delivery[]> => {
  const existing = isNew ? [] : await ports.deliveries.ofPost(post.site, post.id);
  const isPlanned = (account: string) =>
    existing.some((delivery) => delivery.account === account && delivery.generation === post.generation);
  const now = ports.clock();
  if (isLive(post, now)) {
    for (const name of post.audience?.accounts ?? []) {
      const account = ports.accounts.find((one) => one.name === name && one.site === post.site);
      if (account === undefined || isPlanned(name)) continue;
      const sandbox = (await ports.networks.reach(account)) === "sandbox";
      // The account was in the audience for the sandbox alone, and got its credentials since.
      if (!sandbox && post.audience?.baseline !== undefined) continue;
      await ports.deliveries.create(newDelivery(post, account, sandbox, ports));
    }
  }
  for (const { site, post: id, account, generation } of existing)
    await ports.deliveries.nudge({ kind: "delivery", site, post: id, account, generation }, now);
  return existing;
};

const newDelivery = (post: Post, account: Account, sandbox: boolean, { hash, clock }: PublishPorts): Delivery => ({
  site: post.site,
  post: post.id,
  account: account.name,
  generation: post.generation,
  network: account.network,
  version: 0,
  state: "pending",
  wait: undefined,
  reason: undefined,
  nudges: 0,
  sandbox,
  seed: hash(`${post.site}\n${post.id}\n${account.name}\n${post.generation}`),
  planned: clock(),
  copy: 1,
  attempts: 0,
  admitted: false,
  approved: false,
  skipsLive: false,
  skipsLook: false,
  note: undefined,
  due: clock(),
  history: noHistory,
});
