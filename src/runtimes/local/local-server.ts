import { type Context, Hono, type MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import { html } from "hono/html";
import { bearer, problem } from "../../api/middleware.ts";
import { operations } from "../../api/operations.ts";
import { type Config, servedPaths } from "../../config.ts";
import { contentSecurityPolicy, isConsolePath, isOwnPath } from "../../domain/serving.ts";
import type { Site } from "../../domain/site.ts";
import type { Log } from "../../ports/runtime.ts";
import { layout } from "../../sandbox/sandbox-layout.ts";
import { type Access, type Connection, type Fetch, isFromLoopback, isLoopbackName, requestAccess } from "./listen.ts";

export interface ServerParts {
  /** The app that also runs on Lambda. */
  readonly web: Hono;
  readonly sandbox: Fetch;
  /** The console, for this machine only. */
  readonly console: Fetch;
  /** The console at the host of `publicUrl`. Undefined without `--console`. */
  readonly publicConsole: Fetch | undefined;
  /** The API's token. */
  readonly token: () => Promise<string>;
  /** The token that allows reading and planning only. */
  readonly planToken: () => Promise<string>;
  readonly files: Hono<LocalEnv>;
  readonly admit: (request: Request, connection: Connection) => Admitted;
  /** The address at which others find the feeds. Undefined if they are at this machine's own address. */
  readonly publicUrl: string | undefined;
  /** Answers with an export of the database. */
  readonly exportDatabase: MiddlewareHandler<LocalEnv>;
  readonly log: Log;
}

const refusal = (publicUrl: string | undefined): string =>
  publicUrl === undefined
    ? "This Crier answers only at http://127.0.0.1.\n"
    : `This Crier answers at ${publicUrl}, and at http://127.0.0.1 on its own machine.\n`;

/** Feed readers in a browser fetch feeds from another origin. */
const readableByPages = cors({ origin: "*", allowMethods: ["GET", "HEAD"], exposeHeaders: ["ETag", "Last-Modified"] });

/** Serves everything on one port. */
export const localServer = ({
  web,
  sandbox,
  console,
  publicConsole,
  token,
  planToken,
  files,
  admit,
  publicUrl,
  exportDatabase,
  log,
}: ServerParts): Fetch => {
  const app = new Hono<LocalEnv>();
  app.onError((error, c) => {
    log.alarm("web", `${c.req.method} ${c.req.path} failed: ${error.message}`);
    return problem(c, 500, "This is a fault in Crier; its log has the details. It is safe to repeat the request.");
  });
  app.use(securityHeaders);
  app.use(async (c, next) => {
    if (c.env.access === undefined) return c.text(refusal(publicUrl), 421);
    await next();
    // The body of a refused request may be unread, so that the next request must use another connection.
    if (c.res.status >= 400 && c.req.raw.body !== null) c.res.headers.set("Connection", "close");
  });
  const consoleFor = ({ env: { access }, req }: Context<LocalEnv>): Fetch | undefined => {
    if (access === "local") return console;
    const isItsHost = publicUrl !== undefined && new URL(req.url).hostname === new URL(publicUrl).hostname;
    return access === "public" && isItsHost ? publicConsole : undefined;
  };
  app.use(notFoundPage(files, (c) => isConsolePath(c.req.path) && consoleFor(c) !== undefined));
  const forLocal =
    (handler: MiddlewareHandler<LocalEnv>): MiddlewareHandler<LocalEnv> =>
    (c, next) =>
      c.env.access === "local" ? handler(c, next) : next();
  // Protected by the token, because planned faults decide whether posts succeed.
  app.use("/sandbox/faults", forLocal(bearer({ token, planToken })));
  for (const path of ["/sandbox", "/sandbox/*"])
    app.all(
      path,
      forLocal(async (c) => sandbox(c.req.raw, c.env)),
    );
  for (const path of ["/console", "/console/*"])
    app.all(path, async (c, next) => consoleFor(c)?.(c.req.raw, c.env) ?? next());
  // Only for this machine, because an export contains everything. The owner of a deployment exports its table.
  app.get(operations.exportDatabase.path, forLocal(bearer({ token, planToken })), forLocal(exportDatabase));
  app.use((c, next) =>
    publicUrl !== undefined && c.env.access === "public" && !isOwnPath(c.req.path) ? readableByPages(c, next) : next(),
  );
  app.route("/", files);
  app.mount("/", web.fetch, { replaceRequest: false });
  return (request, env) => {
    const admitted = admit(request, env);
    return app.fetch(admitted.request, { ...env, access: admitted.access });
  };
};

/** The headers of every response that does not bring its own: the console's pages do. */
const commonHeaders = {
  "Content-Security-Policy": contentSecurityPolicy,
  "Referrer-Policy": "strict-origin-when-cross-origin",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
} as const;

/**
 * At a public address, pages of any origin may read the feeds. From a Crier on this machine such a page gets nothing, not
 * even a response that it cannot read, as if nothing listened on the port.
 */
const securityHeaders: MiddlewareHandler<LocalEnv> = async (c, next) => {
  await next();
  for (const [name, value] of Object.entries(commonHeaders))
    if (!c.res.headers.has(name)) c.res.headers.set(name, value);
  if (!c.res.headers.has("Access-Control-Allow-Origin"))
    c.res.headers.set("Cross-Origin-Resource-Policy", "same-origin");
};

/** The page for the owner, who may look for a post that is not rendered yet. */
const ownersPage = (path: string) =>
  layout(
    "Not found",
    html`<header>
<p class="kicker"><a href="/">Crier</a></p>
<h1>There is no page here</h1>
<p class="lead" style="overflow-wrap:anywhere">There is nothing at <code>${path}</code>.</p>
<p class="lead">If you have just saved a document, wait a few seconds and reload.</p>
<p class="facts"><a href="/">The page with all feeds</a> · <a href="/sandbox">The sandbox</a></p>
</header>`,
  );

const acceptsHtml = ({ req }: Context): boolean =>
  ["GET", "HEAD"].includes(req.method) && /(?:^|,)\s*text\/html\b/i.test(req.header("Accept") ?? "");

/**
 * A browser gets a page instead of a problem (RFC 9457), except below `/api/` and in the console, which has its own. A
 * reader gets the same page as from CloudFront: a file of the first site, which is there once its feed is rendered.
 */
const notFoundPage =
  (files: Hono<LocalEnv>, isOfConsole: (c: Context<LocalEnv>) => boolean): MiddlewareHandler<LocalEnv> =>
  async (c, next) => {
    await next();
    if (c.res.status !== 404 || c.req.path.startsWith("/api/") || !acceptsHtml(c)) return;
    if (isOfConsole(c)) return;
    const headers = { "Cache-Control": "no-store", Vary: "Accept" };
    if (c.env.access === "local") {
      c.res = await c.html(ownersPage(c.req.path), 404, headers);
      return;
    }
    const page = await files.request("/404.html", {}, c.env);
    if (page.ok) c.res = await c.html(await page.text(), 404, headers);
  };

/** The context of a request in the server's routes. */
export interface LocalEnv {
  readonly Bindings: {
    /** Undefined: the request is for a name that does not belong to this server. */
    readonly access?: Access | undefined;
  };
}

interface Admitted {
  readonly request: Request;
  readonly access: Access | undefined;
}

export interface AdmitOptions {
  readonly config: Config;
  /** The feeds are at a public address, and not at this machine's own. */
  readonly isPublic: boolean;
  /** Other machines reach the port. */
  readonly isOpen: boolean;
  readonly log: Log;
}

/** Logs how a proxy should be configured differently. Each line is logged once. */
const proxyAdvice = (log: Log) => {
  const logged = new Set<string>();
  const warnOnce = (line: string): void => {
    if (!logged.has(line)) log.warn(line);
    logged.add(line);
  };
  return {
    prefix: (path: string) =>
      warnOnce(
        `the proxy passes on requests with ${path} in front, which Crier removes: to make the proxy remove it, write "handle_path ${path}* { reverse_proxy … }" for Caddy, or end nginx's proxy_pass with a slash`,
      ),
    host: (given: string, expected: string) =>
      warnOnce(
        `a proxy requests ${given} instead of ${expected}: make it pass on the Host, in nginx with "proxy_set_header Host $host;"`,
      ),
  };
};

/** Decides who sends a request, and finds the path at which it is served. */
export const admitRequests = ({ config, isPublic, isOpen, log }: AdmitOptions) => {
  const { sites } = config;
  const configured = servedPaths(config);
  const publicNames = new Set(isPublic ? sites.map(({ feedsUrl }) => new URL(feedsUrl).hostname) : []);
  const [firstName = ""] = publicNames;
  const findPath = publicPaths({
    sites,
    isShared: (path) => Object.hasOwn(configured, path) || isOwnPath(path),
  });
  const advice = proxyAdvice(log);

  return (request: Request, connection: Connection): Admitted => {
    const access = requestAccess(request, connection, { publicNames, isOpen });
    if (access !== "public" || !isPublic) return { request, access };
    const url = new URL(request.url);
    if (isLoopbackName(url.hostname) && isFromLoopback(connection)) advice.host(url.hostname, firstName);
    if (!publicNames.has(url.hostname)) return { request, access };
    const { path, prefix } = findPath(url);
    if (prefix !== undefined) advice.prefix(prefix);
    if (path === url.pathname) return { request, access };
    return { request: new Request(new URL(path + url.search, url), request), access };
  };
};

interface SiteAddress {
  readonly hostname: string;
  readonly path: string;
  readonly folder: string;
}

/** The path at which a request for a public address is served. */
export interface Served {
  readonly path: string;
  /** The part of the path that a proxy could have removed, and did not. */
  readonly prefix?: string;
}

export interface PublicPathsOptions {
  readonly sites: readonly Pick<Site, "feedsUrl" | "folder">[];
  /** True for a path that is the same on every host: of the API, or a configured path of a feed. */
  readonly isShared: (path: string) => boolean;
}

/**
 * Maps a request for a site's `feedsUrl` to the folder of the site on this server. The request may begin with the path of
 * `feedsUrl`, or not, because some proxies remove it. If only one site is at a host, the whole host belongs to it.
 */
const publicPaths = ({ sites, isShared }: PublicPathsOptions): ((url: URL) => Served) => {
  const addresses = sites.map(({ feedsUrl, folder }): SiteAddress => {
    const { hostname, pathname } = new URL(feedsUrl);
    return { hostname, path: pathname, folder: `/${folder}` };
  });
  const longestFirst = addresses.toSorted((one, other) => other.path.length - one.path.length);
  return ({ hostname, pathname }) => {
    const atHost = longestFirst.filter((address) => address.hostname === hostname);
    const below = atHost.find(({ path }) => path !== "/" && pathname.startsWith(path));
    if (below !== undefined && below.path !== below.folder) {
      const rest = pathname.slice(below.path.length);
      const prefix = below.path.endsWith(below.folder)
        ? below.path.slice(0, below.path.length - below.folder.length + 1)
        : below.path;
      return { path: isShared(`/${rest}`) ? `/${rest}` : below.folder + rest, prefix };
    }
    const [only, ...others] = atHost;
    const isOwn = only !== undefined && others.length === 0 && !pathname.startsWith(only.folder);
    return { path: isOwn && !isShared(pathname) ? only.folder + pathname.slice(1) : pathname };
  };
};
