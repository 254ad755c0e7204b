import type { Account, Policies } from "../../domain/account.ts";
import { pageAddress } from "../../domain/address.ts";
import type { Delivery } from "../../domain/delivery.ts";
import { afterReply, claimCheck, isExampleAddress, judgePage, type PageCheck } from "../../domain/page-check.ts";
import { type PictureCap, type PictureState, pictureState, sameCap } from "../../domain/picture.ts";
import { ownTitle, type Post } from "../../domain/post.ts";
import type { Wait } from "../../domain/send-rules.ts";
import type { Site } from "../../domain/site.ts";
import type { Network, Networks } from "../../ports/networks.ts";
import type { ReadPage } from "../../ports/outside.ts";
import type { Pictures } from "../../ports/pictures.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Aliases, PageChecks, Posts } from "../../ports/store.ts";

export interface PagePorts {
  readonly pageChecks: PageChecks;
  readonly aliases: Pick<Aliases, "read">;
  readonly posts: Pick<Posts, "read">;
  readonly readPage: ReadPage;
  readonly site: (id: string) => Site;
  readonly clock: Clock;
}

/**
 * Returns what is known of the page of a post, and requests the page before if that is due. One worker at a time sends
 * it, whatever the number of accounts: the others wait for its answer.
 */
export const checkPage = async (post: Post, ports: PagePorts): Promise<PageCheck | undefined> => {
  const { pageChecks, readPage, clock } = ports;
  const known = await pageChecks.read(post.site, post.id);
  const claimed = claimCheck(post, known, clock());
  if (claimed === undefined) return known;
  if (!(await pageChecks.save(claimed))) return pageChecks.read(post.site, post.id);
  const site = ports.site(post.site);
  const reply = await readPage(post.url, { title: ownTitle(post), image: post.image?.url });
  const other = reply.kind === "answered" ? await otherPostAt(reply.url, post, site, ports) : undefined;
  const answer = judgePage(post, reply, site, other);
  const checked = afterReply({ ...claimed, version: claimed.version + 1 }, answer, clock());
  return (await pageChecks.save(checked)) ? checked : pageChecks.read(post.site, post.id);
};

/** Returns the address of another living post to which the page redirects. */
const otherPostAt = async (url: string, post: Post, site: Site, ports: PagePorts): Promise<string | undefined> => {
  const address = pageAddress(url, site);
  const id = address === post.address ? undefined : await ports.aliases.read(site.id, "address", address);
  if (id === undefined || id === post.id) return undefined;
  const other = await ports.posts.read(site.id, id);
  return other === undefined || other.gone !== undefined ? undefined : other.url;
};

/**
 * Checks the page after the post is in the sandbox, which does not wait for the page: the answer is only shown. Each
 * address is requested once. An address of the example configuration is never live, which says nothing about the post.
 */
export const checkOnce = async (
  { site, post: id }: Delivery,
  ports: PagePorts & { readonly policies: Policies },
): Promise<void> => {
  if (ports.policies.live === "ignore") return;
  const post = await ports.posts.read(site, id);
  if (post === undefined || isExampleAddress(post.url)) return;
  if (post.gone !== undefined || post.audience?.baseline !== undefined) return;
  if ((await ports.pageChecks.read(site, id))?.url !== post.url) await checkPage(post, ports);
};

/** True where the delivery is held because of an address that its post no longer has. */
export const hasNewPage = async (
  { hold }: Delivery<"held">,
  { site, id, url }: Post,
  { pageChecks }: Pick<PagePorts, "pageChecks">,
): Promise<boolean> => hold === "live" && (await pageChecks.read(site, id))?.url !== url;

interface PicturePorts {
  /** Absent in a runtime that prepares no pictures. */
  readonly pictures?: Pictures;
  readonly networks: Pick<Networks, "get">;
  readonly accounts: readonly Account[];
  readonly clock: Clock;
}

interface PictureTarget {
  readonly account: Account;
  readonly network: Network;
}

interface PictureAnswer {
  readonly kind: "go";
  /** Why it is sent without its picture. */
  readonly note: string | undefined;
}

/** The caps of all networks, so that a file is fetched and decoded once. */
const allCaps = ({ accounts, networks }: PicturePorts): readonly PictureCap[] =>
  accounts
    .flatMap((account) => networks.get(account.network).picture?.(account) ?? [])
    .filter((cap, index, all) => all.findIndex((other) => sameCap(cap, other)) === index);

/** Undefined where the post has no picture, or the network takes none. */
const readPictureState = async (
  post: Post,
  target: PictureTarget,
  ports: PicturePorts,
): Promise<PictureState | undefined> => {
  const { pictures, clock } = ports;
  const cap = target.network.picture?.(target.account);
  if (pictures === undefined || post.image === undefined || cap === undefined) return undefined;
  const record = await pictures.prepare(post.image.url, allCaps(ports));
  return pictureState(record, cap, clock());
};

/** Prepares the picture of a post. The post waits for it a limited time. */
export const checkPicture = async (
  post: Post,
  target: PictureTarget,
  ports: PicturePorts,
): Promise<Wait | PictureAnswer> => {
  const state = await readPictureState(post, target, ports);
  if (state === undefined || state.kind === "ready") return { kind: "go", note: undefined };
  if (state.kind === "without") return { kind: "go", note: `it went without its picture: ${state.problem}` };
  const reason = `waits for its picture${state.problem === undefined ? "" : `: ${state.problem}`}`;
  return { kind: "wait", until: state.until, reason };
};

/** The sandbox does not wait, and does not fetch a picture that could not be found when the post was published. */
export const checkPictureInSandbox = async (
  post: Post,
  target: PictureTarget,
  ports: PicturePorts,
): Promise<PictureAnswer> => {
  const { image, enclosure } = post;
  const without = (why: string): PictureAnswer => ({ kind: "go", note: `it went without its picture: ${why}` });
  const isTaken = target.network.picture?.(target.account) !== undefined && ports.pictures !== undefined;
  if (isTaken && image !== undefined && enclosure?.url === image.url && enclosure.mediaType === undefined)
    return without("it could not be found when the post was published");
  const state = await readPictureState(post, target, ports);
  if (state === undefined || state.kind === "ready") return { kind: "go", note: undefined };
  return without(state.problem ?? "it was not ready");
};
