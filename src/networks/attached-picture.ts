import * as z from "zod";
import type { Outcome, StoredRequest } from "../domain/delivery.ts";
import { type PictureCap, pictureTypes } from "../domain/picture.ts";
import { shorten } from "../domain/shorten.ts";
import type { Snippet } from "../domain/snippet.ts";

/** The settings of pictures, for an account on a network that makes its own preview of the page. */
export const pictureSettings = {
  /** Attaches the picture to the post, instead of the page's preview. */
  image: z.boolean().default(false),
};

/** X allows 5 MB, Mastodon servers more. One size for all networks, so that a picture is scaled once. */
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

/** `longest` is in UTF-16 units: no network counts a text as longer than that. */
export const shortAlt = (alt: string, longest: number): string =>
  shorten({ text: alt.trim(), isCut: false }, (text) => text.length <= longest);

/** The part of a request that describes the picture attached to its post. */
export const describePicture = ({ picture, image }: Snippet, longestAlt: number): { readonly picture?: Attached } => {
  if (picture === undefined) return {};
  const { hash, mediaType } = picture;
  const alt = shortAlt(image?.alt ?? "", longestAlt);
  return { picture: { hash, mediaType, ...(alt !== "" && { alt }) } };
};

/** The body of an upload as a form (`multipart/form-data`), with the alternative text in `description`. */
export const pictureForm = async (bytes: Uint8Array, { mediaType, alt }: Attached) => {
  const form = new FormData();
  const extension = mediaType === "image/png" ? "png" : "jpg";
  form.set("file", new Blob([Uint8Array.from(bytes)], { type: mediaType }), `picture.${extension}`);
  if (alt !== undefined) form.set("description", alt);
  const encoded = new Response(form);
  const body = Buffer.from(await encoded.arrayBuffer());
  return { body, headers: { "content-type": encoded.headers.get("content-type") ?? "" } };
};

const Medium = z.object({ medium: z.string().nullable(), since: z.number().optional() });

/** The progress of a post's picture. `medium`: its id on the network, or null if the post goes without it. */
export type MediumProgress = z.infer<typeof Medium>;

export const mediumIn = (progress: StoredRequest | undefined): MediumProgress | undefined =>
  Medium.safeParse(progress).data;

/** The picture that is uploaded before the post is sent. */
export const uploadedFirst = (request: StoredRequest, progress: StoredRequest | undefined): Attached | undefined =>
  progress === undefined ? attachedIn(request) : undefined;

/**
 * The outcome of an upload. The id is stored before the post is sent, so that each resend is the same request.
 * `since`: when the network began to process the picture, if it is not finished.
 */
export const uploaded = (medium: string, since?: number): Outcome => ({
  kind: "progressed",
  progress: { medium, ...(since !== undefined && { since }) },
});

export const lostBytes = "its bytes are not stored any more";

/** The outcome after which the post goes out without its picture. */
export const withoutPicture = (why: string): Outcome => ({
  kind: "progressed",
  progress: { medium: null },
  note: `it went without its picture: ${why}`,
});

/** The post goes out without a picture that failed. It waits only if the login or the rate is refused. */
export const afterUploadError = (outcome: Outcome, isLogin: boolean): Outcome => {
  if (outcome.kind === "unauthorised" && isLogin) return outcome;
  const isRate = outcome.kind === "unavailable" && outcome.retryAt !== undefined;
  return isRate ? outcome : withoutPicture(reasonIn(outcome));
};

const reasonIn = (outcome: Outcome): string => ("reason" in outcome ? outcome.reason : "the reason is not known");

/** Sends a post that was refused with its picture once more without it. */
export const withoutMedium = (outcome: Outcome, medium: MediumProgress | undefined): Outcome =>
  outcome.kind === "rejected" && medium !== undefined && medium.medium !== null
    ? withoutPicture(outcome.reason)
    : outcome;
