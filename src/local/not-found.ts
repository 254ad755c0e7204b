import type { Context, MiddlewareHandler } from "hono";
import { html, raw } from "hono/html";
import { styles } from "../sandbox/page-styles.ts";

const page = (path: string) => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>Not found · Crier</title>
<style>${raw(styles)}</style>
</head>
<body>
<header>
<p class="kicker"><a href="/">Crier</a></p>
<h1>There is no page here</h1>
<p class="lead" style="overflow-wrap:anywhere">Nothing stands at <code>${path}</code>. A post that was published a moment ago may need a second.</p>
<p class="facts"><a href="/">The page with all feeds</a> · <a href="/sandbox">The sandbox</a></p>
</header>
</body>
</html>`;

const isPerson = ({ req }: Context): boolean =>
  ["GET", "HEAD"].includes(req.method) && /(?:^|,)\s*text\/html\b/i.test(req.header("Accept") ?? "");

/** A browser gets a page where a program gets a problem (RFC 9457); below `/api/` everybody is a program. */
export const notFoundForPeople: MiddlewareHandler = async (c, next) => {
  await next();
  if (c.res.status !== 404 || c.req.path.startsWith("/api/") || !isPerson(c)) return;
  c.res = await c.html(page(c.req.path), 404, { "Cache-Control": "no-store", Vary: "Accept" });
};
