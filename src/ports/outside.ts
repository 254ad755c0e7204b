import type { OwnerMessage } from "../domain/notice.ts";
import type { PageReply } from "../domain/page-check.ts";
import type { FeedBytes } from "../domain/polled-feed.ts";
import type { MessageAnswer } from "../domain/retry.ts";

/** The media type and the size in bytes of an image, film or recording, as its server reports them. Undefined without a type. Never throws. */
export type Probe = (
  url: string,
) => Promise<{ readonly mediaType: string; readonly length: number | undefined } | undefined>;

/** Notifies a WebSub hub that a topic has changed. Never throws. */
export type TellHub = (hub: string, topic: string) => Promise<MessageAnswer>;

/** A message to a site's webhook. */
export interface WebhookCall {
  readonly site: string;
  readonly url: string;
  /** The same for every try. */
  readonly id: string;
  /** JSON. */
  readonly body: string;
}

/** The secret of a site's webhook; undefined where there is none. `place`: where a person sets it. */
export interface WebhookSecrets {
  readonly read: (site: string) => Promise<string | undefined>;
  readonly place: (site: string) => string;
}

/** Sends a signed message to a site's webhook. Never throws. */
export type CallWebhook = (call: WebhookCall) => Promise<MessageAnswer>;

/** Tells the owner what needs a person. Never throws. */
export type TellOwner = (message: OwnerMessage) => Promise<MessageAnswer>;

/** What an earlier poll of a feed answered, for RFC 9110 §13.1. */
export interface Validators {
  readonly etag?: string;
  readonly lastModified?: string;
}

export type PollAnswer = {
  /** How long the server wants to be left alone, in ms. */
  readonly wait: number | undefined;
} & (
  | {
      readonly kind: "content";
      readonly bytes: FeedBytes;
      readonly validators: Validators;
      /** The feed has a new address, for good. */
      readonly movedTo: string | undefined;
    }
  | { readonly kind: "unchanged" }
  /** 410: nothing will come from this address again. */
  | { readonly kind: "gone" }
  | { readonly kind: "failed"; readonly reason: string }
);

/** Requests a feed. Never throws. */
export type Poll = (url: string, validators: Validators) => Promise<PollAnswer>;

/** Whether the page of an entry exists. Never throws. */
export type AskPage = (url: string) => Promise<"there" | "gone" | "unknown">;

/** Requests the page of a post, and its picture. Never throws. */
export type ReadPage = (
  url: string,
  post: { readonly title: string; readonly image: string | undefined },
) => Promise<PageReply>;
