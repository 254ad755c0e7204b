import { addressOf, withoutFragment } from "../../domain/address.ts";
import { alike, copyWaits, isCopyWaiting, isDatedByName, type KnownDocument, likeness } from "../../domain/document.ts";
import { copiesGrace } from "../../domain/feed.ts";
import type { Reason } from "../../domain/findings.ts";
import type { DocumentLocation } from "../../domain/merge-post.ts";
import type { Post, PostContent } from "../../domain/post.ts";
import type { Site } from "../../domain/site.ts";
import type { Instant } from "../../domain/time.ts";
import type { Source } from "../../ports/content.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Aliases, Posts } from "../../ports/store.ts";

interface MovePorts {
  readonly aliases: Pick<Aliases, "sharing">;
  readonly posts: Pick<Posts, "read">;
  readonly source: Pick<Source, "read">;
  readonly clock: Clock;
}

/** A document that is not known, as it was read. */
interface Newcomer {
  readonly location: DocumentLocation;
  readonly document: KnownDocument | undefined;
  /** The first listing of its source is complete: until then, two equal documents are two posts. */
  readonly isListed: boolean;
  readonly content: PostContent;
  readonly hash: string;
}

/** Of the posts of one date, which may be thousands, those of equal bytes first. */
const maxCandidates = 20;

/**
 * The post whose document has moved here: its own file is gone, and this one has the same bytes, or the same date and
 * nine tenths of its text. While the file is still there, a copy waits: whoever moves a file may copy it first and delete
 * it then.
 */
export const findMoved = async (
  newcomer: Newcomer,
  ports: MovePorts,
): Promise<{ readonly moved: Post } | { readonly waits: Reason } | undefined> => {
  const { location, document, isListed } = newcomer;
  const now = ports.clock();
  const candidates = await findAlike(newcomer, now, ports);
  const present: Post[] = [];
  for (const post of candidates) {
    const isThere = post.path !== location.path && (await ports.source.read(post.path)) !== undefined;
    if (!isThere) return { moved: post };
    present.push(post);
  }
  // A copy in another language is there to be translated.
  const original = present.find(
    ({ audience, gone, language }) =>
      isListed && audience !== undefined && gone === undefined && language === newcomer.content.language,
  );
  const waitedSince = document?.refusal?.reasons.some(isCopyWaiting) ? document.refusal.at : now;
  return original === undefined || now >= waitedSince + copiesGrace ? undefined : { waits: copyWaits(original.path) };
};

/** The most alike first. */
const findAlike = async (
  { location: { site, source, path }, content, hash }: Newcomer,
  now: Instant,
  { aliases, posts }: MovePorts,
): Promise<readonly Post[]> => {
  const { published } = content;
  // Equal bytes have the same date, unless that is not in them.
  const isDated = published !== undefined && !isDatedByName(path);
  const ofDate = async (equal?: string) =>
    published === undefined ? [] : aliases.sharing(site.id, "published", { value: String(published), hash: equal });
  const ids = [
    ...(isDated ? [] : await aliases.sharing(site.id, "hash", { value: hash })),
    ...(await ofDate(hash)),
    ...(await ofDate()),
  ];
  const found = await Promise.all([...new Set(ids)].slice(0, maxCandidates).map((id) => posts.read(site.id, id)));
  return found
    .filter((post) => post !== undefined)
    .filter((post) => post.source === source && !isOver(post, now))
    .filter((post) => isSameGuid(ownGuid(content, site), ownGuid(post, site)))
    .map((post) => ({ post, share: likeness(post, content, hash) }))
    .filter(({ share }) => share >= alike)
    .toSorted((a, b) => b.share - a.share || (a.post.path < b.post.path ? -1 : 1))
    .map(({ post }) => post);
};

/** In most feeds the guid of an entry is the address of its page, and changes with it. */
const ownGuid = ({ guid, url }: Pick<PostContent, "guid" | "url">, site: Site): string | undefined =>
  guid !== undefined && URL.canParse(guid) && withoutFragment(addressOf(guid, site)) === addressOf(url, site)
    ? undefined
    : guid;

const isSameGuid = (guid: string | undefined, other: string | undefined): boolean =>
  guid === undefined || other === undefined || guid === other;

/** Its copies on the networks are deleted. What a person removed stays removed wherever its file is. */
const isOver = ({ gone }: Post, now: Instant): boolean => gone?.by === "source" && now >= gone.at + copiesGrace;
