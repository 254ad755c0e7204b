import type { Picture, PictureCap, PictureRecord, PictureType } from "../domain/picture.ts";
import type { Post } from "../domain/post.ts";

export interface Scaled {
  readonly cap: PictureCap;
  readonly bytes: Uint8Array;
  readonly mediaType: PictureType;
  readonly width: number;
  readonly height: number;
}

/**
 * The result of a preparation. `refused`: another try cannot help. The reason is the end of a sentence about the
 * picture.
 */
export type Preparation =
  | { readonly kind: "prepared"; readonly scaled: readonly Scaled[] }
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "failed"; readonly reason: string };

/** Decodes a file and scales it to each cap. The bytes come from anybody, so each call ends, whatever they contain. */
export type PreparePicture = (bytes: Uint8Array, caps: readonly PictureCap[]) => Promise<Preparation>;

export type FetchedPicture =
  | { readonly kind: "fetched"; readonly bytes: Uint8Array }
  /** Another try cannot help: the file is too large, or its address is not public. */
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "failed"; readonly reason: string };

/** The post that names a picture. Its document may have the file beside it. */
export type PictureOwner = Pick<Post, "site" | "source" | "path" | "url">;

/** Fetches a file that may be a picture. Never throws. */
export type FetchPicture = (url: string, owner?: PictureOwner) => Promise<FetchedPicture>;

/** Returns the bytes of a prepared picture; undefined if they are not stored, or are damaged. */
export type ReadPicture = (picture: Pick<Picture, "hash" | "mediaType">) => Promise<Uint8Array | undefined>;

export interface StoredRecord {
  readonly record: PictureRecord | undefined;
  /** The version that a save replaces; undefined if nothing is stored. */
  readonly etag: string | undefined;
}

/** The storage of pictures, which is beside the feeds. */
export interface PictureStore {
  find(url: string): Promise<StoredRecord>;
  /** Returns false if another worker saved first. */
  save(record: PictureRecord, over: string | undefined): Promise<boolean>;
  put(scaled: Scaled): Promise<Picture>;
  read: ReadPicture;
  /** Returns the path, below the feeds, of what is prepared of the picture at a URL. */
  pathOf(url: string): Promise<string | undefined>;
}

/** A claimed preparation, for the process that does it. `attempts` and `next` are those of the claim. */
export interface PictureJob extends Pick<PictureRecord, "url" | "attempts" | "next"> {
  readonly caps: readonly PictureCap[];
}

/** Requests the preparation from another function without waiting for it. Throws if that cannot be started. */
export type RequestPicture = (job: PictureJob) => Promise<void>;

/** The pictures that are sent with posts. */
export interface Pictures {
  /** Returns the record of the picture at a URL, without a request to the URL. */
  find(url: string): Promise<PictureRecord | undefined>;
  /**
   * Fetches and prepares the picture, if that is due, and returns its record; undefined if that is not possible now.
   */
  prepare(url: string, caps: readonly PictureCap[], owner?: PictureOwner): Promise<PictureRecord | undefined>;
  /**
   * Returns what is wrong with the file of the picture in the site's folder, if it is there. Absent where that folder is
   * not on this machine.
   */
  problemOfFile?(url: string, owner: PictureOwner): Promise<string | undefined>;
}
