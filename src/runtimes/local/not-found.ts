import type { Context, MiddlewareHandler } from "hono";
import { html } from "hono/html";
import { layout } from "../../sandbox/sandbox-layout.ts";
import type { LocalEnv } from "./admit-request.ts";

const forOwner = html`<p class="lead">If you have just saved a document, wait a few seconds and reload.</p>
<p class="facts"><a href="/">The page with all feeds</a> · <a href="/sandbox">The sandbox</a></p>`;
const forReaders = (home: string) => html`<p class="facts"><a href="${home}">The page with all feeds</a></p>`;

const page = (path: string, home: string | undefined) =>
  layout(
    "Not found",
    html`<header>
<p class="kicker"><a href="${home ?? "/"}">Crier</a></p>
<h1>There is no page here</h1>
<p class="lead" style="overflow-wrap:anywhere">There is nothing at <code>${path}</code>.</p>
${home === undefined ? forOwner : forReaders(home)}
</header>`,
  );

const acceptsHtml = ({ req }: Context): boolean =>
  ["GET", "HEAD"].includes(req.method) && /(?:^|,)\s*text\/html\b/i.test(req.header("Accept") ?? "");

/** A browser gets a page instead of a problem (RFC 9457), except below `/api/`. */
export const notFoundPage =
  (publicUrl = "/"): MiddlewareHandler<LocalEnv> =>
  async (c, next) => {
    await next();
    if (c.res.status !== 404 || c.req.path.startsWith("/api/") || !acceptsHtml(c)) return;
    const home = c.env.reach === "local" ? undefined : publicUrl;
    c.res = await c.html(page(c.req.path, home), 404, { "Cache-Control": "no-store", Vary: "Accept" });
  };
