import { rm, writeFile } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { BadConfig } from "../../../src/runtimes/local/read-config.ts";
import type { StartOptions } from "../../../src/runtimes/local/start.ts";
import { type AMachine, aDocument, aFolder, aMachine, clear, config, startIn } from "../../support/machine.ts";
import { requestAs } from "../../support/request-as.ts";

const open: AMachine[] = [];
const kept = (machine: AMachine): AMachine => {
  open.push(machine);
  return machine;
};
afterEach(async () => {
  for (const machine of open.splice(0)) await clear(machine);
});

const publicUrl = "https://feeds.example.com/";
const host = "feeds.example.com";
const proxied = { "X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https" };

const aServer = async (options: Partial<StartOptions> = {}): Promise<AMachine> => {
  const machine = kept(await aMachine({ "hello.md": aDocument("Hello") }, { publicUrl, ...options }));
  await machine.idle();
  return machine;
};

const aConfigured = async (...sites: readonly (object | undefined)[]): Promise<string> => {
  const folder = await aFolder({ "hello.md": aDocument("Hello") });
  await writeFile(join(folder, "crier.config.mjs"), `export default ${JSON.stringify({ ...config, sites })};\n`);
  return folder;
};

const [blog] = config.sites;
const notes = { id: "notes", title: "Notes", url: "https://notes.example.com/" };

describe("what is not there at a public address", () => {
  const ask = ({ url }: AMachine, path: string, Accept: string) =>
    requestAs({ url, path, host, headers: { ...proxied, Accept } });

  it("is a page for a browser, the same as CloudFront has, and a problem for programs", async () => {
    const machine = await aServer();
    const page = await ask(machine, "/nothing/", "text/html,*/*;q=0.8");
    expect([page.status, page.headers["content-type"], page.headers["cache-control"]]).toEqual([
      404,
      "text/html; charset=UTF-8",
      "no-store",
    ]);
    expect(page.body).toBe((await ask(machine, "/404.html", "text/html")).body);
    expect(page.body).toContain("<h1>There is no page here</h1>");
    expect(page.body).toContain(`<a href="${publicUrl}feed.xml"`);
    for (const [path, accept] of [
      ["/nothing/", "*/*"],
      ["/api/nothing", "text/html"],
    ] as const)
      expect((await ask(machine, path, accept)).headers["content-type"]).toBe("application/problem+json");
  });

  it("is a problem as long as that page is not rendered", async () => {
    const machine = kept(await aMachine({}, { publicUrl }));
    await machine.idle();
    await rm(join(machine.data, "public/404.html"));
    const { status, headers } = await ask(machine, "/nothing/", "text/html");
    expect([status, headers["content-type"]]).toEqual([404, "application/problem+json"]);
  });
});

describe("the console of a server with a public address", () => {
  const signIn = "/console/sign-in";

  it("answers only on the machine itself", async () => {
    const machine = await aServer();
    for (const path of ["/console", signIn, "/console/console.css"])
      expect([path, (await requestAs({ url: machine.url, path, host, headers: proxied })).status]).toEqual([path, 404]);
    expect((await machine.get(signIn)).status).toBe(200);
  });

  it("answers there by --console, with a cookie of that host alone, and not at the host of another site", async () => {
    const machine = await aServer({ console: true });
    const ask = (path: string, more: object = {}) =>
      requestAs({ url: machine.url, path, host, headers: proxied, ...more });
    const page = await ask(signIn);
    expect([page.status, page.headers["content-security-policy"]]).toEqual([
      200,
      expect.stringContaining("script-src 'self'"),
    ]);
    const [, form = ""] = /name="form" value="([^"]*)"/.exec(page.body) ?? [];
    const type = { "Content-Type": "application/x-www-form-urlencoded" };
    const send = (Origin: string) =>
      ask(signIn, {
        method: "POST",
        headers: { ...proxied, ...type, Origin },
        body: new URLSearchParams({ form, token: machine.token, name: "Ada" }).toString(),
      });
    const signedIn = await send("https://feeds.example.com");
    expect([signedIn.status, signedIn.headers["set-cookie"]]).toEqual([
      303,
      [expect.stringMatching(/^__Host-crier=[^;]+; Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Strict$/)],
    ]);
    expect((await send("http://127.0.0.1:4000")).headers["set-cookie"]).toBeUndefined();
    const Cookie = signedIn.headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
    expect((await ask("/console/posts", { headers: { ...proxied, Cookie } })).body).toContain("<h1>Posts</h1>");
    expect((await ask("/console/nothing", { headers: { ...proxied, Cookie, Accept: "text/html" } })).body).toContain(
      "no such page",
    );
    // A code signs in on the machine itself.
    expect((await ask(`${signIn}?code=a.b`)).body).toContain('name="token"');
    expect((await ask(signIn, { host: "192.0.2.1" })).status).not.toBe(200);
    expect((await machine.get(signIn)).status).toBe(200);
  });

  it.each([
    ["http://feeds.example.com/", "--console needs an address with https, and http://feeds.example.com/ has none"],
    ["https://example.com/feeds/", "--console needs a host of its own, and https://example.com/feeds/ shares one"],
    [undefined, "--console is about a public address, and there is none: add --public-url https://…"],
  ])("is refused at %s", async (given, words) => {
    const folder = await aFolder();
    await expect(startIn(folder, { publicUrl: given, console: true })).rejects.toThrow(BadConfig);
    await expect(startIn(folder, { publicUrl: given, console: true })).rejects.toThrow(words);
  });
});

describe("a server with a public address", () => {
  it("has that address in its feeds, on its page and in its start message", async () => {
    const machine = await aServer();
    const page = await requestAs({ url: machine.url, path: "/", host, headers: proxied });
    expect(page.status).toBe(200);
    expect(page.body).toContain(`href="${publicUrl}feed.xml"`);
    expect(page.body).not.toContain("127.0.0.1");
    for (const file of ["feed.xml", "atom.xml", "feed.json"]) {
      const { status, body } = await requestAs({ url: machine.url, path: `/${file}`, host, headers: proxied });
      expect([status, body.includes(`${publicUrl}${file}`), body.includes("127.0.0.1")]).toEqual([200, true, false]);
    }
    const printed = machine.printed.join("\n");
    expect(printed).toContain(`feeds     ${publicUrl}feed.xml`);
    expect(printed).toContain(`sandbox   ${machine.url}sandbox`);
    expect(printed).toContain(`ready on ${machine.url}`);
  });

  it("lets feeds be read by pages of any origin at that address alone", async () => {
    const machine = await aServer();
    const headers = { Origin: "https://reader.example" };
    const outside = await requestAs({ url: machine.url, path: "/feed.json", host, headers });
    expect(outside.headers).toMatchObject({
      "access-control-allow-origin": "*",
      "access-control-expose-headers": "ETag,Last-Modified",
    });
    const inside = await requestAs({ url: machine.url, path: "/feed.json", headers });
    expect(inside.headers["access-control-allow-origin"]).toBeUndefined();
    const api = await requestAs({ url: machine.url, path: "/api/posts", host, headers });
    expect([api.status, api.headers["access-control-allow-origin"]]).toEqual([401, undefined]);
  });

  it("answers the API there with the token, and not without", async () => {
    const machine = await aServer();
    const ask = (headers: Readonly<Record<string, string>>) =>
      requestAs({ url: machine.url, path: "/api/posts/hello", host, headers: { ...proxied, ...headers } });
    expect((await ask({})).status).toBe(401);
    expect((await ask({ Authorization: "Bearer guess" })).status).toBe(401);
    expect((await ask({ Authorization: `Bearer ${machine.token}` })).status).toBe(200);
    expect((await requestAs({ url: machine.url, path: "/healthz", host })).status).toBe(200);
  });

  it("shows nothing of this machine on its page", async () => {
    const machine = await aServer();
    const outside = await requestAs({ url: machine.url, path: "/", host, headers: proxied });
    expect(outside.body).not.toMatch(/aside|sandbox|hello\.md/);
    expect(await (await machine.get("")).text()).toContain(`Edit <code>${machine.content}/hello.md</code>`);
  });

  const attempts = [
    { about: "under its public name", host, headers: {} },
    ...[
      "Forwarded",
      "X-Forwarded-For",
      "X-Forwarded-Host",
      "X-Real-IP",
      "Via",
      "CF-Connecting-IP",
      "True-Client-IP",
    ].map((name) => ({ about: `with ${name}`, host: "127.0.0.1", headers: { [name]: "127.0.0.1" } })),
  ];
  it("has no sandbox for a request under its public name, or that a proxy has passed on", async () => {
    const machine = await aServer();
    const paths = ["/sandbox", "/sandbox/posts.json", "/sandbox/api/x/x/2/tweets", "/sandbox/faults"];
    for (const { about, host: name, headers } of attempts)
      for (const path of paths)
        for (const method of ["GET", "POST"]) {
          const answer = await requestAs({ url: machine.url, path, host: name, method, headers });
          const expected = [about, path, 404, expect.not.stringContaining("Hello")];
          expect([about, path, answer.status, answer.body]).toEqual(expected);
        }
    expect((await machine.get("sandbox")).status).toBe(200);
  });

  it("has no link to the sandbox on its page about what is not there", async () => {
    const machine = await aServer();
    const headers = { Accept: "text/html" };
    const outside = await requestAs({ url: machine.url, path: "/nothing", host, headers });
    expect([outside.status, outside.body.includes("sandbox")]).toEqual([404, false]);
    expect(outside.body).toContain(`<a href="${publicUrl}">`);
  });

  it("answers under no other name", async () => {
    const machine = await aServer();
    const answer = await requestAs({ url: machine.url, path: "/feed.xml", host: "rebound.example" });
    expect([answer.status, answer.body]).toEqual([
      421,
      "This Crier answers at https://feeds.example.com/, and at http://127.0.0.1 on its own machine.\n",
    ]);
  });

  it("leads from a folder to its page by a relative address, whatever the proxy adds in front", async () => {
    const machine = kept(await aMachine({ "a.md": aDocument("A", "categories: [News]\n") }, { publicUrl }));
    await machine.idle();
    const answer = await requestAs({ url: machine.url, path: "/categories/news", host });
    expect([answer.status, answer.headers.location]).toEqual([301, "./news/"]);
  });

  it("is refused where the configuration says where the feeds are, too: both places are named", async () => {
    const folder = await aConfigured(
      { ...blog, feedsUrl: "https://a.example/" },
      { ...notes, feedsUrl: "https://b.example/" },
    );
    await expect(startIn(folder, { publicUrl })).rejects.toThrow(BadConfig);
    await expect(startIn(folder, { publicUrl })).rejects.toThrow(
      "--public-url and sites[0].feedsUrl, sites[1].feedsUrl of the configuration both say where the feeds are: remove --public-url, or remove feedsUrl",
    );
  });

  it("has a warning where the address is not encrypted", async () => {
    const machine = await aServer({ publicUrl: "http://feeds.example.com/" });
    expect(machine.printed).toContain(
      "! http://feeds.example.com/ is not encrypted: anyone on the network path can read the API's token and change the feeds. Use an address with https",
    );
  });

  it("has no such warning for https, nor for this machine's own address", async () => {
    const machine = await aServer({ publicUrl: "http://localhost:8080/" });
    expect(machine.printed.join("\n")).not.toContain("not encrypted");
  });

  it("leaves the feeds at this machine's address without --host and --public-url, whatever feedsUrl says", async () => {
    const machine = kept(await startIn(await aConfigured({ ...blog, feedsUrl: publicUrl })));
    expect(await (await machine.get("feed.xml")).text()).toContain(`${machine.url}feed.xml`);
    expect((await requestAs({ url: machine.url, path: "/feed.xml", host })).status).toBe(421);
  });
});

describe("--host", () => {
  it("opens the port to other machines; the address is that of the configuration", async () => {
    const folder = await aConfigured({ ...blog, feedsUrl: publicUrl });
    const machine = kept(await startIn(folder, { host: "0.0.0.0" }));
    expect(await (await machine.get("feed.xml")).text()).toContain(`${publicUrl}feed.xml`);
    const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
    for (const { address } of addresses.filter(({ family, internal }) => family === "IPv4" && !internal)) {
      const url = machine.url.replace("127.0.0.1", address);
      expect((await requestAs({ url, path: "/feed.xml", host })).status).toBe(200);
      // An address is no name that can be rebound. What is asked from outside is public, whatever it calls itself.
      for (const name of [address, "127.0.0.1"])
        expect([
          (await requestAs({ url, path: "/feed.xml", host: name })).status,
          (await requestAs({ url, path: "/sandbox", host: name })).status,
          (await requestAs({ url, path: "/", host: name })).body.includes("hello.md"),
        ]).toEqual([200, 404, false]);
    }
  });

  it("takes an address of version 6, and answers on version 4, too", async () => {
    const machine = await aServer({ host: "::" });
    expect((await machine.get("sandbox")).status).toBe(200);
    const url = machine.url.replace("127.0.0.1", "[::1]");
    expect((await fetch(new URL("sandbox", url))).status).toBe(200);
    expect((await requestAs({ url, path: "/feed.xml", host })).status).toBe(200);
  });

  it("of one address keeps the loopback, by which Crier itself and its commands ask", async () => {
    const machine = await aServer({ host: "127.0.0.2" });
    expect((await machine.get("sandbox")).status).toBe(200);
    const url = machine.url.replace("127.0.0.1", "127.0.0.2");
    expect((await requestAs({ url, path: "/feed.xml", host })).status).toBe(200);
  });

  it.each(["0.0.0.0", "::", "192.0.2.1"])("%s is refused without an address for the feeds", async (given) => {
    const folder = await aFolder();
    await expect(startIn(folder, { host: given })).rejects.toThrow(BadConfig);
    await expect(startIn(folder, { host: given })).rejects.toThrow(
      /^--host .* gives other machines access, and the feeds need the address that they use: add --public-url https:\/\/…, or sites\[0\]\.feedsUrl to the configuration/,
    );
  });

  it("of the loopback alone changes nothing", async () => {
    const folder = await aFolder();
    const machine = kept(await startIn(folder, { host: "localhost" }));
    expect(await (await machine.get("feed.xml")).text()).toContain(`${machine.url}feed.xml`);
  });
});

describe("several sites", () => {
  it("are below the one public address", async () => {
    const machine = kept(await startIn(await aConfigured(blog, notes), { publicUrl }));
    const feed = await requestAs({ url: machine.url, path: "/sites/notes/feed.xml", host });
    expect(feed.body).toContain(`${publicUrl}sites/notes/feed.xml`);
  });

  it("may each have an address of their own", async () => {
    const folder = await aConfigured(
      { ...blog, feedsUrl: publicUrl },
      { ...notes, feedsUrl: "https://notes.example.com/" },
    );
    const machine = kept(await startIn(folder, { host: "127.0.0.1" }));
    const feed = await requestAs({ url: machine.url, path: "/feed.xml", host: "notes.example.com" });
    expect(feed.body).toContain("https://notes.example.com/feed.xml");
    const first = await requestAs({ url: machine.url, path: "/feed.xml", host });
    expect(first.body).toContain(`${publicUrl}feed.xml`);
  });
});

describe("a public address with a path", () => {
  const below = "https://example.com/feeds/";

  it("is answered where the proxy strips the path, without a word", async () => {
    const machine = await aServer({ publicUrl: below });
    const feed = await requestAs({ url: machine.url, path: "/feed.xml", host: "example.com" });
    expect(feed.body).toContain(`${below}feed.xml`);
    expect(machine.printed.join("\n")).not.toContain("strip");
  });

  it("is answered where it does not; one line says so, with the line of the proxy to change", async () => {
    const machine = await aServer({ publicUrl: below });
    const ask = (path: string, headers = {}) => requestAs({ url: machine.url, path, host: "example.com", headers });
    expect((await ask("/feeds/feed.xml")).body).toContain(`${below}feed.xml`);
    expect((await ask("/feeds/")).status).toBe(200);
    const authorised = { Authorization: `Bearer ${machine.token}` };
    expect((await ask("/feeds/api/posts/hello", authorised)).status).toBe(200);
    expect((await ask("/feeds/sandbox")).status).toBe(404);
    const put = { method: "PUT", body: aDocument("Put"), headers: { ...authorised, "Content-Type": "text/markdown" } };
    expect(
      (await requestAs({ url: machine.url, path: "/feeds/api/posts/put", host: "example.com", ...put })).status,
    ).toBe(201);
    expect(machine.printed.filter((line) => line.includes("/feeds/ in front"))).toEqual([
      '! the proxy passes on requests with /feeds/ in front, which Crier removes: to make the proxy remove it, write "handle_path /feeds/* { reverse_proxy … }" for Caddy, or end nginx\'s proxy_pass with a slash',
    ]);
  });

  it.each([
    "https://example.com/api/",
    "https://example.com/sandbox",
    "https://example.com/categories/x/",
    "https://example.com/notes/",
  ])("is refused where Crier itself answers below that path: %s", async (taken) => {
    const folder = await aFolder();
    await expect(startIn(folder, { publicUrl: taken })).rejects.toThrow(BadConfig);
    await expect(startIn(folder, { publicUrl: taken })).rejects.toThrow(/Crier itself answers at .*use another path/);
  });
});

describe("a proxy that does not pass the Host", () => {
  it("is named in one line, with the line of the proxy to add", async () => {
    const machine = await aServer();
    for (const path of ["/feed.xml", "/atom.xml"])
      expect((await requestAs({ url: machine.url, path, headers: proxied })).status).toBe(200);
    expect(machine.printed.filter((line) => line.includes("Host"))).toEqual([
      '! a proxy requests 127.0.0.1 instead of feeds.example.com: make it pass on the Host, in nginx with "proxy_set_header Host $host;"',
    ]);
  });
});
