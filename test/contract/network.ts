import { createServer, type Server } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Account } from "../../src/domain/account.ts";
import type { DefinedNetwork } from "../../src/networks/define.ts";
import type { Connection } from "../../src/ports/networks.ts";
import { start } from "../support/builders.ts";
import { aConfiguredAccount, connectionOf, methodsOf } from "../support/configured-account.ts";
import { type SandboxServer, startSandbox } from "../support/sandbox-server.ts";
import { aSnippet } from "../support/snippets.ts";

const soon = () => AbortSignal.timeout(10_000);

/** What every network must do, whatever its API: run against the sandbox over real connections. */
export const networkContract = (network: DefinedNetwork, settings: Account["settings"] = {}): void => {
  const account = aConfiguredAccount({ name: `my-${network.name}`, network: network.name, settings });
  const seed = (count: number) => count.toString(16).padStart(32, "0");
  const { edit, remove, look } = methodsOf(network);

  describe(`${network.name} keeps the contract of all networks`, () => {
    let sandbox: SandboxServer;
    let connection: Connection;
    let closed = "";
    let count = 0;
    let now = Date.now();

    beforeAll(async () => {
      sandbox = await startSandbox([account], () => now);
      closed = await closedPort();
    });
    afterAll(() => sandbox.close());
    beforeEach(() => {
      count += 1;
      now += 1000;
      connection = connectTo(sandbox.url);
    });

    const connectTo = (url: string) =>
      connectionOf(network.connect({ account, secret: network.sandboxCredentials(account), sandbox: url, fetch }));
    const planned = () => {
      const url = `https://blog.example.com/post-${count}/`;
      const snippet = aSnippet({ url });
      return { url, key: network.key(seed(count), start + count), request: network.compose(snippet, account).request };
    };
    const mine = (url: string) => sandbox.posts(account.name).filter(({ text }) => text.includes(url));
    const send = ({ request, key }: ReturnType<typeof planned>, signal = soon()) =>
      connection.send(request, key, signal);

    test("a sent post stands on the timeline, and its id and URL come back", async () => {
      const post = planned();
      const outcome = await send(post);
      const [stored] = mine(post.url);
      expect(outcome).toEqual({
        kind: "posted",
        remote: { id: stored?.id, url: expect.stringMatching(/^https:\/\//) },
      });
    });

    test("the stored request survives JSON", () => {
      const { request } = planned();
      expect(JSON.parse(JSON.stringify(request))).toEqual(request);
    });

    test("the same request under the same key makes no second post", async () => {
      const post = planned();
      const first = await send(post);
      const second = await send(post);
      expect(mine(post.url)).toHaveLength(1);
      if (network.offers === "key") expect(second).toEqual(first);
      else expect(second.kind).toBe("duplicate");
    });

    test("two sends of the same request at once make one post", async () => {
      const post = planned();
      await Promise.all([send(post), send(post), send(post)]);
      expect(mine(post.url)).toHaveLength(1);
    });

    test("a connection that is reset after the post was applied is unanswered, and asking again does not double it", async () => {
      const post = planned();
      await sandbox.fault(account.name, "reset-after");
      expect(await send(post)).toMatchObject({ kind: "unanswered" });
      expect((await send(post)).kind).toBe(network.offers === "key" ? "posted" : "duplicate");
      expect(mine(post.url)).toHaveLength(1);
    });

    test("a connection that is reset before is unanswered as well: nobody can tell", async () => {
      const post = planned();
      await sandbox.fault(account.name, "reset-before");
      expect(await send(post)).toMatchObject({ kind: "unanswered" });
      expect(mine(post.url)).toHaveLength(0);
      expect((await send(post)).kind).toBe("posted");
    });

    test.each(["500", "503", "applied-500"] as const)("a server error (%s) is unanswered", async (fault) => {
      const post = planned();
      await sandbox.fault(account.name, fault);
      expect(await send(post)).toMatchObject({ kind: "unanswered", reason: expect.stringMatching(/50[03]/) });
      await send(post);
      expect(mine(post.url)).toHaveLength(1);
    });

    test("a network that never answers is unanswered when the time is over", async () => {
      const post = planned();
      await sandbox.fault(account.name, "silence");
      const time = new AbortController();
      const outcome = send(post, time.signal);
      await expect.poll(() => mine(post.url), { interval: 10 }).toHaveLength(1);
      time.abort(new DOMException("The operation was aborted due to timeout", "TimeoutError"));
      expect(await outcome).toMatchObject({ kind: "unanswered" });
      expect(mine(post.url)).toHaveLength(1);
    });

    test("a send without time left is not sent", async () => {
      const post = planned();
      expect(await send(post, AbortSignal.abort())).toMatchObject({ kind: "unavailable" });
      expect(mine(post.url)).toHaveLength(0);
    });

    test("a 429 is unavailable until the moment that the network names", async () => {
      const post = planned();
      await sandbox.fault(account.name, "429");
      const outcome = await send(post);
      expect(outcome).toMatchObject({ kind: "unavailable", reason: expect.stringContaining("429") });
      const wait = (outcome.kind === "unavailable" ? (outcome.retryAt ?? 0) : 0) - now;
      expect(wait).toBeGreaterThan(58_000);
      expect(wait).toBeLessThan(62_000);
      expect(mine(post.url)).toHaveLength(0);
    });

    test("a refused login is unauthorised", async () => {
      const post = planned();
      await sandbox.fault(account.name, "401");
      expect(await send(post)).toMatchObject({ kind: "unauthorised" });
    });

    test("a wrong secret is unauthorised, and no outcome names it", async () => {
      const wrong = Object.fromEntries(
        Object.keys(network.sandboxCredentials(account)).map((field) => [field, "s3cr3t-value"]),
      );
      const { request, key } = planned();
      const login = connectionOf(network.connect({ account, secret: wrong, sandbox: sandbox.url, fetch }));
      const outcome = await login.send(request, key, soon());
      expect(outcome.kind).toBe("unauthorised");
      expect(JSON.stringify(outcome)).not.toContain("s3cr3t-value");
    });

    test("a refused connection is unavailable: nothing was sent", async () => {
      const { request, key } = planned();
      const outcome = await connectTo(closed).send(request, key, soon());
      expect(outcome).toMatchObject({ kind: "unavailable", reason: expect.stringContaining("ECONNREFUSED") });
    });

    test("a request that the network will never take is rejected, in its own words", async () => {
      const { request, key } = planned();
      const broken = Object.fromEntries(
        Object.entries(request).map(([field, value]) => [field, typeof value === "string" ? "" : value]),
      );
      const outcome = await connection.send(broken, key, soon());
      expect(outcome).toMatchObject({ kind: "rejected", reason: expect.stringMatching(/4\d\d: \S/) });
    });

    test.runIf(remove)("a removed post is gone, and removing it again is done, too", async () => {
      const post = planned();
      const outcome = await send(post);
      if (outcome.kind !== "posted" || connection.remove === undefined) throw new Error("cannot remove");
      expect(await connection.remove(outcome.remote, soon())).toEqual({ kind: "done" });
      expect(await connection.remove(outcome.remote, soon())).toEqual({ kind: "done" });
      expect(mine(post.url)[0]?.deletedAt).not.toBeNull();
    });

    test.runIf(remove)("a removal that gets no answer says so", async () => {
      const outcome = await send(planned());
      if (outcome.kind !== "posted" || connection.remove === undefined) throw new Error("cannot remove");
      await sandbox.fault(account.name, "reset-after");
      expect(await connection.remove(outcome.remote, soon())).toMatchObject({ kind: "unanswered" });
      expect(await connection.remove(outcome.remote, soon())).toEqual({ kind: "done" });
    });

    test("a copy whose id is not known is not touched", async () => {
      const nowhere = { id: null, url: null };
      expect(await connection.remove?.(nowhere, soon())).toMatchObject({ kind: "rejected" });
      if (connection.edit !== undefined)
        expect(await connection.edit(nowhere, {}, soon())).toMatchObject({ kind: "rejected" });
    });

    test.runIf(edit)("an edited post is the same post with the new text", async () => {
      const post = planned();
      const outcome = await send(post);
      const changed = network.compose(aSnippet({ url: post.url, text: "Corrected." }), account).request;
      if (outcome.kind !== "posted" || connection.edit === undefined) throw new Error("cannot edit");
      await sandbox.fault(account.name, "429");
      expect(await connection.edit(outcome.remote, changed, soon())).toMatchObject({ kind: "unavailable" });
      expect(await connection.edit(outcome.remote, changed, soon())).toEqual({ kind: "done" });
      expect(mine(post.url)).toHaveLength(1);
      expect(mine(post.url)[0]?.text).toContain("Corrected.");
    });

    test.runIf(look)("a look finds the own posts with the URL, the oldest first, and no others", async () => {
      if (connection.look === undefined) throw new Error("cannot look");
      const post = planned();
      const outcome = await send(post);
      expect(await connection.look(post.url, start, soon())).toEqual(
        outcome.kind === "posted" ? [{ remote: outcome.remote }] : [],
      );
      expect(await connection.look("https://blog.example.com/", start, soon())).toEqual([]);
      expect(await connection.look(post.url, now + 60_000, soon())).toEqual([]);
      expect(await connectTo(closed).look?.(post.url, start, soon())).toBeUndefined();
    });

    describe("against a server that is no such network", () => {
      let replies: string[] = [];
      let server: Server;
      beforeAll(async () => {
        server = createServer((socket) => {
          socket.on("error", () => undefined);
          socket.once("data", () => socket.end(replies.shift() ?? ""));
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      });
      afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())));

      const login = reply("200 OK", JSON.stringify({ did: "did:web:a.example", handle: "a.example", accessJwt: "t" }));
      const answered = (text: string) => {
        replies = network.name === "bluesky" ? [login, text] : [text];
        const { request, key } = planned();
        return connectTo(urlOf(server)).send(request, key, soon());
      };

      test("a 200 whose body cannot be read is unanswered", async () => {
        expect(await answered(reply("200 OK", "<html>Welcome to the hotel's network</html>"))).toMatchObject({
          kind: "unanswered",
        });
        expect(await answered(reply("200 OK", "{}"))).toMatchObject({ kind: "unanswered" });
        expect(
          await answered("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{"),
        ).toMatchObject({ kind: "unanswered" });
      });

      test("a redirect is not followed", async () => {
        const outcome = await answered(reply("301 Moved Permanently", "", "location: http://127.0.0.1:1/\r\n"));
        expect(outcome).toMatchObject({ kind: "unavailable", reason: expect.stringContaining("http://127.0.0.1:1/") });
        expect(await answered(reply("303 See Other", "", "location: http://127.0.0.1:1/\r\n"))).toMatchObject({
          kind: "unanswered",
        });
      });

      test("a reply without end is not read to its end", async () => {
        const flood = `{"a":"${"x".repeat(2 * 1024 * 1024)}"}`;
        expect(await answered(reply("200 OK", flood))).toMatchObject({ kind: "unanswered" });
      });

      test("a refusal in no words is rejected with its status", async () => {
        expect(await answered(reply("418 I'm a teapot", "short and stout"))).toMatchObject({
          kind: "rejected",
          reason: expect.stringContaining("418"),
        });
      });
    });
  });
};

const reply = (status: string, body: string, headers = ""): string =>
  `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\n${headers}content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`;

const urlOf = (server: Server): string => {
  const address = server.address();
  return `http://127.0.0.1:${address !== null && typeof address === "object" ? address.port : 0}`;
};

/** An address where nobody listens. */
const closedPort = async (): Promise<string> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = urlOf(server);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return url;
};
