import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { listen } from "../../src/runtimes/local/listen.ts";
import { aConsole, token } from "../support/console-browser.ts";
import { type AMachine, aDocument, aMachine, clear } from "../support/machine.ts";
import { requestAs } from "../support/request-as.ts";
import { crier } from "../support/terminal.ts";
import { aWorld } from "../support/world.ts";

describe("crier open", () => {
  let machine: AMachine;
  beforeAll(async () => {
    machine = await aMachine({ "hello.md": aDocument("Hello") });
    await machine.idle();
  });
  afterAll(() => clear(machine));

  it("prints an address that signs in once, with the name of the person and without the token", async () => {
    const { code, out } = await crier(["open", "--no-open", "--as", "Ada Lovelace", "--json"], { env: machine.env });
    const { url }: { url: string } = JSON.parse(out);
    expect([code, url.startsWith(`${machine.url}console/sign-in?code=`), url.includes(machine.token)]).toEqual([
      0,
      true,
      false,
    ]);
    const page = await (await fetch(url)).text();
    expect(page).toContain('value="Ada Lovelace"');
    const press = () =>
      fetch(new URL("console/sign-in", machine.url), {
        method: "POST",
        redirect: "manual",
        headers: { "Sec-Fetch-Site": "same-origin" },
        body: new URLSearchParams(
          [...page.matchAll(/<input[^>]* name="(\w+)"[^>]* value="([^"]*)"/g)].map(
            ([, name = "", value = ""]): [string, string] => [name, value],
          ),
        ),
      });
    const [first, second] = [await press(), await press()];
    expect([first.status, second.status]).toEqual([303, 401]);
    const cookie = first.headers.get("Set-Cookie")?.split(";")[0] ?? "";
    const posts = await machine.get("console/posts", { Cookie: cookie });
    expect(await posts.text()).toContain("Ada Lovelace");
    expect(posts.headers.get("Content-Security-Policy")).toContain("style-src 'self'");
    const missing = await machine.get("console/nothing", { Cookie: cookie, Accept: "text/html" });
    expect([missing.status, (await missing.text()).includes("The console has no such page")]).toEqual([404, true]);
  });

  it("prints the address of a deployment, whose console takes no code", async () => {
    const { app } = aConsole(await aWorld(), { takesCodes: false });
    const listener = await listen(0);
    onTestFinished(listener.close);
    listener.serve((request) => app.fetch(request));
    const url = `http://127.0.0.1:${listener.port}`;
    const { code, out } = await crier(["open", "--no-open", "--as", "Ada"], {
      env: { CRIER_URL: url, CRIER_TOKEN: token },
    });
    expect([code, out]).toEqual([
      0,
      `The console:\n${url}/console/sign-in?name=Ada\nSign in there with the API's token, which npx crier token prints, and your name.\n`,
    ]);
  });

  it("says where the console is, where none answers", async () => {
    const env = { CRIER_URL: new URL("api/", machine.url).href, CRIER_TOKEN: machine.token };
    const { code, err } = await crier(["open", "--no-open"], { env });
    expect([code, err]).toEqual([
      1,
      `crier: there is no console at ${new URL(machine.url).origin}: it answers on the machine where npm start runs, and at the host of a deployment\n`,
    ]);
  });

  it("leads to nothing that a request through a proxy could see", async () => {
    const headers = { "X-Forwarded-For": "203.0.113.7" };
    for (const path of ["/console", "/console/sign-in"])
      expect((await requestAs({ url: machine.url, path, headers })).status).not.toBe(200);
  });
});
