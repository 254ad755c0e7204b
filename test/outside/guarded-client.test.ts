import { createServer } from "node:net";
import { gzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import { isPublic, OutsideError, type Resolve } from "../../src/outside/guarded-client.ts";
import { aClient, aServer, limits } from "./loopback.ts";

const resolvingTo =
  (...addresses: readonly string[]): Resolve =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));

const aHello = () => aServer((_, response) => response.end("hello"));

const text = (body: Uint8Array) => new TextDecoder().decode(body);

/** The error of a request. */
const errorOf = async (request: Promise<unknown>): Promise<OutsideError> => {
  const error: unknown = await request.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof OutsideError)) throw new Error(`expected an OutsideError, got ${error}`);
  return error;
};

describe("an allowed address", () => {
  test("answers the request", async () => {
    const server = await aServer((_, response) => {
      response.writeHead(201, { "content-type": "text/plain", "set-cookie": ["a=1", "b=2"] });
      response.end("hello");
    });
    const answer = await aClient()(`${server.url}/path?q=1`, limits());
    expect(answer).toMatchObject({ status: 201, url: `${server.url}/path?q=1` });
    expect(answer.headers.get("content-type")).toBe("text/plain");
    expect(text(answer.body)).toBe("hello");
  });

  test("gets the User-Agent, and no cookie", async () => {
    const server = await aServer((_, response) => {
      response.writeHead(200, { "set-cookie": "a=1" }).end();
    });
    const client = aClient();
    await client(server.url, limits());
    await client(server.url, { ...limits(), headers: { accept: "image/*" } });
    const headers = server.requests.at(-1)?.headers;
    expect(headers?.["user-agent"]).toBe("Crier (+https://blog.example.com/)");
    expect(headers?.accept).toBe("image/*");
    expect(headers?.cookie).toBeUndefined();
  });

  test("gets a form by POST", async () => {
    const server = await aHello();
    await aClient()(server.url, { ...limits(), method: "POST", body: "a=b" });
    expect(server.requests).toMatchObject([{ method: "POST", body: "a=b" }]);
  });

  test("may be one of several of a host: only the allowed one is connected to", async () => {
    const server = await aHello();
    const client = aClient({ resolve: resolvingTo("10.0.0.1", "127.0.0.1", "::1") });
    expect((await client(`http://blog.example:${server.port}/`, limits())).status).toBe(200);
  });
});

describe("an address that is not public", () => {
  test.each([
    "http://127.0.0.1/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://017700000001/",
    "http://127.1/",
    "http://0/",
    "http://①②⑦.0.0.1/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::127.0.0.1]/",
    "http://[fd00:ec2::254]/",
    "http://169.254.169.254/latest/meta-data/",
    "https://10.0.0.1/",
  ])("is refused without a connection: %s", async (url) => {
    const noLookup: Resolve = () => Promise.reject(new Error("unexpected lookup"));
    const client = aClient({ allow: isPublic, resolve: noLookup });
    expect((await errorOf(client(url, limits()))).code).toBe("refused-address");
  });

  test.each(["localhost", "localhost.", "printer.local"])(
    "is refused where the name %s resolves to it",
    async (host) => {
      const server = await aHello();
      const client = aClient({ allow: isPublic, resolve: resolvingTo("127.0.0.1", "::1") });
      const error = await errorOf(client(`http://${host}:${server.port}/`, limits()));
      expect(error).toMatchObject({
        code: "refused-address",
        message: `${host} resolves to an address that is not public`,
      });
      expect(server.requests).toEqual([]);
    },
  );

  test("is refused where the system resolves localhost to it", async () => {
    const error = await errorOf(aClient({ allow: isPublic })("http://localhost:9/", limits()));
    expect(error.code).toBe("refused-address");
  });

  test("is refused as the target of a redirect", async () => {
    const server = await aServer((_, response) => {
      response.writeHead(302, { location: "http://169.254.169.254/latest/meta-data/" }).end();
    });
    expect((await errorOf(aClient()(server.url, limits()))).code).toBe("refused-address");
  });

  test("is refused where the target of a redirect resolves to it", async () => {
    const inner = await aServer((_, response) => response.end("secret"), "127.0.0.2");
    const outer = await aServer((_, response) => {
      response.writeHead(302, { location: `http://inner.example:${inner.port}/` }).end();
    });
    const resolve: Resolve = async (host) => [
      { address: host === "inner.example" ? "127.0.0.2" : "127.0.0.1", family: 4 },
    ];
    const error = await errorOf(aClient({ resolve })(`http://outer.example:${outer.port}/`, limits()));
    expect(error.code).toBe("refused-address");
    expect(inner.requests).toEqual([]);
  });

  test("is refused where a name resolves to it only at the next connection", async () => {
    const server = await aServer((request, response) => {
      if (request.url === "/") response.writeHead(302, { location: "/again" });
      response.end("hello");
    });
    const answers = ["127.0.0.1", "127.0.0.2"];
    const resolve: Resolve = async () => [{ address: answers.shift() ?? "10.0.0.1", family: 4 }];
    const error = await errorOf(aClient({ resolve })(`http://rebinding.example:${server.port}/`, limits()));
    expect(error.code).toBe("refused-address");
    expect(server.requests.map(({ url }) => url)).toEqual(["/"]);
  });
});

describe("an origin that the owner has written", () => {
  test("may be on a private address", async () => {
    const server = await aHello();
    const client = aClient({ allow: isPublic, own: [`${server.url}/feed.xml`] });
    expect((await client(`${server.url}/other`, limits())).status).toBe(200);
  });

  test("may be a name that resolves to one", async () => {
    const server = await aHello();
    const url = `http://blog.test:${server.port}/`;
    const client = aClient({ allow: isPublic, own: [url], resolve: resolvingTo("127.0.0.1") });
    expect((await client(url, limits())).status).toBe(200);
  });

  test.each([
    ["another port", (url: string) => url.replace(/:(\d+)$/, ":1")],
    ["another scheme", (url: string) => url.replace("http:", "https:")],
    ["another name of the machine", (url: string) => url.replace("127.0.0.1", "localhost")],
  ])("allows no other one: %s", async (_, other) => {
    const server = await aHello();
    const client = aClient({ allow: isPublic, own: [server.url] });
    expect((await errorOf(client(other(server.url), limits()))).code).toBe("refused-address");
  });

  test("does not lead to other private addresses by a redirect", async () => {
    const inner = await aHello();
    const server = await aServer((_, response) => response.writeHead(302, { location: inner.url }).end());
    const client = aClient({ allow: isPublic, own: [server.url] });
    expect((await errorOf(client(server.url, limits()))).code).toBe("refused-address");
    expect(inner.requests).toEqual([]);
  });

  test("is refused where its name resolves to the metadata service of a cloud", async () => {
    const client = aClient({ allow: isPublic, own: ["http://blog.test/"], resolve: resolvingTo("169.254.169.254") });
    expect((await errorOf(client("http://blog.test/", limits()))).code).toBe("refused-address");
  });
});

describe("a URL that may not be requested", () => {
  test.each([
    "ftp://example.com/a",
    "file:///etc/passwd",
    "data:image/png;base64,aaaa",
    "javascript:1",
    "/a",
    "",
    "http://",
  ])("is refused: %j", async (url) => {
    const error = await errorOf(aClient()(url, limits()));
    expect(error).toMatchObject({ code: "scheme", message: "the address is not an http(s) URL" });
  });

  test("is refused as the target of a redirect", async () => {
    const server = await aServer((_, response) => {
      response.writeHead(301, { location: "file:///etc/passwd" }).end();
    });
    const error = await errorOf(aClient()(server.url, limits()));
    expect(error).toMatchObject({
      code: "scheme",
      message: `127.0.0.1:${server.port} redirects to an address that is not an http(s) URL`,
    });
  });

  test("is refused with a password, which the message does not repeat", async () => {
    const error = await errorOf(aClient()("http://me:pa55word@127.0.0.1/?token=t0ken", limits()));
    expect(error.code).toBe("credentials");
    expect(error.message).toContain("127.0.0.1");
    expect(JSON.stringify([error.message, error.stack])).not.toMatch(/pa55word|t0ken/);
  });

  test("is refused with a user name alone", async () => {
    expect((await errorOf(aClient()("http://me@127.0.0.1/", limits()))).code).toBe("credentials");
  });
});

describe("redirects", () => {
  /** Counts down: `/3` leads to `/2`. */
  const aChain = (status = 302) =>
    aServer((request, response) => {
      const left = Number(request.url?.slice(1));
      if (left > 0) response.writeHead(status, { location: `/${left - 1}` });
      response.end("the end");
    });

  test("are followed five times", async () => {
    const server = await aChain();
    const answer = await aClient()(`${server.url}/5`, limits());
    expect([answer.url, text(answer.body)]).toEqual([`${server.url}/0`, "the end"]);
  });

  test("are not followed a sixth time", async () => {
    const server = await aChain();
    const error = await errorOf(aClient()(`${server.url}/6`, limits()));
    expect(error).toMatchObject({
      code: "redirects",
      message: `127.0.0.1:${server.port} redirects more than 5 times`,
    });
    expect(server.requests).toHaveLength(6);
  });

  test("to itself are not followed", async () => {
    const server = await aServer((_, response) => response.writeHead(302, { location: "/" }).end());
    expect(await errorOf(aClient()(server.url, limits()))).toMatchObject({
      code: "redirects",
      message: `127.0.0.1:${server.port} redirects to itself`,
    });
    expect(server.requests).toHaveLength(1);
  });

  test("that are permanent say where the resource has moved, up to the first that is not", async () => {
    const hops = new Map([
      ["/a", { status: 301, location: "/b" }],
      ["/b", { status: 308, location: "/c" }],
      ["/c", { status: 302, location: "/d" }],
    ]);
    const server = await aServer(({ url = "" }, response) => {
      const { status, location } = hops.get(url) ?? { status: 200, location: "" };
      response.writeHead(status, { location }).end();
    });
    const answer = await aClient()(`${server.url}/a`, limits());
    expect([answer.url, answer.movedTo]).toEqual([`${server.url}/d`, `${server.url}/c`]);
    expect((await aClient()(`${server.url}/c`, limits())).movedTo).toBeUndefined();
  });

  test.each([307, 308])("of a POST with %i are a POST again", async (status) => {
    const server = await aChain(status);
    await aClient()(`${server.url}/1`, { ...limits(), method: "POST", body: "a=b" });
    expect(server.requests).toMatchObject([
      { url: "/1", method: "POST", body: "a=b" },
      { url: "/0", method: "POST", body: "a=b" },
    ]);
  });

  test.each([301, 302, 303])("of a POST with %i are not followed, which would make it a GET", async (status) => {
    const server = await aChain(status);
    const answer = await aClient()(`${server.url}/1`, { ...limits(), method: "POST", body: "a=b" });
    expect(answer.status).toBe(status);
    expect(server.requests).toHaveLength(1);
  });

  test("without a target are not followed", async () => {
    const server = await aServer((_, response) => response.writeHead(302).end());
    expect((await aClient()(server.url, limits())).status).toBe(302);
  });

  test("share one timeout", async () => {
    const server = await aServer(({ url }, response) => {
      setTimeout(() => response.writeHead(302, { location: `${url}a` }).end(), 40);
    });
    expect((await errorOf(aClient()(server.url, limits(100)))).code).toBe("timeout");
  });
});

describe("a response that exceeds a limit", () => {
  test("is not read where its Content-Length is too large", async () => {
    const server = await aServer((_, response) => {
      response.writeHead(200, { "content-length": "1001" });
      response.write("x");
    });
    const error = await errorOf(aClient()(server.url, limits()));
    expect(error).toMatchObject({
      code: "too-large",
      message: `127.0.0.1:${server.port} answered with more than 1000 bytes`,
    });
  });

  test("is cut off where it never ends", async () => {
    const closed = Promise.withResolvers<void>();
    const server = await aServer((_, response) => {
      const more = () => void (response.destroyed || response.write("x".repeat(500), () => setImmediate(more)));
      response.on("close", closed.resolve);
      more();
    });
    expect((await errorOf(aClient()(server.url, limits()))).code).toBe("too-large");
    await closed.promise;
  });

  test("is cut off where it is too slow", async () => {
    const server = await aServer((_, response) => {
      const drip = setInterval(() => response.write("x"), 10);
      response.on("close", () => clearInterval(drip));
    });
    const error = await errorOf(aClient()(server.url, limits(100)));
    expect(error).toMatchObject({ code: "timeout", message: `127.0.0.1:${server.port} did not answer in time` });
  });

  test("is not waited for where it never begins", async () => {
    const server = await aServer(() => {});
    expect((await errorOf(aClient()(server.url, limits(50)))).code).toBe("timeout");
  });

  test("is never decompressed, and a compressed one is not requested", async () => {
    const bomb = gzipSync("x".repeat(500_000));
    const server = await aServer((_, response) => {
      response.writeHead(200, { "content-encoding": "gzip" }).end(bomb);
    });
    const answer = await aClient()(server.url, limits());
    expect(Buffer.from(answer.body).equals(bomb)).toBe(true);
    expect(server.requests[0]?.headers["accept-encoding"]).toBe("identity");
  });

  test("is not read at all where the limit is 0, and the connection is closed", async () => {
    const closed = Promise.withResolvers<void>();
    const server = await aServer((_, response) => {
      response.on("close", closed.resolve);
      response.writeHead(200, { "content-length": "5000" });
      response.write("x");
    });
    expect((await aClient()(server.url, { ...limits(60_000), maxBytes: 0 })).body).toHaveLength(0);
    await closed.promise;
  });
});

describe("a server that cannot be reached", () => {
  test("is named with the code of the system", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" ? address?.port : undefined;
    await new Promise((resolve) => server.close(resolve));
    const error = await errorOf(aClient()(`http://127.0.0.1:${port}/`, limits()));
    expect(error).toMatchObject({
      code: "unreachable",
      message: `127.0.0.1:${port} could not be reached (ECONNREFUSED)`,
    });
    expect(error.cause).toBeInstanceOf(Error);
  });

  test("may have no address", async () => {
    const unknown: Resolve = () => Promise.reject(Object.assign(new Error("no such host"), { code: "ENOTFOUND" }));
    const error = await errorOf(aClient({ resolve: unknown })("http://nowhere.example/", limits()));
    expect(error).toMatchObject({ code: "unreachable", message: "nowhere.example could not be reached (ENOTFOUND)" });
  });

  test("may fail with a value that is not an error", async () => {
    const throwing: Resolve = () => Promise.reject("odd");
    const error = await errorOf(aClient({ resolve: throwing })("http://nowhere.example/", limits()));
    expect(error).toMatchObject({ code: "unreachable", message: "nowhere.example could not be reached" });
  });

  test("may have a lookup that takes too long", async () => {
    const slow: Resolve = () => new Promise(() => {});
    const error = await errorOf(aClient({ resolve: slow })("http://slow.example/", limits(50)));
    expect(error.code).toBe("timeout");
  });

  test("may not support TLS", async () => {
    const server = await aHello();
    expect((await errorOf(aClient()(`https://127.0.0.1:${server.port}/`, limits()))).code).toBe("unreachable");
  });

  test("may not speak HTTP", async () => {
    const server = createServer((socket) => void socket.end("220 smtp.example ready\r\n"));
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" ? address?.port : undefined;
    expect((await errorOf(aClient()(`http://127.0.0.1:${port}/`, limits()))).code).toBe("unreachable");
  });

  test("may close the connection in the middle of its response", async () => {
    const server = await aServer((_, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("x", () => response.destroy());
    });
    expect((await errorOf(aClient()(server.url, limits()))).code).toBe("unreachable");
  });
});
