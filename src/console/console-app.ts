import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { html } from "hono/html";
import { Hono } from "hono/tiny";
import { logAct } from "../app/rows.ts";
import type { DecisionContext, ForEachSite } from "../app/site-context.ts";
import { AmbiguousName, BadCursor, NewerRow } from "../domain/errors.ts";
import { isRecord } from "../domain/json-value.ts";
import { allAccounts, type Stops } from "../domain/stopped.ts";
import { cleanLine } from "../domain/text.ts";
import { type Instant, minute } from "../domain/time.ts";
import type { ConsoleRows } from "../ports/console-rows.ts";
import type { Clock, Log } from "../ports/runtime.ts";

import { accountsPage, stopPage } from "./accounts-page.ts";
import { acts } from "./acts.ts";
import { againActs, againPage } from "./again-page.ts";
import { scriptFile, styleSheet } from "./assets.ts";
import { feedsPage } from "./feeds-page.ts";
import { heldPage } from "./held-page.ts";
import { logPage } from "./log-page.ts";
import { nowPage } from "./now-page.ts";
import {
  act,
  type ConsoleContext,
  hidden,
  moment,
  type Note,
  type PageContent,
  type Part,
  type Shell,
  shell,
  stopText,
  type View,
} from "./parts.ts";
import { postPage } from "./post-page.ts";
import { neverPage, removePage, withdrawPage } from "./post-questions.ts";
import { postsPage } from "./posts-page.ts";
import { consoleHeaders, consolePath, isFromConsole, readForm } from "./requests.ts";
import {
  cookieOf,
  formToken,
  isEqual,
  longestName,
  readCode,
  readSession,
  type Session,
  seal,
  sessionLength,
  startSession,
  unseal,
} from "./session.ts";
import { type SignInCause, signInPage } from "./sign-in.ts";
import { countText, lengthPath, textActs, textPage, textPath } from "./text-page.ts";
import { weekPage } from "./week-page.ts";
import { buttonFor } from "./words.ts";

export interface ConsoleParts {
  readonly sites: ForEachSite<DecisionContext>;
  /** The API's token. Without one nobody can sign in. */
  readonly token: () => Promise<string | undefined>;
  /** The origin at which browsers find the console. */
  readonly origin: string;
  readonly consoleRows: ConsoleRows;
  /** The header of every request that came to this origin. Absent where no other host leads here. */
  readonly header?: string;
  /** Whether a code of `npx crier open` signs in. Only one process knows which were used. */
  readonly takesCodes?: boolean;
  readonly clock: Clock;
  readonly log: Log;
}

interface ConsoleEnv {
  readonly Bindings: {
    /** Why a form was refused, on the page that it was sent from. */
    problem?: Note;
    /** What was typed into a form that was refused, or that a session ended under. */
    typed?: URLSearchParams;
  };
  readonly Variables: {
    token: string;
    /** The cookie of the session. Empty without one. */
    cookie: string;
    session: Session | undefined;
    form: URLSearchParams;
  };
}

type RequestContext = Context<ConsoleEnv>;

interface Page {
  /** In Hono's syntax, with at most one parameter: `name`. */
  readonly path: string;
  /** The tab that it belongs to. */
  readonly tab: string;
  /** Undefined where there is no such thing. */
  readonly make: (view: View) => Promise<PageContent | undefined>;
}

/** Every page that a person sees after signing in. */
const pages: readonly Page[] = [
  { path: "/console", tab: "/console", make: nowPage },
  { path: "/console/week", tab: "/console/week", make: weekPage },
  { path: "/console/posts", tab: "/console/posts", make: postsPage },
  { path: "/console/posts/:name{.+}", tab: "/console/posts", make: postPage },
  { path: "/console/again", tab: "/console/posts", make: againPage },
  { path: "/console/withdraw", tab: "/console/posts", make: withdrawPage },
  { path: "/console/remove", tab: "/console/posts", make: removePage },
  { path: "/console/never", tab: "/console/posts", make: neverPage },
  { path: textPath, tab: "/console/posts", make: textPage },
  { path: "/console/held", tab: "/console", make: heldPage },
  { path: "/console/accounts", tab: "/console/accounts", make: accountsPage },
  { path: "/console/stop", tab: "/console/accounts", make: stopPage },
  { path: "/console/log", tab: "/console/log", make: logPage },
  { path: "/console/feeds", tab: "/console/feeds", make: feedsPage },
];

const signInPath = "/console/sign-in";
const signOutPath = "/console/sign-out";

/** The parameter by which a request says that it is the second one. */
const reloaded = "reloaded";

/** The parameter with what was done, which is signed for the session: an address from elsewhere cannot claim anything. */
const done = "done";

/** What was done is said for this long. A page that is opened again later would say it as if it were new. */
const noteLength = 5 * minute;

const notePurpose = (c: RequestContext): string => `note ${c.get("cookie")}`;

const withNote = (path: string, sealed: string): string => {
  const url = new URL(path, "http://console.invalid");
  url.searchParams.set(done, sealed);
  return url.pathname + url.search;
};

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((one) => typeof one === "string");

const readNote = (c: RequestContext, now: Instant): Note | undefined => {
  const sealed = c.req.query(done);
  const value = sealed === undefined ? undefined : unseal(c.get("token"), notePurpose(c), sealed);
  if (value === undefined || typeof value.at !== "number" || now - value.at > noteLength) return undefined;
  const { bold, more, back, link } = value;
  if (typeof bold !== "string" || !isTexts(more)) return undefined;
  const { act, label, deliveries } = isRecord(back) ? back : {};
  const isBack = typeof act === "string" && typeof label === "string" && isTexts(deliveries);
  return {
    isProblem: false,
    bold,
    more,
    ...(isTexts(link) && { link }),
    ...(isBack && { back: { act, label, deliveries } }),
  };
};

/** What stands above every page: nothing is sent, and why. */
const bandsOf = (view: View, { accounts }: Stops, moved: Instant | undefined): readonly Part[] => {
  const all = accounts[allAccounts];
  const stopped =
    all === undefined
      ? []
      : [
          html`<div class="say bad"><p><strong>Sending is stopped</strong> since ${stopText(all, view)}</p>${act(view, "resume-sending", "Let it send again", { about: "on all accounts" })}</div>`,
        ];
  const away =
    moved === undefined
      ? []
      : [
          html`<div class="say bad"><p><strong>This Crier has moved to another installation</strong> at ${moment(moved, view)}: it serves its feeds, and sends nothing that the other one may send. To undo the move, stop it and run <code>npx crier resume</code>.</p></div>`,
        ];
  return [...away, ...stopped];
};

const once = <Value>(read: () => Promise<Value>): (() => Promise<Value>) => {
  let value: Promise<Value> | undefined;
  return () => {
    value ??= read();
    return value;
  };
};

/** A page and the bands above it say the same, and read it once. */
const readingOnce = (view: View): View => {
  const { stops, moves } = view.ports;
  const shared = { stops: { ...stops, read: once(stops.read) }, moves: { ...moves, read: once(moves.read) } };
  return { ...view, ports: { ...view.ports, ...shared } };
};

const wrongTokensPerMinute = 5;

/** Counts wrong tokens. A right one is accepted whatever the count, so that no stranger can lock a person out. */
const tokenGuard = (clock: Clock, log: Log) => {
  let wrong: readonly Instant[] = [];
  let isLogged = false;
  /** True if there were too many within a minute. */
  return (): boolean => {
    const now = clock();
    wrong = wrong.filter((at) => now - at < minute);
    if (wrong.length < wrongTokensPerMinute) {
      wrong = [...wrong, now];
      isLogged = false;
      return false;
    }
    if (!isLogged) log.warn(`the console was given more than ${wrongTokensPerMinute} wrong tokens within a minute`);
    isLogged = true;
    return true;
  };
};

/** Remembers the codes that were used, until they are over. */
const usedCodes = (clock: Clock) => {
  const used = new Map<string, Instant>();
  /** True for the first use. */
  return (id: string, expires: Instant): boolean => {
    for (const [known, until] of used) if (until <= clock()) used.delete(known);
    if (used.has(id)) return false;
    used.set(id, expires);
    return true;
  };
};

/** The console: pages for the person who decides what goes out. It has the use cases of the API, and nothing else. */
export const consoleApp = ({
  sites,
  token: readToken,
  origin,
  consoleRows,
  header,
  takesCodes = false,
  clock,
  log,
}: ConsoleParts): Hono<ConsoleEnv> => {
  const app = new Hono<ConsoleEnv>();
  const cookie = cookieOf(origin);
  const isTooMany = tokenGuard(clock, log);
  const isFirstUse = usedCodes(clock);

  const withButtons = ({ site, ports }: DecisionContext): ConsoleContext => ({
    site,
    ports: {
      ...ports,
      ...consoleRows,
      // A page finds a document by keys: a list of all of them would take longer with each post.
      documents: { ...ports.documents, all: async function* none() {} },
      command: (words, id) => buttonFor(words) ?? ports.command(words, id),
    },
  });
  const contexts = sites.map(withButtons);
  const first = withButtons(sites[0]);

  const viewOf = (c: RequestContext): View => {
    const site = c.req.query("site");
    const context = contexts.find((one) => one.site.id === site) ?? first;
    const { pathname, searchParams } = new URL(c.req.url);
    const tokenFor = (path: string) => formToken(c.get("token"), sessionCookie(c, path), path);
    const kept = [...searchParams].filter(([name]) => name !== reloaded && name !== done);
    const search = new URLSearchParams(kept).toString();
    return {
      ...context,
      now: clock(),
      session: c.get("session"),
      here: pathname + (search === "" ? "" : `?${search}`),
      param: c.req.param("name") ?? "",
      query: (name) => c.req.query(name),
      href: (path, query = {}) => {
        const all = { ...query, site: context.site.id === first.site.id ? undefined : context.site.id };
        const given = new URLSearchParams();
        for (const [name, value] of Object.entries(all)) if (value !== undefined) given.set(name, value);
        return given.size === 0 ? path : `${path}?${given}`;
      },
      formToken: (path) => hidden("form", tokenFor(path)),
      tokenFor,
      typed: c.env?.typed,
      note: c.env?.problem ?? readNote(c, clock()),
      sites: sites.map((one) => ({ id: one.site.id, title: one.site.title })),
    };
  };

  const show = (c: RequestContext, content: Shell, status: 200 | 400 | 401 | 404 | 409 | 413 | 429 | 500 | 503 = 200) =>
    c.html(shell(viewOf(c), content), status);

  const message = (title: string, lead: Part): Shell => ({
    title,
    tab: "",
    body: html`<div class="narrow"><h1>${title}</h1><p class="lead">${lead}</p><p class="end"><a class="alt" href="/console">To the first page</a></p></div>`,
  });

  const refuse = (c: RequestContext) =>
    show(c, message("Nothing was done", "This request did not come from a page of the console."), 400);

  const askToSignIn = (
    c: RequestContext,
    cause: SignInCause,
    to: string,
    status: 200 | 401 | 429 = 200,
    code?: string,
  ) =>
    show(
      c,
      signInPage(viewOf(c), {
        cause,
        to,
        name: c.req.query("name") ?? c.get("form")?.get("name") ?? "",
        code,
        kept: c.get("form")?.get("text") ?? undefined,
      }),
      status,
    );

  /** The form of a request, if it was sent from a page of the console. */
  const checkedForm = async (c: RequestContext): Promise<URLSearchParams | Response> => {
    if (!isFromConsole(c, origin)) return refuse(c);
    const form = await readForm(c);
    if (form === undefined) return show(c, message("Nothing was done", "The form is too large."), 413);
    c.set("form", form);
    return form;
  };
  /** A form with several buttons has a token for the path of each. */
  const hasToken = (c: RequestContext, form: URLSearchParams): boolean => {
    const expected = formToken(c.get("token"), sessionCookie(c, c.req.path), c.req.path);
    return form.getAll("form").some((given) => isEqual(given, expected));
  };

  /** A page as it is now, with what was typed into its form: nothing was done. */
  const pageAgain = async (
    c: RequestContext,
    path: string,
    status: 200 | 409 | 422,
    more: ConsoleEnv["Bindings"],
    cookies = c.req.header("Cookie") ?? "",
  ): Promise<Response> => {
    // It comes from where the form came from.
    const headers = { Cookie: cookies, ...(header !== undefined && { [header]: c.req.header(header) ?? "" }) };
    const request = new Request(new URL(path, origin), { headers });
    const page = await app.fetch(request, { ...c.env, ...more });
    return c.body(await page.text(), status, { "Content-Type": "text/html; charset=UTF-8" });
  };

  app.onError((error, c) => {
    if (error instanceof AmbiguousName)
      return show(c, message("Several posts have this name", `Use one of these: ${error.candidates.join(", ")}.`), 409);
    if (error instanceof BadCursor)
      return show(c, message("There is no such page", "The list has changed since: begin at its first page."), 404);
    if (error instanceof NewerRow) return show(c, message("Crier’s data is newer than this Crier", error.message), 503);
    log.alarm("console", `${c.req.method} ${c.req.path} failed: ${error.message}`);
    const form = c.get("form");
    if (form === undefined)
      return show(c, message("No answer", "Crier could not read its data now. Try again in some seconds."), 503);
    const fields = [...form].map(([name, value]) => hidden(name, value));
    const lead = "Your press may not have arrived, and the post may go out. It is safe to press again.";
    const body = html`<div class="narrow"><div class="say bad" role="alert"><p><strong>Crier’s data does not answer now.</strong> ${lead}</p><form method="post" action="${viewOf(c).here}">${fields}<button class="do">Press again</button></form></div></div>`;
    return show(c, { title: "No answer", body }, 503);
  });
  app.use(consoleHeaders);
  app.use(async (c, next) => {
    const isElsewhere = header !== undefined && c.req.header(header) === undefined;
    return isElsewhere ? c.text(`The console is at ${origin}/console.\n`, 421) : next();
  });
  app.use(async (c, next) => {
    if (["GET", "HEAD", "POST"].includes(c.req.method)) return next();
    return c.text("The console allows GET and POST.\n", 405, { Allow: "GET, POST" });
  });
  for (const { path, type, text } of [styleSheet, scriptFile])
    app.get(path, (c) =>
      c.body(text, 200, { "Content-Type": type, "Cache-Control": "public, max-age=31536000, immutable" }),
    );
  app.use(async (c, next) => {
    const token = await readToken();
    if (token === undefined || token === "") return c.text("There is no API token.\n", 503);
    c.set("token", token);
    const given = getCookie(c, cookie.name) ?? "";
    const session = readSession(token, given, clock());
    c.set("session", session);
    c.set("cookie", session === undefined ? "" : given);
    return next();
  });

  const codeOf = (given: string | null | undefined): string | undefined =>
    takesCodes ? (given ?? undefined) : undefined;

  app.get(signInPath, (c) => {
    const to = consolePath(c.req.query("to"), origin);
    const code = codeOf(c.req.query("code"));
    if (code !== undefined && readCode(c.get("token"), code, clock()) === undefined)
      return askToSignIn(c, "usedCode", to);
    return askToSignIn(c, c.req.query("out") === undefined ? "first" : "out", to, 200, code);
  });
  app.post(signInPath, async (c) => {
    const form = await checkedForm(c);
    if (form instanceof Response) return form;
    if (!hasToken(c, form)) return refuse(c);
    const to = consolePath(form.get("to"), origin);
    const [name, code] = [cleanLine(form.get("name") ?? ""), codeOf(form.get("code"))];
    if (name === "" || [...name].length > longestName) return askToSignIn(c, "nameless", to, 401, code);
    const token = c.get("token");
    const known = code === undefined ? undefined : readCode(token, code, clock());
    const isRight =
      code === undefined
        ? isEqual((form.get("token") ?? "").trim(), token)
        : known !== undefined && isFirstUse(known.id, known.expires);
    if (!isRight) {
      if (isTooMany()) return askToSignIn(c, "tooMany", to, 429);
      return askToSignIn(c, code === undefined ? "wrong" : "usedCode", to, 401);
    }
    const at = clock();
    const session = startSession(token, name, at);
    setCookie(c, cookie.name, session, { ...cookie.attributes, maxAge: sessionLength / 1000 });
    const act = { at, id: `signed-in.${name}`, act: "signed-in", by: name } as const;
    for (const { site, ports } of contexts) await logAct({ ...act, site: site.id }, ports);
    // A text that was typed before the session ended is in its form again, not saved.
    if (form.has("text")) return pageAgain(c, to, 200, { typed: form }, `${cookie.name}=${session}`);
    return c.redirect(to, 303);
  });

  app.use(async (c, next) => {
    if (c.req.method === "POST") {
      const form = await checkedForm(c);
      if (form instanceof Response) return form;
      if (c.get("session") === undefined) return askToSignIn(c, "over", consolePath(form.get("from"), origin), 401);
      return hasToken(c, form) ? next() : refuse(c);
    }
    const { here, session } = viewOf(c);
    const isSecond = c.req.query(reloaded) !== undefined;
    if (session !== undefined) return isSecond ? c.redirect(here, 303) : next();
    if (isSecond) return c.redirect(`${signInPath}?to=${encodeURIComponent(here)}`, 303);
    // A browser leaves out a strict cookie where a link elsewhere led to this page, and sends it when the page loads itself again.
    const again = `${here}${here.includes("?") ? "&" : "?"}${reloaded}=1`;
    return c.html(shell(viewOf(c), { ...message("One moment", html`<a href="${again}">Go on</a>`), reload: again }));
  });
  app.post(signOutPath, (c) => {
    setCookie(c, cookie.name, "", { ...cookie.attributes, maxAge: 0 });
    return c.redirect(`${signInPath}?out=1`, 303);
  });
  for (const { path, tab, make } of pages)
    app.get(path, async (c) => {
      const view = readingOnce(viewOf(c));
      const content = await make(view);
      if (content === undefined) return c.notFound();
      const [stops, moved] = [await view.ports.stops.read(), await view.ports.moves.read()];
      const isStopped = stops.accounts[allAccounts] !== undefined;
      return c.html(shell(view, { ...content, tab, isStopped, bands: bandsOf(view, stops, moved) }));
    });
  app.post(lengthPath, async (c) => {
    const counted = await countText({ ...viewOf(c), form: c.get("form") });
    return counted === undefined ? c.notFound() : c.json(counted);
  });
  for (const [name, perform] of Object.entries({ ...acts, ...textActs, ...againActs }))
    app.post(`/console/act/${name}`, async (c) => {
      const form = c.get("form");
      const from = consolePath(form.get("from"), origin);
      const to = consolePath(form.get("to") ?? from, origin);
      const { site, ports, session, now } = viewOf(c);
      const note = await perform({ site, ports, form, by: session?.name ?? "", now });
      if (!note.isProblem)
        return c.redirect(withNote(to, seal(c.get("token"), notePurpose(c), { ...note, at: now })), 303);
      return pageAgain(c, from, note.isInvalid === true ? 422 : 409, { problem: note, typed: form });
    });
  app.notFound((c) => c.html(shell(viewOf(c), message("There is no page here", "The console has no such page.")), 404));
  return app;
};

/** Two pages of the sign-in may be open: the token of its form is of no session. */
const sessionCookie = (c: RequestContext, path: string): string => (path === signInPath ? "" : c.get("cookie"));
