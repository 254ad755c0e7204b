import { createServer, type Server } from "node:http";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser } from "../../support/browser.ts";
import {
  type Attempt,
  changeable,
  formTokenOf,
  postsOf,
  send,
  stopPath,
  urlencoded,
} from "../../support/console-attacks.ts";
import { aSignedInVisitor } from "../../support/console-visitor.ts";
import { type AMachine, aDocument, aMachine, clear } from "../../support/machine.ts";

let machine: AMachine;
let browser: Browser;
/** A server at another port of this machine, with what the cookies of its requests were. */
let other: Server;
let otherPort: number;
const received: { readonly path: string; readonly cookie: string }[] = [];

const frame = (kind: string, content: string) =>
  `<iframe ${kind} srcdoc="${content.replaceAll('"', "&quot;")}"></iframe>`;

beforeAll(async () => {
  machine = await aMachine({
    "hello.md": aDocument("Hello"),
    "later.md": aDocument("Later").replace(/date: .*/, "date: 2126-01-01"),
  });
  await machine.idle();
  other = createServer(({ url = "", headers }, response) => {
    received.push({ path: url, cookie: headers.cookie ?? "" });
    response.setHeader("content-type", "text/html");
    response.end(url === "/null" ? frame('sandbox="allow-scripts allow-forms"', "<p>Elsewhere") : "<p>Elsewhere");
  });
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const address = other.address();
  otherPort = typeof address === "object" && address !== null ? address.port : 0;
  browser = await openBrowser([
    // The browser's own protection of this machine's addresses is off: the console must not need it.
    "--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests,PrivateNetworkAccessSendPreflights",
    "--host-resolver-rules=MAP evil.example.test 127.0.0.1, MAP evil.localhost 127.0.0.1",
  ]);
});

afterAll(async () => {
  await browser?.close();
  other?.close();
  if (machine !== undefined) await clear(machine);
});

describe("a page of another origin", () => {
  /** Each with the address at which the person has signed in: the cookie goes along with all that is of the same site. */
  const origins = [
    ["another site", "evil.example.test", "/", "127.0.0.1"],
    ["another port of this machine", "127.0.0.1", "/", "127.0.0.1"],
    ["another port of localhost", "localhost", "/", "localhost"],
    ["a name below localhost", "evil.localhost", "/", "localhost"],
    ["the origin null", "127.0.0.1", "/null", "127.0.0.1"],
  ] as const;

  test.each(origins)("changes nothing: %s", async (_, host, path, at) => {
    const base = machine.url.replace("127.0.0.1", at);
    const { context, page } = await aSignedInVisitor(browser, { url: base, token: machine.token });
    await page.goto(`${base}console/stop`);
    const stop = await formTokenOf(page, "/console/act/stop-sending");
    const signOut = await formTokenOf(page, "/console/sign-out");
    await page.goto(`${base}console/sign-in`);
    const signIn = await formTokenOf(page, "/console/sign-in");
    const mallory = { token: machine.token, name: "Mallory", form: signIn };
    const before = await changeable(machine, context);
    const attacker = await context.newPage();
    const { sent, statuses } = postsOf(attacker);
    await attacker.goto(`http://${host}:${otherPort}${path}`);
    const source = attacker.frames().at(-1) ?? attacker.mainFrame();
    const why = "Evil";
    // The attacker knows even the tokens of the forms.
    const attempts: readonly Attempt[] = [
      { how: "form", path: stopPath, type: urlencoded, fields: { why } },
      { how: "form", path: stopPath, type: urlencoded, fields: { why, form: stop } },
      { how: "form", path: stopPath, type: "text/plain", fields: { why, form: stop } },
      { how: "form", path: stopPath, type: "multipart/form-data", fields: { why, form: stop } },
      { how: "form", path: "console/sign-out", type: urlencoded, fields: { form: signOut } },
      { how: "form", path: "console/sign-in", type: urlencoded, fields: mallory },
      { how: "fetch", path: stopPath, type: urlencoded, fields: { why, form: stop } },
      { how: "fetch", path: stopPath, type: "text/plain", fields: { why, form: stop } },
      { how: "cors", path: stopPath, type: "application/json", fields: { why, form: stop } },
      { how: "fetch", path: stopPath, type: undefined, fields: { why, form: stop } },
      { how: "fetch", path: "console/sign-out", type: urlencoded, fields: { form: signOut } },
    ];
    for (const attempt of attempts) await send(source, base, attempt);
    expect(statuses.filter((status) => status < 400)).toEqual([]);
    expect(statuses.length).toBeGreaterThanOrEqual(attempts.filter(({ how }) => how === "form").length);
    expect(sent).toHaveLength(attempts.length);
    expect(await changeable(machine, context)).toEqual(before);
    await page.goto(`${base}console/posts`);
    await page.getByText("Ada, until").waitFor();
    await context.close();
  });

  test("shows no page of the console in a frame, keeps no hold of its window, and reads nothing of it", async () => {
    const { context } = await aSignedInVisitor(browser, machine);
    const attacker = await context.newPage();
    await attacker.goto(`http://127.0.0.1:${otherPort}/`);
    const url = JSON.stringify(`${machine.url}console`);
    await attacker.evaluate(`new Promise((resolve) => {
      const frame = Object.assign(document.createElement("iframe"), { src: ${url} });
      frame.onload = resolve;
      document.body.append(frame);
    })`);
    await expect.poll(() => attacker.frames().at(-1)?.url()).toBe("chrome-error://chromewebdata/");
    const opened = context.waitForEvent("page");
    await attacker.evaluate(`void (window.opened = window.open(${url}))`);
    await (await opened).getByRole("heading", { name: "Accounts" }).waitFor();
    expect(await attacker.evaluate("opened.closed")).toBe(true);
    const read = `fetch(${url}, { credentials: "include" })`;
    const blind = `fetch(${url}, { credentials: "include", mode: "no-cors" })`;
    for (const request of [read, blind])
      expect(await attacker.evaluate(`${request}.then(() => "an answer", () => "refused")`)).toBe("refused");
    await context.close();
  });
});

describe("a page of the console itself", () => {
  test("changes nothing without the token of its session and path, or as anything but a form", async () => {
    const { context, page } = await aSignedInVisitor(browser, machine);
    const mallory = await aSignedInVisitor(browser, machine, { name: "Mallory" });
    await mallory.page.goto(`${machine.url}console/stop`);
    const foreign = await formTokenOf(mallory.page, "/console/act/stop-sending");
    await page.goto(`${machine.url}console/stop`);
    const own = await formTokenOf(page, "/console/act/stop-sending");
    const elsewhere = await formTokenOf(page, "/console/sign-out");
    const before = await changeable(machine, context);
    const { statuses } = postsOf(page);
    const why = "Evil";
    const attempts: readonly Attempt[] = [
      { how: "fetch", path: stopPath, type: urlencoded, fields: { why } },
      { how: "fetch", path: stopPath, type: urlencoded, fields: { why, form: foreign } },
      { how: "fetch", path: stopPath, type: urlencoded, fields: { why, form: elsewhere } },
      { how: "cors", path: stopPath, type: "application/json", fields: { why, form: own } },
      { how: "fetch", path: stopPath, type: "text/plain", fields: { why, form: own } },
      { how: "fetch", path: stopPath, type: undefined, fields: { why, form: own } },
    ];
    for (const attempt of attempts) await send(page, machine.url, attempt);
    expect(statuses).toHaveLength(attempts.length);
    expect(statuses.filter((status) => status < 400)).toEqual([]);
    expect(await changeable(machine, context)).toEqual(before);
    // The right request, so that the refusals above are those of the checks.
    await send(page, machine.url, { how: "fetch", path: stopPath, type: urlencoded, fields: { why, form: own } });
    expect((await machine.app.accounts()).map(({ stopped }) => stopped?.why)).toEqual([why, why, why]);
    await machine.app.resume(undefined);
    await mallory.context.close();
    await context.close();
  });
});

describe("the cookie of a session", () => {
  test("goes to no other path than the console's, at this port and at others", async () => {
    const { context, page } = await aSignedInVisitor(browser, machine);
    expect(await context.cookies()).toEqual([
      expect.objectContaining({
        name: `crier-${new URL(machine.url).port}`,
        path: "/console",
        httpOnly: true,
        sameSite: "Strict",
        domain: "127.0.0.1",
      }),
    ]);
    expect(await page.evaluate("document.cookie")).toBe("");
    const sent: string[] = [];
    page.on("request", async (request) => {
      if ("cookie" in (await request.allHeaders())) sent.push(new URL(request.url()).pathname);
    });
    for (const path of ["", "feed.json", "sandbox", "api/posts", "consolefeed.xml", "healthz"])
      await page.goto(`${machine.url}${path}`);
    expect(sent).toEqual([]);
    received.length = 0;
    const paths = ["/", "/api/posts", "/consolefeed.xml"];
    for (const path of paths) await page.goto(`http://127.0.0.1:${otherPort}${path}`);
    const documents = received.filter(({ path }) => paths.includes(path));
    expect(documents).toEqual(paths.map((path) => ({ path, cookie: "" })));
    await context.close();
  });

  test("with a changed byte leads to the sign-in", async () => {
    const { context, page } = await aSignedInVisitor(browser, machine);
    const [cookie] = await context.cookies();
    if (cookie === undefined) throw new Error("there is no cookie");
    const { value } = cookie;
    for (const at of [0, Math.floor(value.length / 2), value.length - 1]) {
      const changed = value.slice(0, at) + (value[at] === "A" ? "B" : "A") + value.slice(at + 1);
      await context.addCookies([{ ...cookie, value: changed }]);
      await page.goto(`${machine.url}console/posts`);
      await page.getByRole("heading", { name: "Sign in" }).waitFor();
    }
    await context.addCookies([cookie]);
    await page.goto(`${machine.url}console/posts`);
    await page.getByRole("heading", { name: "Posts" }).waitFor();
    await context.close();
  });

  test("is gone after signing out, and going back shows no page of the session", async () => {
    const { context, page } = await aSignedInVisitor(browser, machine);
    await page.goto(`${machine.url}console/posts`);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByText("You are signed out on this device.").waitFor();
    expect(await context.cookies()).toEqual([]);
    await page.goBack();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await context.close();
  });

  test("goes along where a link of another site leads to the console, after the page has loaded itself again", async () => {
    for (const javaScriptEnabled of [true, false]) {
      const { context, page } = await aSignedInVisitor(browser, machine, { javaScriptEnabled });
      await page.route(`http://evil.example.test:${otherPort}/mail`, (route) =>
        route.fulfill({ contentType: "text/html", body: `<a href="${machine.url}console/posts">The posts</a>` }),
      );
      await page.goto(`http://evil.example.test:${otherPort}/mail`);
      await page.getByRole("link", { name: "The posts" }).click();
      await page.getByRole("heading", { name: "Posts" }).waitFor();
      expect(page.url()).toBe(`${machine.url}console/posts`);
      await context.close();
    }
  });
});
