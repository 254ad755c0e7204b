import { second } from "../domain/time.ts";
import type { Probe } from "../ports/outside.ts";
import type { Answer, Client } from "./guarded-client.ts";

/** Media alone: whatever else stands at the URL of an image (a page that says "not found") is no enclosure. */
const media = /^(?:image|audio|video)\/[\w.+-]+$/;

const bytes = (text: string | null | undefined): number | undefined =>
  text !== null && text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;

/** The whole file's size: `Content-Range` of a part (RFC 9110 §14.4), else `Content-Length`; of a compressed answer neither says it. */
const lengthOf = ({ status, headers }: Answer): number | undefined => {
  if ((headers.get("content-encoding") ?? "identity") !== "identity") return undefined;
  return status === 206
    ? bytes(/\/(\d+)$/.exec(headers.get("content-range") ?? "")?.[1])
    : bytes(headers.get("content-length"));
};

/**
 * Asks for the headers of a file; where HEAD is not known, for its first byte. Never throws. What waits for the answer,
 * `patience` ms at most, is a post on its way into its feeds.
 */
export const probeWith =
  (client: Client, patience = 3 * second): Probe =>
  async (url) => {
    const until = performance.now() + patience;
    const time = () => Math.max(1, Math.round(until - performance.now()));
    try {
      const head = await client(url, { method: "HEAD", time: time(), size: 0 });
      const isRefused = head.status === 405 || head.status === 501;
      const answer = isRefused ? await client(url, { headers: { range: "bytes=0-0" }, time: time(), size: 0 }) : head;
      const mediaType = answer.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
      if (answer.status >= 300 || mediaType === undefined || !media.test(mediaType)) return undefined;
      return { mediaType, length: lengthOf(answer) };
    } catch {
      return undefined;
    }
  };
