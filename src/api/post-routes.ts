import { type Context, Hono } from "hono";
import { type Reason, reasonText } from "../domain/findings.ts";
import { answer, queryOf } from "./answer.ts";
import { documentBytes, documentLimit, markdownOnly } from "./document-body.ts";
import { endpoints, pathOf } from "./endpoints.ts";
import {
  plannedPost,
  plannedSnippet,
  postFields,
  postStatus,
  postSummary,
  refusedDocument,
  waitingDocument,
} from "./present.ts";
import { problem } from "./problem.ts";
import type { ApiEnv } from "./site-of-request.ts";

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

const locationOf = (path: string, site: string | undefined): string =>
  `${pathOf(endpoints.status, path)}${site === undefined ? "" : `?site=${site}`}`;

export const postRoutes = () =>
  new Hono<ApiEnv>()
    .get(endpoints.list.path, async (c) => {
      const siteApi = c.get("siteApi");
      if (queryOf(c, endpoints.refused).refused)
        return answer(c, endpoints.refused, {
          refused: (await siteApi.refused()).map(refusedDocument),
          waiting: (await siteApi.waiting()).map(waitingDocument),
        });
      if (queryOf(c, endpoints.pages).pages) return answer(c, endpoints.pages, { pages: await siteApi.pages() });
      const { rows, next } = await siteApi.list(queryOf(c, endpoints.list).from);
      return answer(c, endpoints.list, { posts: rows.map(postSummary), next: next ?? null });
    })
    .get(endpoints.status.path, async (c) => {
      const name = c.req.param("name");
      const post = await c.get("siteApi").status(name);
      if (post === undefined) return noPost(c, name);
      return answer(c, endpoints.status, postStatus(post, queryOf(c, endpoints.status).history));
    })
    .put(endpoints.put.path, markdownOnly, documentLimit, async (c) => {
      const bytes = await documentBytes(c);
      const query = queryOf(c, endpoints.put);
      const options = {
        again: query.again,
        byHand: !query.import,
        ...(query.file !== undefined && { file: query.file }),
        ...(query.name !== undefined && { fileName: query.name }),
      };
      const ingested = await c.get("siteApi").put(c.req.param("name"), bytes, options);
      if (ingested.result === "refused")
        return problem(c, ingested.conflict ? 409 : 422, reasonsText(ingested.reasons), {
          instance: c.req.path,
          reasons: ingested.reasons,
        });
      if (ingested.result === "page")
        return answer(c, endpoints.put, { result: "page", page: ingested.reason, warnings: [] });
      const { result, post, warnings } = ingested;
      if (post !== undefined) c.header("Location", locationOf(postFields(post).path, c.req.query("site")));
      return answer(
        c,
        endpoints.put,
        { result, ...(post && postFields(post)), hold: post?.hold, warnings },
        result === "created" ? 201 : 200,
      );
    })
    .post(endpoints.announce.path, async (c) => {
      const name = c.req.param("name");
      const announced = await c.get("siteApi").announce(name, queryOf(c, endpoints.announce));
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
    .post(endpoints.plan.path, markdownOnly, documentLimit, async (c) => {
      const { name, file } = queryOf(c, endpoints.plan);
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
    });
