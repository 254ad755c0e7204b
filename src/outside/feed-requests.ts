import { errorMessage } from "../domain/errors.ts";
import { retryAfter } from "../domain/retry.ts";
import { second } from "../domain/time.ts";
import type { AskPage, Poll, Validators } from "../ports/outside.ts";
import type { Deadline } from "../ports/runtime.ts";
import type { Client, ClientResponse } from "./guarded-client.ts";

/** In ms. */
const timeout = 20 * second;

/** In bytes, as it is transferred. */
const maxBytes = 10_000_000;

const accept =
  "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1";

const conditions = ({ etag, lastModified }: Validators): Readonly<Record<string, string>> => ({
  ...(etag === undefined ? {} : { "if-none-match": etag }),
  ...(lastModified === undefined ? {} : { "if-modified-since": lastModified }),
});

const validatorsOf = (headers: Headers): Validators => {
  const [etag, lastModified] = [headers.get("etag"), headers.get("last-modified")];
  return { ...(etag === null ? {} : { etag }), ...(lastModified === null ? {} : { lastModified }) };
};

/** `max-age` of Cache-Control (RFC 9111 §5.2.2.1). */
const maxAge = (headers: Headers): number | undefined => {
  const seconds = /(?:^|[\s,])max-age=(\d{1,9})/i.exec(headers.get("cache-control") ?? "")?.[1];
  return seconds === undefined ? undefined : Number(seconds) * second;
};

const failure = ({ status, headers, url }: ClientResponse) => ({
  kind: "failed" as const,
  reason: `${new URL(url).host} answered ${status}`,
  wait: retryAfter(headers),
});

/** Polls a feed with the validators of its last response (RFC 9110 §13.1), and takes it in gzip. */
export const pollWith =
  (client: Client, deadline: Deadline): Poll =>
  async (url, validators) => {
    try {
      const headers = { accept, "accept-encoding": "gzip", ...conditions(validators) };
      const response = await client(url, { headers, signal: deadline(timeout), maxBytes });
      const wait = maxAge(response.headers);
      if (response.status === 304) return { kind: "unchanged", wait };
      if (response.status === 410) return { kind: "gone", wait };
      if (response.status !== 200) return failure(response);
      return {
        kind: "content",
        bytes: {
          url: response.url,
          contentType: response.headers.get("content-type") ?? undefined,
          body: response.body,
        },
        validators: validatorsOf(response.headers),
        movedTo: response.movedTo,
        wait,
      };
    } catch (error) {
      return { kind: "failed", reason: errorMessage(error), wait: undefined };
    }
  };

/** A response that says nothing about the page, such as 429 or 503, is `unknown`. */
const existence = (status: number): "there" | "gone" | "unknown" => {
  if (status === 404 || status === 410) return "gone";
  return status === 429 || status >= 500 ? "unknown" : "there";
};

/** By HEAD, and by GET where the server does not support it, or says that the page does not exist. */
export const askPageWith =
  (client: Client, deadline: Deadline): AskPage =>
  async (url) => {
    try {
      const signal = deadline(timeout);
      const head = await client(url, { method: "HEAD", signal, maxBytes: 0 });
      if (head.status < 400 || head.status === 410) return existence(head.status);
      return existence((await client(url, { signal, maxBytes: 0 })).status);
    } catch {
      return "unknown";
    }
  };
