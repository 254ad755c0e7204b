import type { Context, Hono, MiddlewareHandler } from "hono";
import type { Account } from "../domain/account.ts";
import { isRecord } from "../domain/json-value.ts";
import type { Instant } from "../domain/time.ts";
import type { ApiSchema, Formats, Violation } from "./request-check.ts";
import type { ShownLink } from "./sandbox-text.ts";
import type { AttachedPicture, Blob, Blobs, TimelinePost } from "./timeline.ts";

/** The context of the sandbox's handlers. `incoming` is Node's request, if there is one. */
export interface SandboxEnv {
  Variables: { readonly account: Account };
  Bindings: { readonly incoming?: { readonly socket: { resetAndDestroy(): unknown } } };
}

export type Handler = (c: Context<SandboxEnv>, account: Account) => Promise<Response>;

/** A connection of a client over WebSocket. */
export interface SocketConnection {
  send(text: string): void;
  /** Sends a request of this client to the network's own API. `search` begins with `?`. */
  request(init: { readonly method: string; readonly search?: string; readonly body?: string }): Promise<Response>;
}

export interface SocketHandlers {
  /** Receives a message of the client. */
  receive(text: string): Promise<void>;
  /** Called for every post of the account that any client added or changed. */
  posted(post: TimelinePost): void;
}

/** One network as the sandbox emulates it. */
export interface Emulator {
  /** Its name in `src/networks/`. */
  readonly network: string;
  /** Its name on the page. */
  readonly title: string;
  /** CSS properties of its column on the page: `--accent`, `--on` for text on it, `--round` for the avatar's corners. */
  readonly style?: string;
  /** The length of a text. It is implemented independently of `src/networks/`, so that a mistake in one of them shows. */
  readonly length: (text: string) => number;
  readonly limit: (account: Account) => number;
  /** The links of a post whose text differs from their address. Absent if the network has no such links. */
  readonly links?: (post: TimelinePost) => readonly ShownLink[];
  /** Its response to a request that fails on purpose. */
  readonly failure: (status: FailureStatus, now: Instant) => Response;
  /** The requests of its API, from the network's own description. `context.checked` refuses all others. */
  readonly schema: ApiSchema;
  /** The formats of strings in the schema that JSON Schema and OpenAPI do not know. */
  readonly formats?: Formats;
  /** Its response to a request that the schema does not allow. */
  readonly refuse: (violation: Violation) => Response;
  /** Present if clients also connect over WebSocket, at the address of its API. */
  readonly socket?: (connection: SocketConnection) => SocketHandlers;
  /** Adds its API, which is served under `/sandbox/api/<network>/<account>`. */
  readonly addRoutes: (api: Hono<SandboxEnv>, context: EmulatorContext) => void;
}

/** The fields of a post that come from the request. The sandbox adds the rest. */
export type NewPost = Pick<TimelinePost, "id" | "text" | "url" | "request"> &
  Partial<Pick<TimelinePost, "card" | "key" | "pictures">>;

/** The part of the sandbox that an emulator uses. */
export interface EmulatorContext {
  readonly clock: () => Instant;
  readonly blobs: Blobs;
  /** Allows only requests that the schema allows. It runs before each route, and after the login is checked. */
  readonly checked: MiddlewareHandler<SandboxEnv>;
  /** The reason why a value does not match the schema with this name. Undefined if it matches. */
  violation(name: string, value: unknown): Violation | undefined;
  /** Returns a number that is larger than every earlier one. */
  nextId(): string;
  /** All posts of the account, the oldest first, including deleted ones. */
  posts(account: Account): readonly TimelinePost[];
  /** Returns the post, unless it is deleted. */
  post(account: Account, id: string): TimelinePost | undefined;
  /** Adds a post, or changes `old`. */
  save(account: Account, post: NewPost, old?: TimelinePost): Promise<TimelinePost>;
  remove(post: TimelinePost): Promise<void>;
  /** Wraps a handler of writes: one runs at a time for each account, with the fault that is planned for it. */
  write(handler: Handler): (c: Context<SandboxEnv>) => Promise<Response>;
}

/** The value of every field in an account's secret, unless the network defines others (see src/networks/define.ts). */
export const sandboxSecret = ({ name }: Account): string => `sandbox-${name}`;

export const json = (body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Response =>
  Response.json(body, { status, headers });

export type Fields = Readonly<Record<string, unknown>>;

/** The JSON object of a request. Undefined if it has none. */
export const readFields = async (c: Context<SandboxEnv>): Promise<Fields | undefined> => {
  const type = c.req.header("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json") return undefined;
  try {
    const body: unknown = await c.req.json();
    return isRecord(body) ? body : undefined;
  } catch {
    return undefined;
  }
};

const mediaPath = (account: Account, id: string): string =>
  `/sandbox/api/${account.network}/${encodeURIComponent(account.name)}/media/${id}`;

/** The pictures of a post on X (`media_ids` of TweetCreateRequest) and on Mastodon (`PostStatusService`). */
const maxMedia = 4;

/** Each account has its own media. */
const mediaKey = ({ name, network }: Account, id: string): string => `${network}:${name}:${id}`;

/** The uploaded pictures of one network. */
export const attachedMedia = ({ blobs, nextId }: EmulatorContext) => {
  const read = (account: Account, id: string) => blobs.read(mediaKey(account, id));
  const put = (account: Account, id: string, blob: Blob) => blobs.put(mediaKey(account, id), blob);
  return {
    read,
    put,
    add: async (account: Account, blob: Blob): Promise<string> => {
      const id = nextId();
      await put(account, id, blob);
      return id;
    },
    /** Serves the pictures without a login. */
    addRoute: (api: Hono<SandboxEnv>): void => {
      api.get("/media/:id", async (c) => {
        const blob = await read(c.get("account"), c.req.param("id"));
        return blob === undefined
          ? new Response(null, { status: 404 })
          : new Response(blob.bytes, { headers: { "content-type": blob.type } });
      });
    },
    /** The pictures that a post shows, at most four. Undefined if there are more, or if one does not exist. */
    shown: async (account: Account, ids: readonly string[]): Promise<readonly AttachedPicture[] | undefined> => {
      const found = await Promise.all(ids.map((id) => read(account, id)));
      if (found.length > maxMedia || new Set(ids).size < ids.length || found.includes(undefined)) return undefined;
      return ids.map((id, at) => ({ path: mediaPath(account, id), alt: found[at]?.alt ?? "" }));
    },
  };
};

/** The ids of the media in a stored request. */
export const mediaIdsIn = (request: TimelinePost["request"]): readonly string[] => {
  const ids = isRecord(request) ? request.media_ids : undefined;
  return Array.isArray(ids) ? ids.map(String) : [];
};

/** The failures that can be planned for a write of an account. */
export const faultKinds = [
  /** The request is refused, and not applied. */
  "429",
  "500",
  "503",
  "401",
  /** The connection is reset and nothing was applied. */
  "reset-before",
  /** The request is applied, then the connection is reset. */
  "reset-after",
  /** The request is applied, then answered with a 500. */
  "applied-500",
  /** The request is applied, and never answered. */
  "silence",
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** The statuses with which an emulated network answers a request that fails on purpose. */
export type FailureStatus = 401 | 429 | 500 | 503;

export interface Faults {
  add(account: string, fault: FaultKind, times: number): void;
  /** Removes the next fault of the account, and returns it. */
  take(account: string): FaultKind | undefined;
}

export const plannedFaults = (): Faults => {
  const planned = new Map<string, FaultKind[]>();
  return {
    add: (account, fault, times) => {
      planned.set(account, [...(planned.get(account) ?? []), ...Array<FaultKind>(times).fill(fault)]);
    },
    take: (account) => planned.get(account)?.shift(),
  };
};

const refusals = { "401": 401, "429": 429, "500": 500, "503": 503 } as const;

const isRefusal = (fault: FaultKind): fault is keyof typeof refusals => fault in refusals;

/** Answers one write. `apply` applies the request, `fail` answers with the network's own error. */
export const withFault = async (
  fault: FaultKind | undefined,
  c: Context<SandboxEnv>,
  apply: () => Promise<Response>,
  fail: (status: FailureStatus) => Response,
): Promise<Response> => {
  if (fault === undefined || fault === "silence") return apply();
  if (isRefusal(fault)) return fail(refusals[fault]);
  if (fault === "reset-before") return resetConnection(c);
  await apply();
  return fault === "reset-after" ? resetConnection(c) : fail(500);
};

/** Resets the connection. Only a real server has one: @hono/node-server passes it as a binding. */
const resetConnection = (c: Context<SandboxEnv>): Response => {
  if (c.env?.incoming === undefined)
    return c.text("A reset needs a connection: run the sandbox on @hono/node-server.", 500);
  c.env.incoming.socket.resetAndDestroy();
  return c.body(null);
};

/** Resolves when the client has closed the connection. */
export const clientClosed = (c: Context<SandboxEnv>): Promise<unknown> => {
  const { signal } = c.req.raw;
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener("abort", resolve, { once: true });
  });
};
