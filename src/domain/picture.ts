/** The largest picture that a network takes. */
export interface PictureCap {
  readonly maxBytes: number;
  /** Of the longer side, in pixels. */
  readonly maxSide: number;
}

export const pictureTypes = ["image/jpeg", "image/png"] as const;

export type PictureType = (typeof pictureTypes)[number];
