import { Hono } from "hono";
import { type WebSocket, WebSocketServer } from "ws";
import type { Account } from "../domain/account.ts";
import { decodePercent } from "../domain/address.ts";
import { keyMutex } from "../domain/concurrency.ts";
import { type Instant, iso } from "../domain/time.ts";
import {
  clientClosed,
  type Emulator,
  type EmulatorContext,
  type FailureStatus,
  type Faults,
  faultKinds,
  fieldsOf,
  json,
  plannedFaults,
  type SandboxEnv,
  type SocketConnection,
  type SocketHandlers,
  withFault,
} from "./emulator.ts";
import { emulators } from "./index.ts";
import { type RequestCheck, requestCheck } from "./request-check.ts";
import { type Blobs, blobsInMemory, type Timeline, type TimelinePost } from "./timeline.ts";
import { type HeldPost, shownPosts, timelinePage } from "./timeline-page.ts";

export interface SandboxOptions {
  readonly timeline: Timeline;
  readonly accounts: readonly Account[];
  readonly clock: () => Instant;
  /** What clients upload; in memory if absent. */
  readonly blobs?: Blobs;
  /** What the page says about a post, if anything. */
  readonly noteOf?: (post: TimelinePost) => Promise<string | undefined>;
  /** What is held and not in a timeline yet. */
  readonly held?: () => Promise<readonly HeldPost[]>;
  /** A request failed by a fault of the sandbox or its disk. */
  readonly onError?: (error: Error) => void;
}

/**
 * The emulated networks: `/sandbox` for people, `/sandbox/posts.json`, `/sandbox/faults`, and the APIs under
 * `/sandbox/api/<network>/<account>`. Mount it at the root, and ask for the API's token at `/sandbox/faults`.
 */
export const sandboxApp = ({
  timeline,
  accounts,
  clock,
  blobs = blobsInMemory(),
  noteOf = async () => undefined,
  held = async () => [],
  onError = (error) => {
    throw error;
  },
}: SandboxOptions): Hono<SandboxEnv> => {
  const app = new Hono<SandboxEnv>();
  const faults = plannedFaults();
  const contextOf = emulatorContexts({ timeline, clock, faults, blobs });

  // A network does not tell its clients why.
  app.onError((error) => {
    onError(error);
    return json({ error: "something went wrong" }, 500);
  });

  app.get("/sandbox", async (c) => {
    const posts = timeline.all();
    const shown = accounts.flatMap((account) => shownPosts(account, posts));
    const notes = await Promise.all(shown.map(async (post) => [post, await noteOf(post)] as const));
    return c.html(timelinePage(accounts, posts, { notes: new Map(notes), held: await held() }, clock()));
  });
  app.get("/sandbox/posts.json", () =>
    json(
      timeline.all().map(({ account, network, id, text, url, createdAt, deletedAt }) => ({
        account,
        network,
        id,
        text,
        url,
        createdAt,
        deletedAt,
      })),
    ),
  );
  app.post("/sandbox/faults", async (c) => {
    const { account, fault, times = 1 } = (await fieldsOf(c)) ?? {};
    const kind = faultKinds.find((known) => known === fault);
    const target = accounts.find(({ name }) => name === account);
    if (kind === undefined || target === undefined || typeof times !== "number" || !(times >= 1 && times <= 10_000)) {
      const detail = `Send {"account": one of ${accounts.map(({ name }) => name).join(", ")}, "fault": one of ${faultKinds.join(", ")}, "times": 1}`;
      return json({ type: "about:blank", title: "No such fault", status: 400, detail }, 400, {
        "content-type": "application/problem+json",
      });
    }
    faults.add(target.name, kind, Math.trunc(times));
    return json({ account: target.name, fault: kind, times });
  });
  for (const emulator of emulators) {
    const api = new Hono<SandboxEnv>();
    // The networks' clock is the sandbox's.
    api.use(async (c, next) => {
      await next();
      c.header("date", new Date(clock()).toUTCString());
    });
    api.use(async (c, next) => {
      const name = c.req.param("account");
      const account = accounts.find((one) => one.name === name && one.network === emulator.network);
      if (account === undefined) return json({ error: `there is no account ${name} on ${emulator.network}` }, 404);
      c.set("account", account);
      return next();
    });
    emulator.addRoutes(api, contextOf(emulator));
    app.route(`/sandbox/api/${emulator.network}/:account`, api);
  }
  return app;
};

export interface ContextOptions {
  readonly timeline: Timeline;
  readonly clock: () => Instant;
  readonly faults: Faults;
  readonly blobs: Blobs;
}

/** The context of each emulator, over one timeline. */
const emulatorContexts = ({
  timeline,
  clock,
  faults,
  blobs,
}: ContextOptions): ((emulator: Emulator) => EmulatorContext) => {
  const nextId = increasingIds(timeline, clock);
  // Two requests with one key at the same time must not make two posts.
  const enqueue = keyMutex();
  return (emulator) => {
    const posts = ({ name }: Account) => timeline.all().filter(({ account }) => account === name);
    let check: RequestCheck | undefined;
    const checkOf = (): RequestCheck => {
      check ??= requestCheck(emulator.schema, emulator.formats);
      return check;
    };
    return {
      clock,
      blobs,
      checked: async (c, next) => {
        const [, ...rest] = c.req.path.split("/");
        const found = await checkOf().request(c, `/${rest.slice(4).join("/")}`);
        if (found === "absent") return json({ error: `there is no ${c.req.method} of this kind` }, 404);
        return found === undefined ? next() : emulator.refuse(found);
      },
      violation: (name, value) => checkOf().value(name, value),
      nextId,
      posts,
      post: (account, id) => posts(account).find((post) => post.id === id && post.deletedAt === null),
      save: async (account, post, old) => {
        const saved = {
          card: null,
          key: null,
          ...post,
          account: account.name,
          network: emulator.network,
          length: emulator.length(post.text),
          limit: emulator.limit(account),
          createdAt: old?.createdAt ?? iso(clock()),
          editedAt: old === undefined ? null : iso(clock()),
          deletedAt: null,
        };
        await timeline.put(saved);
        return saved;
      },
      remove: (post) => timeline.put({ ...post, deletedAt: iso(clock()) }),
      write: (handler) => async (c) => {
        const account = c.get("account");
        const fault = faults.take(account.name);
        const apply = () => handler(c, account);
        const fail = (status: FailureStatus) => emulator.failure(status, clock());
        const response = await enqueue(account.name, () => withFault(fault, c, apply, fail));
        if (fault === "silence") await clientClosed(c);
        return response;
      },
    };
  };
};

/** Microseconds, so that ids increase with time as the networks' do; always larger than those in use. */
const increasingIds = (timeline: Timeline, clock: () => Instant): (() => string) => {
  const used = timeline.all().map(({ id }) => (/^\d{1,19}$/.test(id) ? Number(id) : 0));
  let last = used.reduce((largest, id) => Math.max(largest, id), 0);
  return () => {
    last = Math.max(last + 1, clock() * 1000);
    return String(last);
  };
};

type Upgrade = Parameters<WebSocketServer["handleUpgrade"]>;
type Fetch = (request: Request, env: object) => Response | Promise<Response>;

interface OpenSocket {
  readonly account: string;
  readonly handlers: SocketHandlers;
}

const maxMessage = 1024 * 1024;

/** The connections over WebSocket to the emulated networks that are spoken to so. */
export const sandboxSockets = (accounts: readonly Account[]) => {
  const server = new WebSocketServer({ noServer: true, maxPayload: maxMessage });
  const open = new Set<OpenSocket>();

  const serve = (socket: WebSocket, account: Account, url: string, fetch: Fetch): void => {
    const end = new AbortController();
    // For a fault that resets the connection.
    const incoming = { socket: { resetAndDestroy: () => socket.terminate() } };
    const connection: SocketConnection = {
      send: (text) => socket.send(text),
      request: async ({ search = "", ...init }) =>
        fetch(new Request(url + search, { ...init, signal: end.signal }), { incoming }),
    };
    const handlers = emulators.find(({ network }) => network === account.network)?.socket?.(connection);
    if (handlers === undefined) {
      socket.close();
      return;
    }
    const one = { account: account.name, handlers };
    open.add(one);
    socket.on("message", (data) => void handlers.receive(data.toString()).catch(() => socket.terminate()));
    // What is too large ends the connection.
    socket.on("error", () => socket.terminate());
    socket.on("close", () => {
      open.delete(one);
      end.abort();
    });
  };

  return {
    /** The same timeline, whose posts the connections learn of. */
    watched: (timeline: Timeline): Timeline => ({
      all: timeline.all,
      put: async (post) => {
        await timeline.put(post);
        for (const { account, handlers } of open) if (account === post.account) handlers.posted(post);
      },
    }),
    /** `url`: the address that is asked for. False where no emulated network is spoken to so. */
    upgrade: (
      url: string,
      [incoming, socket, head]: readonly [Upgrade[0], Upgrade[1], Upgrade[2]],
      fetch: Fetch,
    ): boolean => {
      const [, network, name] = /^\/sandbox\/api\/([^/]+)\/([^/]+)\/?$/.exec(new URL(url).pathname) ?? [];
      const account = accounts.find((one) => one.network === network && one.name === decodePercent(name ?? ""));
      const isSpoken = emulators.some((emulator) => emulator.network === network && emulator.socket !== undefined);
      if (account === undefined || !isSpoken) return false;
      server.handleUpgrade(incoming, socket, head, (connected) => serve(connected, account, url, fetch));
      return true;
    },
    close: (): void => {
      for (const client of server.clients) client.terminate();
    },
  };
};
