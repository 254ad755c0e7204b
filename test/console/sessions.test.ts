import { describe, expect, it } from "vitest";
import { longestOfConsole } from "../../bench/cost/attack.ts";
import { cookieOf, formToken, newCode, readSession, startSession } from "../../src/console/session.ts";
import { hour, minute, second } from "../../src/domain/time.ts";
import { aBrowser, aConsole, aSignedInBrowser, formsOf, origin, token } from "../support/console-browser.ts";
import { aWorld } from "../support/world.ts";

const form = { "Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded" };

describe("a session of the console", () => {
  it("begins with the token and a name, and says both of it on every page", async () => {
    const world = await aWorld();
    const browser = aBrowser(aConsole(world).app);
    const asked = await browser.get("/console/sign-in?to=/console/posts");
    const answer = await browser.press(asked.page, "Sign in", { token, name: "Ada <b>" });
    expect([answer.status, answer.headers.get("Location")]).toEqual([303, "/console/posts"]);
    const { page, status } = await browser.get("/console/posts");
    expect(status).toBe(200);
    expect(page).toContain("Ada &lt;b&gt;");
    expect(page).toContain("until 20:00");
    expect(page).not.toContain(token);
  });

  it("has a cookie that only this path and no script sees, and on https one that only this host has", async () => {
    const world = await aWorld();
    const answerOf = async (at: string) => {
      const { app } = aConsole(world, { origin: at });
      const fields = new URLSearchParams({ form: formToken(token, "", "/console/sign-in"), token, name: "Ada" });
      const request = new Request(`${at}/console/sign-in`, { method: "POST", headers: form, body: fields.toString() });
      return (await app.fetch(request)).headers.get("Set-Cookie")?.replace(/=[^;]*/, "=…");
    };
    expect(await answerOf(origin)).toBe("crier-4000=…; Max-Age=43200; Path=/console; HttpOnly; SameSite=Strict");
    expect(await answerOf("https://feeds.example.com")).toBe(
      "__Host-crier=…; Max-Age=43200; Path=/; HttpOnly; Secure; SameSite=Strict",
    );
  });

  it("is over after 12 hours, and never longer because it was used", async () => {
    const world = await aWorld();
    const browser = await aSignedInBrowser(aConsole(world).app);
    world.turn(12 * hour - second);
    expect((await browser.get("/console/posts")).page).toContain("<h1>Posts</h1>");
    world.turn(second);
    expect((await browser.get("/console/posts?reloaded=1")).headers.get("Location")).toContain("/console/sign-in");
  });

  it("does not hold with a changed byte, another token, or for another purpose", async () => {
    const world = await aWorld();
    const cookie = startSession(token, "Ada", world.clock());
    expect(readSession(token, cookie, world.clock())?.name).toBe("Ada");
    for (let at = 0; at < cookie.length; at += 1) {
      const changed = `${cookie.slice(0, at)}${cookie[at] === "A" ? "B" : "A"}${cookie.slice(at + 1)}`;
      expect(readSession(token, changed, world.clock()), changed).toBeUndefined();
    }
    expect(readSession("another-token", cookie, world.clock())).toBeUndefined();
    expect(readSession(token, newCode(token, "1", world.clock()), world.clock())).toBeUndefined();
    expect(readSession(token, "", world.clock())).toBeUndefined();
  });

  it("ends with a new token", async () => {
    const world = await aWorld();
    let now = token;
    const browser = await aSignedInBrowser(aConsole(world, { token: async () => now }).app);
    expect((await browser.get("/console/posts")).page).toContain("<h1>Posts</h1>");
    now = "a-new-token";
    expect((await browser.get("/console/posts")).page).toContain("One moment");
  });

  it("ends on this device by signing out", async () => {
    const world = await aWorld();
    const browser = await aSignedInBrowser(aConsole(world).app);
    const { page, headers } = await browser.press((await browser.get("/console/posts")).page, "Sign out");
    expect([page, headers.get("Set-Cookie")]).toEqual([
      "",
      "crier-4000=; Max-Age=0; Path=/console; HttpOnly; SameSite=Strict",
    ]);
    expect((await browser.get(headers.get("Location") ?? "")).page).toContain("You are signed out on this device.");
    expect((await browser.get("/console/posts")).page).toContain("One moment");
  });

  it("is asked for only after the page has loaded itself again, because a link elsewhere hides a strict cookie", async () => {
    const world = await aWorld();
    const { app } = aConsole(world);
    const stranger = aBrowser(app);
    const once = await stranger.get("/console/posts?from=a");
    const again = '<meta http-equiv="refresh" content="0; url=/console/posts?from=a&amp;reloaded=1">';
    expect([once.status, once.page.includes(again), once.page.includes("<nav")]).toEqual([200, true, false]);
    const twice = await stranger.get("/console/posts?from=a&reloaded=1");
    expect([twice.status, twice.headers.get("Location")]).toEqual([
      303,
      "/console/sign-in?to=%2Fconsole%2Fposts%3Ffrom%3Da",
    ]);
    const known = await aSignedInBrowser(app);
    expect((await known.get("/console/posts?reloaded=1")).headers.get("Location")).toBe("/console/posts");
  });

  it("leads only to pages of the console", async () => {
    const world = await aWorld();
    const browser = aBrowser(aConsole(world).app);
    for (const to of [
      "https://evil.example/",
      "//evil.example/console",
      "/\\evil.example/console",
      "/consolefeed.xml",
      "javascript:alert(1)",
      "",
    ]) {
      const { page } = await browser.get(`/console/sign-in?to=${encodeURIComponent(to)}`);
      expect(formsOf(page)[0]?.fields, to).toContainEqual(["to", "/console"]);
    }
  });

  it("is not begun without a name, or with one of more than 40 characters", async () => {
    const world = await aWorld();
    const browser = aBrowser(aConsole(world).app);
    const { page } = await browser.get("/console/sign-in");
    for (const name of ["", " \n ", "a".repeat(41)]) {
      const answer = await browser.press(page, "Sign in", { token, name });
      expect([answer.status, answer.page.includes("Say your name")]).toEqual([401, true]);
    }
    expect((await browser.press(page, "Sign in", { token, name: "😀".repeat(40) })).status).toBe(303);
  });

  it("refuses wrong tokens, and those after five a minute with 429 and one line in the log", async () => {
    const world = await aWorld();
    const { app, warned } = aConsole(world);
    const browser = aBrowser(app);
    const { page } = await browser.get("/console/sign-in");
    const guess = async () => (await browser.press(page, "Sign in", { token: "a guess", name: "Mallory" })).status;
    const statuses: number[] = [];
    for (let n = 0; n < 8; n += 1) statuses.push(await guess());
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
    expect(warned).toEqual(["the console was given more than 5 wrong tokens within a minute"]);
    expect((await browser.press(page, "Sign in", { token: ` ${token}\n`, name: "Ada" })).status).toBe(303);
    world.turn(minute);
    expect(await guess()).toBe(401);
  });

  it("begins once with a code of a minute, and only when its button is pressed", async () => {
    const world = await aWorld();
    const { app } = aConsole(world);
    const path = `/console/sign-in?code=${newCode(token, "one", world.clock())}&name=ada`;
    const browser = aBrowser(app);
    await browser.get(path);
    const { page } = await browser.get(path);
    expect(formsOf(page)[0]?.fields).toContainEqual(["name", "ada"]);
    expect(page).not.toContain('name="token"');
    expect((await browser.press(page, "Sign in")).status).toBe(303);
    const other = aBrowser(app);
    const late = await other.press(page, "Sign in");
    expect([late.status, late.page.includes("does not sign in any more")]).toEqual([401, true]);
    const old = `/console/sign-in?code=${newCode(token, "two", world.clock())}`;
    const opened = await other.get(old);
    world.turn(minute);
    expect((await other.press(opened.page, "Sign in", { name: "ada" })).status).toBe(401);
    expect((await other.get(old)).page).toContain("does not sign in any more");
  });

  it("does not begin with a code where several instances answer, none of which knows what another one was given", async () => {
    const world = await aWorld();
    const browser = aBrowser(aConsole(world, { takesCodes: false }).app);
    const code = newCode(token, "one", world.clock());
    const { page } = await browser.get(`/console/sign-in?code=${code}&name=ada`);
    expect([page.includes('name="token"'), page.includes('name="code"')]).toEqual([true, false]);
    expect((await browser.press(page, "Sign in", { code })).status).toBe(401);
    expect((await browser.press(page, "Sign in", { token })).status).toBe(303);
  });

  it("cannot begin while there is no token", async () => {
    const world = await aWorld();
    const { app } = aConsole(world, { token: async () => undefined });
    expect((await aBrowser(app).get("/console/sign-in")).status).toBe(503);
  });
});

describe("a request to the console", () => {
  const signOut = "/console/sign-out";
  const aForm = async () => {
    const world = await aWorld();
    const { app } = aConsole(world);
    const browser = await aSignedInBrowser(app);
    const fields =
      formsOf((await browser.get("/console/posts")).page).find(({ label }) => label === "Sign out")?.fields ?? [];
    return { app, browser, fields };
  };

  it("changes nothing unless it comes from a page of the console, as a form", async () => {
    const { browser, fields } = await aForm();
    const type = { "Content-Type": "application/x-www-form-urlencoded" };
    const strangers: readonly Record<string, string>[] = [
      { ...type, "Sec-Fetch-Site": "same-site" },
      { ...type, "Sec-Fetch-Site": "cross-site" },
      { ...type, "Sec-Fetch-Site": "none" },
      { ...type, "Sec-Fetch-Site": "cross-site", Origin: origin },
      { ...type, Origin: "https://evil.example" },
      { ...type, Origin: "http://127.0.0.1:4001" },
      { ...type, Origin: "null" },
      type,
      { "Sec-Fetch-Site": "same-origin", "Content-Type": "application/json" },
      { "Sec-Fetch-Site": "same-origin", "Content-Type": "text/plain" },
      { "Sec-Fetch-Site": "same-origin", "Content-Type": "multipart/form-data; boundary=x" },
    ];
    for (const headers of strangers) {
      const answer = await browser.post(signOut, fields, headers);
      expect([answer.status, answer.headers.get("Set-Cookie")], JSON.stringify(headers)).toEqual([400, null]);
    }
    expect((await browser.post(signOut, fields, { ...type, Origin: origin })).status).toBe(303);
  });

  it("needs the token of the form, of this session and of this path", async () => {
    const { app, browser, fields } = await aForm();
    const other = await aSignedInBrowser(app, "Editor B");
    const own = (cookie: string, path: string) =>
      [["form", formToken(token, cookie.split("=")[1] ?? "", path)]] as const;
    for (const wrong of [
      [],
      [["form", ""]],
      own(other.cookie, signOut),
      own(browser.cookie, "/console/sign-in"),
      own("", signOut),
    ] as const)
      expect((await browser.post(signOut, wrong)).status).toBe(400);
    expect((await browser.post(signOut, fields)).status).toBe(303);
  });

  it("of a session that is over is answered with the sign-in, which leads back to its page", async () => {
    const { browser, fields } = await aForm();
    browser.cookie = "";
    const answer = await browser.post(signOut, [...fields, ["from", "/console/posts?from=b"]]);
    expect([answer.status, answer.page.includes("Your session is over")]).toEqual([401, true]);
    expect(formsOf(answer.page)[0]?.fields).toContainEqual(["to", "/console/posts?from=b"]);
    expect((await browser.post(signOut, fields, { ...form, "Sec-Fetch-Site": "cross-site" })).status).toBe(400);
  });

  it("may not sign another person in from elsewhere", async () => {
    const { app } = await aForm();
    const victim = aBrowser(app);
    const fields = [
      ["form", formToken(token, "", "/console/sign-in")],
      ["token", token],
      ["name", "Mallory"],
    ] as const;
    expect((await victim.post("/console/sign-in", fields, { ...form, "Sec-Fetch-Site": "cross-site" })).status).toBe(
      400,
    );
    expect(
      (
        await victim.post("/console/sign-in", [
          ["token", token],
          ["name", "Mallory"],
        ])
      ).status,
    ).toBe(400);
    expect(victim.cookie).toBe("");
  });

  it("that came to another host is told the address, whatever it is for", async () => {
    const world = await aWorld();
    const { app } = aConsole(world, { header: "x-crier-cdn", origin: "https://feeds.example.com" });
    const statusOf = async (path: string, headers: Record<string, string> = {}) => {
      const response = await app.fetch(new Request(`https://api.example.com${path}`, { headers }));
      return [response.status, await response.text()];
    };
    for (const path of ["/console", "/console/sign-in", "/console/nothing"])
      expect(await statusOf(path)).toEqual([421, "The console is at https://feeds.example.com/console.\n"]);
    expect(await statusOf("/console/sign-in", { "x-crier-cdn": "1" })).toEqual([
      200,
      expect.stringContaining("Sign in"),
    ]);
  });

  it("is refused where its form is too large, and where it has another method", async () => {
    const { app, browser, fields } = await aForm();
    expect((await browser.post(signOut, [...fields, ["more", "x".repeat(200_000)]])).status).toBe(413);
    for (const method of ["PUT", "DELETE", "OPTIONS", "PATCH"]) {
      const answer = await app.fetch(new Request(`${origin}/console`, { method }));
      expect([answer.status, answer.headers.get("Allow")]).toEqual([405, "GET, POST"]);
    }
  });

  it("repeats of a stranger's form and address no more than the cost of a flood is counted with", async () => {
    const { app } = aConsole(await aWorld());
    const sizeOf = async (path: string, init: RequestInit = {}) =>
      Buffer.byteLength(await (await app.fetch(new Request(origin + path, init))).text());
    for (const field of ["text", "name", "from"]) {
      const body = `${field}=${'"'.repeat(99_990)}`;
      expect(await sizeOf("/console", { method: "POST", headers: form, body })).toBeLessThanOrEqual(
        longestOfConsole.form,
      );
    }
    expect(await sizeOf(`/console?${"a&".repeat(5_120)}`)).toBeLessThanOrEqual(longestOfConsole.address);
  });

  it("is answered with headers that allow nothing inline, no frame, no other host and no cache", async () => {
    const { app, browser } = await aForm();
    const answers = [
      await browser.get("/console/posts"),
      await browser.get("/console/nothing"),
      await browser.post(signOut, [], {}),
      await aBrowser(app).get("/console/sign-in"),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 400, 200]);
    for (const { headers, page } of answers) {
      expect(Object.fromEntries(headers)).toMatchObject({
        "content-security-policy":
          "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        "cache-control": "no-store",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "referrer-policy": "same-origin",
        "x-content-type-options": "nosniff",
        "x-robots-tag": "noindex",
      });
      expect(page).not.toMatch(/<style|style="|<script>|\son\w+="/);
    }
    const [style = "", script = ""] = [...(answers[0]?.page ?? "").matchAll(/(?:href|src)="([^"]*\.(?:css|js))"/g)].map(
      ([, path]) => path,
    );
    for (const [path, type] of [
      [style, "text/css; charset=utf-8"],
      [script, "text/javascript; charset=utf-8"],
    ] as const) {
      const { status, headers } = await aBrowser(app).get(path);
      expect([status, headers.get("Content-Type"), headers.get("Cache-Control")]).toEqual([
        200,
        type,
        "public, max-age=31536000, immutable",
      ]);
    }
  });
});

describe("the cookie of the console", () => {
  it("is named by the port, which a cookie does not know", () => {
    expect([origin, "http://127.0.0.1", "https://a.example:8443"].map((at) => cookieOf(at).name)).toEqual([
      "crier-4000",
      "crier-80",
      "__Host-crier",
    ]);
  });
});
