import { second } from "../domain/time.ts";
import type { Probe } from "../ports/outside.ts";
import type { Deadline } from "../ports/runtime.ts";
import type { Client, ClientResponse } from "./guarded-client.ts";

/** In ms. The publication of a post waits for the response. */
const timeLimit = 3 * second;

/** Any other type at the URL of an image, such as a page that says "not found", is not an enclosure. */
const mediaTypes = /^(?:image|audio|video)\/[\w.+-]+$/;

const byteCount = (text: string | null | undefined): number | undefined =>
  text !== null && text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;

/** The size of the whole file: from `Content-Range` of a part (RFC 9110 §14.4), else from `Content-Length`. Unknown where the response is compressed. */
const lengthOf = ({ status, headers }: ClientResponse): number | undefined => {
  if ((headers.get("content-encoding") ?? "identity") !== "identity") return undefined;
  return status === 206
    ? byteCount(/\/(\d+)$/.exec(headers.get("content-range") ?? "")?.[1])
    : byteCount(headers.get("content-length"));
};

/** Requests the headers of a file, or its first byte where the server does not support HEAD. Never throws. */
export const probeWith =
  (client: Client, deadline: Deadline): Probe =>
  async (url) => {
    const signal = deadline(timeLimit);
    try {
      const head = await client(url, { method: "HEAD", signal, maxBytes: 0 });
      const isUnsupported = head.status === 405 || head.status === 501;
      const response = isUnsupported
        ? await client(url, { headers: { range: "bytes=0-0" }, signal, maxBytes: 0 })
        : head;
      const mediaType = response.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
      if (response.status >= 300 || mediaType === undefined || !mediaTypes.test(mediaType)) return undefined;
      return { mediaType, length: lengthOf(response) };
    } catch {
      return undefined;
    }
  };
