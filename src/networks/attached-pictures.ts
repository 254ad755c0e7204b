import * as z from "zod";
import type { Account } from "../domain/account.ts";
import type { Outcome, StoredRequest } from "../domain/delivery.ts";
import { type PictureCap, pictureTypes } from "../domain/picture.ts";
import { type Image, maxPictures } from "../domain/post.ts";
import { shorten } from "../domain/shorten.ts";
import { isGallery, type PicturedPost, type Snippet } from "../domain/snippet.ts";

/** The settings of pictures, for an account on a network that makes its own preview of the page. */
export const pictureSettings = {
  /** Attaches the picture to the post, instead of the page's preview. Those of a gallery are always attached. */
  image: z.boolean().default(false),
};

/** X allows 5 MB, Mastodon servers more. One size for all networks, so that a picture is scaled once. */
const attachmentCap: PictureCap = { maxBytes: 5_000_000, maxSide: 2048 };

export const attachedWhere = (
  account: Account<{ readonly image: boolean }>,
  post: PicturedPost,
): PictureCap | undefined => (account.settings.image || isGallery(post, account) ? attachmentCap : undefined);

const Attached = z.object({
  hash: z.string(),
  mediaType: z.enum(pictureTypes),
  alt: z.string().optional(),
  /** Its address, by which a note to the owner names it. */
  url: z.string(),
});

/** A picture in a stored request. Its bytes are found by their hash. */
export type Attached = z.infer<typeof Attached>;

const WithPictures = z.looseObject({ pictures: z.array(Attached).default([]) });

export const attachedIn = (request: StoredRequest): readonly Attached[] => WithPictures.parse(request).pictures;

/** `longest` is in UTF-16 units: no network counts a text as longer than that. */
export const shortAlt = (alt: string, longest: number): string =>
  shorten({ text: alt.trim(), isCut: false }, (text) => text.length <= longest);

/** The part of a request that describes the pictures attached to its post. */
export const describePictures = (
  { pictures }: Pick<Snippet, "pictures">,
  longestAlt: number,
): { readonly pictures?: readonly Attached[] } => {
  if (pictures.length === 0) return {};
  const described = pictures.slice(0, maxPictures).map(({ hash, mediaType, image }) => {
    const alt = shortAlt(image.alt ?? "", longestAlt);
    return { hash, mediaType, ...(alt !== "" && { alt }), url: image.url };
  });
  return { pictures: described };
};

/** The tag of Nostr that describes the picture at an address in the text (NIP-92). */
export const mediaTag = ({ url, alt = "" }: Image): string[] => {
  const line = shortAlt(alt.replaceAll(/\s+/g, " "), 2000);
  return ["imeta", `url ${url}`, ...(line === "" ? [] : [`alt ${line}`])];
};

/** The body of an upload as a form (`multipart/form-data`), with the alternative text in `description`. */
export const pictureForm = async (bytes: Uint8Array, { hash, mediaType, alt }: Attached) => {
  const form = new FormData();
  const extension = mediaType === "image/png" ? "png" : "jpg";
  // snac2 takes two files of one name for one picture.
  form.set("file", new Blob([Uint8Array.from(bytes)], { type: mediaType }), `${hash.slice(0, 16)}.${extension}`);
  if (alt !== undefined) form.set("description", alt);
  const encoded = new Response(form);
  const body = Buffer.from(await encoded.arrayBuffer());
  return { body, headers: { "content-type": encoded.headers.get("content-type") ?? "" } };
};

const Medium = z.object({
  /** The id of the picture on the network, or null if the post goes without it. */
  id: z.string().nullable(),
  /** When the network began to process the picture, if it is not finished. */
  since: z.number().optional(),
});
export type Medium = z.infer<typeof Medium>;

const Progress = z.object({ media: z.array(Medium) });

const readMedia = (progress: StoredRequest | undefined): readonly Medium[] =>
  Progress.safeParse(progress).data?.media ?? [];

export const lostBytes: Outcome = { kind: "rejected", reason: "its bytes are not stored any more" };

/** One picture of a post, before it is uploaded or while the network processes it. */
export interface PictureStep {
  readonly picture: Attached;
  readonly medium: Medium | undefined;
  /**
   * The outcome of an upload. The id is stored before the next request, so that each resend of the post is the same
   * request.
   */
  readonly uploaded: (id: string, since?: number) => Outcome;
  /** The outcome after which the post goes out without this picture. A post of pictures alone needs one of them. */
  readonly without: (failure: Outcome) => Outcome;
}

/** The pictures of a post that is being sent. */
export interface PostPictures {
  /** The picture that is uploaded next. Undefined if all are there, or are left out. */
  readonly next: PictureStep | undefined;
  /** Those that the network still processed when they were uploaded. */
  readonly processed: readonly PictureStep[];
  /** Those that are not left out. */
  readonly kept: readonly Attached[];
  /** The ids of those that the post is sent with. */
  readonly ids: readonly string[];
  /** A post that was refused with its pictures is sent once more without them. */
  readonly afterRefusal: (outcome: Outcome) => Outcome;
}

/** `text`: the text of the post, which may be empty if it has pictures. */
export const picturesToSend = (
  request: StoredRequest,
  text: unknown,
  progress: StoredRequest | undefined,
): PostPictures => {
  const pictures = progress?.done === undefined ? attachedIn(request) : [];
  const media = readMedia(progress);
  const ids = media.flatMap(({ id }) => id ?? []);
  const progressed = (at: number, medium: Medium, note?: string): Outcome => ({
    kind: "progressed",
    progress: { media: [...media.slice(0, at), medium, ...media.slice(at + 1)] },
    ...(note !== undefined && { note }),
  });
  /** True if the post would have neither text nor picture without this one. */
  const isAllThereIs = (at: number): boolean =>
    text === "" &&
    pictures.length <= Math.max(media.length, at + 1) &&
    media.every(({ id }, index) => id === null || index === at);
  const stepOf = (picture: Attached, at: number): PictureStep => ({
    picture,
    medium: media[at],
    uploaded: (id, since) => progressed(at, { id, ...(since !== undefined && { since }) }),
    without: (failure) => {
      if (isAllThereIs(at)) return withNothingToShow(failure);
      const which = pictures.length === 1 ? "" : ` ${picture.url}`;
      return progressed(at, { id: null }, `it went without its picture${which}: ${reasonIn(failure)}`);
    },
  });
  const steps = pictures.map(stepOf);
  return {
    next: steps[media.length],
    processed: steps.filter(({ medium }) => medium?.since !== undefined && medium.id !== null),
    kept: pictures.filter((_, at) => media[at]?.id !== null),
    ids,
    afterRefusal: (outcome) => {
      if (outcome.kind !== "rejected" || ids.length === 0 || text === "") return outcome;
      const what = pictures.length === 1 ? "its picture" : "its pictures";
      const note = `it went without ${what}: ${outcome.reason}`;
      return { kind: "progressed", progress: { media: media.map(() => ({ id: null })) }, note };
    },
  };
};

/** A failed upload has made nothing that anybody sees. It waits only if the login or the rate is refused. */
export const afterUploadError = (outcome: Outcome, isLogin: boolean, { without }: PictureStep): Outcome => {
  if (outcome.kind === "unauthorised" && isLogin) return outcome;
  const isRate = outcome.kind === "unavailable" && outcome.retryAt !== undefined;
  return isRate ? outcome : without(outcome);
};

/** The last picture of a post that has no text: the upload is tried again, or the post fails. */
const withNothingToShow = (failure: Outcome): Outcome => {
  const reason = `it has no text, and its pictures cannot be sent: ${reasonIn(failure)}`;
  const isTemporary = failure.kind === "unavailable" || failure.kind === "unanswered";
  return { kind: isTemporary ? "unavailable" : "rejected", reason };
};

const reasonIn = (outcome: Outcome): string => ("reason" in outcome ? outcome.reason : "the reason is not known");
