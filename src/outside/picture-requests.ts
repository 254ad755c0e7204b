import { errorMessage } from "../domain/errors.ts";
import { maxSourceBytes } from "../domain/picture.ts";
import { second } from "../domain/time.ts";
import type { FetchPicture } from "../ports/pictures.ts";
import type { Deadline } from "../ports/runtime.ts";
import type { Client } from "./guarded-client.ts";
import { OutsideError } from "./outside-error.ts";

/** In ms. */
const timeLimit = 10 * second;

/** What no other try changes; a name that could not be resolved or a server that is down may be back. */
const isFinal = (error: unknown): boolean =>
  error instanceof OutsideError && ["scheme", "credentials", "refused-address", "too-large"].includes(error.code);

/** Fetches a file that may be a picture, as a network that reads a page would. */
export const fetchPictureWith =
  (client: Client, deadline: Deadline): FetchPicture =>
  async (url) => {
    try {
      const headers = { accept: "image/avif,image/webp,image/png,image/jpeg,image/gif;q=0.9,*/*;q=0.1" };
      const response = await client(url, { headers, signal: deadline(timeLimit), maxBytes: maxSourceBytes });
      if (response.status !== 200)
        return { kind: "failed", reason: `${new URL(response.url).host} answered ${response.status}` };
      return { kind: "fetched", bytes: response.body };
    } catch (error) {
      return { kind: isFinal(error) ? "refused" : "failed", reason: errorMessage(error) };
    }
  };
