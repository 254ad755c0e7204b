import { type ConsoleParts, consoleApp } from "../../src/console/console-app.ts";
import { tableConsoleRows } from "../../src/store/console-keys.ts";
import type { World } from "./world.ts";

export const origin = "http://127.0.0.1:4000";
export const token = "the-token-of-the-api-of-these-tests";

/** A console over a world, and what it logs. */
export const aConsole = (world: World, parts: Partial<ConsoleParts> = {}) => {
  const warned: string[] = [];
  const app = consoleApp({
    sites: world.app.sites,
    token: async () => token,
    consoleRows: tableConsoleRows(world.table),
    origin,
    takesCodes: true,
    clock: world.clock,
    log: { info: () => {}, warn: (line) => warned.push(line), alarm: (name, line) => warned.push(`${name}: ${line}`) },
    ...parts,
  });
  return { app, warned };
};

const sent = { "Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded" };

const unescaped = (text: string): string =>
  text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");

const attribute = (tag: string, name: string): string =>
  unescaped(new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? "");

export interface Form {
  readonly action: string;
  readonly label: string;
  readonly fields: readonly (readonly [string, string])[];
}

/** The forms of a page: where they go, what their button says, and what they send unless a person changes it. */
export const formsOf = (page: string): readonly Form[] =>
  [...page.matchAll(/<form[^>]*method="post"[^>]*>.*?<\/form>/gs)].map(([form]) => ({
    action: attribute(form, "action"),
    label: unescaped((/<button[^>]*>(.*?)<\/button>/s.exec(form)?.[1] ?? "").replaceAll(/<[^>]*>/g, "")).replaceAll(
      /\s+/g,
      " ",
    ),
    fields: [...form.matchAll(/<input[^>]*>/g)].map(
      ([input]) => [attribute(input, "name"), attribute(input, "value")] as const,
    ),
  }));

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly page: string;
}

/** The texts that a person typed into the fields with these names, or the boxes that they ticked. */
type Typed = Readonly<Record<string, string | readonly string[]>>;

/** What a browser does with the console: it keeps the cookie, and sends the forms that it was shown. */
type Console = { fetch(request: Request): Response | Promise<Response> };

export const aBrowser = (app: Console) => {
  let cookie = "";
  const request = async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const response = await app.fetch(
      new Request(new URL(path, origin), { ...init, headers: { ...(cookie && { Cookie: cookie }), ...init.headers } }),
    );
    const set = response.headers.get("Set-Cookie");
    if (set !== null) cookie = /Max-Age=0/.test(set) ? "" : (set.split(";")[0] ?? "");
    return { status: response.status, headers: response.headers, page: await response.text() };
  };
  const get = (path: string) => request(path);
  const post = (path: string, fields: readonly (readonly [string, string])[], headers: Record<string, string> = sent) =>
    request(path, {
      method: "POST",
      headers,
      body: new URLSearchParams(fields.map(([name, value]): [string, string] => [name, value])).toString(),
    });
  /** Presses the button of a page. The last of two fields with a name is what a person typed. */
  const press = async (page: string, label: string, typed: Typed = {}): Promise<Answer> => {
    const form = formsOf(page).find((one) => one.label === label);
    if (form === undefined) throw new Error(`no button says ${label}: ${formsOf(page).map((one) => one.label)}`);
    const kept = form.fields.filter(([name]) => !Object.hasOwn(typed, name));
    const added = Object.entries(typed).flatMap(([name, values]) =>
      [values].flat().map((value) => [name, value] as const),
    );
    return post(form.action, [...kept, ...added]);
  };
  /** Presses a button, and follows the answer to the page that it leads to. */
  const pressAndSee = async (page: string, label: string, typed: Typed = {}): Promise<Answer> => {
    const answer = await press(page, label, typed);
    const to = answer.headers.get("Location");
    return to === null ? answer : get(to);
  };
  const signIn = async (name = "Editor A"): Promise<void> => {
    await press((await get("/console/sign-in")).page, "Sign in", { token, name });
  };
  return {
    get,
    post,
    press,
    pressAndSee,
    signIn,
    get cookie() {
      return cookie;
    },
    set cookie(value: string) {
      cookie = value;
    },
  };
};

export const aSignedInBrowser = async (app: Console, name?: string) => {
  const browser = aBrowser(app);
  await browser.signIn(name);
  return browser;
};

/** The text of a page as a person reads it, with what a screen reader says besides. */
export const readPage = (page: string): string =>
  page
    .replace(/^.*<main[^>]*>/s, "")
    .replace(/<\/main>.*$/s, "")
    .replaceAll(/<\/?bdi>/g, "")
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
