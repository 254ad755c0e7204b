import type { Account } from "../domain/account.ts";
import { hour } from "../domain/time.ts";
import { mastodonLength } from "./counting.ts";
import { type Act, type Fields, fieldsOf, json, type Stage } from "./emulator.ts";
import { piecesOf } from "./text-pieces.ts";
import { livePosts, postOf, type TimelinePost } from "./timeline.ts";

const problem = (status: number, error: string, headers: Readonly<Record<string, string>> = {}): Response =>
  json({ error }, status, headers);

const at = "/sandbox/api/:account/api";

/** Mastodon 4.7's API, as far as an announcing account uses it. */
export const actMastodon: Act = (app, stage) => {
  const refuse = (status: number) => refusal(stage, status);
  app.use(`${at}/*`, async (c, next) => {
    const account = stage.account(c.req.param("account"), "mastodon");
    if (account === undefined) return problem(404, "Record not found");
    const trusted = c.req.header("authorization") === `Bearer sandbox-${account.name}`;
    if (!trusted) return problem(401, "The access token is invalid");
    c.set("account", account);
    return next();
  });
  app.get(`${at}/v1/accounts/verify_credentials`, (c) => json(selfOf(c.get("account"))));
  app.get(`${at}/v1/accounts/:id/statuses`, (c) => {
    const before = c.req.query("max_id");
    const size = Math.min(40, Number(c.req.query("limit") ?? 20));
    const posts = livePosts(stage.timeline, c.get("account").name).toReversed();
    const older = before === undefined ? posts : posts.filter(({ id }) => BigInt(id) < BigInt(before));
    return json(older.slice(0, size).map(statusOf));
  });
  app.post(
    `${at}/v1/statuses`,
    stage.write(refuse, async (c, account) => {
      const key = c.req.header("idempotency-key") ?? null;
      const since = stage.now() - hour;
      const same = stage.timeline
        .all()
        .find(
          (post) =>
            post.account === account.name && key !== null && post.key === key && Date.parse(post.createdAt) > since,
        );
      if (same !== undefined) return json(statusOf(same));
      return save(stage, account, await fieldsOf(c), key, undefined);
    }),
  );
  app.put(
    `${at}/v1/statuses/:id`,
    stage.write(refuse, async (c, account) => {
      const post = postOf(stage.timeline, account.name, c.req.param("id") ?? "");
      if (post === undefined) return problem(404, "Record not found");
      return save(stage, account, await fieldsOf(c), post.key, post);
    }),
  );
  app.delete(
    `${at}/v1/statuses/:id`,
    stage.write(refuse, async (c, account) => {
      const post = postOf(stage.timeline, account.name, c.req.param("id") ?? "");
      if (post === undefined) return problem(404, "Record not found");
      await stage.timeline.put({ ...post, deletedAt: new Date(stage.now()).toISOString() });
      return json({ ...statusOf(post), text: post.text });
    }),
  );
};

const limitOf = ({ settings }: Account): number => (typeof settings.limit === "number" ? settings.limit : 500);

const save = async (
  stage: Stage,
  account: Account,
  body: Fields | undefined,
  key: string | null,
  old: TimelinePost | undefined,
): Promise<Response> => {
  const { status: text, visibility, language } = body ?? {};
  if (typeof text !== "string" || text.trim() === "") return problem(422, "Validation failed: Text can't be blank");
  const limit = limitOf(account);
  const length = mastodonLength(text);
  if (length > limit) return problem(422, `Validation failed: Text character limit of ${limit} exceeded`);
  if (visibility !== undefined && !["public", "unlisted", "private", "direct"].includes(String(visibility))) {
    return problem(422, `'${String(visibility)}' is not a valid visibility`);
  }
  if (language !== undefined && !/^[a-z]{2,3}(-[A-Za-z]{2,4})?$/.test(String(language))) {
    return problem(422, "Validation failed: Language is invalid");
  }
  const moment = new Date(stage.now()).toISOString();
  const id = old?.id ?? stage.nextId();
  const post: TimelinePost = {
    account: account.name,
    network: "mastodon",
    id,
    text,
    length,
    limit,
    key,
    url: old?.url ?? `https://mastodon.example/@${account.name}/${id}`,
    createdAt: old?.createdAt ?? moment,
    editedAt: old === undefined ? null : moment,
    deletedAt: null,
    card: null,
    request: body,
  };
  await stage.timeline.put(post);
  return json(statusOf(post));
};

const selfOf = ({ name }: Account) => ({
  id: "1",
  username: name,
  acct: name,
  url: `https://mastodon.example/@${name}`,
});

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

const statusOf = ({ account, id, url, createdAt, editedAt, text }: TimelinePost) => ({
  id,
  url,
  uri: url,
  created_at: createdAt,
  edited_at: editedAt,
  account: { id: "1", username: account, acct: account },
  content: `<p>${piecesOf(text)
    .map(({ kind, text, url }) =>
      kind === "link"
        ? `<a href="${escaped(url ?? text)}" rel="nofollow noopener">${escaped(text)}</a>`
        : escaped(text),
    )
    .join("")}</p>`,
  card: null,
});

const window = 60_000;

const refusal = (stage: Stage, status: number): Response => {
  if (status === 429) {
    return problem(429, "Too many requests", {
      "x-ratelimit-limit": "300",
      "x-ratelimit-remaining": "0",
      "x-ratelimit-reset": new Date(stage.now() + window).toISOString(),
    });
  }
  return problem(status, status === 401 ? "The access token is invalid" : "Remote data could not be fetched");
};
