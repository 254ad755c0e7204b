import { html, raw } from "hono/html";
import { pageStyles } from "./page-styles.ts";

/** What `html` from hono makes: HTML that is escaped already. */
export type Html = ReturnType<typeof html>;

export interface Layout {
  readonly title: string;
  /** More of the head: links, a description, styles. */
  readonly head: Html;
  readonly body: Html;
}

/** A whole page, well-formed as XML too, so that the gate can judge it. The comment is where the local runtime puts its strip. */
export const layout = ({ title, head, body }: Layout): Html => html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<title>${title}</title>
<style>${raw(pageStyles)}</style>
${head}
</head>
<body>
<!-- crier:strip -->
${body}
</body>
</html>
`;
