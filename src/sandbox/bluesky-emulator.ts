import type { Account } from "../domain/account.ts";
import { canonicalJson } from "../domain/canonical-json.ts";
import { isRecord } from "../domain/records.ts";
import { hour } from "../domain/time.ts";
import { externalOf, faultOfRecord } from "./bluesky-record.ts";
import { graphemeCount } from "./counting.ts";
import { type Act, type Fields, fieldsOf, json, type Stage } from "./emulator.ts";
import { livePosts, postOf, type TimelinePost } from "./timeline.ts";

const collection = "app.bsky.feed.post";
const sessionLife = 2 * hour;

const problem = (
  status: number,
  error: string,
  message: string = error,
  headers: Readonly<Record<string, string>> = {},
): Response => json({ error, message }, status, headers);

const didOf = ({ name }: Account): string => `did:web:${encodeURIComponent(name.toLowerCase())}.sandbox.example`;
const handleOf = ({ name, settings }: Account): string =>
  typeof settings.handle === "string" ? settings.handle : `${name.toLowerCase()}.sandbox.example`;
const uriOf = (account: Account, rkey: string): string => `at://${didOf(account)}/${collection}/${rkey}`;

/** A personal data server of the AT protocol, as far as an announcing account uses it. */
export const actBluesky: Act = (app, stage) => {
  const at = "/sandbox/api/:account/xrpc";
  const refuse = (status: number) => refusal(stage, status);
  const sessions = new Map<string, { readonly account: string; readonly until: number }>();

  app.post(`${at}/com.atproto.server.createSession`, async (c) => {
    const account = stage.account(c.req.param("account"), "bluesky");
    const { identifier, password } = (await fieldsOf(c)) ?? {};
    if (account === undefined || identifier !== account.name || password !== `sandbox-${account.name}`) {
      return problem(401, "AuthenticationRequired", "Invalid identifier or password");
    }
    const accessJwt = `sandbox.${stage.nextId()}`;
    sessions.set(accessJwt, { account: account.name, until: stage.now() + sessionLife });
    return json({ did: didOf(account), handle: handleOf(account), accessJwt, refreshJwt: `refresh.${accessJwt}` });
  });

  app.use(`${at}/*`, async (c, next) => {
    const account = stage.account(c.req.param("account"), "bluesky");
    const token = /^Bearer (.+)$/.exec(c.req.header("authorization") ?? "")?.[1];
    if (account === undefined || token === undefined) return problem(401, "AuthMissing", "Authentication Required");
    const session = sessions.get(token);
    if (session?.account !== account.name || session.until <= stage.now())
      return problem(400, "ExpiredToken", "Token has expired");
    c.set("account", account);
    return next();
  });

  app.post(
    `${at}/com.atproto.repo.putRecord`,
    stage.write(refuse, async (c, account) => put(stage, account, await fieldsOf(c))),
  );
  app.post(
    `${at}/com.atproto.repo.deleteRecord`,
    stage.write(refuse, async (c, account) => {
      const body = await fieldsOf(c);
      const fault = faultOfTarget(account, body);
      if (fault !== undefined) return problem(400, "InvalidRequest", fault);
      const post = postOf(stage.timeline, account.name, uriOf(account, String(body?.rkey)));
      if (post !== undefined) await stage.timeline.put({ ...post, deletedAt: new Date(stage.now()).toISOString() });
      return json({});
    }),
  );
  app.get(`${at}/com.atproto.repo.getRecord`, async (c) => {
    const post = postOf(stage.timeline, c.get("account").name, uriOf(c.get("account"), c.req.query("rkey") ?? ""));
    return post === undefined ? problem(400, "RecordNotFound", "Could not locate record") : json(await recordOf(post));
  });
  app.get(`${at}/com.atproto.repo.listRecords`, async (c) => {
    const size = Math.min(100, Number(c.req.query("limit") ?? 50));
    const before = c.req.query("cursor");
    const posts = livePosts(stage.timeline, c.get("account").name).toSorted((a, b) => (keyOf(a) < keyOf(b) ? 1 : -1));
    const page = posts.filter((post) => before === undefined || keyOf(post) < before).slice(0, size);
    const last = page.at(-1);
    return json({
      records: await Promise.all(page.map(recordOf)),
      ...(last === undefined ? {} : { cursor: keyOf(last) }),
    });
  });
};

const keyOf = ({ id }: TimelinePost): string => id.slice(id.lastIndexOf("/") + 1);

/** Looks like a CIDv1 and changes with the record; it is no real one. */
const cidOf = async (record: unknown): Promise<string> => {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(canonicalJson(record)));
  return `bafyrei${[...new Uint8Array(digest)].map((byte) => "abcdefghijklmnopqrstuvwxyz234567"[byte % 32]).join("")}`;
};

const recordOf = async ({ id, request }: TimelinePost) => ({ uri: id, cid: await cidOf(request), value: request });

const faultOfTarget = (account: Account, body: Fields | undefined): string | undefined => {
  const { repo, rkey } = body ?? {};
  if (repo !== didOf(account) && repo !== handleOf(account)) return "Input/repo must be the account's own";
  if (body?.collection !== collection) return `Input/collection must be ${collection}`;
  // A record under another kind of key is stored by real servers and never shown.
  return typeof rkey === "string" && /^[234567abcdefghij][234567a-z]{12}$/.test(rkey)
    ? undefined
    : "Input/rkey must be a TID";
};

const put = async (stage: Stage, account: Account, body: Fields | undefined): Promise<Response> => {
  const record = body?.record;
  const fault = faultOfTarget(account, body) ?? faultOfRecord(record);
  if (fault !== undefined || !isRecord(record))
    return problem(400, "InvalidRequest", `Invalid ${collection} record: ${fault}`);
  const uri = uriOf(account, String(body?.rkey));
  const cid = await cidOf(record);
  const old = postOf(stage.timeline, account.name, uri);
  if (old !== undefined && canonicalJson(old.request) === canonicalJson(record))
    return json({ uri, cid, validationStatus: "valid" });
  if (old !== undefined && body?.swapRecord === null) {
    return problem(400, "InvalidSwap", `Record was at ${await cidOf(old.request)}`);
  }
  const text = String(record.text);
  const external = externalOf(record);
  const moment = new Date(stage.now()).toISOString();
  await stage.timeline.put({
    account: account.name,
    network: "bluesky",
    id: uri,
    text,
    url: `https://bsky.app/profile/${handleOf(account)}/post/${String(body?.rkey)}`,
    createdAt: old?.createdAt ?? moment,
    editedAt: old === undefined ? null : moment,
    deletedAt: null,
    length: graphemeCount(text),
    limit: 300,
    card:
      external === undefined ? null : { url: external.uri, title: external.title, description: external.description },
    key: null,
    request: record,
  });
  return json({ uri, cid, validationStatus: "valid" });
};

const window = 60;

const refusal = (stage: Stage, status: number): Response => {
  if (status === 429) {
    return problem(429, "RateLimitExceeded", "Rate Limit Exceeded", {
      "ratelimit-limit": "5000",
      "ratelimit-remaining": "0",
      "ratelimit-reset": String(Math.ceil(stage.now() / 1000) + window),
    });
  }
  return status === 401
    ? problem(401, "AuthenticationRequired", "Account has been suspended")
    : problem(status, "InternalServerError", "Internal Server Error");
};
