import { html, raw } from "hono/html";
import { pageStyles } from "./page-styles.ts";

/** HTML in which all values are escaped. */
export type Html = ReturnType<typeof html>;

export interface Layout {
  /** The attributes of the page's language. */
  readonly language: Html;
  readonly title: string;
  /** Additional elements of the head. */
  readonly head: Html;
  readonly body: Html;
}

/** A page that is well-formed XML, too, so that the gate can read it. The local runtime replaces the comment in the body. */
export const layout = ({ language, title, head, body }: Layout): Html => html`<!DOCTYPE html>
<html${language}>
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
