import { type Account, announces, type Policies } from "../../domain/account.ts";
import {
  type Attachment,
  type AttachmentProbe,
  afterProbe,
  attachmentWarnings,
  isProbeDue,
  waitsForProbe,
} from "../../domain/attachment.ts";
import { conflict, retryOnConflict } from "../../domain/concurrency.ts";
import { type Delivery, type EditedText, noHistory, nothingPassed, seedText } from "../../domain/delivery.ts";
import type { SiteCommand } from "../../domain/delivery-commands.ts";
import { cancelForGood } from "../../domain/delivery-transitions.ts";
import {
  categoryFeeds,
  feedGrace,
  feedTitle,
  isArchived,
  isLive,
  isSameListing,
  isScheduled,
  postListings,
  untypedFeeds,
} from "../../domain/feed.ts";
import type { FeedKey } from "../../domain/feed-key.ts";
import { reasonText } from "../../domain/findings.ts";
import type { Installation } from "../../domain/installation.ts";
import { isMedia } from "../../domain/picture.ts";
import type { Enclosure, Listing, Post, PostHead } from "../../domain/post.ts";
import { untilPublished } from "../../domain/send-rules.ts";
import type { Site } from "../../domain/site.ts";
import { type Instant, second } from "../../domain/time.ts";
import type { Networks } from "../../ports/networks.ts";
import type { Probe } from "../../ports/outside.ts";
import type { Clock, Hash, Log } from "../../ports/runtime.ts";
import type {
  Aliases,
  Archive,
  Deliveries,
  Memberships,
  PostRef,
  Posts,
  RateWindows,
  Translations,
} from "../../ports/store.ts";
import { type RaisePorts, raiseSaved, webhookNotice } from "../notify/notify.ts";
import { findArchivePage } from "../render/archive-pages.ts";
import { savePost } from "../rows.ts";
import { linkTranslations, waitsUntil } from "./link-translations.ts";
import type { ChangedFeeds, MarkFeeds } from "./mark-feeds.ts";
import { baselineReason, generationToPlan, saveAudience, withoutRemoved } from "./save-audience.ts";
import { mayHaveReceipt, type ReceiptPorts, writeReceipts } from "./write-receipts.ts";

export interface PublishPorts extends ReceiptPorts, RaisePorts {
  readonly aliases: Aliases;
  readonly translations: Translations;
  readonly rateWindows: RateWindows;
  readonly markFeeds: MarkFeeds;
  readonly memberships: Memberships;
  readonly archive: Archive;
  readonly networks: Pick<Networks, "destination">;
  readonly probe: Probe;
  readonly log: Pick<Log, "info">;
  readonly site: (id: string) => Site;
  readonly accounts: readonly Account[];
  readonly policies: Policies;
  readonly command: SiteCommand;
  readonly installation: Pick<Installation, "feedsOnly">;
}

/** Puts a due post into its feeds and plans its deliveries. It does not change the state of a delivery. */
export const publish = async (ref: PostRef, ports: PublishPorts): Promise<void> => {
  const now = ports.clock();
  const read = await ports.posts.read(ref.site, ref.id);
  if (read?.due === undefined || read.due > now) return;
  if (read.damage !== undefined && read.gone === undefined) {
    // It stays as it is until its document is saved again.
    await ports.posts.save({ ...read, due: undefined });
    return;
  }
  const site = ports.site(read.site);
  const listings = isLive(read, now) ? postListings(read, site) : [];
  const isListed = listings.length > 0;
  const linked = await linkTranslations(read, isListed, ports);
  const measured = linked && isListed ? await measureFiles(linked.post, ports) : linked?.post;
  if (linked === undefined || measured === undefined) return;
  const probed = isListed ? measured.probed?.next : undefined;
  const isUndecided = isListed && measured.audience === undefined;
  if (isUndecided && waitsForProbe(measured) !== undefined) {
    await ports.posts.save({ ...measured, due: probed });
    return;
  }
  const formerListings = measured.listed.filter((listing) => !listings.some((other) => isSameListing(other, listing)));
  const membership = (listing: Listing) => ({ ...listing, id: measured.id, version: measured.version });
  for (const listing of listings) await ports.memberships.put(read.site, membership(listing));
  for (const listing of formerListings) await ports.memberships.remove(read.site, membership(listing));
  // The feeds are marked before anything that needs secrets, so that no account delays them.
  await ports.markFeeds(await changedFeeds(measured, listings, formerListings, site, ports));

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
    if (site.webhook !== undefined) await raiseSaved(webhookNotice(post), "post", ports);
  }

  const announced = isListed ? withoutRemoved(post, deliveries, ports) : post;
  await ports.posts.save({ ...announced, listed: listings, due: nextDue(post, now) ?? probed });
};

/**
 * True until its audience is stored: it was never published completely, and has neither a number in an archive nor
 * deliveries.
 */
const isFirst = ({ audience, generation, byHand }: PostHead): boolean =>
  audience === undefined && generation === 1 && !byHand;

const changedFeeds = async (
  post: Post,
  listings: readonly Listing[],
  former: readonly Listing[],
  site: Site,
  ports: PublishPorts,
): Promise<ChangedFeeds> => {
  const keys = new Set(listings.map(({ feed }) => feed));
  // An edited post that was never live may be the only one of its category: a feed of it would make the name public.
  const left = new Set(former.flatMap(({ feed }) => (keys.has(feed) ? [] : [feed])));
  // A category's feed gets the name that the post gives to the category. One that the post has left keeps its title.
  const names = new Map([...categoryFeeds(post, site)].map(([name, key]) => [key, name]));
  const feeds = new Map([...keys, ...left].map((key) => [key, feedTitle(key, site) ?? names.get(key)] as const));
  const archives: FeedKey[] = [];
  for (const key of [...feeds.keys()]) {
    if (!isArchived(key, site)) continue;
    const isListed = listings.some(({ feed }) => feed === key);
    // The mark of a post that has a page after all, because its first publication crashed, makes the page due.
    const isNew = isListed && isFirst(post) && post.announceFrom === undefined;
    const page = isNew ? undefined : await findArchivePage(site, key, post.id, ports);
    if (page !== undefined) feeds.set(...page);
    else if (isListed) archives.push(key);
  }
  const { id, published, version } = post;
  return {
    site: post.site,
    feeds,
    left,
    untyped: untypedFeeds(post, site),
    archives,
    mark: { id, published, version },
  };
};

/** When a post that is not in its feeds now is due again. */
const nextDue = (post: Post, now: number): number | undefined => {
  if (post.gone?.by === "source" && now < post.gone.at + feedGrace) return post.gone.at + feedGrace;
  return isScheduled(post, now) ? post.published : undefined;
};

/** Creates the missing deliveries and makes the others due. Returns those that existed before. */
const planDeliveries = async (post: Post, isNew: boolean, ports: PublishPorts): Promise<readonly Delivery[]> => {
  const existing = isNew ? [] : await ports.deliveries.ofPost(post.site, post.id);
  const isPlanned = (account: string) =>
    existing.some((delivery) => delivery.account === account && delivery.generation === post.generation);
  const now = ports.clock();
  if (isLive(post, now)) {
    for (const name of post.audience?.accounts ?? []) {
      const account = ports.accounts.find((one) => one.name === name && one.site === post.site);
      if (account === undefined || isPlanned(name)) continue;
      const sandbox = (await ports.networks.destination(account)) === "sandbox";
      // The account was in the audience for the sandbox only, and got its credentials since.
      if (!sandbox && post.audience?.baseline !== undefined) continue;
      const planned = newDelivery(post, account, sandbox, ports);
      if (!(await ports.deliveries.create(planned))) await wakeEarly(planned, now, ports);
    }
  }
  for (const { site, post: id, account, generation } of existing)
    await ports.deliveries.nudge({ kind: "delivery", site, post: id, account, generation }, now);
  return existing;
};

/**
 * Makes a delivery due that a person decided about before: now, whatever date its post had then, and for real where its
 * account was in the sandbox then.
 */
const wakeEarly = (planned: Delivery, now: Instant, { deliveries }: Pick<PublishPorts, "deliveries">): Promise<void> =>
  retryOnConflict(`the delivery of ${planned.post} to ${planned.account}`, async () => {
    const ref = { kind: "delivery", ...planned } as const;
    const row = await deliveries.read(ref);
    const isUnsent = row?.state === "pending" || row?.state === "held";
    if (isUnsent && row.sandbox && !planned.sandbox)
      return (await deliveries.save({ ...row, sandbox: false, due: now })) ? undefined : conflict;
    await deliveries.nudge(ref, now);
    return undefined;
  });

/** A delivery that is planned for a decision is not sent before that is made. The publication makes it due. */
const decidedWithin = 5 * second;

export interface EarlyPorts {
  readonly deliveries: Deliveries;
  readonly posts: Pick<Posts, "head">;
  readonly networks: Pick<Networks, "destination">;
  readonly accounts: readonly Account[];
  readonly installation: Pick<Installation, "feedsOnly">;
  readonly policies: Policies;
  readonly site: (id: string) => Site;
  readonly hash: Hash;
  readonly clock: Clock;
}

/**
 * Plans the deliveries that the next publication of the post would, so that a person can decide about them: those of a
 * scheduled post, and those of one that was saved a moment ago. The publication leaves their state as it is then. `texts`:
 * those that a person gave to accounts.
 */
export const planEarly = async (
  post: Post,
  ports: EarlyPorts,
  texts?: ReadonlyMap<string, EditedText>,
): Promise<void> => {
  const { audience, due } = post;
  const isOut = post.gone !== undefined || post.hold !== undefined || post.damage !== undefined || post.social.off;
  if (due === undefined || isOut) return;
  const now = ports.clock();
  if ((audience === undefined ? baselineReason(post, ports.policies, now) : audience.baseline) !== undefined) return;
  const accounts = ports.accounts.filter((one) => announces(one, post));
  const names = accounts.map(({ name }) => name);
  const generation = audience === undefined ? await generationToPlan(post, names, ports) : post.generation;
  const existing = await ports.deliveries.ofPost(post.site, post.id);
  const isPlanned = (name: string) => existing.some((one) => one.account === name && one.generation === generation);
  const created: string[] = [];
  for (const account of accounts) {
    const { name } = account;
    if (isPlanned(name) || audience?.accounts.includes(name) === false) continue;
    const destination = await ports.networks.destination(account);
    const delivery = newDelivery(
      { ...post, ...(generation !== post.generation && { generation, announcedBy: undefined }) },
      account,
      destination === "sandbox",
      ports,
    );
    const isPosted = destination !== "real" || ports.installation.feedsOnly === undefined;
    if (destination === "none" || !isPosted) continue;
    const { timeZone } = ports.site(post.site);
    const { reason } = untilPublished({ post, policies: ports.policies, now, timeZone }) ?? {};
    const planned = { ...delivery, text: texts?.get(name), reason, due: Math.max(post.published, now + decidedWithin) };
    if (await ports.deliveries.create(planned)) created.push(name);
  }
  // Somebody else may have had the post announced once more since it was read.
  const current = created.length === 0 ? undefined : await ports.posts.head(post.site, post.id);
  if (current === undefined || current.generation <= generation) return;
  for (const account of created) {
    const row = await ports.deliveries.read({ kind: "delivery", site: post.site, post: post.id, account, generation });
    if (row?.state === "pending")
      await ports.deliveries.save(cancelForGood(row, "a later publication of the post was planned before it was sent"));
  }
};

const newDelivery = (
  post: Post,
  account: Account,
  sandbox: boolean,
  { hash, clock }: Pick<EarlyPorts, "hash" | "clock">,
): Delivery<"pending"> => ({
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
  seed: hash(seedText(post.site, { post: post.id, account: account.name, generation: post.generation })),
  planned: clock(),
  plannedBy: post.announcedBy,
  published: post.published,
  copy: 1,
  attempts: 0,
  // A person asked for a post that is announced once more.
  passed: { ...nothingPassed, breaker: post.generation > 1 },
  note: undefined,
  due: clock(),
  history: noHistory,
});

interface MeasurePorts {
  readonly posts: Posts;
  readonly probe: Probe;
  readonly clock: Clock;
  readonly log: Pick<Log, "info">;
}

/**
 * Requests the type and size of the post's image and attachment, and stores them before the feeds that show them are
 * touched. One request for each URL: a failure is stored, too, and that of an attachment is requested again later.
 * Undefined when another worker saved the post in the meantime.
 */
const measureFiles = async (post: Post, ports: MeasurePorts): Promise<Post | undefined> => {
  const { attachment } = post;
  const image = post.image?.isSource ? undefined : post.image;
  const isImageKnown = image?.url === post.enclosure?.url;
  const isDue = isProbeDue(post, ports.clock());
  const kept = attachment === undefined ? undefined : post.probed;
  if (isImageKnown && !isDue && kept === post.probed) return post;
  const [enclosure, probed] = await Promise.all([
    isImageKnown ? post.enclosure : measureImage(image, post, ports.probe),
    attachment !== undefined && isDue ? probeAttachment(attachment, post, ports) : undefined,
  ]);
  return savePost({ ...post, enclosure, probed: probed ?? kept }, ports.posts);
};

const measureImage = async (image: Post["image"], post: Post, probe: Probe): Promise<Enclosure | undefined> => {
  if (image === undefined) return undefined;
  const answer = await probe(image.url, post);
  const measured = isMedia(answer?.mediaType) ? answer : undefined;
  return { url: image.url, mediaType: measured?.mediaType, length: measured?.length };
};

/** Requests the attachment. A problem is logged once: at the first answer, or at the second try without one. */
const probeAttachment = async (
  attachment: Attachment,
  post: Post,
  { probe, clock, log }: MeasurePorts,
): Promise<AttachmentProbe> => {
  const probed = afterProbe(attachment, post.probed, await probe(attachment.url), clock());
  if (!probed.failed || probed.tries === 2)
    for (const warning of attachmentWarnings({ attachment, probed }))
      log.info(`note on ${post.path}: ${reasonText(warning)}`, { site: post.site });
  return probed;
};
