import type { Context } from "hono";
import type { Account } from "../domain/account.ts";
import { canonicalJson, isRecord } from "../domain/json-value.ts";
import { day, hour, type Instant, second } from "../domain/time.ts";
import {
  type Emulator,
  type EmulatorContext,
  type Fields,
  json,
  readFields,
  type SandboxEnv,
  sandboxSecret,
} from "./emulator.ts";
import type { Formats } from "./request-check.ts";
import { graphemeCount, type ShownLink } from "./sandbox-text.ts";
import lexicons from "./schemas/bluesky.json" with { type: "json" };
import type { Blobs, TimelinePost } from "./timeline.ts";

// The syntax of requests to a personal data server (atproto.com/specs), implemented independently of `src/networks/`.

const isLabel = (label: string): boolean =>
  label.length <= 63 && /^[0-9A-Za-z-]+$/.test(label) && !label.startsWith("-") && !label.endsWith("-");

export const isHandle = (text: string): boolean => {
  const labels = text.split(".");
  return text.length <= 253 && labels.length >= 2 && labels.every(isLabel) && /^[A-Za-z]/.test(labels.at(-1) ?? "");
};

/** A TID has 64 bits, of which the first is 0. */
export const isTid = (text: string): boolean => /^[2-7a-j][2-7a-z]{12}$/.test(text);

export const isRecordKey = (text: string): boolean =>
  /^[A-Za-z0-9._:~-]{1,512}$/.test(text) && text !== "." && text !== "..";

export const isLanguage = (tag: string): boolean => {
  const [first = "", ...subtags] = tag.split("-");
  const isFirst = /^[a-z]{2,3}$/.test(first) || /^[iXx]$/.test(first);
  return isFirst && subtags.every((subtag) => /^[0-9A-Za-z]{1,8}$/.test(subtag));
};

const didFormat = /^did:[a-z]+:[\w.:%-]*[\w.-]$/;
const nsidFormat = /^[a-z](?:[a-z0-9-]{0,62})?(?:\.[a-z0-9](?:[a-z0-9-]{0,62})?)+\.[a-z][a-z0-9]{0,62}$/i;

const isIdentifier = (text: string): boolean => didFormat.test(text) || isHandle(text);

const isAtUri = (text: string): boolean => {
  const [, repo = "", collection, rkey] = /^at:\/\/([^/]+)(?:\/([^/]+)(?:\/([^/]+))?)?$/.exec(text) ?? [];
  return (
    isIdentifier(repo) &&
    (collection === undefined || nsidFormat.test(collection)) &&
    (rkey === undefined || isRecordKey(rkey))
  );
};

const isDatetime = (text: string): boolean =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text));

/** The string formats of lexicons (atproto.com/specs/lexicon, "String Formats"), by their names in the schema. */
const lexiconFormats: Formats = {
  "atproto-at-identifier": isIdentifier,
  "atproto-at-uri": isAtUri,
  "atproto-cid": /^b[a-z2-7]{50,}$/,
  "atproto-datetime": isDatetime,
  "atproto-did": didFormat,
  "atproto-handle": isHandle,
  "atproto-language": isLanguage,
  "atproto-nsid": nsidFormat,
  "atproto-record-key": isRecordKey,
  "atproto-tid": isTid,
  "atproto-uri": /^\w+:(?:\/\/)?[^\s/]\S*$/,
};

const collection = "app.bsky.feed.post";

/** The requests to a personal data server of the AT protocol that an account uses for posting. */
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
  refuse: ({ location, path, message }) =>
    problem(400, "InvalidRequest", `${[location === "body" ? "Input" : location, ...path].join("/")} ${message}`),
  addRoutes: (api, context) => {
    const sessions = blueskySessions(context);
    addSessionRoutes(api, context, sessions);
    addPublicRoutes(api, context);
    api.use("/xrpc/*", async (c, next) => {
      const token = readBearer(c);
      if (token === undefined) return problem(401, "AuthMissing", "Authentication Required");
      return sessions.isGood(c.get("account"), token) ? next() : problem(400, "ExpiredToken", "Token has expired");
    });
    api.use("/xrpc/*", context.checked);
    api.get("/xrpc/com.atproto.server.getSession", (c) => json(whose(c.get("account"))));
    addRecordRoutes(api, context);
  },
};

type Api = Parameters<Emulator["addRoutes"]>[0];

const whose = (account: Account) => ({ did: didOf(account), handle: handleOf(account), active: true });

const addSessionRoutes = (api: Api, context: EmulatorContext, sessions: ReturnType<typeof blueskySessions>): void => {
  api.post("/xrpc/com.atproto.server.createSession", context.checked, async (c) => {
    const account = c.get("account");
    const { identifier, password } = (await readFields(c)) ?? {};
    if (identifier !== sandboxSecret(account) || password !== sandboxSecret(account)) {
      return problem(401, "AuthenticationRequired", "Invalid identifier or password");
    }
    return json({ ...whose(account), ...sessions.create(account) });
  });

  api.post("/xrpc/com.atproto.server.refreshSession", context.checked, (c) => {
    const account = c.get("account");
    const token = readBearer(c);
    if (token === undefined) return problem(401, "AuthMissing", "Authentication Required");
    const refreshed = sessions.refresh(account, token);
    return refreshed === undefined
      ? problem(400, "ExpiredToken", "Token has been revoked")
      : json({ ...whose(account), ...refreshed });
  });
};

/** The requests that need no session. */
const addPublicRoutes = (api: Api, context: EmulatorContext): void => {
  // In the sandbox every handle has a DID, except those below .invalid (RFC 6761).
  api.get("/xrpc/com.atproto.identity.resolveHandle", context.checked, (c) => {
    const handle = c.req.query("handle") ?? "";
    return handle.toLowerCase().endsWith(".invalid")
      ? problem(400, "HandleNotFound", "Unable to resolve handle")
      : json({ did: didOfHandle(handle) });
  });

  api.get("/xrpc/com.atproto.sync.getBlob", context.checked, async (c) => {
    const blob = await context.blobs.read(c.req.query("cid") ?? "");
    return blob === undefined
      ? problem(400, "BlobNotFound", "Blob not found")
      : new Response(blob.bytes, { headers: { "content-type": blob.type } });
  });
};

const addRecordRoutes = (api: Api, context: EmulatorContext): void => {
  api.post(
    "/xrpc/com.atproto.repo.putRecord",
    context.write(async (c, account) => put(context, account, await readFields(c))),
  );
  api.post(
    "/xrpc/com.atproto.repo.uploadBlob",
    context.write(async (c) => json(await uploadBlob(c, context.blobs))),
  );
  api.post(
    "/xrpc/com.atproto.repo.deleteRecord",
    context.write(async (c, account) => {
      const body = await readFields(c);
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
    return post === undefined ? problem(400, "RecordNotFound", "Could not locate record") : json(await recordOf(post));
  });
};

const readBearer = (c: Context<SandboxEnv>): string | undefined =>
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

/** Changes with the record, like a real CID, which is computed from the record in CBOR. */
const cidOf = (record: unknown): Promise<string> =>
  cidOfBytes(new TextEncoder().encode(canonicalJson(record)), "dag-cbor");

const recordOf = async ({ id, request }: TimelinePost) => ({ uri: id, cid: await cidOf(request), value: request });

const targetError = (account: Account, body: Fields | undefined): string | undefined => {
  const { repo, rkey } = body ?? {};
  if (repo !== didOf(account) && repo !== handleOf(account)) return "Input/repo must be the account's own";
  if (body?.collection !== collection) return `Input/collection must be ${collection}`;
  // Real servers accept another kind of key, but never show such a record.
  return isTid(String(rkey)) ? undefined : "Input/rkey must be a TID";
};

const blobPath = (account: Account, id: string): string => {
  const api = `/sandbox/api/bluesky/${encodeURIComponent(account.name)}`;
  return `${api}/xrpc/com.atproto.sync.getBlob?did=${encodeURIComponent(didOf(account))}&cid=${id}`;
};

const shownEmbed = (account: Account, record: Fields) => {
  const card = cardOf(record) ?? null;
  const id = blobIdOf(thumbOf(record));
  const pictures = imagesOf(record.embed).map(({ image, alt }) => ({
    path: blobPath(account, blobIdOf(image) ?? ""),
    alt: String(alt),
  }));
  return { card: card && { ...card, ...(id !== undefined && { picture: blobPath(account, id) }) }, pictures };
};

const put = async (context: EmulatorContext, account: Account, body: Fields | undefined): Promise<Response> => {
  const record = isRecord(body?.record) ? body.record : {};
  const error = targetError(account, body) ?? recordError(record) ?? rootError(context, account, record);
  if (error !== undefined) return problem(400, "InvalidRequest", `Invalid ${collection} record: ${error}`);
  const missing = await blobsError(record, context.blobs);
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
    { id: uri, text: String(record.text), url, ...shownEmbed(account, record), request: record },
    old,
  );
  return stored;
};

/** The tokens of a session: one for requests, and one for refreshing both. */
export interface IssuedTokens {
  readonly accessJwt: string;
  readonly refreshJwt: string;
}

const accessLife = 2 * hour;
const refreshLife = 90 * day;
/** A used refresh token returns the same new tokens for this long, because the response may have been lost. */
const refreshGrace = 2 * hour;

interface Refresh {
  readonly account: string;
  until: Instant;
  next: string | undefined;
}

const encodedPart = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** Has the form and the times of a real token. Its signature is not valid: the sandbox knows which tokens it issued. */
const jwt = (typ: string, scope: string, jti: string, now: Instant, life: number): string => {
  const iat = Math.floor(now / second);
  return `${encodedPart({ typ, alg: "none" })}.${encodedPart({ scope, jti, iat, exp: iat + life / second })}.sandbox`;
};

/** The sessions of all accounts, which end with the process. */
const blueskySessions = ({ clock, nextId }: Pick<EmulatorContext, "clock" | "nextId">) => {
  const access = new Map<string, { readonly account: string; readonly until: Instant }>();
  const refreshes = new Map<string, Refresh>();

  const issue = (account: string, refreshJwt: string): IssuedTokens => {
    const now = clock();
    const accessJwt = jwt("at+jwt", "com.atproto.appPass", nextId(), now, accessLife);
    access.set(accessJwt, { account, until: now + accessLife });
    return { accessJwt, refreshJwt };
  };

  const newRefresh = (account: string): string => {
    const now = clock();
    const refreshJwt = jwt("refresh+jwt", "com.atproto.refresh", nextId(), now, refreshLife);
    refreshes.set(refreshJwt, { account, until: now + refreshLife, next: undefined });
    return refreshJwt;
  };

  return {
    create: ({ name }: Account): IssuedTokens => issue(name, newRefresh(name)),
    /** Returns undefined if the token is not the account's, was already used or has expired. */
    refresh: ({ name }: Account, token: string): IssuedTokens | undefined => {
      const known = refreshes.get(token);
      const now = clock();
      if (known?.account !== name || known.until <= now) return undefined;
      known.next ??= newRefresh(name);
      known.until = Math.min(known.until, now + refreshGrace);
      return issue(name, known.next);
    },
    isGood: ({ name }: Account, token: string): boolean => {
      const known = access.get(token);
      return known?.account === name && known.until > clock();
    },
  };
};

/** The error of a record by rules that the lexicon does not express. Undefined if it has none. */
export const recordError = (record: Fields): string | undefined => {
  const { text, facets, embed } = record;
  const given = Array.isArray(facets) ? facets : [];
  const invalidFacet = given.map((facet) => facetError(facet, String(text))).find((error) => error !== undefined);
  return invalidFacet ?? (embed === undefined ? undefined : embedError(embed));
};

/** The posts that a reply names. Undefined for a post that is no reply. */
const namedBy = (record: unknown): { readonly root: unknown; readonly parent: unknown } | undefined => {
  const reply = isRecord(record) ? record.reply : undefined;
  if (!isRecord(reply) || !isRecord(reply.root) || !isRecord(reply.parent)) return undefined;
  return { root: reply.root.uri, parent: reply.parent.uri };
};

/**
 * A reply must name the root of the post that it replies to (app.bsky.feed.post#replyRef). Real servers take another one,
 * but apps show no such reply in its thread.
 */
const rootError = (context: EmulatorContext, account: Account, record: Fields): string | undefined => {
  const named = namedBy(record);
  const parent = typeof named?.parent === "string" ? context.post(account, named.parent) : undefined;
  if (named === undefined || parent === undefined) return undefined;
  return named.root === (namedBy(parent.request)?.root ?? parent.id)
    ? undefined
    : "Record/reply/root must be the root of the parent";
};

/** A facet must cover its link, hashtag or mention, in whole characters. Real servers do not check offsets. */
const facetError = (facet: unknown, text: string): string | undefined => {
  if (!isRecord(facet) || !isRecord(facet.index) || !Array.isArray(facet.features)) return undefined;
  const { byteStart, byteEnd } = facet.index;
  const covered = sliceBytes(text, byteStart, byteEnd);
  if (covered === undefined) return "Record/facets/index must lie in the text, on whole characters";
  const areWords = isWhole(text, covered, byteStart, byteEnd);
  const covers = facet.features.every((feature) => isRecord(feature) && isCovered(feature, covered, areWords));
  return covers ? undefined : `Record/facets/features do not belong to "${covered}"`;
};

const sliceBytes = (text: string, start: unknown, end: unknown): string | undefined => {
  const bytes = new TextEncoder().encode(text);
  const areIntegers =
    Number.isInteger(start) && Number.isInteger(end) && typeof start === "number" && typeof end === "number";
  if (!areIntegers || start < 0 || start >= end || end > bytes.byteLength) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes.slice(start, end));
  } catch {
    return undefined;
  }
};

/** A link may be shown whole, or as the start of its address without the scheme, or as the end of a long host. */
const isShown = (uri: string, shown: string): boolean => {
  const url = URL.parse(uri);
  if (url === null) return false;
  const address = uri.replace(/^https?:\/\/(?:www\.)?/, "");
  const isEndOfHost = shown.startsWith("…") && url.host.endsWith(shown.slice(1));
  return uri === shown || address.startsWith(shown.replace(/…$/, "")) || isEndOfHost;
};

/** True for whole words that are no address: the text of a link in a note. */
const isWhole = (text: string, covered: string, start: unknown, end: unknown): boolean => {
  const around = [sliceBytes(text, 0, start)?.slice(-1), sliceBytes(text, end, Buffer.byteLength(text))?.slice(0, 1)];
  const isInWord = (at: number) =>
    /[\p{sc=Latn}\d]/u.test(around[at] ?? "") && /[\p{sc=Latn}\d]/u.test(covered.at(-at) ?? "");
  return (
    covered.trim() === covered && !/:\/\/|^\S+\.[a-z]{2,}(?:\/\S*)?$/i.test(covered) && !isInWord(0) && !isInWord(1)
  );
};

/** The DID that a handle resolves to in the sandbox. A real server requests it from the handle's domain. */
const didOfHandle = (handle: string): string => `did:web:${handle.toLowerCase()}`;

const isCovered = (feature: Fields, covered: string, areWords: boolean): boolean => {
  const { $type: type, uri, tag, did } = feature;
  if (type === "app.bsky.richtext.facet#mention")
    return /^[@＠]/u.test(covered) && did === didOfHandle(covered.slice(1));
  if (type === "app.bsky.richtext.facet#link") return typeof uri === "string" && (areWords || isShown(uri, covered));
  return type === "app.bsky.richtext.facet#tag" && typeof tag === "string" && tag !== "" && tag === covered.slice(1);
};

/** The links and mentions of an accepted record, in their order. */
const linksOf = (record: unknown): readonly ShownLink[] => {
  const { text, facets } = isRecord(record) ? record : {};
  if (typeof text !== "string" || !Array.isArray(facets)) return [];
  return facets.flatMap((facet) => {
    const shown = sliceBytes(text, facet?.index?.byteStart, facet?.index?.byteEnd);
    const { uri, did } = facet?.features?.[0] ?? {};
    const url = typeof did === "string" ? `https://bsky.app/profile/${did}` : uri;
    return shown === undefined || typeof url !== "string" ? [] : [{ text: shown, url }];
  });
};

/** The link card of a record. Undefined if it has no complete one. */
const cardOf = (record: unknown): NonNullable<TimelinePost["card"]> | undefined => {
  const embed = isRecord(record) ? record.embed : undefined;
  const external = isRecord(embed) && embed.$type === "app.bsky.embed.external" ? embed.external : undefined;
  if (!isRecord(external)) return undefined;
  const { uri: url, title, description } = external;
  const isComplete = typeof url === "string" && typeof title === "string" && typeof description === "string";
  return isComplete ? { url, title, description } : undefined;
};

/** The images of an embed that shows images (app.bsky.embed.images). Empty for any other. */
const imagesOf = (embed: unknown): readonly Fields[] =>
  isRecord(embed) && embed.$type === "app.bsky.embed.images" && Array.isArray(embed.images)
    ? embed.images.filter(isRecord)
    : [];

const embedError = (embed: unknown): string | undefined => {
  // The lexicon says how many there may be.
  if (imagesOf(embed).length > 0) return undefined;
  const card = cardOf({ embed });
  if (card === undefined) return "Record/embed must be images, or an external card with uri, title and description";
  return /^https?:/.test(card.url) && URL.parse(card.url) !== null
    ? undefined
    : "Record/embed/external/uri must be a uri";
};

/** The largest thumb of a card, and the largest image (app.bsky.embed.external, app.bsky.embed.images). */
const maxBlob = 1_000_000;

const base32Letters = "abcdefghijklmnopqrstuvwxyz234567";

/** The codecs of a CID: a file, and a record. */
const codecs = { raw: "55", "dag-cbor": "71" } as const;

/** CIDv1, SHA-256, in base32. It is computed with one large number, independently of `src/networks/`. */
const cidOfBytes = async (bytes: Uint8Array<ArrayBuffer>, codec: keyof typeof codecs = "raw"): Promise<string> => {
  const digest = Buffer.from(await crypto.subtle.digest("SHA-256", bytes)).toString("hex");
  // 288 bits are 57 letters and three bits: two more bits make 58 whole letters.
  let rest = BigInt(`0x01${codecs[codec]}1220${digest}`) << 2n;
  let cid = "";
  for (let count = 0; count < 58; count += 1) {
    cid = base32Letters.charAt(Number(rest & 31n)) + cid;
    rest >>= 5n;
  }
  return `b${cid}`;
};

/** Stores an uploaded file with the client's type, like `com.atproto.repo.uploadBlob`. */
const uploadBlob = async (c: Context<SandboxEnv>, blobs: Blobs) => {
  const bytes = new Uint8Array(await c.req.arrayBuffer());
  const type = c.req.header("content-type") ?? "application/octet-stream";
  const cid = await cidOfBytes(bytes);
  await blobs.put(cid, { type, bytes });
  return { blob: { $type: "blob", ref: { $link: cid }, mimeType: type, size: bytes.length } };
};

const thumbOf = (record: unknown): unknown => {
  const embed = isRecord(record) ? record.embed : undefined;
  const external = isRecord(embed) ? embed.external : undefined;
  return isRecord(external) ? external.thumb : undefined;
};

/** The id of a picture in a record. Undefined if there is none. */
const blobIdOf = (picture: unknown): string | undefined => {
  const ref = isRecord(picture) ? picture.ref : undefined;
  return isRecord(ref) && typeof ref.$link === "string" ? ref.$link : undefined;
};

interface BlobError {
  readonly error: "BlobNotFound" | "InvalidRequest";
  readonly message: string;
}

/** The first error of a record's pictures. */
const blobsError = async (record: Fields, blobs: Blobs): Promise<BlobError | undefined> => {
  const thumb = thumbOf(record);
  const errors = await Promise.all([
    ...(thumb === undefined ? [] : [blobError(thumb, "Record/embed/external/thumb", blobs)]),
    ...imagesOf(record.embed).map(({ image }, at) => blobError(image, `Record/embed/images/${at}/image`, blobs)),
  ]);
  return errors.find((error) => error !== undefined);
};

/** The error of a picture: it must be uploaded before, with the size and type that the record names. */
const blobError = async (picture: unknown, path: string, blobs: Blobs): Promise<BlobError | undefined> => {
  const invalid = (message: string): BlobError => ({ error: "InvalidRequest", message: `${path} ${message}` });
  const id = blobIdOf(picture);
  if (id === undefined || !isRecord(picture)) return invalid("must be a blob ref");
  const blob = await blobs.read(id);
  if (blob === undefined) return { error: "BlobNotFound", message: `Could not find blob: ${id}` };
  if (picture.$type !== "blob" || picture.mimeType !== blob.type || picture.size !== blob.bytes.length)
    return invalid("does not describe its blob");
  if (!blob.type.startsWith("image/")) return invalid("must be image/*");
  return blob.bytes.length > maxBlob ? invalid(`must be <= ${maxBlob} bytes`) : undefined;
};
