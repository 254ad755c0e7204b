import { Hono } from "hono";
import { html } from "hono/html";
import { getPath } from "hono/utils/url";
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
  type Fields,
  faultKinds,
  json,
  plannedFaults,
  readFields,
  type SandboxEnv,
  type SocketConnection,
  type SocketHandlers,
  withFault,
} from "./emulator.ts";
import { emulators } from "./index.ts";
import { hasRequest, type RequestCheck, requestCheck } from "./request-check.ts";
import { layout } from "./sandbox-layout.ts";
import { type ShownLink, textPieces } from "./sandbox-text.ts";
import { type Blobs, blobsInMemory, isLive, type Timeline, type TimelinePost } from "./timeline.ts";

export interface SandboxOptions {
  readonly timeline: Timeline;
  readonly accounts: readonly Account[];
  readonly clock: () => Instant;
  /** Stores the files that clients upload. They are kept in memory if absent. */
  readonly blobs?: Blobs;
  /** Returns a note that the page shows about a post, if there is one. */
  readonly readNote?: (post: TimelinePost) => Promise<string | undefined>;
  /** Returns the path of a copy of the picture at an address, if this server has one. */
  readonly findPicture?: (url: string) => Promise<string | undefined>;
  /** Returns the posts that are held and not in a timeline yet. */
  readonly held?: () => Promise<readonly HeldPost[]>;
  /** Called when a request fails because of an error in the sandbox or its disk. */
  readonly onError?: (error: Error) => void;
}

/**
 * The emulated networks: `/sandbox` for people, `/sandbox/posts.json`, `/sandbox/faults`, and the APIs under
 * `/sandbox/api/<network>/<account>`. Mount it at the root, and require the API's token at `/sandbox/faults`. A request at
 * the root that only one network has is for its first account: many clients keep only the origin of an address.
 */
export const sandboxApp = ({
  timeline,
  accounts,
  clock,
  blobs = blobsInMemory(),
  readNote = async () => undefined,
  findPicture = async () => undefined,
  held = async () => [],
  onError = (error) => {
    throw error;
  },
}: SandboxOptions): Hono<SandboxEnv> => {
  const app = new Hono<SandboxEnv>({ getPath: (request) => withAccount(request, accounts) });
  const faults = plannedFaults();
  const contextOf = emulatorContexts({ timeline, clock, faults, blobs });

  // A network does not tell its clients why a request failed.
  app.onError((error) => {
    onError(error);
    return json({ error: "something went wrong" }, 500);
  });

  app.get("/sandbox", async (c) => {
    const posts = timeline.all();
    const shown = accounts.flatMap((account) => shownPosts(account, posts));
    const notes = await Promise.all(shown.map(async (post) => [post, await readNote(post)] as const));
    const copies = await Promise.all(
      shown.flatMap(addressesIn).map(async (url) => [url, await findPicture(url)] as const),
    );
    const decisions = { notes: new Map(notes), held: await held(), copies: new Map(copies) };
    return c.html(timelinePage(accounts, posts, decisions, clock()));
  });
  app.get("/sandbox/posts.json", () => json(timeline.all().map(publicFields)));
  app.post("/sandbox/faults", async (c) => planFault((await readFields(c)) ?? {}, accounts, faults));
  for (const emulator of emulators)
    app.route(
      `/sandbox/api/${emulator.network}/:account`,
      emulatorApi(emulator, contextOf(emulator), { accounts, clock }),
    );
  return app;
};

/** The path of a request, with the account if its client left that out. */
const withAccount = (request: Request, accounts: readonly Account[]): string => {
  const path = getPath(request);
  if (path === "/" || path.startsWith("/sandbox")) return path;
  const network = emulators.find(({ schema }) => hasRequest(schema, request.method, path))?.network;
  const account = accounts.find((one) => one.network === network);
  return account === undefined ? path : `/sandbox/api/${network}/${encodeURIComponent(account.name)}${path}`;
};

/** The whole addresses of a post's links, in the order of its text. The text of a link can be a part of its address. */
const linksIn = (post: TimelinePost): readonly string[] => {
  const emulator = emulators.find(({ network }) => network === post.network);
  const pieces = textPieces(post.text, emulator?.links?.(post) ?? []);
  return pieces.flatMap(({ kind, text, url }) => (kind === "link" ? [url ?? text] : []));
};

/** A request as the tests of other programs compare it. The credentials of a request are in its headers. */
const publicFields = (post: TimelinePost) => {
  const { account, network, id, text, url, createdAt, editedAt, deletedAt, card, pictures = [], request } = post;
  const links = linksIn(post);
  return { account, network, id, text, url, createdAt, editedAt, deletedAt, links, card, pictures, request };
};

/** Plans the fault of a request, and answers what was planned. */
const planFault = ({ account, fault, times = 1 }: Fields, accounts: readonly Account[], faults: Faults): Response => {
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
};

const emulatorApi = (
  emulator: Emulator,
  context: EmulatorContext,
  { accounts, clock }: Pick<SandboxOptions, "accounts" | "clock">,
): Hono<SandboxEnv> => {
  const api = new Hono<SandboxEnv>();
  // The emulated networks use the sandbox's clock.
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
  emulator.addRoutes(api, context);
  return api;
};

export interface ContextOptions {
  readonly timeline: Timeline;
  readonly clock: () => Instant;
  readonly faults: Faults;
  readonly blobs: Blobs;
}

/** Returns the context of each emulator. All share one timeline. */
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

/** Ids in microseconds increase with time, like those of the networks. They are always larger than those in use. */
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

/** The connections to the emulated networks that have WebSocket. */
export const sandboxSockets = (accounts: readonly Account[]) => {
  const server = new WebSocketServer({ noServer: true, maxPayload: maxMessage });
  const open = new Set<OpenSocket>();

  const serve = (socket: WebSocket, account: Account, url: string, fetch: Fetch): void => {
    const end = new AbortController();
    // A fault can reset the connection.
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
    // A message that is too large ends the connection.
    socket.on("error", () => socket.terminate());
    socket.on("close", () => {
      open.delete(one);
      end.abort();
    });
  };

  return {
    /** Returns the same timeline, which also passes its posts on to the connections. */
    watched: (timeline: Timeline): Timeline => ({
      all: timeline.all,
      put: async (post) => {
        await timeline.put(post);
        for (const { account, handlers } of open) if (account === post.account) handlers.posted(post);
      },
    }),
    /** Opens a connection at the requested `url`. Returns false if no emulated network has WebSocket there. */
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

const maxPosts = 40;
/** The page shows this much of an article. The rest is in the JSON. */
const maxText = 2000;

const shownText = (text: string): string =>
  text.length > maxText ? `${text.slice(0, maxText).toWellFormed()}…` : text;

/** The addresses of the pictures that a network was given in the place of files. */
const addressesIn = ({ card, pictures = [] }: TimelinePost): readonly string[] =>
  [card?.picture ?? [], pictures.map(({ path }) => path)].flat(2).filter((path) => path.startsWith("http"));

/** True for a picture that the page's Content-Security-Policy allows. */
const isShown = (picture: string): boolean => /^(?:\/|https:)/.test(picture);

const postsOf = ({ name }: Account, posts: readonly TimelinePost[]): readonly TimelinePost[] =>
  posts.filter(({ account }) => account === name).toReversed();

/** The posts of an account that the page shows, the newest first. */
const shownPosts = (account: Account, posts: readonly TimelinePost[]): readonly TimelinePost[] =>
  postsOf(account, posts).slice(0, maxPosts);

/** A post that is not in the timeline until a person releases it. */
interface HeldPost {
  readonly account: string;
  readonly slug: string;
  readonly reason: string | undefined;
  /** Sends what is held on its account. */
  readonly command: string;
}

/** The decisions of Crier that the page shows. */
interface Decisions {
  readonly notes: ReadonlyMap<TimelinePost, string | undefined>;
  readonly held: readonly HeldPost[];
  /** The paths of pictures by their addresses. */
  readonly copies: ReadonlyMap<string, string | undefined>;
}

/** The page with every account's timeline. Posts look as they do on a network. */
const timelinePage = (
  accounts: readonly Account[],
  posts: readonly TimelinePost[],
  decisions: Decisions,
  now: Instant,
) =>
  layout(
    "Sandbox",
    html`<header>
<p class="kicker"><a href="/">Crier</a></p>
<h1>The sandbox</h1>
<p class="lead">What each network would have received, checked by that network’s own rules. No post here has left this machine.</p>
<p class="facts">${summary(accounts, posts)} <a href="/sandbox/posts.json">The same as JSON</a></p>
</header>
${accounts.length < 2 ? "" : html`<nav aria-label="Accounts">${accounts.map((account) => html`<a href="#${anchor(account)}">${account.name}</a>`)}</nav>`}
<main>
${accounts.map((account) => column(account, posts, decisions, now))}
</main>`,
  );

const summary = (accounts: readonly Account[], posts: readonly TimelinePost[]): string => {
  const live = posts.filter(isLive).length;
  return `${live} ${live === 1 ? "post" : "posts"} on ${accounts.length} ${accounts.length === 1 ? "account" : "accounts"}.`;
};

const column = (account: Account, posts: readonly TimelinePost[], { notes, held, copies }: Decisions, now: Instant) => {
  const count = postsOf(account, posts).length;
  const emulator = emulators.find(({ network }) => network === account.network);
  const { title, style } = emulator ?? { title: account.network };
  const linksOf = (post: TimelinePost) => emulator?.links?.(post) ?? [];
  return html`
<section class="column" style="${style ?? ""}" aria-labelledby="${anchor(account)}">
<div class="head">
<span class="avatar" aria-hidden="true">${initial(account.name)}</span>
<div><h2 id="${anchor(account)}">${title}</h2><p class="handle">${handleOf(account)}</p></div>
</div>
${heldPosts(held.filter((post) => post.account === account.name))}
${count === 0 ? html`<p class="empty">No post yet. Publish one, and reload.</p>` : shownPosts(account, posts).map((post) => article(post, account, { links: linksOf(post), note: notes.get(post), copies, now }))}
${count > maxPosts ? html`<p class="empty">${count - maxPosts} older posts are in the JSON.</p>` : ""}
</section>`;
};

const heldPosts = (held: readonly HeldPost[]) => {
  const [first] = held;
  if (first === undefined) return "";
  const names = held.slice(0, 5).map(({ slug }) => slug);
  const others = held.length > names.length ? ` and ${held.length - names.length} more` : "";
  const count = `${held.length} ${held.length === 1 ? "post is" : "posts are"} held`;
  const commands = [...new Set(held.map(({ command }) => command))].map((command) => html` <code>${command}</code>`);
  return html`<p class="held"><strong>${count}</strong>: ${names.join(", ")}${others} (${first.reason}). Send what is held:${commands}</p>`;
};

const anchor = ({ name }: Account): string => `account-${encodeURIComponent(name)}`;

const initial = (name: string): string => (/[\p{L}\p{N}]/u.exec(name)?.[0] ?? "·").toUpperCase();

const handleOf = ({ name, settings }: Account): string =>
  `@${typeof settings.handle === "string" ? settings.handle : name}`;

interface Shown {
  readonly links: readonly ShownLink[];
  readonly note: string | undefined;
  readonly copies: Decisions["copies"];
  readonly now: Instant;
}

const article = (post: TimelinePost, account: Account, { links, note, copies, now }: Shown) => html`
<article class="${post.deletedAt === null ? "post" : "post gone"}">
<p class="by"><strong>${account.name}</strong> <time datetime="${post.createdAt}" title="${post.createdAt}">${relativeTime(post.createdAt, now)}</time>${badge(post)}</p>
<p class="text" dir="auto">${textPieces(shownText(post.text), links).map(({ kind, text, url }) =>
  kind === "link"
    ? html`<a href="${url ?? text}" rel="noopener">${displayUrl(text)}</a>`
    : kind === "tag"
      ? html`<span class="tag">${text}</span>`
      : text,
)}</p>
${card(post, copies)}${attached(post, copies)}
<p class="measure">${ring(post)}<span><b>${post.length}</b> of ${post.limit} characters</span></p>
${note === undefined ? "" : html`<p class="note">${note}</p>`}
</article>`;

const badge = ({ deletedAt, editedAt }: TimelinePost) => {
  if (deletedAt !== null) return html` <span class="mark">deleted</span>`;
  return editedAt === null ? "" : html` <span class="mark">edited</span>`;
};

/** The text of a link without its scheme, as networks show it. */
const displayUrl = (url: string): string => url.replace(/^https?:\/\/(www\.)?/i, "").replace(/\/$/, "");

const card = ({ card }: TimelinePost, copies: Decisions["copies"]) => {
  if (card === null) return "";
  const picture = copies.get(card.picture ?? "") ?? card.picture;
  return html`<a class="card" href="${card.url}" rel="noopener">${picture === undefined || !isShown(picture) ? "" : html`<img src="${picture}" alt="" loading="lazy">`}<span class="domain">${domainOf(card.url)}</span>
<strong dir="auto">${card.title}</strong>${card.description === "" ? "" : html`<span class="description" dir="auto">${card.description}</span>`}</a>`;
};

const attached = ({ pictures = [] }: TimelinePost, copies: Decisions["copies"]) =>
  pictures
    .map(({ path, alt }) => ({ path: copies.get(path) ?? path, alt }))
    .map(({ path, alt }) =>
      isShown(path) ? html`<img class="attached" src="${path}" alt="${alt}" loading="lazy">` : "",
    );

const domainOf = (url: string): string => URL.parse(url)?.hostname.replace(/^www\./, "") ?? url;

/** Shows how much of the limit is used. The text next to it has the same numbers, so it is hidden from screen readers. */
const ring = ({ length, limit }: TimelinePost) => {
  const used = Math.min(100, Math.round((length / limit) * 100));
  return html`<svg class="ring" viewBox="0 0 36 36" aria-hidden="true"><circle cx="18" cy="18" r="15.9" class="track"/><circle cx="18" cy="18" r="15.9" class="used" pathLength="100" stroke-dasharray="${used} 100"/></svg>`;
};

const steps = [
  [60_000, 1_000, "s"],
  [3_600_000, 60_000, "min"],
  [86_400_000, 3_600_000, "h"],
] as const;

const relativeTime = (at: string, now: Instant): string => {
  const past = Math.max(0, now - Date.parse(at));
  const step = steps.find(([below]) => past < below);
  if (step === undefined) return at.slice(0, 10);
  return past < 1_000 ? "now" : `${Math.floor(past / step[1])} ${step[2]}`;
};
