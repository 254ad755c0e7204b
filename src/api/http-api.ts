import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type {
  AccountReport,
  DeliveryStatus,
  FeedStatus,
  PlannedSnippet,
  PostStatus,
  PostSummary,
  RefusedDocument,
  Resolved,
  SiteApi,
  SourceStatus,
  WaitingDocument,
} from "../app/site-api.ts";
import { pageAddress, postPath } from "../domain/address.ts";
import type { HistoryEntry } from "../domain/delivery.ts";
import { deliveryActions } from "../domain/delivery-commands.ts";
import { AmbiguousId, AmbiguousName, BadCursor, IsBeingRead, UnknownId } from "../domain/errors.ts";
import { type Reason, reasonText } from "../domain/findings.ts";
import type { Post, PostContent } from "../domain/post.ts";
import type { Site } from "../domain/site.ts";
import { type Instant, iso } from "../domain/time.ts";
import type { Log } from "../ports/runtime.ts";
import type * as contract from "./contract.ts";
import { endpointPath, endpoints } from "./endpoints.ts";
import {
  type ApiEnv,
  answer,
  bearer,
  documentBytes,
  documentLimit,
  markdownOnly,
  problem,
  readQuery,
  selectSite,
} from "./middleware.ts";

export interface WebAppParts {
  /** One for each site. Without `?site=` a request is for the first one. */
  readonly siteApis: readonly [SiteApi, ...(readonly SiteApi[])];
  /** The API's token; without one every request is refused. */
  readonly token: () => Promise<string | undefined>;
  readonly log?: Log;
}

/** The HTTP app: the same on Lambda and on one machine. */
export const webApp = ({ siteApis, token, log }: WebAppParts): Hono => {
  const web = new Hono();
  web.notFound((c) => problem(c, 404, `There is nothing at ${c.req.path}.`));
  web.onError((error, c) => {
    if (error instanceof BadCursor) return problem(c, 400, error.message);
    if (error instanceof AmbiguousName || error instanceof AmbiguousId)
      return problem(c, 409, error.message, { candidates: error.candidates });
    if (error instanceof UnknownId) return problem(c, 404, error.message, { candidates: error.candidates });
    if (error instanceof IsBeingRead) {
      c.header("Retry-After", String(error.retryAfter));
      return problem(c, 503, error.message);
    }
    log?.alarm("web", `${c.req.method} ${c.req.path} failed: ${error.message}`);
    return problem(c, 500, "This is a fault in Crier; its log has the details. It is safe to repeat the request.");
  });
  web.get("/healthz", (c) => c.json({ status: "ok" }, 200, { "Cache-Control": "no-store" }));
  web.use("/api/*", bearer({ token, log }));
  web.use("/api/*", async (c, next) => {
    await next();
    if (!c.res.headers.has("Cache-Control")) c.res.headers.set("Cache-Control", "no-store");
  });
  web.use("/api/*", selectSite(siteApis));
  web.use(
    "/api/deliveries/*",
    bodyLimit({
      maxSize: 10_000,
      onError: (c) => problem(c, 413, "The body is too large: send at most 10,000 bytes."),
    }),
  );
  web.route("/", postRoutes());
  web.route("/", deliveryRoutes());
  for (const [path, all] of Map.groupBy(Object.values(endpoints), (endpoint) => endpoint.path)) {
    const allow = [...new Set(all.map(({ method }) => method))].join(", ");
    web.all(path, (c) => {
      // RFC 9110 §15.5.6.
      c.header("Allow", allow);
      return problem(c, 405, `${c.req.path} allows ${allow}.`);
    });
  }
  return web;
};

const reasonsText = (reasons: readonly Reason[]): string => reasons.map(reasonText).join(" ");

/** A page or a refused document is not a post: the answer says why. */
const noPost = async (c: Context<ApiEnv>, name: string): Promise<Response> => {
  const documents = await c.get("siteApi").refused(name);
  const pages = await c.get("siteApi").pages(name);
  if (documents.length + pages.length === 0)
    return problem(c, 404, `There is no post with the slug ${name}: take the slug or the path from the list of posts.`);
  const sentences = [
    ...documents.map(({ path, reasons }) => `${path} is refused: ${reasonsText(reasons)}`),
    ...pages.map(({ path, reason }) => `${path} is a page, not a post: ${reason}`),
  ];
  return problem(c, 404, [`There is no post with the slug ${name}.`, ...sentences].join(" "), {
    ...(documents.length > 0 && { refused: documents.map(refusedDocument) }),
    ...(pages.length > 0 && { pages }),
  });
};

const postLocation = (path: string, site: string | undefined): string =>
  `${endpointPath(endpoints.status, path)}${site === undefined ? "" : `?site=${site}`}`;

const postRoutes = () =>
  new Hono<ApiEnv>()
    .get(endpoints.list.path, listDocuments)
    .get(endpoints.status.path, async (c) => {
      const name = c.req.param("name");
      const post = await c.get("siteApi").status(name);
      if (post === undefined) return noPost(c, name);
      return answer(c, endpoints.status, postStatus(post, readQuery(c, endpoints.status).history));
    })
    .put(endpoints.put.path, markdownOnly, documentLimit, (c) => putDocument(c, c.req.param("name")))
    .post(endpoints.announce.path, async (c) => {
      const name = c.req.param("name");
      const announced = await c.get("siteApi").announce(name, readQuery(c, endpoints.announce));
      if (announced === undefined) return noPost(c, name);
      const { result, post } = announced;
      return answer(c, endpoints.announce, { result, ...postFields(post), hold: post.hold });
    })
    .delete(endpoints.remove.path, async (c) => {
      const name = c.req.param("name");
      const removed = await c.get("siteApi").remove(name);
      if (removed === undefined) return noPost(c, name);
      const { post, remaining = null } = removed;
      return answer(c, endpoints.remove, { result: "deleted", ...postFields(post), remaining });
    })
    .post(endpoints.plan.path, markdownOnly, documentLimit, planDocument);

/** Posts, or with `?refused` or `?pages` the documents that are not posts. */
const listDocuments = async (c: Context<ApiEnv>): Promise<Response> => {
  const siteApi = c.get("siteApi");
  if (readQuery(c, endpoints.refused).refused)
    return answer(c, endpoints.refused, {
      refused: (await siteApi.refused()).map(refusedDocument),
      waiting: (await siteApi.waiting()).map(waitingDocument),
    });
  if (readQuery(c, endpoints.pages).pages) return answer(c, endpoints.pages, { pages: await siteApi.pages() });
  const { rows, next } = await siteApi.list(readQuery(c, endpoints.list).from);
  return answer(c, endpoints.list, { posts: rows.map(postSummary), next: next ?? null });
};

const putDocument = async (c: Context<ApiEnv>, name: string): Promise<Response> => {
  const bytes = await documentBytes(c);
  const query = readQuery(c, endpoints.put);
  const options = {
    again: query.again,
    byHand: !query.import,
    ...(query.file !== undefined && { file: query.file }),
    ...(query.name !== undefined && { fileName: query.name }),
  };
  const ingested = await c.get("siteApi").put(name, bytes, options);
  if (ingested.result === "refused")
    return problem(c, ingested.conflict ? 409 : 422, reasonsText(ingested.reasons), {
      instance: c.req.path,
      reasons: ingested.reasons,
    });
  if (ingested.result === "page")
    return answer(c, endpoints.put, { result: "page", page: ingested.reason, warnings: [] });
  const { result, post, warnings } = ingested;
  if (post !== undefined) c.header("Location", postLocation(postFields(post).path, c.req.query("site")));
  const body = { result, ...(post && postFields(post)), hold: post?.hold, warnings };
  return answer(c, endpoints.put, body, result === "created" ? 201 : 200);
};

const planDocument = async (c: Context<ApiEnv>): Promise<Response> => {
  const { name, file } = readQuery(c, endpoints.plan);
  const plan = await c.get("siteApi").plan(await documentBytes(c), name, file);
  if ("page" in plan)
    return answer(c, endpoints.plan, { page: plan.page, warnings: [], snippets: [], origins: {}, existing: null });
  if ("reasons" in plan) return problem(c, 422, reasonsText(plan.reasons), plan);
  const { content, warnings, snippets, origins, existing } = plan;
  return answer(c, endpoints.plan, {
    post: plannedPost(content, c.get("siteApi").site),
    warnings,
    snippets: snippets.map(plannedSnippet),
    origins,
    existing: existing === undefined ? null : postStatus(existing),
  });
};

const answerChange = (c: Context<ApiEnv>, resolved: Resolved): Response =>
  "problem" in resolved ? problem(c, 409, resolved.problem) : answer(c, endpoints.retry, delivery(resolved.delivery));

/** `?as=posted`, or `{"as": "posted"}` in the body. */
const readResolution = async (c: Context) => {
  const { data } = endpoints.resolve.query.safeParse(c.req.query());
  if (data !== undefined || c.req.query("as") !== undefined) return data?.as;
  const body: unknown = await c.req.json().catch(() => undefined);
  return endpoints.resolve.query.safeParse(body).data?.as;
};

/** The routes of a person's decisions about one delivery, or about many. */
const actRoutes = () => {
  const routes = new Hono<ApiEnv>();
  for (const act of deliveryActions) {
    const many = endpoints[`${act}Many`];
    routes.post(endpoints[act].path, async (c) =>
      answerChange(c, await c.get("siteApi").act(act, c.req.param("id") ?? "")),
    );
    routes.post(many.path, async (c) => {
      const { post, all, from } = readQuery(c, many);
      const siteApi = c.get("siteApi");
      if (post !== undefined) {
        const changed = await siteApi.actOnPost(act, post);
        if (changed === undefined) return problem(c, 404, `There is no post ${post}.`);
        return answer(c, many, { deliveries: changed.map(delivery), next: null });
      }
      if (!all) return problem(c, 400, "Name a post with `?post=`, or say `?all=true` to mean all deliveries.");
      const { rows, next } = await siteApi.actOnAll(act, from);
      return answer(c, many, { deliveries: rows.map(delivery), next: next ?? null });
    });
  }
  return routes;
};

const deliveryRoutes = () =>
  new Hono<ApiEnv>()
    .route("/", actRoutes())
    .get(endpoints.deliveries.path, async (c) => {
      const { data: query } = endpoints.deliveries.query.safeParse(c.req.query());
      if (query === undefined) {
        const states = endpoints.deliveries.query.shape.state.options;
        return problem(c, 400, `Name one state: \`?state=\` with one of ${states.join(", ")}.`);
      }
      const { rows, next } = await c.get("siteApi").deliveries(query.state, query.from);
      return answer(c, endpoints.deliveries, { deliveries: rows.map(delivery), next: next ?? null });
    })
    .post(endpoints.retry.path, async (c) => answerChange(c, await c.get("siteApi").retry(c.req.param("id"))))
    .post(endpoints.resolve.path, async (c) => {
      const as = await readResolution(c);
      if (as === undefined)
        return problem(c, 400, 'Send {"as": "posted"} if the post is on the network, or {"as": "retry"} if it is not.');
      return answerChange(c, await c.get("siteApi").resolve(c.req.param("id"), as));
    })
    .get(endpoints.accounts.path, async (c) =>
      answer(c, endpoints.accounts, { accounts: (await c.get("siteApi").reportAccounts()).map(account) }),
    )
    .get(endpoints.feeds.path, async (c) =>
      answer(c, endpoints.feeds, { feeds: (await c.get("siteApi").feeds()).map(feed) }),
    )
    .get(endpoints.sources.path, async (c) =>
      answer(c, endpoints.sources, { sources: (await c.get("siteApi").sources()).map(source) }),
    );

/** Moments are RFC 3339 in the JSON of the contract, and whatever is absent is null. */
const moment = (at: Instant | undefined): string | null => (at === undefined ? null : iso(at));

const historyEntries = (entries: readonly HistoryEntry[]) =>
  entries.map(({ at, state, attempt, reason }) => ({
    at: iso(at),
    state,
    attempt: attempt ?? null,
    reason: reason ?? null,
  }));

const history = ({ planned, history: { first, omitted, last } }: DeliveryStatus): contract.History => ({
  planned: iso(planned),
  first: historyEntries(first),
  omitted,
  last: historyEntries(last),
});

const delivery = ({ history: _, planned: __, ...row }: DeliveryStatus): contract.Delivery => ({
  ...row,
  hold: row.hold ?? null,
  posted: moment(row.posted),
  url: row.url ?? null,
  due: moment(row.due),
  reason: row.reason ?? null,
});

const postFields = (post: Post): contract.PostFields => ({
  id: post.id,
  slug: post.slug,
  path: postPath(post),
  url: post.url,
  title: post.title,
  published: post.hold === undefined ? iso(post.published) : null,
  updated: iso(post.updated),
  revision: post.revision,
});

const postSummary = (post: PostSummary): contract.PostSummary => ({
  ...post,
  published: moment(post.published),
  updated: iso(post.updated),
  reason: post.reason ?? null,
});

export const postStatus = (post: PostStatus, withHistory = false): contract.PostStatus => ({
  ...postSummary(post),
  movedFrom: post.movedFrom ?? null,
  warnings: post.warnings,
  translations: post.translations.map(({ language, url }) => ({ language, url })),
  deliveries: post.deliveries.map((row) => ({ ...delivery(row), ...(withHistory && { history: history(row) }) })),
});

const plannedPost = ({ translation: _, ...content }: PostContent, site: Site): contract.PlannedPost => ({
  ...content,
  path: postPath({ address: pageAddress(content.url, site), url: content.url }),
  published: moment(content.published),
  updated: moment(content.updated),
});

const plannedSnippet = ({
  announced,
  breaker,
  card,
  picture,
  article,
  cost,
  replies,
  ...snippet
}: PlannedSnippet): contract.PlannedSnippet => ({
  ...snippet,
  replies: [...replies],
  card: card ?? null,
  picture: {
    sent: picture.sent,
    url: picture.url ?? null,
    alt: picture.alt ?? null,
    sendsAlt: picture.sendsAlt,
    cap: picture.cap ?? null,
    prepared: picture.prepared ?? null,
    reason: picture.reason ?? null,
  },
  article: article ?? null,
  cost: cost ?? null,
  announced: { when: announced.when, reason: announced.reason ?? null, at: moment(announced.at) },
  breaker: breaker ?? null,
});

const refusedDocument = (document: RefusedDocument): contract.RefusedDocument => ({
  ...document,
  at: iso(document.at),
});

const waitingDocument = (document: WaitingDocument): contract.WaitingDocument => ({
  ...document,
  since: iso(document.since),
});

const feed = (row: FeedStatus): contract.Feed => ({
  ...row,
  rendered: moment(row.rendered),
  due: moment(row.due),
  hubs: row.hubs.map(({ url, pinged, reason }) => ({ url, pinged: moment(pinged), reason: reason ?? null })),
});

const source = ({ name, listed, poll }: SourceStatus): contract.Source => ({
  name,
  listed: moment(listed),
  poll:
    poll === undefined
      ? null
      : {
          ...poll,
          polled: moment(poll.polled),
          answer: poll.answer ?? null,
          next: moment(poll.next),
          problem: poll.problem ?? null,
        },
});

const account = (row: AccountReport): contract.Account => ({
  ...row,
  identity: row.identity ?? null,
  problem: row.problem ?? null,
  paused: row.paused === undefined ? null : { since: iso(row.paused.since), reason: row.paused.reason },
  next: row.next === undefined ? null : { at: iso(row.next.at), reason: row.next.reason },
  ifConnected: row.ifConnected?.map(({ slug, at, reason }) => ({ slug, at: moment(at), reason })) ?? null,
});
