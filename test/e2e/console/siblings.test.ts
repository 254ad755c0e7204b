import { mkdtemp, rm } from "node:fs/promises";
import { createServer, request, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { cookieOf, startSession } from "../../../src/console/session.ts";
import { runCaddy } from "../../peers/caddy.ts";
import { onPath } from "../../peers/programs.ts";
import { openBrowser } from "../../support/browser.ts";
import { type Attempt, changeable, formTokenOf, send, stopPath, urlencoded } from "../../support/console-attacks.ts";
import { aSignedInVisitor, aVisitor } from "../../support/console-visitor.ts";
import { freePort } from "../../support/free-port.ts";
import { type AMachine, aDocument, aMachine, clear } from "../../support/machine.ts";

const url = "https://console.example.com/";
const { name: cookieName } = cookieOf(new URL(url).origin);

/** A cookie of the console goes along with the requests of all hosts of the same site, which may belong to others. */
const siblings = [
  ["a sibling of its host", "https://evil.example.com/"],
  ["a host below its own", "https://below.console.example.com/"],
  ["the host above its own", "https://example.com/"],
] as const;

/** A browser takes another scheme for another site. */
const attackers = [...siblings, ["its own name without TLS", "http://console.example.com/"]] as const;

const listen = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
};

const isHere = onPath("caddy");
if (!isHere) console.log("skipped: Caddy is missing: apt-get install caddy");

describe.skipIf(!isHere)("a public console, behind Caddy, attacked by a host of the same site", () => {
  let machine: AMachine;
  let browser: Browser;
  let folder: string;
  let caddy: Awaited<ReturnType<typeof runCaddy>>;
  /** Between Caddy and Crier. It keeps how each form was answered, because the browser does not show it to every page. */
  let door: Server;
  const forms: { readonly status: number; readonly hasCookie: boolean }[] = [];
  /** The server of the attackers. It sets these cookies. */
  let other: Server;
  let planted: readonly string[] = [];

  beforeAll(async () => {
    machine = await aMachine(
      { "hello.md": aDocument("Hello"), "later.md": aDocument("Later") },
      { publicUrl: url, console: true },
    );
    await machine.idle();
    other = createServer((_, response) => {
      response.setHeader("Content-Type", "text/html").setHeader("Set-Cookie", planted);
      response.end("<p>Elsewhere");
    });
    door = createServer((received, response) => {
      const { method, url: path, headers } = received;
      const passedOn = request(new URL(path ?? "/", machine.url), { method, headers }, (answer) => {
        const status = answer.statusCode ?? 502;
        if (method === "POST") forms.push({ status, hasCookie: headers.cookie?.includes(`${cookieName}=`) === true });
        response.writeHead(status, answer.rawHeaders);
        answer.pipe(response);
      });
      passedOn.on("error", () => response.destroy());
      received.pipe(passedOn);
    });
    const evil = `reverse_proxy 127.0.0.1:${await listen(other)}`;
    const [secure, plain] = [await freePort(), await freePort()];
    folder = await mkdtemp(join(tmpdir(), "crier-siblings-"));
    const sites = [
      [`${url.slice(0, -1)}:${secure}`, `reverse_proxy 127.0.0.1:${await listen(door)}`],
      ...siblings.map(([, at]) => [`${at.slice(0, -1)}:${secure}`, evil]),
      [`http://console.example.com:${plain}`, evil],
    ];
    caddy = await runCaddy(folder, sites.map(([site, what]) => `${site} {\n\t${what}\n}\n`).join(""));
    browser = await openBrowser([
      // The browser's own protections of this machine's addresses, and of plain ones, are off: the console must not need them.
      "--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests,PrivateNetworkAccessSendPreflights,HttpsUpgrades",
      `--host-resolver-rules=${["example.com", "*.example.com"].flatMap((host) => [`MAP ${host}:443 127.0.0.1:${secure}`, `MAP ${host}:80 127.0.0.1:${plain}`])}`,
    ]);
    const { context, page } = await aVisitor(browser, { ignoreHTTPSErrors: true });
    await vi.waitFor(() => page.goto(url), { timeout: 30_000 });
    await context.close();
  });
  afterAll(async () => {
    await browser?.close();
    await caddy?.stop();
    for (const server of [other, door]) server?.close();
    if (machine !== undefined) await clear(machine);
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  const signedIn = () => aSignedInVisitor(browser, { url, token: machine.token }, { ignoreHTTPSErrors: true });

  /** The form of an attacker who knows even the token of the sign-in's form, and the API's. */
  const signInOf = async (page: Page) => {
    await page.goto(`${url}console/sign-in`);
    return { token: machine.token, name: "Mallory", form: await formTokenOf(page, "/console/sign-in") };
  };

  test.each(attackers)("changes nothing with the cookie that the browser sends along: %s", async (_, from) => {
    const { context, page } = await signedIn();
    expect(await context.cookies()).toEqual([
      expect.objectContaining({ name: cookieName, domain: "console.example.com", sameSite: "Strict", secure: true }),
    ]);
    await page.goto(`${url}console/stop`);
    const stop = await formTokenOf(page, "/console/act/stop-sending");
    const signOut = await formTokenOf(page, "/console/sign-out");
    const fields = { why: "Evil", form: stop };
    const signIn = await signInOf(page);
    const before = await changeable(machine, context);
    forms.length = 0;
    const attacker = await context.newPage();
    await attacker.goto(from);
    const attempts: readonly Attempt[] = [
      { how: "form", path: stopPath, type: urlencoded, fields },
      { how: "form", path: stopPath, type: "text/plain", fields },
      { how: "form", path: "console/sign-out", type: urlencoded, fields: { form: signOut } },
      { how: "form", path: "console/sign-in", type: urlencoded, fields: signIn },
      { how: "fetch", path: stopPath, type: urlencoded, fields },
      { how: "fetch", path: "console/sign-out", type: urlencoded, fields: { form: signOut } },
      { how: "fetch", path: "console/sign-in", type: urlencoded, fields: signIn },
      { how: "cors", path: stopPath, type: urlencoded, fields },
      { how: "cors", path: stopPath, type: "application/json", fields },
      { how: "cors", path: "console/sign-in", type: urlencoded, fields: signIn },
    ];
    for (const attempt of attempts) await send(attacker, url, attempt);
    // Each arrived with the cookie of the session, so that the refusals are those of the console. Before JSON, which is
    // no form, the browser asks, and is refused.
    const hasCookie = from.startsWith("https:");
    const refused = attempts.filter(({ type }) => type !== "application/json").map(() => ({ status: 400, hasCookie }));
    expect(forms).toEqual(refused);
    expect(await changeable(machine, context)).toEqual(before);
    await page.goto(`${url}console/posts`);
    await page.getByText("Ada, until").waitFor();
    await context.close();
  });

  test.each(attackers)("signs nobody in who has not signed in: %s", async (_, from) => {
    const { context, page } = await aVisitor(browser, { ignoreHTTPSErrors: true });
    const fields = await signInOf(page);
    forms.length = 0;
    await page.goto(from);
    for (const how of ["form", "fetch", "cors"] as const)
      await send(page, url, { how, path: "console/sign-in", type: urlencoded, fields });
    expect(forms).toEqual(Array.from({ length: 3 }, () => ({ status: 400, hasCookie: false })));
    expect(await context.cookies()).toEqual([]);
    await page.goto(`${url}console/posts`);
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await context.close();
  });

  test.each(attackers)("plants no cookie that takes the place of a session: %s", async (_, from) => {
    const session = startSession(machine.token, "Mallory", Date.now());
    // Some servers trim a space that browsers do not know as one.
    const names = [cookieName, cookieName.toUpperCase(), `\u00a0${cookieName}`, `=${cookieName}`, "planted"];
    const cookies = names.flatMap((name) =>
      ["console.example.com", "example.com"].flatMap((domain) =>
        ["/", "/console"].flatMap((path) =>
          ["", "; Secure"].map((secure) => `${name}=${session}; Domain=${domain}; Path=${path}${secure}`),
        ),
      ),
    );
    const plant = async (page: Page): Promise<void> => {
      planted = cookies;
      await page.goto(from);
      planted = [];
      await page.evaluate(`for (const cookie of ${JSON.stringify(cookies)}) document.cookie = cookie`);
    };
    const { context, page } = await aVisitor(browser, { ignoreHTTPSErrors: true });
    await plant(page);
    const loaded = page.waitForRequest(`${url}console/posts`);
    await page.goto(`${url}console/posts`);
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    // A cookie of another name was planted, so that the others were refused for their name.
    expect((await (await loaded).allHeaders()).cookie).toContain(`planted=${session}`);
    await context.close();
    const ada = await signedIn();
    await plant(ada.page);
    await ada.page.goto(`${url}console/posts`);
    await ada.page.getByText("Ada, until").waitFor();
    expect(await ada.page.getByText("Mallory").count()).toBe(0);
    await ada.context.close();
  });
});
