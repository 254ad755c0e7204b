import { html, raw } from "hono/html";

type Html = ReturnType<typeof html>;

/** The layout of pages for the person who runs Crier on this machine, not for readers. */
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

/** The styles of the sandbox page, which is one file. */
const styles = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#f5f4f1, #111214); --paper: light-dark(#ffffff, #1a1b1f); --line: light-dark(#e3e1db, #2d2e35);
  --ink: light-dark(#1b1b1f, #ececf0); --soft: light-dark(#5d5d66, #a6a7b2); --link: light-dark(#0b57c4, #86b4ff);
  --hint: light-dark(#fdf4dc, #2a2517); --mark: light-dark(#c98a00, #d9a72b);
  --accent: var(--ink); --on: var(--paper);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; color: var(--ink); background: var(--ground);
}
* { box-sizing: border-box; }
body { margin: 0; padding: clamp(1.25rem, 4vw, 3rem); }
header { max-width: 46rem; margin: 0 auto 2.25rem; text-align: center; }
h1 { font: 600 clamp(1.9rem, 5vw, 2.6rem)/1.15 Georgia, "Iowan Old Style", "Noto Serif", serif; letter-spacing: -.015em; margin: .2rem 0 .6rem; }
h2 { font-size: 1rem; line-height: 1.25; margin: 0; }
p { margin: 0; }
a { color: var(--link); text-underline-offset: .15em; }
a:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 3px; }
.kicker { font-size: .85rem; letter-spacing: .04em; }
.lead { font-size: 1.1rem; color: var(--soft); text-wrap: balance; }
.facts { margin-top: .7rem; font-size: .9rem; color: var(--soft); }
nav { display: none; }
@media (max-width: 44rem) {
  nav { position: sticky; top: 0; z-index: 1; display: flex; gap: .5rem; overflow-x: auto; margin: 0 -1.25rem 1.25rem; padding: .5rem 1.25rem; background: var(--ground); border-bottom: 1px solid var(--line); }
  nav a { flex: none; display: grid; place-items: center; min-height: 2.75rem; padding: 0 .9rem; border: 1px solid var(--line); border-radius: 1.5rem; background: var(--paper); text-decoration: none; }
  h2 { scroll-margin-top: 5.5rem; }
}
main { display: grid; gap: 1.5rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); align-items: start; max-width: 84rem; margin: 0 auto; }
.column { min-width: 0; background: var(--paper); border: 1px solid var(--line); border-radius: 1rem; overflow: clip; }
.head { display: flex; gap: .75rem; align-items: center; padding: 1rem 1.15rem; border-top: 3px solid var(--accent); }
.head div { min-width: 0; }
.avatar { flex: none; display: grid; place-items: center; width: 2.5rem; height: 2.5rem; border-radius: var(--round, 50%); background: var(--accent); color: var(--on); font-weight: 650; }
.handle { color: var(--soft); font-size: .9rem; overflow-wrap: anywhere; line-height: 1.3; }
.post { padding: 1rem 1.15rem; border-top: 1px solid var(--line); }
.by { font-size: .95rem; overflow-wrap: anywhere; }
.by time, .mark { color: var(--soft); font-size: .875rem; }
.by time::before { content: "· "; }
.mark { border: 1px solid var(--line); border-radius: 1rem; padding: .05rem .5rem; margin-left: .3rem; }
.text { margin-top: .3rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.text a { text-decoration-thickness: 1px; text-decoration-color: color-mix(in srgb, currentColor 40%, transparent); }
.text a:hover { text-decoration-color: currentColor; }
.tag { color: var(--link); }
.gone .text { text-decoration: line-through; color: var(--soft); }
.gone .text a, .gone .tag { color: inherit; text-decoration: line-through; }
.gone .card { display: none; }
.card { display: block; margin-top: .75rem; padding: .75rem .9rem; border: 1px solid var(--line); border-radius: .75rem; color: inherit; text-decoration: none; overflow-wrap: anywhere; background: var(--ground); }
.card img { display: block; width: calc(100% + 1.8rem); max-height: 16rem; margin: -.75rem -.9rem .75rem; border-radius: .7rem .7rem 0 0; object-fit: cover; }
.attached { display: block; width: 100%; max-height: 16rem; margin-top: .75rem; border-radius: .75rem; object-fit: cover; }
.card:hover strong { text-decoration: underline; }
.card strong { display: block; line-height: 1.35; }
.domain { display: block; color: var(--soft); font-size: .8125rem; }
.description { display: -webkit-box; -webkit-line-clamp: 3; -webkit-box-orient: vertical; overflow: hidden; margin-top: .2rem; color: var(--soft); font-size: .9rem; }
.measure { display: flex; gap: .45rem; align-items: center; margin-top: .75rem; color: var(--soft); font-size: .8125rem; font-variant-numeric: tabular-nums; }
.measure b { color: var(--ink); font-weight: 600; }
.ring { width: 1.05rem; height: 1.05rem; transform: rotate(-90deg); }
.ring circle { fill: none; stroke-width: 4.5; }
.track { stroke: var(--line); }
.used { stroke: var(--accent); }
.note { margin-top: .7rem; padding: .35rem .65rem; border-left: 3px solid var(--mark); border-radius: .25rem; background: var(--hint); font-size: .8125rem; overflow-wrap: anywhere; }
.held { padding: .8rem 1.15rem; border-top: 1px solid var(--line); background: var(--hint); font-size: .875rem; overflow-wrap: anywhere; }
.held code { font-size: .95em; white-space: nowrap; }
.empty { padding: 1.4rem 1.15rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .95rem; }
`;
