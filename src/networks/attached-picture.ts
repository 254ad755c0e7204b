import * as z from "zod";
import type { Outcome, StoredRequest } from "../domain/delivery.ts";
import { type PictureCap, pictureTypes } from "../domain/picture.ts";
import { shorten } from "../domain/shorten.ts";
import type { Snippet } from "../domain/snippet.ts";

/** What an account on a network that makes its own preview of the page may say about pictures. */
export const pictureSettings = {
  /** A post has its own picture, in the place of the preview. */
  image: z.boolean().default(false),
};

/** X takes 5 MB, and servers of Mastodon more. One size for all, so that a picture is scaled once for them. */
const attachmentCap: PictureCap = { maxBytes: 5_000_000, maxSide: 2048 };

export const attachedWhere = ({ image }: { readonly image: boolean }): PictureCap | undefined =>
  image ? attachmentCap : undefined;

const Attached = z.object({
  hash: z.string(),
  mediaType: z.enum(pictureTypes),
  alt: z.string().optional(),
});

/** A picture in a stored request. Its bytes are found by their hash. */
export type Attached = z.infer<typeof Attached>;

const WithPicture = z.looseObject({ picture: Attached.optional() });

export const attachedIn = (request: StoredRequest): Attached | undefined => WithPicture.parse(request).picture;

/** `longest`: in UTF-16 units, of which no network counts more in a text. */
export const shortAlt = (alt: string, longest: number): string =>
  shorten({ text: alt.trim(), isCut: false }, (text) => text.length <= longest);

/** What a request says of the picture that is attached to its post. */
export const attachmentOf = ({ picture, image }: Snippet, longestAlt: number): { readonly picture?: Attached } => {
  if (picture === undefined) return {};
  const { hash, mediaType } = picture;
  const alt = shortAlt(image?.alt ?? "", longestAlt);
  return { picture: { hash, mediaType, ...(alt !== "" && { alt }) } };
};

const Medium = z.object({ medium: z.string().nullable(), since: z.number().optional() });

/** How far the picture of a post is. `medium`: the network's id of it, null where the post goes without. */
export type MediumProgress = z.infer<typeof Medium>;

export const mediumIn = (progress: StoredRequest | undefined): MediumProgress | undefined =>
  Medium.safeParse(progress).data;

/** The picture that is uploaded before the post is sent. */
export const uploadedFirst = (request: StoredRequest, progress: StoredRequest | undefined): Attached | undefined =>
  progress === undefined ? attachedIn(request) : undefined;

/**
 * The end of a step that uploads. The id is stored before the post is sent, so that each resend of it is the same request.
 * `since`: when the network began to process the picture, where it has not ended that.
 */
export const uploaded = (medium: string, since?: number): Outcome => ({
  kind: "progressed",
  progress: { medium, ...(since !== undefined && { since }) },
});

export const lostBytes = "its bytes are not stored any more";

/** The step after which the post goes out without its picture. */
export const withoutPicture = (why: string): Outcome => ({
  kind: "progressed",
  progress: { medium: null },
  note: `it went without its picture: ${why}`,
});

/** A picture is never the reason why a post does not go out: unless the login or the rate is refused, it goes without. */
export const afterUploadError = (outcome: Outcome, isLogin: boolean): Outcome => {
  if (outcome.kind === "unauthorised" && isLogin) return outcome;
  const isRate = outcome.kind === "unavailable" && outcome.retryAt !== undefined;
  return isRate ? outcome : withoutPicture(reasonIn(outcome));
};

const reasonIn = (outcome: Outcome): string => ("reason" in outcome ? outcome.reason : "it is not known why");

/** A post that was refused with its picture is sent once more without it. */
export const withoutMedium = (outcome: Outcome, medium: MediumProgress | undefined): Outcome =>
  outcome.kind === "rejected" && medium !== undefined && medium.medium !== null
    ? withoutPicture(outcome.reason)
    : outcome;
