import type { Account, Policies } from "../../domain/account.ts";
import { withdrawnByHand } from "../../domain/copy-transitions.ts";
import {
  type CopyContent,
  type Delivery,
  type EditedText,
  hasCopy,
  isLater,
  isOnNetwork,
  type StoredRequest,
} from "../../domain/delivery.ts";
import type { SiteCommand } from "../../domain/delivery-commands.ts";
import type { Wording } from "../../domain/edited-text.ts";
import { canonicalJson } from "../../domain/json-value.ts";
import { type Picture, type PictureCap, pictureFor } from "../../domain/picture.ts";
import { damagedPost, type Image, type Post, type PostContent, whyOff } from "../../domain/post.ts";
import { isBeingPublished, type PostFacts, untilPublished, whileMissing } from "../../domain/send-rules.ts";
import type { Site } from "../../domain/site.ts";
import { type Fitted, type PreparedImage, picturesFor, snippetFor, wordingFor } from "../../domain/snippet.ts";
import { day, type Instant, second } from "../../domain/time.ts";
import type { Card, Network, Networks } from "../../ports/networks.ts";
import type { Pictures } from "../../ports/pictures.ts";
import type { Hash } from "../../ports/runtime.ts";
import type { Accounts, Deliveries, Posts } from "../../ports/store.ts";
import { readLongest } from "./account-state.ts";

/** The state that a delivery should have now, derived from its post. */
export type DesiredState =
  /** A copy made by this request. `problem`: why it must not be sent. */
  | {
      readonly kind: "copy";
      readonly request: StoredRequest;
      readonly post: Post;
      /** The hash of what readers would see, for an account that asks for an approval of it; empty for others. */
      readonly shown: string;
      readonly wording: Wording;
      /** In US dollars. */
      readonly cost: number;
      readonly problem: string | undefined;
      /** The post is too old to be announced now. */
      readonly isOld: boolean;
    }
  /** Nothing yet. */
  | { readonly kind: "wait"; readonly until: Instant; readonly reason: string }
  /** No copy. `isGone`: there is no post either. */
  | { readonly kind: "none"; readonly reason: string; readonly isGone?: true }
  /** The copy that exists, though the post is withdrawn. */
  | { readonly kind: "keep"; readonly reason: string };

type Wanted = Extract<DesiredState, { readonly kind: "copy" }>;

export const copyContent = ({ request, post }: Wanted): CopyContent => ({
  request,
  url: post.url,
  document: post.hash,
});

interface DesiredPorts {
  readonly posts: Posts;
  readonly deliveries: Pick<Deliveries, "ofPost">;
  readonly accountStates: Accounts;
  readonly policies: Policies;
  readonly site: (id: string) => Site;
  readonly pictures?: Pictures;
  readonly hash: Hash;
  readonly command: SiteCommand;
}

/** The post is read consistently. A copy that is not sent yet is dated `now`; an edit keeps the date of the first send. */
export const readDesiredState = async (
  delivery: Delivery,
  { account, network }: { readonly account: Account; readonly network: Network },
  now: Instant,
  { posts, deliveries, accountStates, policies, site: siteOf, pictures, hash, command }: DesiredPorts,
): Promise<DesiredState> => {
  const { site, sent } = delivery;
  const post = await posts.read(site, delivery.post);
  if (post === undefined) return { kind: "none", reason: "the post does not exist any more", isGone: true };
  if (delivery.withdrawn) return { kind: "none", reason: withdrawnByHand };
  const facts = { post, policies, now, timeZone: siteOf(site).timeZone, command };
  const without = (await whyNoCopy(delivery, facts, deliveries)) ?? whyNotAnnounced(delivery, facts);
  if (without !== undefined) return without;
  if (isLeftOut(post, account, network)) return { kind: isOnNetwork(delivery) ? "keep" : "none", reason: noArticle };
  const prepared = await readPrepared(picturesFor(post, account), network.picture?.(account, post), pictures);
  const snippet = snippetFor(post, account, sent?.firstSentAt ?? now, prepared, delivery.text?.value);
  const longest = await readLongest({ account, network, sandbox: delivery.sandbox }, { accountStates });
  const { request, cost = 0, ...fitted } = network.compose(snippet, account, longest);
  const isOld = !post.byHand && now - post.published > policies.maxAge;
  const by = { account, network, longest, text: delivery.text };
  const shown = account.approve === true ? composeShown(post, by, hash).hash : "";
  const wording = hashWording(post, account, delivery, hash);
  return { kind: "copy", request, post, shown, wording, cost, problem: tooLong(fitted), isOld };
};

/** Returns the pictures of the post that are prepared, without a request to their addresses. */
const readPrepared = async (
  images: readonly Image[],
  cap: PictureCap | undefined,
  pictures: Pictures | undefined,
): Promise<readonly PreparedImage[]> => {
  if (cap === undefined || pictures === undefined) return [];
  const records = await Promise.all(images.map(async (image) => ({ image, record: await pictures.find(image.url) })));
  return records.flatMap(({ image, record }) => {
    const picture = pictureFor(record, cap);
    return picture === undefined ? [] : [{ ...picture, image }];
  });
};

/** Why an account that publishes articles has no note. */
export const noArticle = "it is a note, and this account publishes articles";

/** True for a note on an account that publishes articles. */
export const isLeftOut = ({ isNote }: Pick<PostContent, "isNote">, account: Account, network: Network): boolean =>
  isNote === true && network.needsTitle?.(account) === true;

export const postDeleted = "the post was deleted";

type WithoutCopy = Exclude<DesiredState, Wanted>;

interface PostNow extends PostFacts {
  readonly command: SiteCommand;
}

/** Returns why nobody gets a copy of the post now, or why the copy stays as it is. */
const whyNoCopy = async (
  delivery: Delivery,
  facts: PostNow,
  deliveries: Pick<Deliveries, "ofPost">,
): Promise<WithoutCopy | undefined> => {
  const { post, now } = facts;
  if (post.gone !== undefined) return whileMissing(facts) ?? { kind: "none", reason: postDeleted, isGone: true };
  if (post.hold !== undefined)
    return isOnNetwork(delivery)
      ? { kind: "keep", reason: `the copy stays, but the post was withdrawn: ${post.hold}` }
      : { kind: "none", reason: post.hold };
  if (post.damage !== undefined)
    return { kind: "wait", until: now + day, reason: `the post ${damagedPost(post.damage)}` };
  const scheduled = untilPublished(facts);
  if (scheduled !== undefined) return scheduled;
  if (post.social.off && !isOnNetwork(delivery)) return { kind: "none", reason: whyOff(post.social) };
  return (await isSuperseded(delivery, post, deliveries))
    ? { kind: "none", reason: "a later publication of the post is sent instead" }
    : undefined;
};

/** Returns why the account does not announce the post. A delivery may be planned before the publication decides that. */
const whyNotAnnounced = (delivery: Delivery, { post, now }: PostNow): WithoutCopy | undefined => {
  if (hasCopy(delivery) || delivery.generation < post.generation) return undefined;
  const { audience, announceFrom = 0 } = post;
  if (audience === undefined)
    return { kind: "wait", until: Math.max(announceFrom, now + second), reason: isBeingPublished };
  return audience.accounts.includes(delivery.account)
    ? undefined
    : { kind: "none", reason: audience.note ?? `the post is not announced on ${delivery.account}` };
};

/**
 * True for what was cancelled or deleted before a person announced the post once more on the account: it is not sent
 * beside that.
 */
const isSuperseded = async (
  { state, account, generation }: Delivery,
  post: Post,
  deliveries: Pick<Deliveries, "ofPost">,
): Promise<boolean> => {
  if ((state !== "cancelled" && state !== "deleted") || generation >= post.generation) return false;
  // The accounts of the newest announcement may not have their deliveries yet.
  if (post.audience?.accounts.includes(account) !== false) return true;
  return (await deliveries.ofPost(post.site, post.id)).some((one) => isLater(one, { account, generation }));
};

interface ShownBy {
  readonly account: Account;
  readonly network: Network;
  readonly longest: number | undefined;
  /** The edited text of the delivery. */
  readonly text: Pick<EditedText, "value"> | undefined;
}

/** The hash of what the document gives the account to say. Undefined where no text was edited. */
export const hashWording = (
  post: Post,
  account: Account,
  { text }: { readonly text?: Pick<EditedText, "value"> | undefined },
  hash: Hash,
): Wording => (text === undefined ? undefined : hash(canonicalJson(wordingFor(post, account, text.value))));

const anyPicture: Picture = { hash: "0".repeat(64), mediaType: "image/jpeg", size: 1, width: 1, height: 1 };

/**
 * Returns what stands for pictures that may not be prepared yet: their alternative texts are in a request with pictures
 * only.
 */
export const anyPictures = (images: readonly Image[]): readonly PreparedImage[] =>
  images.map((image) => ({ ...anyPicture, image }));

/** The parts of a post that readers of an account would see. */
export interface Shown {
  /** A thread has an empty line between its posts. */
  readonly text: string;
  /** Readers see it first, and the text when they ask for it, where the network has a field for it. */
  readonly contentWarning: string | undefined;
  /** The hash of the request without its date, and with the addresses of the pictures instead of their bytes. */
  readonly hash: string;
  /** The length of the whole text, which is cut where it is more than the limit. Undefined where the whole post is sent. */
  readonly length: number | undefined;
  readonly limit: number | undefined;
  readonly cut: boolean;
  /** The preview of the link, where it is part of the request. */
  readonly card: (Card & { readonly picture: boolean }) | undefined;
  readonly warnings: readonly string[];
}

/** The snippet of a post whose pictures may not be prepared yet. */
export const previewSnippet = (post: Post, { account, network, text }: Omit<ShownBy, "longest">) => {
  const images = network.picture?.(account, post) === undefined ? [] : picturesFor(post, account);
  return { images, snippet: snippetFor(post, account, 0, anyPictures(images), text?.value) };
};

const composeFor = (post: Post, by: ShownBy) => {
  const { images, snippet } = previewSnippet(post, by);
  return { images, ...by.network.compose(snippet, by.account, by.longest) };
};

export const composeShown = (post: Post, by: ShownBy, hash: Hash): Shown => {
  const { images, text, replies = [], request, article, card, warnings = [], ...fitted } = composeFor(post, by);
  const isMeasured = article === undefined;
  return {
    text: [text, ...replies.map((reply) => reply.text)].join("\n\n"),
    contentWarning: by.network.contentWarning === "field" ? post.social.contentWarning : undefined,
    hash: hash(canonicalJson({ request, pictures: images.map(({ url }) => url) })),
    length: isMeasured ? fitted.wanted : undefined,
    limit: isMeasured ? fitted.limit : undefined,
    cut: isMeasured && fitted.isCut,
    card: card && { ...card, picture: images.length > 0 },
    warnings: warnings.map(({ message }) => message),
  };
};

export interface ShownPorts {
  readonly accounts: readonly Account[];
  readonly networks: Pick<Networks, "get">;
  readonly accountStates: Accounts;
  readonly hash: Hash;
}

/** Returns what the network of the account charges for the post, in US dollars. Undefined if it is free. */
export const readCost = async (
  post: Post,
  account: Account,
  { networks, accountStates }: Pick<ShownPorts, "networks" | "accountStates">,
): Promise<number | undefined> => {
  const network = networks.get(account.network);
  const longest = await readLongest({ account, network, sandbox: false }, { accountStates });
  return composeFor(post, { account, network, longest, text: undefined }).cost;
};

/** Undefined where nothing of the delivery waits to be shown. */
export const readShown = async (
  delivery: Delivery,
  post: Post | undefined,
  ports: ShownPorts,
): Promise<Shown | undefined> =>
  delivery.state === "pending" || delivery.hold !== undefined ? readNow(delivery, post, ports) : undefined;

/** Returns what would be sent of a delivery now. Undefined where nothing can be known. */
export const readNow = async (
  delivery: Delivery,
  post: Post | undefined,
  { accounts, networks, accountStates, hash }: ShownPorts,
): Promise<Shown | undefined> => {
  const account = accounts.find(({ name }) => name === delivery.account);
  if (post === undefined || post.damage !== undefined || account === undefined) return undefined;
  const network = networks.get(account.network);
  const longest = await readLongest({ account, network, sandbox: delivery.sandbox }, { accountStates });
  return composeShown(post, { account, network, longest, text: delivery.text }, hash);
};

/** Returns what the document gives the delivery to say now. Undefined where no text was edited, or nothing can be known. */
export const readWording = (
  delivery: Delivery,
  post: Post | undefined,
  { accounts, hash }: Pick<ShownPorts, "accounts" | "hash">,
): Wording => {
  const account = accounts.find(({ name }) => name === delivery.account);
  return post === undefined || post.damage !== undefined || account === undefined
    ? undefined
    : hashWording(post, account, delivery, hash);
};

/** Why a text is never sent, whatever its network; undefined where it fits. All but the link is cut, so the link alone is too long. */
export const tooLong = ({ length, limit }: Pick<Fitted, "length" | "limit">): string | undefined =>
  length <= limit
    ? undefined
    : `the text has ${length} of ${limit} characters: its link alone is too long, and a link is never cut; give the post a shorter address`;
