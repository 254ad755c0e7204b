import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { createServer, type Server, type Socket } from "node:net";
import * as tls from "node:tls";
import { gzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import * as z from "zod";
import { getNetwork } from "../../src/networks/connect-networks.ts";
import { fetchJsonWith } from "../../src/networks/http.ts";
import { OutsideError, type Resolve } from "../../src/outside/guarded-client.ts";
import { type Fetch, guardedFetch } from "../../src/outside/network-fetch.ts";
import { aConfiguredAccount, connectionOf } from "../support/configured-account.ts";
import { noDeadline } from "../support/no-deadline.ts";
import { closedPort } from "../support/sandbox-server.ts";
import { loopbackCertificate } from "./loopback-certificate.ts";

const resolvingTo =
  (...addresses: readonly string[]): Resolve =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));

const unknownHost: Resolve = () => Promise.reject(Object.assign(new Error("no such host"), { code: "ENOTFOUND" }));

/** In these tests 127.0.0.1 counts as public, and 127.0.0.2 does not. */
const allowFor = () => (address: string) => address === "127.0.0.1";

/** Listens until the end of the test, and remembers its connections. */
const listening = async (server: Server, host = "127.0.0.1", port = 0) => {
  const connections: Socket[] = [];
  server.on("connection", (socket) => {
    socket.on("error", () => undefined);
    connections.push(socket);
  });
  onTestFinished(() => {
    for (const socket of connections) socket.destroy();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return { url: `http://${host}:${address.port}/`, port: address.port, connections };
};

const serverThat = (answer: RequestListener) => listening(createHttpServer(answer));

/** A server that answers each request with its method, headers and body. */
const echo = () =>
  serverThat(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method, headers } = request;
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ method, headers, body: Buffer.concat(chunks).toString() }));
  });

/** The outcome of a POST, as networks read it. */
const outcomeOf = (fetch: Fetch, url: string, signal = noDeadline()) =>
  fetchJsonWith(fetch, Date.now)(url, { method: "POST", json: { text: "Words" }, signal });

describe("an address that is not public", () => {
  test.each(["10.0.0.1", "127.0.0.1", "169.254.169.254", "fd00::1"])(
    "is refused by https where a name resolves to it: %s",
    async (address) => {
      const fetch = guardedFetch({ resolve: resolvingTo(address) });
      await expect(fetch("https://social.example/path?token=secret", {})).rejects.toMatchObject({
        code: "refused-address",
        message: "social.example resolves to an address that is not public",
      });
    },
  );

  test.each(["https://10.0.0.1/", "https://[::1]/", "https://2130706433/", "http://169.254.169.254/"])(
    "is refused where the URL has it: %s",
    async (url) => {
      await expect(guardedFetch()(url, {})).rejects.toMatchObject({ code: "refused-address" });
    },
  );

  test("is never connected to, where a name has a public one beside it", async () => {
    const server = await echo();
    const hidden = await listening(createHttpServer(), "127.0.0.2", server.port);
    const fetch = guardedFetch({ resolve: resolvingTo("127.0.0.2", "127.0.0.1"), allowFor });
    expect((await fetch(`http://social.example:${server.port}/`, {})).status).toBe(200);
    expect(hidden.connections).toEqual([]);
  });

  test("is never connected to, where a name resolves to it only at the second lookup", async () => {
    const server = await echo();
    const hidden = await listening(createHttpServer(), "127.0.0.2", server.port);
    const answers = ["127.0.0.1", "127.0.0.2"];
    const fetch = guardedFetch({
      resolve: () => resolvingTo(answers.shift() ?? "127.0.0.2")("social.example"),
      allowFor,
    });
    const url = `http://social.example:${server.port}/`;
    const alone = { headers: { connection: "close" } };
    expect(await (await fetch(url, alone)).json()).toMatchObject({ method: "GET" });
    await expect(fetch(url, alone)).rejects.toMatchObject({ code: "refused-address" });
    expect([server.connections.length, hidden.connections.length]).toEqual([1, 0]);
  });

  test("refuses an account when it connects, and nothing is sent", async () => {
    const account = aConfiguredAccount({ network: "mastodon", settings: { server: "https://social.example" } });
    const fetch = guardedFetch({ resolve: resolvingTo("192.168.1.1") });
    const login = { account, secret: { accessToken: "t" }, fetch, clock: Date.now };
    const connection = connectionOf(getNetwork("mastodon").connect(login));
    const refused = {
      kind: "unavailable",
      reason: "social.example has an address that is not public: Crier sends no requests there",
    };
    expect(await connection.whoAmI(noDeadline())).toEqual(refused);
    expect(await connection.send({ status: "Words" }, "key", noDeadline())).toEqual(refused);
  });
});

describe("a request", () => {
  test("has its method, headers and body; one without encryption reaches this machine", async () => {
    const { url } = await echo();
    const headers = { authorization: "Bearer t", "content-type": "text/plain" };
    const fetch = guardedFetch();
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      const seen = await (await fetch(url, { method, headers, body: "Wörter" })).json();
      expect(seen).toMatchObject({ method, headers: { ...headers, "content-length": "7" }, body: "Wörter" });
    }
    expect(await (await fetch(url, { method: "DELETE" })).json()).toMatchObject({ method: "DELETE", body: "" });
    expect(await (await fetch(url, { method: "POST" })).json()).toMatchObject({ headers: { "content-length": "0" } });
  });

  test("may be a form with a file", async () => {
    const { url } = await echo();
    const form = new FormData();
    form.set("status", "Words");
    form.set("file", new Blob(["bytes"], { type: "image/png" }), "a.png");
    const response = await guardedFetch()(url, { method: "POST", body: form });
    const { headers, body } = z
      .object({ headers: z.record(z.string(), z.string()), body: z.string() })
      .parse(await response.json());
    const parsed = await new Response(body, { headers: { "content-type": headers["content-type"] ?? "" } }).formData();
    expect(parsed.get("status")).toBe("Words");
    expect(parsed.get("file")).toMatchObject({ name: "a.png", type: "image/png", size: 5 });
  });

  test("uses the connection of an earlier one, which was checked when it was opened", async () => {
    const { port, connections } = await echo();
    const lookups: string[] = [];
    const resolve: Resolve = (host) => {
      lookups.push(host);
      return resolvingTo("127.0.0.1")(host);
    };
    const fetch = guardedFetch({ resolve });
    for (const query of ["1", "2", "3"]) await (await fetch(`http://social.example:${port}/?${query}`, {})).text();
    expect([connections.length, lookups.length]).toEqual([1, 1]);
  });

  test("has a connection of its own where it writes: nobody knows what became of it on one that is being closed", async () => {
    const { url, connections } = await echo();
    const fetch = guardedFetch({ allowFor });
    await (await fetch(url, {})).text();
    for (const body of ["1", "2"]) await (await fetch(url, { method: "POST", body })).text();
    expect(connections).toHaveLength(3);
  });

  test("is repeated where it reads, and the server has closed the connection that was kept", async () => {
    let answers = 0;
    // It says nothing of closing it, as snac does.
    const { url } = await serverThat((_, response) => {
      answers += 1;
      if (answers === 2) response.socket?.resetAndDestroy();
      else response.end(`answer ${answers}`);
    });
    const fetch = guardedFetch({ allowFor });
    expect(await (await fetch(url, {})).text()).toBe("answer 1");
    expect(await (await fetch(url, {})).text()).toBe("answer 3");
    answers = 1;
    await expect(fetch(url, { method: "POST", body: "words" })).rejects.toMatchObject({ code: "interrupted" });
    expect(answers).toBe(2);
  });

  test("is not made of a URL with a password, nor of another scheme, and the error has no secret", async () => {
    const fetch = guardedFetch();
    await expect(fetch("https://me:secret@social.example/", {})).rejects.toMatchObject({ code: "credentials" });
    await expect(fetch("ftp://social.example/secret", {})).rejects.toMatchObject({ code: "scheme" });
  });
});

describe("a response", () => {
  test.each([204, 205, 304])("may have no body: %d", async (status) => {
    const { url, connections } = await serverThat((_, response) => response.writeHead(status).end());
    const fetch = guardedFetch();
    expect(await fetch(url, {})).toMatchObject({ status, body: null });
    // The connection is free for another request when the event loop has seen the end of the response.
    await new Promise(setImmediate);
    expect(await (await fetch(url, {})).text()).toBe("");
    expect(connections.length).toBe(1);
  });

  test("is decompressed, also where it is empty", async () => {
    const bodies = [gzipSync("Words"), Buffer.alloc(0)];
    const { url } = await serverThat((request, response) => {
      expect(request.headers["accept-encoding"]).toBe("gzip");
      response.writeHead(200, { "content-encoding": "gzip" }).end(bodies.shift());
    });
    const fetch = guardedFetch();
    expect(await (await fetch(url, {})).text()).toBe("Words");
    expect(await (await fetch(url, {})).text()).toBe("");
  });

  test("may redirect, which is not followed", async () => {
    const { url, connections } = await serverThat((_, response) =>
      response.writeHead(302, { location: "https://other.example/" }).end(),
    );
    const response = await guardedFetch()(url, {});
    expect([response.status, response.headers.get("location")]).toEqual([302, "https://other.example/"]);
    expect(connections.length).toBe(1);
  });

  test("is read as far as its reader wants, whatever its size", async () => {
    const { url, connections } = await serverThat((_, response) => {
      const more = () => response.write(Buffer.alloc(64 * 1024)) && setImmediate(more);
      response.on("drain", more);
      more();
    });
    const result = await outcomeOf(guardedFetch(), url);
    expect(result).toMatchObject({ kind: "response", response: { status: 200, text: "" } });
    await expect.poll(() => connections.every(({ destroyed }) => destroyed)).toBe(true);
  });
});

describe("a request that fails", () => {
  test("was not sent where nobody listens, or the name has no address", async () => {
    const url = await closedPort();
    const { host } = new URL(url);
    expect(await outcomeOf(guardedFetch(), url)).toEqual({
      kind: "unavailable",
      reason: `${host} could not be reached (ECONNREFUSED)`,
    });
    expect(await outcomeOf(guardedFetch({ resolve: unknownHost }), "https://nowhere.example/")).toEqual({
      kind: "unavailable",
      reason: "nowhere.example could not be reached (ENOTFOUND)",
    });
  });

  test("was not sent where no connection is open in time", async () => {
    const hanging = guardedFetch({ resolve: () => new Promise(() => undefined), connectTimeout: 20 });
    expect(await outcomeOf(hanging, "https://social.example/")).toEqual({
      kind: "unavailable",
      reason: "social.example could not be reached (connect-timeout)",
    });
    const silent = await listening(createServer());
    const fetch = guardedFetch({ allowFor, connectTimeout: 20 });
    expect(await outcomeOf(fetch, `https://127.0.0.1:${silent.port}/`)).toMatchObject({ kind: "unavailable" });
    expect(silent.connections.length).toBe(1);
  });

  test("may have been applied where the connection ends before the answer", async () => {
    const { url, port } = await serverThat(({ socket }) => socket.destroy());
    const unanswered = { kind: "unanswered", reason: `127.0.0.1:${port} did not answer (ECONNRESET)` };
    expect(await outcomeOf(guardedFetch(), url)).toEqual(unanswered);
  });

  test("may have been applied where its connection ends before the answer", async () => {
    let requests = 0;
    const { url, port, connections } = await serverThat((request, response) => {
      requests += 1;
      if (requests === 1) response.end("{}");
      else request.socket.destroy();
    });
    const fetch = guardedFetch();
    expect(await outcomeOf(fetch, url)).toMatchObject({ kind: "response" });
    expect(await outcomeOf(fetch, url)).toEqual({
      kind: "unanswered",
      reason: `127.0.0.1:${port} did not answer (ECONNRESET)`,
    });
    expect([requests, connections.length]).toEqual([2, 2]);
  });

  test("may have been applied whatever the code of the error is, once it was written", async () => {
    // The code of a host that becomes unreachable while its answer is awaited.
    const fault = Object.assign(new Error("no route"), { code: "EHOSTUNREACH" });
    const fetch: Fetch = () => Promise.reject(new OutsideError("interrupted", "social.example did not answer", fault));
    expect(await outcomeOf(fetch, "https://social.example/")).toEqual({
      kind: "unanswered",
      reason: "social.example did not answer (EHOSTUNREACH)",
    });
  });

  test.each(["HTTP/1.1 101 Switching Protocols\r\n\r\n", "HTTP/1.1 999 No\r\n\r\n", "not HTTP\r\n\r\n"])(
    "may have been applied where the answer is none: %s",
    async (bytes) => {
      const server = createServer((socket) => socket.once("data", () => socket.write(bytes)));
      const { url } = await listening(server);
      expect(await outcomeOf(guardedFetch(), url)).toMatchObject({ kind: "unanswered" });
    },
  );

  test("ends with its signal: before it is sent, while it waits, and in the middle of the body", async () => {
    const late = new DOMException("time is over", "TimeoutError");
    const { url, connections } = await serverThat((_, response) => response.writeHead(200).write("Wor"));
    const fetch = guardedFetch();
    await expect(fetch(url, { signal: AbortSignal.abort(late) })).rejects.toBe(late);
    expect(connections).toEqual([]);

    const reading = new AbortController();
    const response = await fetch(url, { signal: reading.signal });
    const body = response.text();
    reading.abort(late);
    await expect(body).rejects.toThrow();
    await expect.poll(() => connections.every(({ destroyed }) => destroyed)).toBe(true);

    const waiting = new AbortController();
    const silent = await serverThat(() => waiting.abort(late));
    expect(await outcomeOf(fetch, silent.url, waiting.signal)).toEqual({
      kind: "unanswered",
      reason: `127.0.0.1:${silent.port} did not answer (TimeoutError)`,
    });

    const hanging = guardedFetch({ resolve: () => new Promise(() => undefined) });
    const lookup = new AbortController();
    const asked = hanging("https://social.example/", { signal: lookup.signal });
    setImmediate(() => lookup.abort(late));
    await expect(asked).rejects.toBe(late);
  });
});

describe("over TLS", () => {
  /** A server with a certificate for social.example, which nobody trusts at first. */
  const tlsServer = async () => {
    const received: string[] = [];
    const server = createHttpsServer(loopbackCertificate, (request, response) => {
      received.push(request.url ?? "");
      response.end("{}");
    });
    return { received, ...(await listening(server)) };
  };
  const fetch = () => guardedFetch({ resolve: resolvingTo("127.0.0.1"), allowFor });
  const trustIt = () => {
    const before = tls.getCACertificates("default");
    onTestFinished(() => tls.setDefaultCACertificates(before));
    tls.setDefaultCACertificates([...before, loopbackCertificate.cert]);
  };
  // Node 22.18 cannot trust another certificate while it runs.
  const cannotTrust = !("setDefaultCACertificates" in tls);

  // It is skipped where no certificate can be trusted: see `cannotTrust`.
  test.skipIf(cannotTrust)("a request is sent where the certificate is trusted and has the name", async () => {
    trustIt();
    const { received, port, connections } = await tlsServer();
    const own = fetch();
    for (const path of ["a", "b"])
      expect(await outcomeOf(own, `https://social.example:${port}/${path}`)).toMatchObject({ kind: "response" });
    expect(received).toEqual(["/a", "/b"]);
    expect(connections.length).toBe(2);
  });

  test("a request is not sent where the certificate is not trusted, or there is none", async () => {
    const { received, port } = await tlsServer();
    expect(await outcomeOf(fetch(), `https://social.example:${port}/`)).toEqual({
      kind: "unavailable",
      reason: `social.example:${port} could not be reached (DEPTH_ZERO_SELF_SIGNED_CERT)`,
    });
    const plain = await echo();
    expect(await outcomeOf(fetch(), `https://social.example:${plain.port}/`)).toMatchObject({ kind: "unavailable" });
    expect(received).toEqual([]);
  });

  // It is skipped where no certificate can be trusted: see `cannotTrust`.
  test.skipIf(cannotTrust)("a request is not sent where the certificate has another name", async () => {
    trustIt();
    const { received, port } = await tlsServer();
    expect(await outcomeOf(fetch(), `https://other.example:${port}/`)).toEqual({
      kind: "unavailable",
      reason: `other.example:${port} could not be reached (ERR_TLS_CERT_ALTNAME_INVALID)`,
    });
    expect(received).toEqual([]);
  });
});
