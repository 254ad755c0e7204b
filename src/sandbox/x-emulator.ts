import type { Account } from "../domain/account.ts";
import { day } from "../domain/time.ts";
import { xLength } from "./counting.ts";
import { type Act, type Fields, fieldsOf, json, type Stage } from "./emulator.ts";
import { oauthOf, signature } from "./oauth1.ts";
import { livePosts, postOf } from "./timeline.ts";

const limit = 280;

/** The fields of CreatePostsRequest in X's OpenAPI 2.167, `additionalProperties: false`. */
const known = new Set([
  "card_uri",
  "community_id",
  "direct_message_deep_link",
  "edit_options",
  "for_super_followers_only",
  "geo",
  "made_with_ai",
  "media",
  "nullcast",
  "paid_partnership",
  "poll",
  "quote_tweet_id",
  "reply",
  "reply_settings",
  "share_with_followers",
  "text",
]);

const problem = (
  status: number,
  title: string,
  detail = title,
  headers: Readonly<Record<string, string>> = {},
): Response =>
  json({ title, detail, type: "about:blank", status }, status, {
    "content-type": "application/problem+json",
    ...headers,
  });

const invalid = (message: string): Response =>
  json(
    {
      errors: [{ message }],
      title: "Invalid Request",
      detail: message,
      type: "https://api.twitter.com/2/problems/invalid-request",
    },
    400,
  );

/** X's API v2. Its client signs for the real address, so that is the one whose signature is checked. */
export const actX: Act = (app, stage) => {
  app.use("/sandbox/api/:account/2/*", async (c, next) => {
    const account = stage.account(c.req.param("account"), "x");
    const oauth = oauthOf(c.req.header("authorization"));
    const url = `https://api.x.com/${c.req.path.split("/").slice(4).join("/")}`;
    const expected = await signature(c.req.method, url, oauth, { app: "sandbox", access: "sandbox" });
    const trusted = oauth.oauth_token === `sandbox-${account?.name}` && oauth.oauth_signature === expected;
    if (account === undefined || !trusted) return problem(401, "Unauthorized");
    c.set("account", account);
    return next();
  });
  app.post(
    "/sandbox/api/:account/2/tweets",
    stage.write(
      (status) => refusal(stage, status),
      async (c, account) => create(stage, account, await fieldsOf(c)),
    ),
  );
  app.delete(
    "/sandbox/api/:account/2/tweets/:id",
    stage.write(
      (status) => refusal(stage, status),
      async (c, account) => {
        const post = postOf(stage.timeline, account.name, c.req.param("id") ?? "");
        if (post !== undefined) await stage.timeline.put({ ...post, deletedAt: new Date(stage.now()).toISOString() });
        return json({ data: { deleted: true } });
      },
    ),
  );
};

const faultOf = (body: Fields | undefined): string | undefined => {
  if (body === undefined) return "The body must be a JSON object";
  const unknown = Object.keys(body).find((field) => !known.has(field));
  if (unknown !== undefined)
    return `$.${unknown}: is not defined in the schema and the schema does not allow additional properties`;
  if (typeof body.text !== "string" || body.text.trim() === "") return "text: a post needs a text or media";
  const flag = body.made_with_ai;
  return flag === undefined || typeof flag === "boolean" ? undefined : "$.made_with_ai: must be a boolean";
};

/** As the network's file makes it: `i` leads to a post of anybody. */
const urlOf = ({ settings }: Account, id: string): string =>
  `https://x.com/${typeof settings.handle === "string" ? settings.handle : "i"}/status/${id}`;

const create = async (stage: Stage, account: Account, body: Fields | undefined): Promise<Response> => {
  const fault = faultOf(body);
  const text = body?.text;
  if (fault !== undefined || typeof text !== "string") return invalid(fault ?? "text: must be a string");
  const length = xLength(text);
  if (length > limit) return problem(403, "Forbidden", `Your Tweet text is too long (${length} of ${limit}).`);
  const since = stage.now() - day;
  const equal = livePosts(stage.timeline, account.name).some(
    (post) => post.text === text && Date.parse(post.createdAt) > since,
  );
  if (equal) return problem(403, "Forbidden", "You are not allowed to create a Tweet with duplicate content.");
  const id = stage.nextId();
  await stage.timeline.put({
    account: account.name,
    network: "x",
    id,
    text,
    length,
    limit,
    url: urlOf(account, id),
    createdAt: new Date(stage.now()).toISOString(),
    editedAt: null,
    deletedAt: null,
    card: null,
    key: null,
    request: body,
  });
  return json({ data: { id, text, edit_history_tweet_ids: [id] } }, 201);
};

const window = 60;

const refusal = (stage: Stage, status: number): Response => {
  const reset = String(Math.ceil(stage.now() / 1000) + window);
  if (status === 429) {
    return problem(429, "Too Many Requests", "Too Many Requests", {
      "x-rate-limit-limit": "100",
      "x-rate-limit-remaining": "0",
      "x-rate-limit-reset": reset,
    });
  }
  return problem(status, status === 401 ? "Unauthorized" : "Service Unavailable");
};
