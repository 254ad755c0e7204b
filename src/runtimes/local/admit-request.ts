import { type Config, servedPaths } from "../../config.ts";
import { isOwnPath } from "../../domain/serving.ts";
import type { Log } from "../../ports/runtime.ts";
import { publicPaths } from "./public-paths.ts";
import { type Connection, isFromLoopback, isLoopbackName, type Reach, reachOf } from "./request-reach.ts";

/** What the server's routes find in the context of a request. */
export interface LocalEnv {
  readonly Bindings: {
    /** Undefined: the request is for a name that is not this server's. */
    readonly reach?: Reach | undefined;
  };
}

export interface Admitted {
  readonly request: Request;
  readonly reach: Reach | undefined;
}

export interface AdmitOptions {
  readonly config: Config;
  /** The feeds are at a public address; else they are at this machine's own. */
  readonly isPublic: boolean;
  /** Other machines reach the port. */
  readonly isOpen: boolean;
  readonly log: Log;
}

/** Says what a proxy should do otherwise, each once. */
const proxyAdvice = (log: Log) => {
  const told = new Set<string>();
  const tell = (line: string): void => {
    if (!told.has(line)) log.warn(line);
    told.add(line);
  };
  return {
    prefix: (path: string) =>
      tell(
        `the proxy passes requests on with ${path} in front, and Crier takes it off: to have the proxy do so, write "handle_path ${path}* { reverse_proxy … }" for Caddy, or end nginx's proxy_pass with a slash`,
      ),
    host: (given: string, expected: string) =>
      tell(
        `a proxy asks for ${given} instead of ${expected}: let it pass the Host on, in nginx by "proxy_set_header Host $host;"`,
      ),
  };
};

/** Decides who asks, and finds the path at which the answer is. */
export const admitRequests = ({ config, isPublic, isOpen, log }: AdmitOptions) => {
  const { sites } = config;
  const configured = servedPaths(config);
  const publicNames = new Set(isPublic ? sites.map(({ feedsUrl }) => new URL(feedsUrl).hostname) : []);
  const [firstName = ""] = publicNames;
  const place = publicPaths({
    sites,
    isShared: (path) => Object.hasOwn(configured, path) || isOwnPath(path),
  });
  const advice = proxyAdvice(log);

  return (request: Request, connection: Connection): Admitted => {
    const reach = reachOf(request, connection, { publicNames, isOpen });
    if (reach !== "public" || !isPublic) return { request, reach };
    const url = new URL(request.url);
    if (isLoopbackName(url.hostname) && isFromLoopback(connection)) advice.host(url.hostname, firstName);
    if (!publicNames.has(url.hostname)) return { request, reach };
    const { path, prefix } = place(url);
    if (prefix !== undefined) advice.prefix(prefix);
    if (path === url.pathname) return { request, reach };
    return { request: new Request(new URL(path + url.search, url), request), reach };
  };
};
