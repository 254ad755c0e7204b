import * as z from "zod";
import { deliveryStates } from "../domain/delivery.ts";
import type { DeliveryAction } from "../domain/delivery-commands.ts";
import {
  account,
  delivery,
  feed,
  list,
  pageDocument,
  plannedPost,
  plannedSnippet,
  post,
  postStatus,
  postSummary,
  reason,
  refusedDocument,
  source,
  text,
  timeZone,
  waitingDocument,
} from "./contract.ts";

/** `?again`, `?again=1` and `?again=true` mean yes. */
const flag = text
  .optional()
  .transform((value) => value !== undefined && !["0", "false", "no"].includes(value.toLowerCase()));

export type QueryParameters = Readonly<Record<string, string | undefined>>;

export interface Endpoint<Query extends QueryParameters = QueryParameters, Answer extends z.ZodType = z.ZodType> {
  readonly method: "GET" | "PUT" | "POST" | "DELETE";
  /** The path in Hono's syntax. */
  readonly path: string;
  /** The query parameters. Each endpoint takes `?site=` as well. */
  readonly query: z.ZodType<unknown, Query>;
  readonly answer: Answer;
}

const onePost = "/api/posts/:name{.+}";
const nothing = z.object({});
const changedDelivery = delivery.extend({ timeZone });

/** Acts on one delivery, named by its id or by a part of the id that is unique. */
const actOnOne = <A extends DeliveryAction>(act: A) =>
  ({ method: "POST", path: `/api/deliveries/:id{.+}/${act}`, query: nothing, answer: changedDelivery }) as const;

/**
 * Acts on the deliveries of a post (`post`: its name), or of the site, page by page (`all`). The answer has those that
 * were changed.
 */
const actOnMany = <A extends DeliveryAction>(act: A) =>
  ({
    method: "POST",
    path: `/api/deliveries/${act}`,
    query: z.object({ post: text.optional(), all: flag, from: text.optional() }),
    answer: z.object({ deliveries: list(delivery), next: text.nullable(), timeZone }),
  }) as const;

/** Every request that the API takes. */
export const endpoints = {
  list: {
    method: "GET",
    path: "/api/posts",
    query: z.object({ from: text.optional() }),
    answer: z.object({ posts: list(postSummary), next: text.nullable(), timeZone }),
  },
  refused: {
    method: "GET",
    path: "/api/posts",
    query: z.object({ refused: flag }),
    answer: z.object({ refused: list(refusedDocument), waiting: list(waitingDocument), timeZone }),
  },
  pages: {
    method: "GET",
    path: "/api/posts",
    query: z.object({ pages: flag }),
    answer: z.object({ pages: list(pageDocument), timeZone }),
  },
  status: {
    method: "GET",
    path: onePost,
    query: z.object({ history: flag }),
    answer: postStatus.extend({ timeZone }),
  },
  put: {
    method: "PUT",
    path: onePost,
    // `file` and `name` are explained at `plan`.
    query: z.object({ again: flag, import: flag, file: text.optional(), name: text.optional() }),
    // `page`: why it is a page, not a post.
    answer: post.partial().extend({
      path: text.optional(),
      result: text,
      hold: text.optional(),
      page: text.optional(),
      warnings: list(reason),
      timeZone,
    }),
  },
  announce: {
    method: "POST",
    path: onePost,
    query: z.object({ again: flag }),
    answer: post.extend({ result: text, hold: text.optional(), timeZone }),
  },
  remove: {
    method: "DELETE",
    path: onePost,
    query: nothing,
    answer: post.extend({
      result: text,
      /** The path of its document, where that is still in its source: an edit of it restores the post. */
      remaining: text.nullable(),
      timeZone,
    }),
  },
  plan: {
    method: "POST",
    path: "/api/plan",
    // `file`: the path on the caller's machine. Where the path ends with that of a document in a source, the file is
    // that document. `name`: the end of the path that says something about the document: `ja/post.md`,
    // `alpha/index.md`.
    query: z.object({ name: text.default("post.md"), file: text.optional() }),
    // `page`: why it is a page, not a post.
    answer: z.object({
      post: plannedPost.optional(),
      page: text.optional(),
      warnings: list(reason),
      snippets: list(plannedSnippet),
      /**
       * The keys from which each field was taken, or a description of its origin where there is no key (`the body`).
       */
      origins: z.record(text, list(text)),
      /** The post that the document is already. */
      existing: postStatus.nullable(),
      timeZone,
    }),
  },
  deliveries: {
    method: "GET",
    path: "/api/deliveries",
    query: z.object({ state: z.enum(deliveryStates), from: text.optional() }),
    answer: z.object({ deliveries: list(delivery), next: text.nullable(), timeZone }),
  },
  retry: { method: "POST", path: "/api/deliveries/:id{.+}/retry", query: nothing, answer: changedDelivery },
  resolve: {
    method: "POST",
    path: "/api/deliveries/:id{.+}/resolve",
    query: z.object({ as: z.enum(["posted", "retry"]) }),
    answer: changedDelivery,
  },
  release: actOnOne("release"),
  releaseMany: actOnMany("release"),
  hold: actOnOne("hold"),
  holdMany: actOnMany("hold"),
  approve: actOnOne("approve"),
  approveMany: actOnMany("approve"),
  dismiss: actOnOne("dismiss"),
  dismissMany: actOnMany("dismiss"),
  accounts: {
    method: "GET",
    path: "/api/accounts",
    query: nothing,
    answer: z.object({ accounts: list(account), timeZone }),
  },
  feeds: { method: "GET", path: "/api/feeds", query: nothing, answer: z.object({ feeds: list(feed), timeZone }) },
  sources: {
    method: "GET",
    path: "/api/sources",
    query: nothing,
    answer: z.object({ sources: list(source), timeZone }),
  },
} as const satisfies Record<string, Endpoint>;

/** The path of one post or delivery. Slashes in its name stay, except those of a URL. */
export const endpointPath = ({ path }: Pick<Endpoint, "path">, name: string): string =>
  path.replace(/:\w+\{\.\+\}/, () =>
    name.includes("//") ? encodeURIComponent(name) : name.split("/").map(encodeURIComponent).join("/"),
  );

/** The answer of an endpoint, as the client parses it. */
export type Answer<Name extends keyof typeof endpoints> = z.output<(typeof endpoints)[Name]["answer"]>;
export type Query<Name extends keyof typeof endpoints> = z.input<(typeof endpoints)[Name]["query"]>;
