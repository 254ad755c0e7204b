import type { Context } from "hono";
import type { Account } from "../domain/account.ts";
import { canonicalJson, isRecord } from "../domain/json-value.ts";
import { second } from "../domain/time.ts";
import { cidOfBytes, thumbError, thumbIdOf, uploadBlob } from "./bluesky-blobs.ts";
import { lexiconFormats } from "./bluesky-formats.ts";
import { isTid } from "./bluesky-identifiers.ts";
import { cardOf, didOfHandle, linksOf, recordError } from "./bluesky-record.ts";
import { blueskySessions } from "./bluesky-sessions.ts";
import { graphemeCount } from "./counting.ts";
import {
  type Emulator,
  type EmulatorContext,
  type Fields,
  fieldsOf,
  json,
  type SandboxEnv,
  secretOf,
} from "./emulator.ts";
import lexicons from "./schemas/bluesky.json" with { type: "json" };
import type { TimelinePost } from "./timeline.ts";

const collection = "app.bsky.feed.post";

/** A personal data server of the AT protocol, as far as an announcing account uses it. */
export const bluesky: Emulator = {
  network: "bluesky",
  title: "Bluesky",
  style: "--accent: light-dark(#0a66d6, #5aa9ff); --on: light-dark(#fff, #08192e)",
  length: graphemeCount,
  limit: () => 300,
  links: ({ request }) => linksOf(request),
  failure: (status, now) => {
    if (status === 401) return problem(401, "AuthenticationRequired", "Account has been suspended");
    if (status !== 429) return problem(status, "InternalServerError", "Internal Server Error");
    return problem(429, "RateLimitExceeded", "Rate Limit Exceeded", {
      "ratelimit-limit": "5000",
      "ratelimit-remaining": "0",
      "ratelimit-reset": String(Math.ceil(now / second) + 60),
    });
  },
  schema: lexicons,
  formats: lexiconFormats,
  refuse: ({ place, path, message }) =>
    problem(400, "InvalidRequest", `${[place === "body" ? "Input" : place, ...path].join("/")} ${message}`),
  addRoutes: (api, context) => {
    const sessions = blueskySessions(context);
    const whose = (account: Account) => ({ did: didOf(account), handle: handleOf(account), active: true });

    api.post("/xrpc/com.atproto.server.createSession", context.checked, async (c) => {
      const account = c.get("account");
      const { identifier, password } = (await fieldsOf(c)) ?? {};
      if (identifier !== secretOf(account) || password !== secretOf(account)) {
        return problem(401, "AuthenticationRequired", "Invalid identifier or password");
      }
      return json({ ...whose(account), ...sessions.create(account) });
    });

    api.post("/xrpc/com.atproto.server.refreshSession", context.checked, (c) => {
      const account = c.get("account");
      const token = bearerOf(c);
      if (token === undefined) return problem(401, "AuthMissing", "Authentication Required");
      const refreshed = sessions.refresh(account, token);
      return refreshed === undefined
        ? problem(400, "ExpiredToken", "Token has been revoked")
        : json({ ...whose(account), ...refreshed });
    });

    // Who has a handle is public. Here somebody has each, but none below .invalid (RFC 6761).
    api.get("/xrpc/com.atproto.identity.resolveHandle", context.checked, (c) => {
      const handle = c.req.query("handle") ?? "";
      return handle.toLowerCase().endsWith(".invalid")
        ? problem(400, "HandleNotFound", "Unable to resolve handle")
        : json({ did: didOfHandle(handle) });
    });

    // Pictures are public.
    api.get("/xrpc/com.atproto.sync.getBlob", context.checked, async (c) => {
      const blob = await context.blobs.read(c.req.query("cid") ?? "");
      return blob === undefined
        ? problem(400, "BlobNotFound", "Blob not found")
        : new Response(blob.bytes, { headers: { "content-type": blob.type } });
    });

    api.use("/xrpc/*", async (c, next) => {
      const token = bearerOf(c);
      if (token === undefined) return problem(401, "AuthMissing", "Authentication Required");
      return sessions.isGood(c.get("account"), token) ? next() : problem(400, "ExpiredToken", "Token has expired");
    });
    api.use("/xrpc/*", context.checked);

    api.get("/xrpc/com.atproto.server.getSession", (c) => json(whose(c.get("account"))));

    api.post(
      "/xrpc/com.atproto.repo.putRecord",
      context.write(async (c, account) => put(context, account, await fieldsOf(c))),
    );
    api.post(
      "/xrpc/com.atproto.repo.uploadBlob",
      context.write(async (c) => json(await uploadBlob(c, context.blobs))),
    );
    api.post(
      "/xrpc/com.atproto.repo.deleteRecord",
      context.write(async (c, account) => {
        const body = await fieldsOf(c);
        const error = targetError(account, body);
        if (error !== undefined) return problem(400, "InvalidRequest", error);
        const post = context.post(account, uriOf(account, String(body?.rkey)));
        if (post !== undefined) await context.remove(post);
        return json({});
      }),
    );
    api.get("/xrpc/com.atproto.repo.getRecord", async (c) => {
      const account = c.get("account");
      const post = context.post(account, uriOf(account, c.req.query("rkey") ?? ""));
      return post === undefined
        ? problem(400, "RecordNotFound", "Could not locate record")
        : json(await recordOf(post));
    });
  },
};

const bearerOf = (c: Context<SandboxEnv>): string | undefined =>
  /^Bearer (.+)$/.exec(c.req.header("authorization") ?? "")?.[1];

const problem = (
  status: number,
  error: string,
  message: string = error,
  headers: Readonly<Record<string, string>> = {},
): Response => json({ error, message }, status, headers);

const didOf = ({ name }: Account): string => didOfHandle(`${encodeURIComponent(name)}.sandbox.example`);
const handleOf = ({ name, settings }: Account): string =>
  typeof settings.handle === "string" ? settings.handle : `${name.toLowerCase()}.sandbox.example`;
const uriOf = (account: Account, rkey: string): string => `at://${didOf(account)}/${collection}/${rkey}`;

/** Changes with the record, as a real one does, which is that of the record in CBOR. */
const cidOf = (record: unknown): Promise<string> =>
  cidOfBytes(new TextEncoder().encode(canonicalJson(record)), "dag-cbor");

const recordOf = async ({ id, request }: TimelinePost) => ({ uri: id, cid: await cidOf(request), value: request });

const targetError = (account: Account, body: Fields | undefined): string | undefined => {
  const { repo, rkey } = body ?? {};
  if (repo !== didOf(account) && repo !== handleOf(account)) return "Input/repo must be the account's own";
  if (body?.collection !== collection) return `Input/collection must be ${collection}`;
  // Real servers store a record under another kind of key, and never show it.
  return isTid(String(rkey)) ? undefined : "Input/rkey must be a TID";
};

const shownCard = (account: Account, record: Fields) => {
  const card = cardOf(record);
  const id = thumbIdOf(record);
  if (card === undefined) return null;
  if (id === undefined) return card;
  const api = `/sandbox/api/bluesky/${encodeURIComponent(account.name)}`;
  return {
    ...card,
    picture: `${api}/xrpc/com.atproto.sync.getBlob?did=${encodeURIComponent(didOf(account))}&cid=${id}`,
  };
};

const put = async (context: EmulatorContext, account: Account, body: Fields | undefined): Promise<Response> => {
  const record = isRecord(body?.record) ? body.record : {};
  const error = targetError(account, body) ?? recordError(record);
  if (error !== undefined) return problem(400, "InvalidRequest", `Invalid ${collection} record: ${error}`);
  const missing = await thumbError(record, context.blobs);
  if (missing !== undefined) return problem(400, missing.error, missing.message);
  const rkey = String(body?.rkey);
  const uri = uriOf(account, rkey);
  const stored = json({ uri, cid: await cidOf(record), validationStatus: "valid" });
  const old = context.post(account, uri);
  if (old !== undefined && canonicalJson(old.request) === canonicalJson(record)) return stored;
  const swap = body?.swapRecord;
  const cid = old === undefined ? null : await cidOf(old.request);
  if (swap !== undefined && swap !== cid) return problem(400, "InvalidSwap", `Record was at ${cid}`);
  const url = `https://bsky.app/profile/${handleOf(account)}/post/${rkey}`;
  await context.save(
    account,
    { id: uri, text: String(record.text), url, card: shownCard(account, record), request: record },
    old,
  );
  return stored;
};
