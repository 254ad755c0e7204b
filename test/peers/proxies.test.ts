import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../support/free-port.ts";
import { aDocument, aFolder } from "../support/machine.ts";
import { aProcess } from "../support/started-process.ts";
import { runCaddy } from "./caddy.ts";
import { onPath } from "./programs.ts";
import { end } from "./run-program.ts";

const name = "feeds.example.com";

/** The first block of the page in this language: what an owner copies. */
const recipe = async (language: string): Promise<string> => {
  const page = await readFile(join(import.meta.dirname, "../../docs/one-machine.md"), "utf8");
  return page.split(`\`\`\`${language}\n`)[1]?.split("```")[0] ?? "";
};

interface Proxy {
  ask(
    path: string,
    headers?: Readonly<Record<string, string>>,
    /** A form. */
    body?: string,
  ): Promise<{ status: number; headers: object; body: string }>;
  stop(): Promise<void>;
}

interface Ready {
  readonly port: number;
  /** The certificate of the proxy's own authority. Undefined: it speaks HTTP. */
  readonly ca?: () => Promise<string>;
  readonly stop: () => Promise<void>;
}

/** Asks the proxy by the public name, as a reader does whose DNS leads there. */
const asking = ({ port, ca, stop }: Ready): Proxy => ({
  stop,
  ask: async (path, headers = {}, body) => {
    const sentAs = body === undefined ? {} : { "Content-Type": "application/x-www-form-urlencoded" };
    const method = body === undefined ? "GET" : "POST";
    const options = { host: "127.0.0.1", port, path, method, headers: { Host: name, ...sentAs, ...headers } };
    const sent =
      ca === undefined ? plainRequest(options) : tlsRequest({ ...options, servername: name, ca: await ca() });
    sent.end(body);
    const [answer] = await once(sent, "response");
    const chunks: Buffer[] = await answer.toArray();
    return { status: answer.statusCode, headers: answer.headers, body: Buffer.concat(chunks).toString("utf8") };
  },
});

const folders: string[] = [];
const aScratchFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "crier-proxy-"));
  folders.push(folder);
  return folder;
};

const startCaddy = async (upstream: string): Promise<Proxy> => {
  const [folder, port] = [await aScratchFolder(), await freePort()];
  const site = (await recipe("caddy")).replace(name, `${name}:${port}`).replace("127.0.0.1:4000", upstream);
  return asking({ port, ...(await runCaddy(folder, site)) });
};

const nginx = ["/usr/sbin/nginx", "/usr/bin/nginx"].find((path) => existsSync(path));

/** The certificate is left out, because it does not affect the result. `change` breaks the recipe. */
const startNginx = async (upstream: string, change: (site: string) => string = (site) => site): Promise<Proxy> => {
  const [folder, port] = [await aScratchFolder(), await freePort()];
  const site = (await recipe("nginx"))
    .replace("listen 443 ssl", `listen 127.0.0.1:${port}`)
    .replaceAll(/^.*ssl_certificate.*\n/gm, "")
    .replace("127.0.0.1:4000", upstream);
  await mkdir(join(folder, "logs"));
  const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (kind) => `${kind}_temp_path ${folder}/${kind};`,
  );
  await writeFile(
    join(folder, "nginx.conf"),
    `daemon off; pid ${folder}/pid; error_log ${folder}/error.log;\nevents {}\nhttp { access_log off; ${paths.join(" ")}\n${change(site)}\n}\n`,
  );
  const child = spawn(nginx ?? "", ["-p", folder, "-c", join(folder, "nginx.conf")], { stdio: "ignore" });
  return asking({ port, stop: () => end(child) });
};

let folder: string;
let crier: Awaited<ReturnType<typeof aProcess>>;
let token: string;
beforeAll(async () => {
  folder = await aFolder({ "one.md": aDocument("One") });
  crier = await aProcess(folder, ["--public-url", `https://${name}`]);
  token = (await readFile(join(folder, "data/token"), "utf8")).trim();
});
afterAll(async () => {
  await crier?.stop();
  for (const one of [folder, ...folders]) await rm(one, { recursive: true, force: true });
});

const upstream = () => new URL(crier.url).host;
const isUp = (proxy: Proxy) =>
  expect
    .poll(
      () =>
        proxy.ask("/healthz").then(
          ({ status }) => status,
          () => undefined,
        ),
      { timeout: 30_000 },
    )
    .toBe(200);

const proxies = [
  { title: "Caddy", isHere: onPath("caddy"), start: startCaddy },
  { title: "nginx", isHere: nginx !== undefined, start: startNginx },
];

describe.each(proxies)("behind $title, by the lines of docs/one-machine.md", ({ title, isHere, start }) => {
  if (!isHere) console.log(`skipped: ${title} is missing: apt-get install ${title.toLowerCase()}`);

  test.skipIf(!isHere)("feeds and the API are public, the sandbox is not", async () => {
    const proxy = await start(upstream());
    try {
      await isUp(proxy);
      const feed = await proxy.ask("/feed.xml");
      expect([feed.status, feed.body.includes(`https://${name}/feed.xml`)]).toEqual([200, true]);
      expect(feed.headers).toMatchObject({ etag: expect.stringMatching(/^"/), "access-control-allow-origin": "*" });
      const etag = "etag" in feed.headers ? String(feed.headers.etag) : "";
      expect((await proxy.ask("/feed.xml", { "If-None-Match": etag })).status).toBe(304);
      expect((await proxy.ask("/feed.xml", { "Accept-Encoding": "br" })).headers).toMatchObject({
        "content-encoding": "br",
      });
      expect((await proxy.ask("/")).body).not.toMatch(/<aside|127\.0\.0\.1|one\.md/);
      expect((await proxy.ask("/api/posts")).status).toBe(401);
      const posts = await proxy.ask("/api/posts", { Authorization: `Bearer ${token}` });
      expect([posts.status, posts.body.includes('"One"')]).toEqual([200, true]);
      for (const path of ["/sandbox", "/sandbox/posts.json", "/sandbox/faults"])
        expect([path, (await proxy.ask(path)).status]).toEqual([path, 404]);
      expect((await fetch(new URL("sandbox", crier.url))).status).toBe(200);
    } finally {
      await proxy.stop();
    }
  });
});

test.skipIf(!onPath("caddy"))(
  "behind Caddy the console is public by --console: an editor signs in and stops all sending",
  async () => {
    const own = await aFolder({ "one.md": aDocument("One") });
    folders.push(own);
    const server = await aProcess(own, ["--public-url", `https://${name}`, "--console"]);
    const proxy = await startCaddy(new URL(server.url).host);
    try {
      await isUp(proxy);
      const ask = async (
        path: string,
        headers: Readonly<Record<string, string>> = {},
        fields?: Readonly<Record<string, string>>,
      ) => proxy.ask(path, { Origin: `https://${name}`, ...headers }, fields && new URLSearchParams(fields).toString());
      const formIn = (page: string) => /name="form" value="([^"]*)"/.exec(page)?.[1] ?? "";
      const entrance = await ask("/console/sign-in");
      const apiToken = (await readFile(join(own, "data/token"), "utf8")).trim();
      const signedIn = await ask(
        "/console/sign-in",
        {},
        { form: formIn(entrance.body), token: apiToken, name: "Editor A" },
      );
      const [cookie = ""] = "set-cookie" in signedIn.headers ? [signedIn.headers["set-cookie"]].flat().map(String) : [];
      expect([signedIn.status, cookie.replace(/=[^;]*/, "=…")]).toEqual([
        303,
        "__Host-crier=…; Max-Age=43200; Path=/; HttpOnly; Secure; SameSite=Strict",
      ]);
      const session = { Cookie: cookie.split(";")[0] ?? "" };
      const stop = await ask("/console/stop", session);
      const form = /<form[^>]*stop-sending.*?<\/form>/s.exec(stop.body)?.[0] ?? "";
      expect(
        (await ask("/console/act/stop-sending", session, { form: formIn(form), why: "a wrong link" })).status,
      ).toBe(303);
      expect((await ask("/console", session)).body).toContain("Sending is stopped");
      expect((await proxy.ask("/feed.xml")).status).toBe(200);
    } finally {
      await proxy.stop();
      await server.stop();
    }
  },
);

test.skipIf(!onPath("caddy"))("behind Caddy there is no console without --console", async () => {
  const proxy = await startCaddy(upstream());
  try {
    await isUp(proxy);
    for (const path of ["/console", "/console/sign-in"])
      expect([path, (await proxy.ask(path)).status]).toEqual([path, 404]);
  } finally {
    await proxy.stop();
  }
});

// Without the line for the Host, nginx requests 127.0.0.1 and sends no header of a proxy. The test is skipped without
// nginx, as described above.
test.skipIf(nginx === undefined)("a proxy that is told nothing gets no sandbox either", async () => {
  const proxy = await startNginx(upstream(), (site) => site.replaceAll(/^.*proxy_set_header.*\n/gm, ""));
  try {
    await isUp(proxy);
    expect((await proxy.ask("/feed.xml")).status).toBe(200);
    expect((await proxy.ask("/sandbox")).status).toBe(404);
    expect((await proxy.ask("/")).body).not.toMatch(/<aside|one\.md/);
  } finally {
    await proxy.stop();
  }
});
