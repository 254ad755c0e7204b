import type { PictureCap } from "../domain/picture.ts";
import type { Preparation } from "../ports/pictures.ts";

/** What the process is asked. Both ends are one program: what has the form is what the other one has sent. */
export interface PictureRequest {
  readonly bytes: Uint8Array;
  readonly caps: readonly PictureCap[];
}

export const isPictureRequest = (message: unknown): message is PictureRequest =>
  typeof message === "object" && message !== null && "bytes" in message && "caps" in message;

export const isPreparation = (message: unknown): message is Preparation =>
  typeof message === "object" && message !== null && "kind" in message;
