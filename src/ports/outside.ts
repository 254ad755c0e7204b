import type { OwnerMessage } from "../domain/notice.ts";
import type { PageReply } from "../domain/page-check.ts";
import type { FeedBytes } from "../domain/polled-feed.ts";
import type { MessageAnswer } from "../domain/retry.ts";
import type { PictureOwner } from "./pictures.ts";

/**
 * Requests the media type and the size in bytes of a file, which may be a picture of `owner`. Each is undefined where the server does not name it. Undefined
 * if there is no such file, or no answer. Never throws.
 */
export type Probe = (
  url: string,
  owner?: PictureOwner,
) => Promise<{ readonly mediaType: string | undefined; readonly length: number | undefined } | undefined>;

/** Notifies a WebSub hub that a topic has changed. Never throws. */
export type TellHub = (hub: string, topic: string) => Promise<MessageAnswer>;

/** A message to a site's webhook, as it is sent. */
export interface WebhookCall {
  readonly site: string;
  readonly url: string;
  /** The id, which is the same for every try. */
  readonly id: string;
  /** The body as JSON. */
  readonly body: string;
}

/**
 * The secrets of sites' webhooks. `read` returns undefined if there is none. `settingName` names the setting that
 * a person changes.
 */
export interface WebhookSecrets {
  readonly read: (site: string) => Promise<string | undefined>;
  readonly settingName: (site: string) => string;
}

/** Sends a signed message to a site's webhook. Never throws. */
export type CallWebhook = (call: WebhookCall) => Promise<MessageAnswer>;

/** Sends the owner a message about failures that need a person. Never throws. */
export type TellOwner = (message: OwnerMessage) => Promise<MessageAnswer>;

/** The validators of the last response to a poll, for conditional requests (RFC 9110 §13.1). */
export interface Validators {
  readonly etag?: string;
  readonly lastModified?: string;
}

export type PollAnswer = {
  /** The time that the server wants without requests, in ms. */
  readonly wait: number | undefined;
} & (
  | {
      readonly kind: "content";
      readonly bytes: FeedBytes;
      readonly validators: Validators;
      /** The new address, if the feed has moved permanently. */
      readonly movedTo: string | undefined;
    }
  | { readonly kind: "unchanged" }
  /** Status 410: the feed was removed permanently. */
  | { readonly kind: "gone" }
  | { readonly kind: "failed"; readonly reason: string }
);

/** Requests a feed. Never throws. */
export type Poll = (url: string, validators: Validators) => Promise<PollAnswer>;

/**
 * Asks for the first byte at an address. Returns what was wrong with the answer, without the address: also a page where a
 * feed is expected. Never throws.
 */
export type Ask = (url: string, expected?: "feed") => Promise<string | undefined>;

/** Requests the page of an entry and returns whether it exists. Never throws. */
export type CheckEntryPage = (url: string) => Promise<"there" | "gone" | "unknown">;

/** Requests the page of a post, and its picture. The title is undefined for a note: no page shows one. Never throws. */
export type ReadPage = (
  url: string,
  post: { readonly title: string | undefined; readonly image: string | undefined },
) => Promise<PageReply>;
