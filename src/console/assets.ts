import { createHash } from "node:crypto";

/**
 * The style sheet and the script of the console. They are text in this file, so that a bundle contains them. Their names
 * change with their content.
 */

const style = `
:root{color-scheme:light dark;--ground:#fbfaf7;--raised:#fff;--ink:#1d1c1a;--quiet:#5d5a54;--line:#e2dfd7;--edge:#8b867b;--accent:#9a3412;--accent-ink:#fff;--accent-soft:#fbeee6;--bad:#9b1230;--bad-soft:#fbe9ec;--good:#2c6436;
--read:"Iowan Old Style","Palatino Linotype",Palatino,"Book Antiqua",Georgia,serif;--sign:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;--code:ui-monospace,"SF Mono","Cascadia Mono",Menlo,Consolas,monospace}
@media (prefers-color-scheme:dark){:root{--ground:#161513;--raised:#201f1c;--ink:#ebe8e1;--quiet:#a8a398;--line:#35332e;--edge:#7d786d;--accent:#f4a26b;--accent-ink:#2a1307;--accent-soft:#3a271c;--bad:#ff9aa8;--bad-soft:#3b1a20;--good:#8fce98}}
*,*::before,*::after{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--ink);font:1rem/1.55 var(--sign);overflow-wrap:anywhere}
h1,h2,h3,p,ul,ol,dl,dd,figure,fieldset{margin:0;padding:0}ul,ol{list-style:none}fieldset{border:0}
h1,h2,h3{line-height:1.25;text-wrap:balance;word-break:auto-phrase}p{text-wrap:pretty}
a{color:var(--accent);text-decoration-thickness:1px;text-underline-offset:.18em}a:hover{text-decoration-thickness:2px}
:focus-visible{outline:2px solid var(--accent);outline-offset:3px;border-radius:3px}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:.5rem;background:var(--raised);padding:.6rem 1rem;z-index:2}
.bar,.wrap{max-width:72rem;margin:0 auto;padding-inline:1.25rem}
.bar{display:flex;flex-wrap:wrap;align-items:center;gap:.25rem 1.5rem;padding-block:.9rem .7rem}
.bar .home{font:600 1.2rem/1.3 var(--read);color:var(--ink);text-decoration:none}
.bar nav{flex:1 1 auto}
.bar nav ul{display:flex;gap:0 .2rem;margin-inline-start:-.7rem;flex-wrap:wrap}
.bar nav a{display:block;padding:.5rem .7rem;color:var(--quiet);text-decoration:none;border-radius:.5rem}
.bar nav a:hover{color:var(--accent)}.bar nav a[aria-current]{color:var(--ink);font-weight:600;box-shadow:inset 0 -2px var(--accent);border-radius:0}
.bar nav b{font-weight:600;color:var(--accent)}
.bar .halt{font-size:.875rem;padding:.6rem 0}
.rule{border-bottom:1px solid var(--line)}
.wrap{padding-block:clamp(1.5rem,4vw,2.75rem) 4rem}
.cols{display:grid;grid-template-columns:minmax(0,1fr) 17.5rem;gap:0 3.5rem;align-items:start}
h1{font:600 clamp(1.65rem,4.5vw,2.25rem)/1.2 var(--read)}
.lead{font:1.1rem/1.55 var(--read);color:var(--quiet);margin-top:.5rem;max-width:44rem}
section{margin-top:2.75rem}section:first-child,.vh+section{margin-top:0}h1+.cols,.lead+.cols{margin-top:2.25rem}.vh+.cols{margin-top:0}
h2{font:600 1.1rem/1.35 var(--sign);display:flex;flex-wrap:wrap;gap:.3rem .8rem;align-items:baseline;justify-content:space-between}
h2 small,h2 a{font-weight:400;font-size:.875rem;color:var(--quiet)}h2 a{color:var(--accent)}
.hint{color:var(--quiet);font-size:.875rem;margin-top:.3rem;max-width:46rem}
.rows{margin-top:.75rem;border-top:1px solid var(--line)}
.row{display:grid;grid-template-columns:6.5rem minmax(0,1fr) auto;gap:.15rem 1.25rem;padding:.95rem 0;border-bottom:1px solid var(--line);align-items:start}
.row>time,.row>.when{color:var(--quiet);font-size:.875rem;padding-top:.2rem;font-variant-numeric:tabular-nums}
.t{text-align:left}.row .t{font:600 1.09rem/1.35 var(--read)}.row .t a{color:var(--ink);text-decoration:none}.row .t a:hover{color:var(--accent);text-decoration:underline}
.row .m{font-size:.875rem;color:var(--quiet);margin-top:.15rem}
.row .m strong{color:var(--ink);font-weight:600}
.row .acts{display:flex;flex-wrap:wrap;gap:.5rem;justify-content:flex-end;max-width:17rem}
.s{font-weight:600}.acc .s{white-space:nowrap}.s::before{content:"";display:inline-block;width:.6em;height:.6em;margin-inline-end:.4em;border:1.5px solid currentColor;border-radius:50%}
.s.ok{color:var(--good)}.s.ok::before{background:currentColor}.s.bad{color:var(--bad)}.s.bad::before{border-radius:0;background:currentColor}
.s.ask{color:var(--accent)}.s.ask::before{border-radius:0;transform:rotate(45deg) scale(.85)}.s.wait{color:var(--quiet)}
button,.do,.alt{font:500 .9375rem/1.3 var(--sign);min-height:2.5rem;padding:.5rem 1rem;border-radius:2rem;border:1px solid var(--edge);background:var(--raised);color:var(--ink);cursor:pointer;text-decoration:none;display:inline-flex;align-items:center;justify-content:center;text-align:center}
button:hover,.alt:hover{border-color:var(--accent);color:var(--accent)}
.do{background:var(--accent);border-color:var(--accent);color:var(--accent-ink)}.do:hover{background:var(--accent);color:var(--accent-ink);filter:brightness(1.08)}
.plain{border-color:transparent;background:none;padding-inline:.4rem;color:var(--accent);text-decoration:underline;text-decoration-thickness:1px;text-underline-offset:.18em}
.soon{border:1px solid transparent;display:grid;grid-template-columns:minmax(0,1fr) auto;gap:.5rem 1.5rem;align-items:center;background:var(--accent-soft);border-radius:.75rem;padding:1.1rem 1.25rem;margin-bottom:2.25rem}
.soon h2{display:block;font-size:.9375rem;color:var(--accent)}.soon .t{font:600 1.25rem/1.35 var(--read);margin-top:.15rem}.soon .t a{color:var(--ink);text-decoration:none}.soon .t a:hover{text-decoration:underline}.soon .m{font-size:.875rem;color:var(--quiet);margin-top:.2rem}
.soon .do{font-size:1.0625rem;min-height:3rem;padding:.7rem 1.6rem}
.say{border:1px solid var(--line);border-inline-start:3px solid var(--accent);border-radius:.4rem;background:var(--raised);padding:.85rem 1.1rem;margin-bottom:1.75rem}
.say.bad{border-inline-start-color:var(--bad)}.say p+p{margin-top:.4rem}.say form,.say .acts{margin-top:.7rem;display:flex;gap:.5rem;flex-wrap:wrap}
.empty{margin-top:.75rem;padding:1.4rem 1.25rem;border:1px dashed var(--edge);border-radius:.75rem;color:var(--quiet)}
aside section{margin-top:2.25rem}.acc{margin-top:.6rem;font-size:.875rem}.acc li{display:grid;grid-template-columns:minmax(0,1fr) auto;gap:0 .75rem;padding:.5rem 0;border-bottom:1px solid var(--line)}
.acc .n{font-weight:600}.acc .d{color:var(--quiet);grid-column:1/-1}
.copy{border:1px solid var(--line);border-radius:.75rem;background:var(--raised);padding:1rem 1.15rem;margin-top:.7rem;max-width:36rem;font:.9688rem/1.5 var(--sign);white-space:pre-line}
.card{display:block;border:1px solid var(--line);border-radius:.6rem;padding:.7rem .9rem;margin-top:.7rem;color:var(--ink);white-space:normal}.card small{color:var(--quiet);display:block}
.len{font-size:.875rem;color:var(--quiet);font-variant-numeric:tabular-nums}.len b{color:var(--ink)}.over,.over b{color:var(--bad);font-weight:600}
.net{border-top:1px solid var(--line);padding:1.4rem 0}.net:first-of-type{margin-top:.9rem}.net h3{font:600 1rem/1.35 var(--sign);display:flex;flex-wrap:wrap;gap:.15rem 1rem;align-items:baseline}
.net h3 .h{font-weight:400;color:var(--quiet)}.net>p{margin-top:.3rem;max-width:44rem}.net .acts,section>.acts{display:flex;flex-wrap:wrap;gap:.5rem;margin-top:.8rem}
details{margin-top:.7rem;font-size:.9063rem}summary{cursor:pointer;padding:.35rem 0;color:var(--accent)}
.hist{border-inline-start:2px solid var(--line);margin:.4rem 0 .4rem .3rem}.hist li{padding:.2rem 0 .2rem 1rem;display:grid;grid-template-columns:7.5rem minmax(0,1fr);gap:0 .5rem}.hist time{color:var(--quiet);font-variant-numeric:tabular-nums}
label,legend{font-weight:600;display:block}.f{margin-top:1.4rem}.f .hint{font-weight:400}
textarea,input[type=text],input[type=password],input[type=search],select{font:1rem/1.5 var(--sign);width:100%;padding:.6rem .8rem;border:1px solid var(--edge);border-radius:.5rem;background:var(--raised);color:var(--ink);margin-top:.4rem}
textarea{min-height:9rem;resize:vertical;field-sizing:content}[aria-invalid=true]{border-color:var(--bad);border-width:2px}
.pick{display:grid;grid-template-columns:auto minmax(0,1fr);gap:.1rem .7rem;padding:.7rem 0;border-bottom:1px solid var(--line)}.pick input{width:1.25rem;height:1.25rem;margin:.15rem 0 0;accent-color:var(--accent)}.pick label{font-weight:600}.pick>:not(input,label){grid-column:2}.pick .hint{margin:0}
.end{display:flex;flex-wrap:wrap;gap:.7rem;margin-top:1.5rem;align-items:center}
.err{color:var(--bad);font-weight:600;margin-top:.4rem}
.narrow{max-width:34rem}.narrow>.hint:first-child{margin:0 0 .4rem}.pick input:disabled+label{color:var(--quiet);font-weight:400}.side{display:grid;grid-template-columns:minmax(0,1fr) auto;gap:0 1.5rem;padding-block:1rem}.side>h3,.side>p{grid-column:1}.side .acts{grid-column:2;grid-row:1/span 9;margin:0;max-width:13rem;justify-content:flex-end;align-content:flex-start}
.end+.net{margin-top:1.4rem}th{white-space:nowrap}td[data-k]{min-width:9rem}aside td[data-k]{min-width:0}
.tools{display:flex;flex-wrap:wrap;gap:.6rem;align-items:end;margin-top:1.1rem}.tools label{font-size:.875rem}.tools>div{flex:0 1 12rem}.tools>.grow{flex:1 1 14rem}
table{width:100%;border-collapse:collapse;margin-top:.9rem;font-size:.9375rem}th{font-weight:600;font-size:.875rem;color:var(--quiet);text-align:start}td,th{padding:.7rem 1rem .7rem 0;border-bottom:1px solid var(--line);vertical-align:top;text-align:start}td.n,th.n{text-align:end;font-variant-numeric:tabular-nums;white-space:nowrap}
td .t{font:600 1.05rem/1.35 var(--read)}td .t a{color:var(--ink);text-decoration:none}td .t a:hover{color:var(--accent);text-decoration:underline}td small{color:var(--quiet);display:block}
.week{display:grid;grid-template-columns:repeat(7,minmax(0,1fr));margin-top:1.2rem;border:1px solid var(--line);border-radius:.75rem;background:var(--raised);overflow:hidden}
.week>li{padding:.8rem .7rem 1.2rem;min-height:17rem}.week>li+li{border-inline-start:1px solid var(--line)}.week h2{display:block;font-size:.875rem;color:var(--quiet);font-weight:500}.week h2 b{display:block;font:600 1.25rem/1.2 var(--read);color:var(--ink)}
.week .today{background:var(--accent-soft)}.week .today h2{color:var(--accent)}.week ol{margin-top:.7rem}.week ol li{font-size:.875rem;line-height:1.35;padding:.45rem 0;border-top:1px solid var(--line)}.week ol a{color:var(--ink);text-decoration:none;font-family:var(--read);font-weight:600;display:block}.week ol a:hover{color:var(--accent);text-decoration:underline}.week time{color:var(--quiet);font-variant-numeric:tabular-nums}.week small{display:block;color:var(--quiet);font-size:.8125rem}.week p{font-size:.8125rem;color:var(--quiet);margin-top:.6rem}
svg{display:block;width:100%;height:auto;margin-top:.7rem}svg text{font:11px var(--sign);fill:var(--quiet)}.b1{fill:var(--quiet)}.b2{fill:var(--accent)}.ax{stroke:var(--line);fill:none}svg .v{fill:var(--ink);font-weight:600}
code{font:.9em var(--code);unicode-bidi:isolate}footer{border-top:1px solid var(--line);font-size:.8125rem;color:var(--quiet)}footer>div{max-width:72rem;margin:0 auto;padding:.8rem 1.25rem 2rem;display:flex;flex-wrap:wrap;gap:.2rem 2rem;justify-content:space-between;align-items:center}footer form{display:inline}footer button{font-size:inherit}
.vh{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media (pointer:coarse){.bar .halt{padding-block:.75rem}.row .m a,.acc a{padding-block:.35rem}h2 a{padding-block:.8rem}summary{padding-block:.7rem}.pick{align-items:center}.pick label{padding-block:.65rem}button,.do,.alt{min-height:2.75rem}.bar nav a{padding-block:.7rem}}
@media (max-width:56rem){.cols{grid-template-columns:minmax(0,1fr)}.cols>aside{margin-top:2.75rem}}
@media (max-width:46rem){
.bar{padding-block:.7rem 0}.bar .home{flex:1}.bar nav{order:3;flex-basis:100%;overflow-x:auto}.bar nav ul{flex-wrap:nowrap;gap:0;justify-content:space-between;margin-inline:-.4rem}.bar nav a{white-space:nowrap;padding-inline:.4rem;font-size:.9375rem}
.row{grid-template-columns:minmax(0,1fr)}.row .acts{justify-content:flex-start;margin-top:.6rem;max-width:none}.row>time,.row>.when{padding:0}.row:has(.acts>:only-child){grid-template-columns:minmax(0,1fr) auto}.row:has(.acts>:only-child)>.when,.row:has(.acts>:only-child)>div:not(.acts){grid-column:1}.row:has(.acts>:only-child)>.acts{grid-column:2;grid-row:1/span 2;align-self:center;margin:0}
.side{display:block}.side .acts{margin-top:.7rem;max-width:none;justify-content:flex-start}.soon{grid-template-columns:minmax(0,1fr)}.soon .do{width:100%}
.week{display:block}.week>li{min-height:0;padding:.9rem 1rem}.week>li+li{border-inline-start:0;border-top:1px solid var(--line)}.week h2,.week h2 b{display:inline;font-size:1rem}
table,tbody,tr,td{display:block;width:100%}thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}tr{padding:.8rem 0;border-bottom:1px solid var(--line)}td{border:0;padding:.1rem 0}td.n{text-align:start;white-space:normal}td[data-k]:not([data-k=State])::before{content:attr(data-k) ": ";color:var(--quiet)}
.hist li{grid-template-columns:minmax(0,1fr)}}
@media (prefers-reduced-motion:no-preference){.soon .left{transition:color .3s}}
@media (forced-colors:active){.s::before{forced-color-adjust:none}.do{border:2px solid}}
@media print{.bar nav,.halt,.acts,button,.skip,.tools,.end{display:none!important}body{background:#fff;color:#000;font-size:10pt}.cols{display:block}details{display:block}.row{break-inside:avoid}a{color:inherit}.soon{border:1px solid #000}}
`;

/** Everything works without it. It counts down, lets one press be one request, and shows what has changed meanwhile. */
const script = `
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
let dirty = false;
const units = new Intl.RelativeTimeFormat("en", { numeric: "always" });
const tick = () => {
  for (const time of all("time[data-until]")) {
    const left = Math.round((Date.parse(time.dateTime) - Date.now()) / 1000);
    time.textContent = left <= 0 ? "now" : left < 90 ? units.format(left, "second") : units.format(Math.round(left / 60), "minute");
  }
};
setInterval(tick, 1000);
const bind = () => {
  for (const form of all("form[method=post]")) {
    form.addEventListener("input", () => (dirty = true));
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) return event.preventDefault();
      form.dataset.sent = "1";
      dirty = false;
    });
  }
};
bind();
for (const area of all("textarea[data-length]")) {
  const output = document.querySelector('output[for="' + area.id + '"]');
  let timer, asked = 0;
  area.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const mine = ++asked;
      const body = new URLSearchParams(new FormData(area.form));
      body.set("form", area.dataset.form);
      const answer = await fetch(area.dataset.length, { method: "POST", body }).catch(() => undefined);
      if (!answer?.ok || mine !== asked) return;
      const { text, over } = await answer.json();
      output.textContent = text;
      output.parentElement.classList.toggle("over", over);
      area.setAttribute("aria-invalid", String(over));
    }, 400);
  });
}
addEventListener("beforeunload", (event) => dirty && event.preventDefault());
addEventListener("pageshow", () => all("form").forEach((form) => delete form.dataset.sent));
const opened = Date.now();
let seen = opened;
const refresh = async () => {
  const now = Date.now();
  const age = now - opened;
  const live = document.querySelector("main[data-live]");
  if (!live || document.hidden || dirty || live.contains(document.activeElement) || live.querySelector("details[open]")) return;
  if (age > 900000 || now - seen < (age > 300000 ? 60000 : 20000)) return;
  seen = now;
  const answer = await fetch(location.href).catch(() => undefined);
  if (answer?.status !== 200) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("main[data-live]");
  if (!fresh || live.contains(document.activeElement) || dirty) return;
  live.replaceChildren(...fresh.childNodes);
  document.title = page.title;
  bind();
};
setInterval(refresh, 5000);
`;

const asset = (name: string, extension: string, type: string, text: string) => {
  const hash = createHash("sha256").update(text).digest("base64url").slice(0, 12);
  return { path: `/console/${name}-${hash}.${extension}`, type, text } as const;
};

export const styleSheet = asset("style", "css", "text/css; charset=utf-8", style);
export const scriptFile = asset("console", "js", "text/javascript; charset=utf-8", script);
