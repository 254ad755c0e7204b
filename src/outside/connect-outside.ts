import { errorMessage } from "../domain/errors.ts";
import type { PageReply } from "../domain/page-check.ts";
import { isMedia, maxSourceBytes } from "../domain/picture.ts";
import { type MessageAnswer, retryAfter } from "../domain/retry.ts";
import type { Site } from "../domain/site.ts";
import { second } from "../domain/time.ts";
import type {
  Ask,
  CallWebhook,
  CheckEntryPage,
  Poll,
  Probe,
  ReadPage,
  TellHub,
  Validators,
  WebhookSecrets,
} from "../ports/outside.ts";
import type { FetchPicture } from "../ports/pictures.ts";
import type { Clock, Deadline } from "../ports/runtime.ts";
import { type Client, type ClientResponse, guardedClient, isPublic, OutsideError } from "./guarded-client.ts";
import { isWebhookSecret, webhookHeaders } from "./webhook-signature.ts";

export interface OwnAddresses {
  readonly hubs?: readonly string[];
  readonly feeds?: readonly string[];
  /** The URLs of the sites, which have the pages of posts. */
  readonly sites?: readonly string[];
  /** Where a monitor waits for signs of life. */
  readonly heartbeat?: readonly string[];
}

/** The addresses that the owner named. `feed` is the one of the command line. */
export const ownAddresses = (
  sites: readonly Pick<Site, "hubs" | "sources" | "url">[],
  feed?: string,
): OwnAddresses => ({
  hubs: sites.flatMap(({ hubs }) => hubs),
  feeds: [
    ...sites.flatMap(({ sources }) => sources.flatMap(({ kind, location }) => (kind === "feed" ? [location] : []))),
    ...(feed === undefined ? [] : [feed]),
  ],
  sites: sites.map(({ url }) => url),
});

export interface Outside {
  readonly probe: Probe;
  readonly tellHub: TellHub;
  readonly poll: Poll;
  readonly ask: Ask;
  readonly checkEntryPage: CheckEntryPage;
  readonly readPage: ReadPage;
  readonly fetchPicture: FetchPicture;
}

export interface OutsideOptions {
  /** A URL for the User-Agent, where operators of other servers see who sends the requests. */
  readonly about: string;
  /** The addresses in the configuration or the command line. They may be servers of the owner's own. */
  readonly own?: OwnAddresses;
  readonly deadline: Deadline;
}

/** All requests to URLs in documents and in the configuration, except those to the networks' APIs. */
export const connectOutside = ({ about, own = {}, deadline }: OutsideOptions): Outside => {
  const client = (urls: readonly string[] = []) => guardedClient({ about, allow: isPublic, own: urls });
  const reader = client(own.feeds);
  const pages = client([...(own.sites ?? []), ...(own.feeds ?? [])]);
  return {
    probe: probeWith(client(own.sites), deadline),
    tellHub: tellHubWith(client(own.hubs), deadline),
    poll: pollWith(reader, deadline),
    ask: askWith(client(own.heartbeat), deadline),
    checkEntryPage: checkEntryPageWith(reader, deadline),
    readPage: readPageWith(pages, deadline),
    fetchPicture: fetchPictureWith(pages, deadline),
  };
};

/** The time limit in ms. */
const feedTimeout = 20 * second;

/** The largest feed in bytes, as it is transferred. */
const maxFeedBytes = 10_000_000;

const accept =
  "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1";

const conditionalHeaders = ({ etag, lastModified }: Validators): Readonly<Record<string, string>> => ({
  ...(etag === undefined ? {} : { "if-none-match": etag }),
  ...(lastModified === undefined ? {} : { "if-modified-since": lastModified }),
});

const readValidators = (headers: Headers): Validators => {
  const [etag, lastModified] = [headers.get("etag"), headers.get("last-modified")];
  return { ...(etag === null ? {} : { etag }), ...(lastModified === null ? {} : { lastModified }) };
};

/** Reads `max-age` of Cache-Control (RFC 9111 §5.2.2.1). */
const maxAge = (headers: Headers): number | undefined => {
  const seconds = /(?:^|[\s,])max-age=(\d{1,9})/i.exec(headers.get("cache-control") ?? "")?.[1];
  return seconds === undefined ? undefined : Number(seconds) * second;
};

/** The time limit in ms of a request whose answer is not read. */
const askTimeout = 5 * second;

export const askWith =
  (client: Client, deadline: Deadline): Ask =>
  async (url, expected) => {
    try {
      const asked = { accept, range: "bytes=0-0" };
      const options = { headers: asked, signal: deadline(askTimeout), maxBytes: maxFeedBytes };
      const { status, headers } = await client(url, options);
      if (status !== 200 && status !== 206) return `the answer is ${status}`;
      // A domain that has expired, or that leads elsewhere, answers with a page.
      const isPage = /\bhtml\b/i.test(headers.get("content-type") ?? "");
      return expected === "feed" && isPage ? "the answer is a page, and no feed" : undefined;
    } catch (error) {
      return errorMessage(error);
    }
  };

const failedPoll = ({ status, headers, url }: ClientResponse) => ({
  kind: "failed" as const,
  reason: `${new URL(url).host} answered ${status}`,
  wait: retryAfter(headers),
});

/** Polls a feed with the validators of its last response (RFC 9110 §13.1), and accepts gzip. */
export const pollWith =
  (client: Client, deadline: Deadline): Poll =>
  async (url, validators) => {
    try {
      const headers = { accept, "accept-encoding": "gzip", ...conditionalHeaders(validators) };
      const response = await client(url, { headers, signal: deadline(feedTimeout), maxBytes: maxFeedBytes });
      const wait = maxAge(response.headers);
      if (response.status === 304) return { kind: "unchanged", wait };
      if (response.status === 410) return { kind: "gone", wait };
      if (response.status !== 200) return failedPoll(response);
      return {
        kind: "content",
        bytes: {
          url: response.url,
          contentType: response.headers.get("content-type") ?? undefined,
          body: response.body,
        },
        validators: readValidators(response.headers),
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

/** Sends HEAD, and then GET if the server does not support HEAD or says that the page does not exist. */
export const checkEntryPageWith =
  (client: Client, deadline: Deadline): CheckEntryPage =>
  async (url) => {
    try {
      const signal = deadline(feedTimeout);
      const head = await client(url, { method: "HEAD", signal, maxBytes: 0 });
      if (head.status < 400 || head.status === 410) return existence(head.status);
      return existence((await client(url, { signal, maxBytes: 0 })).status);
    } catch {
      return "unknown";
    }
  };

/** The time limit in ms. A delivery waits for the response. */
const pageTimeout = 5 * second;

/** In bytes. NFKC may turn one letter into eighteen: a larger page would block the event loop and use hundreds of MB. */
const maxPage = 1_000_000;

const decodeNumber = (code: number): string => (code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : "");

/** Keeps only letters and digits: generators change quotation marks, dashes and spaces, and write them as entities. */
const lettersOf = (html: string): string =>
  html
    .replaceAll(/<[^<>]*>/g, "")
    .replaceAll(/&#x([\da-f]{1,6});/gi, (_, code: string) => decodeNumber(Number.parseInt(code, 16)))
    .replaceAll(/&#(\d{1,7});/g, (_, code: string) => decodeNumber(Number(code)))
    .replaceAll(/&[a-z]+;/gi, "")
    .normalize("NFKC")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, "");

/** True if the page shows the title, or if Crier cannot read the response: then the page counts as present. */
const showsTitle = ({ headers, body }: ClientResponse, title: string): boolean => {
  const isReadable = /html|text/i.test(headers.get("content-type") ?? "html") && !headers.has("content-encoding");
  return !isReadable || lettersOf(new TextDecoder().decode(body)).includes(lettersOf(title));
};

/** Requests a page as a reader's browser would, and the picture that belongs to it. */
export const readPageWith = (client: Client, deadline: Deadline): ReadPage => {
  const probe = probeWith(client, deadline);
  return async (url, { title, image }): Promise<PageReply> => {
    try {
      const headers = { accept: "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8" };
      const response = await client(url, { headers, signal: deadline(pageTimeout), maxBytes: maxPage });
      const isThere = response.status === 200;
      return {
        kind: "answered",
        status: response.status,
        url: response.url,
        hasTitle: isThere && (title === undefined || showsTitle(response, title)),
        hasImage: !isThere || image === undefined || isMedia((await probe(image))?.mediaType),
      };
    } catch (error) {
      // A page that is too large exists.
      if (error instanceof OutsideError && error.code === "too-large")
        return { kind: "answered", status: 200, url, hasTitle: true, hasImage: true };
      return { kind: "failed", reason: errorMessage(error) };
    }
  };
};

/** The time limit in ms. The publication of a post waits for the response. */
const probeTimeout = 3 * second;

const mediaTypes = /^[a-z]+\/[\w.+-]+$/;

const byteCount = (text: string | null | undefined): number | undefined =>
  text !== null && text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;

/** The size of the whole file, from a part's `Content-Range` (RFC 9110 §14.4) or `Content-Length`. Unknown if compressed. */
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
    const signal = deadline(probeTimeout);
    try {
      const head = await client(url, { method: "HEAD", signal, maxBytes: 0 });
      const isUnsupported = head.status === 405 || head.status === 501;
      const response = isUnsupported
        ? await client(url, { headers: { range: "bytes=0-0" }, signal, maxBytes: 0 })
        : head;
      const mediaType = response.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
      if (response.status >= 300) return undefined;
      return { mediaType: mediaTypes.test(mediaType ?? "") ? mediaType : undefined, length: lengthOf(response) };
    } catch {
      return undefined;
    }
  };

/** The time limit in ms. */
const pictureTimeout = 10 * second;

/** True if another try has the same result. A name that could not be resolved, or a server that is down, may be back. */
const isFinal = (error: unknown): boolean =>
  error instanceof OutsideError && ["scheme", "credentials", "refused-address", "too-large"].includes(error.code);

/** Fetches a file that may be a picture, like a network that reads a page. */
export const fetchPictureWith =
  (client: Client, deadline: Deadline): FetchPicture =>
  async (url) => {
    try {
      const headers = { accept: "image/avif,image/webp,image/png,image/jpeg,image/gif;q=0.9,*/*;q=0.1" };
      const response = await client(url, { headers, signal: deadline(pictureTimeout), maxBytes: maxSourceBytes });
      if (response.status !== 200)
        return { kind: "failed", reason: `${new URL(response.url).host} answered ${response.status}` };
      return { kind: "fetched", bytes: response.body };
    } catch (error) {
      return { kind: isFinal(error) ? "refused" : "failed", reason: errorMessage(error) };
    }
  };

/** The time limit in ms. The few topics of a feed, one after the other, fit into one invocation of a function. */
const hubTimeout = 8_000;

/** The part of a message that names the target of a redirect that is not followed. */
const redirectNote = (headers: Headers, url: string): string => {
  const location = headers.get("location");
  if (location === null) return "";
  const host = URL.parse(location, url)?.host ?? "nowhere";
  return ` and redirects to ${host}, which is not followed: check the site's hubs`;
};

const hubAnswer = ({ status, headers, url }: ClientResponse): MessageAnswer =>
  status >= 200 && status < 300
    ? { kind: "taken" }
    : {
        kind: "refused",
        reason: `${new URL(url).host} answered ${status}${redirectNote(headers, url)}`,
        retryAfter: retryAfter(headers),
      };

/**
 * Tells a hub that a topic has changed. W3C WebSub §6 does not specify how; hubs accept the form of PubSubHubbub 0.3 §7.1,
 * with `hub.mode=publish` and `hub.url`. Never throws.
 */
export const tellHubWith =
  (client: Client, deadline: Deadline): TellHub =>
  async (hub, topic) => {
    try {
      const body = new URLSearchParams({ "hub.mode": "publish", "hub.url": topic }).toString();
      const headers = { "content-type": "application/x-www-form-urlencoded" };
      return hubAnswer(await client(hub, { method: "POST", headers, body, signal: deadline(hubTimeout), maxBytes: 0 }));
    } catch (error) {
      return { kind: "refused", reason: errorMessage(error), retryAfter: undefined };
    }
  };

/** The time limit in ms. */
const webhookTimeout = 15 * second;

/** Without a valid secret nothing is sent: the receiver could not verify the sender. */
const secretProblem = (secret: string | undefined, location: string): string | undefined => {
  if (secret === undefined) return `the webhook has no secret: set ${location}`;
  return isWebhookSecret(secret) ? undefined : `${location} is not whsec_ and 24 to 64 bytes in base64`;
};

export interface WebhookOptions {
  readonly sites: readonly Site[];
  readonly secrets: WebhookSecrets;
  readonly deadline: Deadline;
  readonly clock: Clock;
}

/** Sends messages with the headers of Standard Webhooks. The owner wrote the addresses, so private ones are allowed. */
export const connectWebhooks = ({ sites, secrets, deadline, clock }: WebhookOptions): CallWebhook => {
  const own = sites.flatMap(({ webhook }) => (webhook === undefined ? [] : [webhook.url]));
  const client = guardedClient({ about: sites[0]?.url ?? "", allow: isPublic, own });
  return async ({ site, url, id, body }) => {
    try {
      const secret = await secrets.read(site);
      const problem = secretProblem(secret, secrets.settingName(site));
      if (secret === undefined || problem !== undefined)
        return { kind: "refused", reason: problem ?? "", retryAfter: undefined };
      const signature = await webhookHeaders({ id, at: clock(), body, secret });
      const headers = { "content-type": "application/json", ...signature };
      const response = await client(url, {
        method: "POST",
        headers,
        body,
        signal: deadline(webhookTimeout),
        maxBytes: 0,
      });
      if (response.status >= 200 && response.status < 300) return { kind: "taken" };
      const reason = `${new URL(response.url).host} answered ${response.status}`;
      return { kind: "refused", reason, retryAfter: retryAfter(response.headers) };
    } catch (error) {
      return { kind: "refused", reason: errorMessage(error), retryAfter: undefined };
    }
  };
};
