import type { Account, Policies } from "../../domain/account.ts";
import { pageAddress } from "../../domain/address.ts";
import type { Delivery } from "../../domain/delivery.ts";
import { afterReply, claimCheck, isExampleAddress, judgePage, type PageCheck } from "../../domain/page-check.ts";
import { type PictureCap, type PictureState, pictureState, sameCap } from "../../domain/picture.ts";
import { ownTitle, type Post } from "../../domain/post.ts";
import type { Wait } from "../../domain/send-rules.ts";
import type { Site } from "../../domain/site.ts";
import { picturesFor } from "../../domain/snippet.ts";
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
  const reply = await readPage(post.url, {
    title: ownTitle(post),
    image: post.image?.isSource ? undefined : post.image?.url,
  });
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
  /** Say which picture it is sent without, and why. */
  readonly notes: readonly string[];
}

/** The caps of all networks, so that a file is fetched and decoded once. */
const allCaps = (post: Post, { accounts, networks }: PicturePorts): readonly PictureCap[] =>
  accounts
    .flatMap((account) => networks.get(account.network).picture?.(account, post) ?? [])
    .filter((cap, index, all) => all.findIndex((other) => sameCap(cap, other)) === index);

/** A picture of the post that the network takes, by its address. */
interface TakenPicture {
  readonly url: string;
  readonly state: () => Promise<PictureState>;
  /** Says that the post is sent without it. Of several pictures it names the one. */
  readonly missing: (why: string) => string;
}

/** Empty where the post has no picture, or the network takes none. */
const takenPictures = (post: Post, target: PictureTarget, ports: PicturePorts): readonly TakenPicture[] => {
  const { pictures, clock } = ports;
  const cap = target.network.picture?.(target.account, post);
  if (pictures === undefined || cap === undefined) return [];
  const images = picturesFor(post, target.account);
  return images.map(({ url, isSource }) => ({
    url,
    state: async () =>
      isSource && pictures.problemOfFile === undefined
        ? { kind: "without", problem: "its file is among the site's sources, which are not here" }
        : pictureState(await pictures.prepare(url, allCaps(post, ports), post), cap, clock()),
    missing: (why) => `it went without its picture${images.length === 1 ? "" : ` ${url}`}: ${why}`,
  }));
};

/** Prepares the pictures of a post, all at a time. The post waits for them a limited time. */
export const checkPictures = async (
  post: Post,
  target: PictureTarget,
  ports: PicturePorts,
): Promise<Wait | PictureAnswer> => {
  const taken = takenPictures(post, target, ports);
  const states = await Promise.all(taken.map(({ state }) => state()));
  const waiting = states.filter((state) => state.kind === "wait");
  if (waiting.length > 0) {
    const [problem] = waiting.flatMap((state) => state.problem ?? []);
    const reason = `waits for its picture${problem === undefined ? "" : `: ${problem}`}`;
    return { kind: "wait", until: Math.min(...waiting.map(({ until }) => until)), reason };
  }
  const notes = taken.flatMap(({ missing }, at) => {
    const state = states[at];
    return state?.kind === "without" ? [missing(state.problem)] : [];
  });
  return { kind: "go", notes };
};

/** The sandbox does not wait, and does not fetch a picture that could not be found when the post was published. */
export const checkPicturesInSandbox = async (
  post: Post,
  target: PictureTarget,
  ports: PicturePorts,
): Promise<PictureAnswer> => {
  const { enclosure } = post;
  const notes = await Promise.all(
    takenPictures(post, target, ports).map(async ({ url, state, missing }) => {
      if (enclosure?.url === url && enclosure.mediaType === undefined)
        return missing(
          (await ports.pictures?.problemOfFile?.(url, post)) ?? "it could not be found when the post was published",
        );
      const found = await state();
      return found.kind === "ready" ? [] : missing(found.problem ?? "it was not ready");
    }),
  );
  return { kind: "go", notes: notes.flat() };
};
