import type { Picture, PictureCap, PictureRecord, PictureType } from "../domain/picture.ts";

export interface Scaled {
  readonly cap: PictureCap;
  readonly bytes: Uint8Array;
  readonly mediaType: PictureType;
  readonly width: number;
  readonly height: number;
}

/** `refused`: no other try helps. The reason is the end of a sentence about the picture. */
export type Preparation =
  | { readonly kind: "prepared"; readonly scaled: readonly Scaled[] }
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "failed"; readonly reason: string };

/** Decodes a file and scales it to each cap. The bytes are anybody's: each call ends, whatever they hold. */
export type PreparePicture = (bytes: Uint8Array, caps: readonly PictureCap[]) => Promise<Preparation>;

export type FetchedPicture =
  | { readonly kind: "fetched"; readonly bytes: Uint8Array }
  /** For good: too large, or an address that is not public. */
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "failed"; readonly reason: string };

/** Fetches a file that may be a picture. Never throws. */
export type FetchPicture = (url: string) => Promise<FetchedPicture>;

/** The bytes of a prepared picture; undefined where they are not stored. */
export type ReadPicture = (picture: Pick<Picture, "hash" | "mediaType">) => Promise<Uint8Array | undefined>;

export interface StoredRecord {
  readonly record: PictureRecord | undefined;
  /** What a save writes over; undefined where there is nothing. */
  readonly etag: string | undefined;
}

/** Where pictures are stored: beside the feeds. */
export interface PictureStore {
  find(url: string): Promise<StoredRecord>;
  /** False: another worker was faster. */
  save(record: PictureRecord, over: string | undefined): Promise<boolean>;
  put(scaled: Scaled): Promise<Picture>;
  read: ReadPicture;
}

/** A preparation that is claimed, for the process that does it. `attempts` and `next`: those of the claim. */
export interface PictureJob extends Pick<PictureRecord, "url" | "attempts" | "next"> {
  readonly caps: readonly PictureCap[];
}

/** Has a picture prepared elsewhere, and does not wait for it. Throws where that cannot be started. */
export type RequestPicture = (job: PictureJob) => Promise<void>;

/** The pictures of posts, for what is sent. */
export interface Pictures {
  /** What is known of the picture at a URL. Requests nothing. */
  find(url: string): Promise<PictureRecord | undefined>;
  /** Fetches and prepares it, if that is due, and answers what is known then; undefined where that cannot be done now. */
  prepare(url: string, caps: readonly PictureCap[]): Promise<PictureRecord | undefined>;
}
