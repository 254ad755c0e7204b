import { html, raw } from "hono/html";

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

/**
 * The page is well-formed XML, too, so that the gate can read it. The local runtime replaces the comment in the body.
 */
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

/** Styles for every page. All text has a contrast of 4.5 or more with its background, in light and in dark mode. */
const pageStyles = `
:root {
  color-scheme: light dark;
  --ground: #fbfaf7; --raised: #ffffff; --ink: #1d1c1a; --quiet: #5d5a54; --line: #e2dfd7;
  --accent: #9a3412; --accent-ink: #ffffff; --accent-soft: #fbeee6;
  --read: "Iowan Old Style", "Palatino Linotype", Palatino, "Book Antiqua", Georgia, serif;
  --sign: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
  --code: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #161513; --raised: #201f1c; --ink: #ebe8e1; --quiet: #a8a398; --line: #35332e;
    --accent: #f4a26b; --accent-ink: #2a1307; --accent-soft: #3a271c;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1.0625rem/1.6 var(--read); overflow-wrap: anywhere; }
a { color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: 0.18em; }
a:hover { text-decoration-thickness: 2px; }
a:focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; border-radius: 2px; }
h1, h2, h3 { line-height: 1.2; text-wrap: balance; word-break: auto-phrase; margin: 0; }
p { margin: 0; text-wrap: pretty; }
ul { list-style: none; margin: 0; padding: 0; }
`;

/** The page of a feed. */
export const feedPageStyles = `
.sheet { max-width: 44rem; margin: 0 auto; padding: clamp(2rem, 7vw, 4.5rem) 1.25rem 3rem; }
.home { font: 500 0.875rem/1.4 var(--sign); }
header h1 { font-size: clamp(2rem, 6.5vw, 3rem); font-weight: 600; margin: 0.5rem 0 0.75rem; }
header .about { font-size: 1.2rem; line-height: 1.5; color: var(--quiet); max-width: 36rem; }
section { margin-top: clamp(2.5rem, 7vw, 3.75rem); }
h2 { font: 600 1.25rem/1.3 var(--sign); }
.hint { color: var(--quiet); margin-top: 0.4rem; }
.feeds { margin-top: 1.25rem; border: 1px solid var(--line); border-radius: 0.75rem; background: var(--raised); }
.feeds li { display: grid; grid-template-columns: 1fr auto; gap: 0.2rem 1rem; align-items: center; padding: 1rem 1.15rem; }
.feeds li + li { border-top: 1px solid var(--line); }
.feeds h3 { font: 600 1rem/1.35 var(--sign); }
.feeds h3 small { font-size: 0.875rem; font-weight: 400; color: var(--quiet); margin-inline-start: 0.4rem; }
.address { grid-column: 1; justify-self: start; font: 0.875rem/1.5 var(--code); color: var(--ink); user-select: all; -webkit-user-select: all; }
.open { grid-column: 2; grid-row: 1 / span 2; font: 600 0.875rem/1 var(--sign); text-decoration: none; white-space: nowrap;
  padding: 0.65rem 1rem; border-radius: 2rem; background: var(--accent-soft); color: var(--accent); }
.feeds li:first-child .open, .open:hover { background: var(--accent); color: var(--accent-ink); }
.more { margin-top: 0.9rem; font: 0.875rem/1.5 var(--sign); color: var(--quiet); }
.posts { margin-top: 0.5rem; }
.posts article { display: flow-root; padding: 1.6rem 0; border-bottom: 1px solid var(--line); }
.posts article:last-child { border-bottom: 0; padding-bottom: 0; }
.posts .when { font: 0.875rem/1.4 var(--sign); color: var(--quiet); }
.posts h3 { font-size: 1.4rem; font-weight: 600; margin: 0.3rem 0 0.5rem; }
.posts h3 a { color: var(--ink); text-decoration: none; }
.posts h3 a:hover { color: var(--accent); text-decoration: underline; text-decoration-thickness: 1px; }
.posts .p-summary { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 4; overflow: hidden; }
.posts .p-summary, .posts .note { color: var(--quiet); }
.posts .note { font: 0.875rem/1.5 var(--sign); margin-top: 0.6rem; }
.posts img { display: block; width: 100%; height: auto; aspect-ratio: 3 / 2; object-fit: cover; border-radius: 0.5rem;
  background: var(--line); color: var(--quiet); font: 0.75rem/1.3 var(--sign); overflow: hidden; }
.posts .u-featured { float: inline-end; width: clamp(6rem, 24%, 9.5rem); margin: 0.45rem 0 0.5rem; margin-inline-start: 1.25rem; }
.pictures { display: grid; grid-template-columns: 1fr 1fr; gap: 0.5rem; margin-top: 0.85rem; }
.pictures :only-child { grid-column: 1 / -1; }
.pictures :nth-child(3):last-child { grid-column: 1 / -1; aspect-ratio: 3 / 1; }
.pictures data { display: none; }
.posts .e-content { margin-top: 0.3rem; }
.pages { display: flex; justify-content: space-between; gap: 1rem; margin-top: 1.75rem; font: 600 0.9375rem/1.4 var(--sign); }
.pages a { padding: 0.35rem 0; }
.tags { display: flex; flex-wrap: wrap; gap: 0.4rem; margin-top: 0.85rem; }
.tags a, .tags span { display: inline-block; font: 0.8125rem/1.35 var(--sign); padding: 0.3rem 0.7rem; border-radius: 1rem;
  border: 1px solid var(--line); color: var(--quiet); text-decoration: none; }
.tags a:hover { color: var(--accent); border-color: currentColor; }
.group { font: 600 0.875rem/1.3 var(--sign); color: var(--quiet); margin-top: 1.4rem; }
.others { gap: 0.5rem; margin-top: 1rem; }
.group + .others { margin-top: 0.6rem; }
.others a { font-size: 0.9375rem; padding: 0.45rem 0.95rem; color: var(--ink); background: var(--raised); }
.empty { margin-top: 1.25rem; padding: 1.5rem; border: 1px dashed var(--line); border-radius: 0.75rem; color: var(--quiet); }
footer { margin-top: clamp(3rem, 8vw, 4.5rem); padding-top: 1.25rem; border-top: 1px solid var(--line); font: 0.875rem/1.5 var(--sign); color: var(--quiet); }
details { margin-bottom: 1.25rem; }
summary { cursor: pointer; padding: 0.35rem 0; }
summary:hover { color: var(--accent); }
summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; border-radius: 2px; }
pre { margin: 0.75rem 0 0; padding: 0.9rem 1.1rem; border: 1px solid var(--line); border-radius: 0.75rem; background: var(--raised); }
pre code { font: 0.8125rem/1.6 var(--code); color: var(--ink); white-space: pre-wrap; user-select: all; -webkit-user-select: all; }
@media (max-width: 30rem) {
  .feeds li { grid-template-columns: 1fr; }
  .feeds h3 small { display: block; margin: 0.1rem 0 0; }
  .open { grid-column: 1; grid-row: auto; justify-self: start; margin-top: 0.6rem; }
}
@media print { .feeds .open { display: none; } }
`;
