import { html, raw } from "hono/html";
import { styles } from "./sandbox-styles.ts";

type Html = ReturnType<typeof html>;

/** The pages for the person who runs Crier on this machine, not for readers. */
export const layout = (title: string, body: Html) => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title} · Crier</title>
<style>${raw(styles)}</style>
</head>
<body>
${body}
</body>
</html>`;
