import { createHash } from "node:crypto";
import { canonicalJson } from "../../../src/domain/json-value.ts";
import { hour, type Instant, second } from "../../../src/domain/time.ts";
import { cidOfBlob } from "../../../src/networks/bluesky/bluesky-record.ts";
import {
  addCopy,
  type Ledger,
  type Login,
  type ModelRequest,
  type NetworkModel,
  noteMissing,
  parseFields,
  type Reply,
} from "./network-model.ts";

const sessionLife = 2 * hour;
const collection = "app.bsky.feed.post";

const problem = (status: number, error: string): Reply => ({ status, body: { error, message: error } });

const cidOf = (content: string): string => `bafyrei${createHash("sha256").update(content).digest("hex").slice(0, 52)}`;

/** The posts that a record names as the root of its thread and as the one that it replies to. */
const namedBy = (content: string): { readonly root?: unknown; readonly parent?: unknown } => {
  const { reply } = parseFields(content);
  const { root, parent } = reply === undefined ? {} : parseFields(JSON.stringify(reply));
  const uriOf = (ref: unknown): unknown => (ref === undefined ? undefined : parseFields(JSON.stringify(ref)).uri);
  return { root: uriOf(root), parent: uriOf(parent) };
};

/**
 * A personal data server. A record has the key that its writer chose: an equal record changes nothing, another one is
 * written only where `swapRecord` names what is there. A put without it creates what was deleted.
 */
export const blueskyModel = (ledger: Ledger): NetworkModel => {
  const sessions = new Map<string, { readonly login: Login; readonly until: Instant }>();

  const createSession = ({ body }: ModelRequest, now: Instant): Reply => {
    const { identifier, password } = parseFields(body);
    const login = ledger.logins.find(
      ({ secret, valid }) => valid && secret.identifier === identifier && secret.appPassword === password,
    );
    if (login === undefined) return problem(401, "AuthenticationRequired");
    const accessJwt = `session-${ledger.nextId()}`;
    sessions.set(accessJwt, { login, until: now + sessionLife });
    return { status: 200, body: { did: login.identity, handle: "ada.example", accessJwt, refreshJwt: "refresh" } };
  };

  const copyAt = (login: Login, rkey: unknown) =>
    ledger.copies.find(({ id, deleted }) => id === `at://${login.identity}/${collection}/${String(rkey)}` && !deleted);

  const blobs = new Set<string>();

  const uploadBlob = ({ body }: ModelRequest): Reply => {
    const link = cidOfBlob(createHash("sha256").update(body).digest("hex"));
    blobs.add(link);
    return { status: 200, body: { blob: { $type: "blob", ref: { $link: link } } } };
  };

  const putRecord = (login: Login, request: ModelRequest, now: Instant): Reply => {
    const { rkey, record, swapRecord } = parseFields(request.body);
    const content = canonicalJson(record);
    const [, thumb] = /"\$link":"([^"]+)"/.exec(content) ?? [];
    if (thumb !== undefined && !blobs.has(thumb)) return problem(400, "BlobNotFound");
    const stored = {
      status: 200,
      body: { uri: `at://${login.identity}/${collection}/${String(rkey)}`, cid: cidOf(content) },
    };
    const old = copyAt(login, rkey);
    if (old?.content === content) return stored;
    if (swapRecord !== undefined && swapRecord !== (old === undefined ? null : cidOf(old.content)))
      return problem(400, "InvalidSwap");
    if (old !== undefined) old.content = content;
    else {
      // It checks no reference, but a thread with a hole, or with another root, shows none of what follows.
      const { root, parent } = namedBy(content);
      const before = ledger.copies.findLast(({ id }) => id === parent);
      const hasRoot = before === undefined || root === (namedBy(before.content).root ?? before.id);
      const part = parent === undefined ? 0 : (before?.part ?? 0) + 1;
      addCopy(ledger, login, { network: "bluesky", id: stored.body.uri, content, part, hasRoot }, request, now);
    }
    return stored;
  };

  const act = (nsid: string, login: Login, request: ModelRequest, now: Instant): Reply => {
    if (nsid === "com.atproto.repo.putRecord") return putRecord(login, request, now);
    if (nsid === "com.atproto.repo.uploadBlob") return uploadBlob(request);
    if (nsid === "com.atproto.repo.deleteRecord") {
      const copy = copyAt(login, parseFields(request.body).rkey);
      if (copy !== undefined) copy.deleted = true;
      return { status: 200, body: {} };
    }
    const rkey = request.url.searchParams.get("rkey");
    const copy = copyAt(login, rkey);
    if (copy === undefined) {
      noteMissing(ledger.copies, `at://${login.identity}/${collection}/${rkey}`);
      return problem(400, "RecordNotFound");
    }
    return { status: 200, body: { uri: copy.id, cid: cidOf(copy.content), value: JSON.parse(copy.content) } };
  };

  return {
    network: "bluesky",
    handle: (request, now) => {
      const nsid = request.url.pathname.slice("/xrpc/".length);
      if (nsid === "com.atproto.server.createSession") return createSession(request, now);
      const session = sessions.get(request.headers.get("authorization")?.slice("Bearer ".length) ?? "");
      if (session === undefined || session.until <= now) return problem(400, "ExpiredToken");
      if (!session.login.valid) return problem(401, "AccountTakedown");
      return act(nsid, session.login, request, now);
    },
    tooMany: (now, wait) => ({
      ...problem(429, "RateLimitExceeded"),
      headers: { "ratelimit-reset": String(Math.ceil((now + wait) / second)) },
    }),
  };
};
