/** True for the paths of the console. `/consolefeed.xml` is a file. */
export const isConsolePath = (path: string): boolean => /^\/console(?:\/|$)/.test(path);

/**
 * True for the paths of the API, the console, the sandbox and the health check, on one machine and on AWS
 * (infra/constructs/cdn.ts).
 */
export const isOwnPath = (path: string): boolean => /^\/(?:api\/|sandbox|healthz$)/.test(path) || isConsolePath(path);

/** The CDN of a deployment adds this header to what it sends to the API, whose own host is not that of the console. */
export const cdnHeader = "x-crier-cdn";

/** The files in these folders depend on the documents: their names are not known in advance. */
export const generatedFolders = /^\/(?:categories|languages|featured|archive|sites|syndication)\//;

/** Feeds of one kind of post may be in these folders at any time. A site may have pages of its own below them. */
const kindFolders = /^\/(?:notes|articles)\/$/;

/** True for the paths of a host that Crier answers itself or puts files below. */
export const isCrierPath = (path: string): boolean =>
  isOwnPath(path) || generatedFolders.test(path) || kindFolders.test(path);

/** The Content-Security-Policy of every page: inline styles, pictures from any host, and no scripts. */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "img-src 'self' https: data:",
  "media-src https:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");
