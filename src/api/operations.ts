import * as z from "zod";
import { remove } from "../app/ingest/deletions.ts";
import { announce, put } from "../app/ingest/post-commands.ts";
import type { SiteContext } from "../app/site-context.ts";
import { listFeeds, listSources } from "../app/status/feed-status.ts";
import { listPages, listRefused, listWaiting } from "../app/status/find-post.ts";
import { plan } from "../app/status/plan.ts";
import { checkAccounts, findStatus, listAccounts, listPosts } from "../app/status/status.ts";
import { account, feed, source } from "../contract/installation-status.ts";
import {
  type PostFields,
  type PostStatus,
  pageDocument,
  plannedPost,
  plannedSnippet,
  post,
  postStatus,
  postSummary,
  refusedDocument,
  waitingDocument,
} from "../contract/posts.ts";
import { list, moment, oneOf, orNull, reason, text, timeZone } from "../contract/values.ts";
import { pageAddress, postPath } from "../domain/address.ts";
import { postTag } from "../domain/expected-post.ts";
import { type Reason, reasonText } from "../domain/findings.ts";
import { ownTitle, type Post } from "../domain/post.ts";
import { deliveryOperations, sendingOperations } from "./delivery-operations.ts";
import { cursor, flag, nothing, operation, type Refusal } from "./operation.ts";

/**
 * Every operation of the API, once: the server makes its routes of them, the client and the commands call them by name,
 * and the description of the API (openapi.json) is made of them.
 */

const onePost = "/api/posts/{name}";

const reasonsText = (reasons: readonly Reason[]): string => reasons.map(reasonText).join(" ");

export const postFields = (one: Post): PostFields => ({
  ...one,
  path: postPath(one),
  title: ownTitle(one),
  label: one.title,
  published: one.hold === undefined ? one.published : undefined,
  etag: postTag(one),
});

const withoutHistory = (status: PostStatus) => ({
  ...status,
  deliveries: status.deliveries.map(({ history: _, ...row }) => row),
});

/** A page or a refused document is not a post: the answer says why. */
const noPost = async (name: string, { site, ports }: SiteContext): Promise<Refusal> => {
  const [refused, pages] = [await listRefused(site.id, name, ports), await listPages(site.id, name, ports)];
  const none = `There is no post with the slug ${name}`;
  if (refused.length + pages.length === 0)
    return { refusal: 404, detail: `${none}: take the slug or the path from the list of posts.` };
  const sentences = [
    ...refused.map(({ path, reasons }) => `${path} is refused: ${reasonsText(reasons)}`),
    ...pages.map((page) => `${page.path} is a page, not a post: ${page.reason}`),
  ];
  return {
    refusal: 404,
    detail: [`${none}.`, ...sentences].join(" "),
    ...(refused.length > 0 && { refused }),
    ...(pages.length > 0 && { pages }),
  };
};

const hurried = list(
  z.object({
    account: text,
    waits: orNull(text).describe("The reason why it is not sent even so, where one is known."),
  }),
).describe("The accounts whose deliveries waited, and are tried now.");

/** The accounts that announce a post once more: all, or this one. */
const only = (account: string | undefined): readonly string[] | undefined =>
  account === undefined ? undefined : [account];

const postOperations = {
  list: operation({
    method: "GET",
    path: "/api/posts",
    summary: "Lists the posts, the most recently changed first.",
    query: z.strictObject({ from: cursor, refused: flag, pages: flag }),
    answer: z.object({ posts: list(postSummary), next: orNull(text), timeZone }),
    problems: [],
    run: async ({ site, ports, query }) => {
      const { rows, next } = await listPosts(site.id, query.from, ports);
      return { posts: rows, next };
    },
  }),
  refused: operation({
    method: "GET",
    path: "/api/posts",
    selectedBy: "refused",
    summary: "Lists the documents that are refused, and the deletions that a person has to confirm.",
    query: z.strictObject({ refused: flag }),
    answer: z.object({ refused: list(refusedDocument), waiting: list(waitingDocument), timeZone }),
    problems: [],
    run: async ({ site, ports }) => ({
      refused: await listRefused(site.id, undefined, ports),
      waiting: await listWaiting(site.id, ports),
    }),
  }),
  pages: operation({
    method: "GET",
    path: "/api/posts",
    selectedBy: "pages",
    summary: "Lists the documents that are pages of the site, not posts.",
    query: z.strictObject({ pages: flag }),
    answer: z.object({ pages: list(pageDocument), timeZone }),
    problems: [],
    run: async ({ site, ports }) => ({ pages: await listPages(site.id, undefined, ports) }),
  }),
  status: operation({
    method: "GET",
    path: onePost,
    summary: "Shows a post and its deliveries.",
    query: z.strictObject({ history: flag.describe("Adds all that was tried.") }),
    answer: postStatus.extend({ timeZone }),
    problems: [409],
    run: async ({ name, query, ...context }) => {
      const found = await findStatus(context.site, name, context.ports);
      if (found === undefined) return noPost(name, context);
      return query.history === true ? found : withoutHistory(found);
    },
  }),
  put: operation({
    method: "PUT",
    path: onePost,
    summary: "Publishes the document in the body.",
    body: "document",
    query: z.strictObject({
      again: flag.describe("Announces the post once more. Refused while a copy of it is not settled."),
      account: text.optional().describe("With `again`: the only account that announces it."),
      import: flag.describe("Treats the document as one of a folder that is imported: an old one is not announced."),
      // The same as those of `plan`.
      file: text.optional(),
      name: text.optional(),
    }),
    answer: post.partial().extend({
      path: text.optional(),
      published: orNull(moment).describe("Null while the post is held, and where there is none."),
      result: oneOf(["created", "updated", "unchanged", "deleted", "absent", "page"]),
      hold: text.optional().describe("Why it is held."),
      page: text.optional().describe("Why it is a page, not a post."),
      warnings: list(reason),
      hurried,
      timeZone,
    }),
    creates: true,
    problems: [409, 422],
    takesPreconditions: true,
    run: async ({ site, ports, name, query, document, expected, actor }) => {
      const { file, name: fileName } = query;
      const sent = {
        site,
        name,
        bytes: document,
        ...(file !== undefined && { file }),
        ...(fileName !== undefined && { fileName }),
      };
      const again = query.again === true;
      const byHand = query.import !== true;
      const ingested = await put(sent, { expected, again, accounts: only(query.account), by: actor, byHand }, ports);
      if (ingested.result === "refused")
        return {
          refusal: ingested.conflict ? 409 : 422,
          detail: reasonsText(ingested.reasons),
          reasons: ingested.reasons,
        };
      if (ingested.result === "page")
        return { result: "page", page: ingested.reason, published: undefined, warnings: [], hurried: [] };
      const { result, post: saved, warnings, hurried = [] } = ingested;
      return { published: undefined, ...(saved && postFields(saved)), result, hold: saved?.hold, warnings, hurried };
    },
  }),
  announce: operation({
    method: "POST",
    path: onePost,
    summary: "Announces a post that is in the feeds only.",
    query: z.strictObject({
      again: flag.describe("Announces it even if it was announced before. Refused while a copy of it is not settled."),
      account: text.optional().describe("With `again`: the only account that announces it."),
    }),
    answer: post.extend({ result: oneOf(["updated", "unchanged"]), hold: text.optional(), hurried, timeZone }),
    problems: [409],
    takesPreconditions: true,
    run: async ({ name, query, expected, actor, ...context }) => {
      const again = query.again === true;
      const announced = await announce(
        context.site,
        name,
        { again, accounts: only(query.account), by: actor, expected },
        context.ports,
      );
      if (announced === undefined) return noPost(name, context);
      if (announced.result === "refused") return { refusal: 409, detail: announced.problem };
      const { post: saved, result, hurried } = announced;
      return { ...postFields(saved), result, hold: saved.hold, hurried };
    },
  }),
  remove: operation({
    method: "DELETE",
    path: onePost,
    summary: "Takes a post out of the feeds at once, and its copies off the networks that allow it.",
    query: nothing,
    answer: post.extend({
      result: oneOf(["deleted"]),
      remaining: orNull(text).describe(
        "The path of its document, where that is still in its source: an edit of it restores the post.",
      ),
      timeZone,
    }),
    problems: [409],
    takesPreconditions: true,
    run: async ({ name, expected, actor, ...context }) => {
      const removed = await remove(context.site, name, { expected, by: actor }, context.ports);
      if (removed === undefined) return noPost(name, context);
      return { ...postFields(removed.post), result: "deleted", remaining: removed.remaining };
    },
  }),
  plan: operation({
    method: "POST",
    path: "/api/plan",
    summary: "Shows what the document in the body would publish, and publishes nothing.",
    changesNothing: true,
    body: "document",
    query: z.strictObject({
      name: text
        .default("post.md")
        .describe("The end of the document's path that says something about it: `ja/post.md`, `alpha/index.md`."),
      file: text
        .optional()
        .describe(
          "The path on the caller's machine. Where it ends with that of a document in a source, it is that one.",
        ),
    }),
    answer: z.object({
      post: plannedPost.optional(),
      page: text.optional().describe("Why it is a page, not a post."),
      warnings: list(reason),
      snippets: list(plannedSnippet),
      origins: z
        .record(text, list(text))
        .describe("The keys from which each field was taken, or where it comes from if there is no key (`the body`)."),
      existing: orNull(postStatus).describe("The post that the document is already."),
      timeZone,
    }),
    problems: [422],
    run: async ({ site, ports, query, document }) => {
      const planned = await plan(document, query.name, query.file, site, ports);
      if ("page" in planned)
        return { page: planned.page, warnings: [], snippets: [], origins: {}, existing: undefined };
      if ("reasons" in planned) return { refusal: 422, detail: reasonsText(planned.reasons), reasons: planned.reasons };
      const { content, existing, ...others } = planned;
      const path = postPath({ address: pageAddress(content.url, site), url: content.url });
      const names = { title: ownTitle(content), label: content.title };
      return { ...others, post: { ...content, ...names, path }, existing: existing && withoutHistory(existing) };
    },
  }),
} as const;

const statusOperations = {
  accounts: operation({
    method: "GET",
    path: "/api/accounts",
    summary: "Lists the accounts, what their last check found, what waits, and when the next post may go out.",
    query: nothing,
    answer: z.object({ accounts: list(account), timeZone }),
    problems: [],
    run: async ({ ports }) => ({ accounts: await listAccounts(ports) }),
  }),
  checkAccounts: operation({
    method: "POST",
    path: "/api/accounts/check",
    summary: "Logs in where an account has credentials, and lists the accounts as they are then.",
    query: nothing,
    answer: z.object({ accounts: list(account), timeZone }),
    problems: [],
    run: async ({ ports }) => ({ accounts: await checkAccounts(ports) }),
  }),
  feeds: operation({
    method: "GET",
    path: "/api/feeds",
    summary: "Lists the feeds and their faults.",
    query: nothing,
    answer: z.object({ feeds: list(feed), timeZone }),
    problems: [],
    run: async ({ site, ports }) => ({ feeds: await listFeeds(site, ports) }),
  }),
  sources: operation({
    method: "GET",
    path: "/api/sources",
    summary: "Lists where the posts come from.",
    query: nothing,
    answer: z.object({ sources: list(source), timeZone }),
    problems: [],
    run: async ({ site, ports }) => ({ sources: await listSources(site, ports) }),
  }),
} as const;

/** Operations that are not about one site, and that the server answers without a use case. */
const serverOperations = {
  description: {
    method: "GET",
    path: "/api/openapi.json",
    access: "anyone",
    summary: "This description of the API.",
    answer: z.looseObject({ openapi: text }),
  },
  health: {
    method: "GET",
    path: "/healthz",
    access: "anyone",
    summary:
      "Answers while Crier runs. On one machine with 503 where its work is not being done: what is due was not looked for within five minutes, or a row has been due for half an hour.",
    answer: z.object({
      status: z.enum(["ok", "late"]),
      lastSweep: text.nullable().optional(),
      overdue: text.nullable().optional(),
    }),
  },
  exportDatabase: {
    method: "GET",
    path: "/api/export",
    access: "machine",
    summary: "Everything that a Crier on one machine knows, as one file. Only for requests from that machine.",
    answer: "application/gzip",
  },
} as const;

/** The operations on one site, which need the API's token, or the read-only one where they change nothing. */
export const siteOperations = {
  ...postOperations,
  ...deliveryOperations,
  ...sendingOperations,
  ...statusOperations,
} as const;

export const operations = { ...siteOperations, ...serverOperations } as const;

export type SiteOperationName = keyof typeof siteOperations;

/**
 * The path of one post or delivery. Slashes in its name stay, except those of a URL. A file may be named from where the
 * person is (`../site/posts/a.md`): in the path of a request, these segments would name another operation.
 */
export const operationPath = ({ path }: { readonly path: string }, name: string): string => {
  const below = name.replace(/^(?:\.{1,2}(?:\/|$))+/, "");
  const isWhole = below.includes("//") || /(?:^|\/)\.{1,2}(?:\/|$)/.test(below);
  return path.replace(/\{\w+\}/, () =>
    isWhole ? encodeURIComponent(below) : below.split("/").map(encodeURIComponent).join("/"),
  );
};

/** The JSON of an answer. */
export type Answer<Name extends SiteOperationName> = z.input<(typeof siteOperations)[Name]["answer"]>;
export type Query<Name extends SiteOperationName> = z.output<(typeof siteOperations)[Name]["query"]>;
