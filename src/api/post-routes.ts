import { type Context, Hono } from "hono";
import type { Post } from "../domain/post.ts";
import { type Reason, reasonText } from "../domain/refusal.ts";
import { documentBytes, documentLimit, flag, markdownOnly } from "./document-body.ts";
import { refused, status, summary, waiting, when } from "./present.ts";
import { problem } from "./problem.ts";
import { type ApiEnv, answered } from "./site-of-request.ts";

const slugs = "/posts/:slug{.+}";

const named = (post: Post) => ({
  id: post.id,
  slug: post.slug,
  url: post.url,
  title: post.title,
  published: post.hold === undefined ? when(post.published) : null,
  updated: when(post.updated),
  revision: post.revision,
});

const placeOf = (post: Post, site: string | undefined): string =>
  `/api/posts/${post.slug.split("/").map(encodeURIComponent).join("/")}${site === undefined ? "" : `?site=${site}`}`;

const reasonsText = (reasons: readonly Reason[]): string => reasons.map(reasonText).join(" ");

/** A refused document is not a post: the answer says why. */
const noPost = async (c: Context<ApiEnv>, slug: string): Promise<Response> => {
  const documents = await c.get("siteApi").refused(slug);
  const sentences = documents.map(({ path, reasons }) => `${path} is refused: ${reasonsText(reasons)}`);
  return problem(
    c,
    404,
    [`There is no post with the slug ${slug}.`, ...sentences].join(" "),
    documents.length === 0 ? {} : { refused: documents.map(refused) },
  );
};

export const posts = () =>
  new Hono<ApiEnv>()
    .get("/posts", async (c) => {
      if (flag(c, "refused")) {
        const siteApi = c.get("siteApi");
        return answered(c, {
          refused: (await siteApi.refused()).map(refused),
          waiting: (await siteApi.waiting()).map(waiting),
        });
      }
      const { rows, next } = await c.get("siteApi").list(c.req.query("from"));
      return answered(c, { posts: rows.map(summary), next: next ?? null });
    })
    .get(slugs, async (c) => {
      const found = await c.get("siteApi").status(c.req.param("slug"));
      return found === undefined ? noPost(c, c.req.param("slug")) : answered(c, status(found));
    })
    .put(slugs, markdownOnly, documentLimit, async (c) => {
      const bytes = await documentBytes(c);
      const options = { again: flag(c, "again"), byHand: !flag(c, "import") };
      const answer = await c.get("siteApi").put(c.req.param("slug"), bytes, options);
      if (answer.result === "refused")
        return problem(c, answer.conflict ? 409 : 422, reasonsText(answer.reasons), {
          instance: c.req.path,
          reasons: answer.reasons,
        });
      const { result, post, warnings } = answer;
      if (post !== undefined) c.header("Location", placeOf(post, c.req.query("site")));
      return answered(
        c,
        { result, ...(post === undefined ? {} : named(post)), hold: post?.hold, warnings },
        result === "created" ? 201 : 200,
      );
    })
    .delete(slugs, async (c) => {
      const post = await c.get("siteApi").remove(c.req.param("slug"));
      if (post === undefined) return noPost(c, c.req.param("slug"));
      return answered(c, { result: "deleted", ...named(post) });
    })
    .post("/plan", markdownOnly, documentLimit, async (c) => {
      const plan = await c.get("siteApi").plan(await documentBytes(c), c.req.query("name") ?? "post.md");
      if ("reasons" in plan) return problem(c, 422, reasonsText(plan.reasons), plan);
      const { published, updated, ...content } = plan.content;
      return answered(c, {
        post: {
          ...content,
          published: when(published),
          updated: when(updated),
        },
        warnings: plan.warnings,
        snippets: plan.snippets,
      });
    });
