import { pageAddress } from "./address.ts";
import type { SiteCommand } from "./delivery-commands.ts";
import type { ExpectedPost } from "./expected-post.ts";
import { isSameListing, postListings } from "./feed.ts";
import { canonicalJson } from "./json-value.ts";
import type { Post, PostContent } from "./post.ts";
import { isFeedName, type MovedIn, type Site } from "./site.ts";
import type { Instant } from "./time.ts";

/** The hashes of the document's bytes that a post was made from and of the settings that they were read with. */
export type Origin = Pick<Post, "hash" | "recipe">;

/** The location of a document. */
export interface DocumentLocation {
  readonly site: Site;
  /** The source's name. */
  readonly source: string;
  readonly path: string;
  /** The file that it was sent from. */
  readonly file?: string | undefined;
}

/** How a person or a source wants a document published. */
export interface PublishOptions {
  /** A person publishes it, so that neither its age matters nor whether it existed before the first listing. */
  readonly byHand?: boolean;
  /** A person announces its post once more, on all accounts or on one. */
  readonly again?: boolean;
  /** The post that is to be changed: another one is left as it is. */
  readonly expected?: ExpectedPost | undefined;
}

/** How a person announces a post once more. */
export interface AgainOptions extends Pick<PublishOptions, "again"> {
  /** The only accounts that announce it again. */
  readonly accounts?: readonly string[] | undefined;
  /** The person, as they name themselves. */
  readonly by?: string | undefined;
}

export interface MergeInput {
  readonly location: DocumentLocation;
  readonly options: PublishOptions;
  readonly content: PostContent;
  readonly origin: Origin;
  /** The id of the document's post. */
  readonly id: string;
  /** The document existed before its source's first listing was complete. */
  readonly isHistory: boolean;
  /** The post as it was last saved. */
  readonly row: Post | undefined;
  readonly now: Instant;
  readonly hash: (text: string) => string;
  readonly command: SiteCommand;
}

const noDate = "It has no date: ";

/** True for a post that is held only because it has no date. */
export const isUndated = ({ hold }: Pick<Post, "hold">): boolean => hold?.startsWith(noDate) === true;

/**
 * Why a post without a date is held. Sent to the API or published by hand, such a document is published at that moment
 * instead.
 */
export const whyUndated = (site: string, command: SiteCommand): string =>
  `${noDate}add a date (\`date: 2026-03-01\`), or publish its file: ${command("publish FILE", site)}`;

/** Returns the date with which the post was published before; undefined if it never was. */
const dateBefore = (row: Post | undefined): Instant | undefined =>
  row !== undefined && (row.hold === undefined || row.audience !== undefined) ? row.published : undefined;

/**
 * A post that was held or scheduled is not history: it is announced when it becomes public. This is decided anew until
 * the audience is.
 */
const decideHistory = (row: Post | undefined, isHistory: boolean, isPublic: boolean): boolean =>
  row !== undefined && (row.history || row.audience !== undefined) ? row.history : isHistory && isPublic;

/**
 * True if a person announces a post that was left out as history. Accounts that have a copy keep it. Where it is announced
 * once more, that decides its accounts.
 */
export const announcesBaseline = (row: Post | undefined, { byHand, again }: PublishOptions): boolean =>
  byHand === true && again !== true && row?.audience?.baseline !== undefined;

/** Returns the post that a person announces, which was left out as history. Undefined if it was not left out. */
export const announcedByHand = (post: Post, by: string | undefined, now: Instant): Post | undefined =>
  announcesBaseline(post, { byHand: true })
    ? { ...post, byHand: true, audience: undefined, announcedBy: by, due: now }
    : undefined;

/** Returns the post that a person announces once more: by these accounts, or by all that announce it. */
export const announcedAgain = (post: Post, { accounts, by }: AgainOptions, now: Instant): Post => ({
  ...post,
  byHand: true,
  audience: accounts && { accounts: [...accounts], note: undefined, baseline: undefined },
  generation: post.generation + 1,
  announcedBy: by,
  due: now,
});

/** True if a person publishes a post that was held only because it has no date. */
export const publishesUndated = (row: Post, { byHand }: PublishOptions): boolean => byHand === true && isUndated(row);

/**
 * Returns the post with its document's content and with everything that earlier saves decided. It is due if there is
 * something to publish.
 */
export const mergePost = ({
  location,
  options,
  content: given,
  origin,
  id,
  isHistory,
  row,
  now,
  hash,
  command,
}: MergeInput): Post => {
  const { site, source, path } = location;
  const address = pageAddress(given.url, site);
  const byHand = (row?.byHand ?? false) || options.byHand === true;
  const date = given.published ?? dateBefore(row);
  const published = date ?? now;
  const whyHeld = date === undefined && !byHand ? whyUndated(site.id, command) : undefined;
  const content = { ...given, hold: given.hold ?? whyHeld };
  const { social: _, translation: __, images, ...visible } = content;
  // Feeds show the first picture of an article alone.
  const pictures = content.isNote === true ? { images } : {};
  const revision = hash(canonicalJson({ ...visible, ...pictures, published }));
  const updated =
    content.updated ??
    (row === undefined || row.revision === revision ? (row?.updated ?? published) : Math.max(now, published));
  const wanted = content.hold === undefined ? postListings({ ...content, published }, site) : [];
  const before = row?.listed ?? [];
  const listed = [...before, ...wanted.filter((listing) => !before.some((other) => isSameListing(other, listing)))];
  // Deliveries that a person decided about early may follow the end of a hold.
  const isFreed = row?.hold !== undefined && content.hold === undefined;
  const touched = before.length > 0 || row?.audience !== undefined || isFreed;
  return {
    ...content,
    ...origin,
    site: site.id,
    id,
    version: row?.version ?? 0,
    published,
    updated,
    revision,
    ...decideOldId(content, published, location, row),
    translations: row?.translations ?? [],
    syndication: row?.syndication ?? [],
    enclosure: row?.enclosure,
    probed: row?.probed,
    source,
    path,
    movedFrom: row?.source === source && row.path !== path ? row.path : row?.movedFrom,
    guid: content.guid ?? row?.guid,
    address,
    addresses: [...new Set([...(row?.addresses ?? []), address])],
    changed: row?.hash === origin.hash ? row.changed : now,
    byHand,
    history: decideHistory(row, isHistory, content.hold === undefined && published <= now),
    generation: row?.generation ?? 1,
    announcedBy: row?.announcedBy,
    gone: undefined,
    listed,
    announceFrom: row?.announceFrom,
    audience: announcesBaseline(row, options) ? undefined : row?.audience,
    due: touched ? now : content.hold === undefined ? Math.max(now, published) : undefined,
    damage: undefined,
  };
};

const formerId = (content: PostContent, published: Instant, { before, ids }: MovedIn): string | undefined => {
  if (published >= before) return undefined;
  return ids === "url" ? content.url : content.guid;
};

/**
 * Returns the id by which readers know a post already: that of its entry in the feed that it was read from, or the one
 * that it had in the blog's former feeds. It is decided once, when the post is first saved for publication as such: a
 * later change of its slug, date or guid does not change the id.
 */
const decideOldId = (
  content: PostContent,
  published: Instant,
  { site, source }: DocumentLocation,
  row: Post | undefined,
): Pick<Post, "oldId" | "oldIdDecided"> => {
  const { oldId, oldIdDecided = false } = row ?? {};
  if (oldIdDecided || content.hold !== undefined) return { oldId, oldIdDecided };
  // Readers know an entry without an id by its address.
  if (isFeedName(source)) return { oldId: content.guid ?? content.url, oldIdDecided: true };
  if (site.movedIn === undefined) return { oldId, oldIdDecided };
  return { oldId: formerId(content, published, site.movedIn), oldIdDecided: true };
};
