import type { PictureCap, PictureType } from "../domain/picture.ts";

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
