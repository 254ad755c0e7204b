import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Account } from "../../src/domain/account.ts";
import type { StoredRequest } from "../../src/domain/delivery.ts";
import type { DefinedNetwork } from "../../src/networks/define.ts";
import type { Connection } from "../../src/ports/networks.ts";
import { aContent } from "../support/builders.ts";
import { aConfiguredAccount, connectionOf, hasThreads, methodsOf, nthKey } from "../support/configured-account.ts";
import { closedPort, type SandboxServer, startSandbox } from "../support/sandbox-server.ts";
import { aSnippet } from "../support/snippets.ts";
import { longThreadContract } from "./long-thread.ts";
import { threadContract } from "./thread.ts";

const soon = () => AbortSignal.timeout(10_000);

interface Traits {
  /** The status alone says whether a request was taken, whatever the body. */
  readonly anyBody?: boolean;
  /** The account's, other than the usual ones. */
  readonly settings?: Account["settings"];
}

/** What every network must do, whatever its API, by what it can do: run against the sandbox over real connections. */
export const networkContract = (network: DefinedNetwork, { anyBody = false, settings = {} }: Traits = {}): void => {
  const account = aConfiguredAccount({ name: `my-${network.name}`, network: network.name, settings });
  const { edit, remove, look } = methodsOf(network, settings);
  const refusesCopies = network.offers === "key" || network.offers === "refuse";
  if (hasThreads(network)) {
    threadContract(network);
    longThreadContract(network);
  }

  describe(`${[network.name, ...Object.values(settings)].join(" ")} keeps the contract of all networks`, () => {
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

    const connectTo = (url: string, secret = network.sandboxCredentials(account)) =>
      connectionOf(network.connect({ account, secret, sandbox: url, fetch, clock: () => now }));
    const aPost = () => {
      const url = `https://blog.example.com/post-${count}/`;
      const { request } = network.compose(aSnippet({ url }), account);
      return { url, key: nthKey(network, count), request };
    };
    const copiesOf = ({ url }: { readonly url: string }) =>
      sandbox.posts(account.name).filter(({ request }) => JSON.stringify(request).includes(url));
    const send = ({ request, key }: ReturnType<typeof aPost>, signal = soon()) => connection.send(request, key, signal);

    const sent = async (post: ReturnType<typeof aPost>) => {
      const outcome = await send(post);
      if (outcome.kind !== "posted") throw new Error(`the post was not sent: ${outcome.kind}`);
      return outcome.remote;
    };

    test("a sent post is on the timeline, and its id is returned, with its URL where it has one", async () => {
      const post = aPost();
      const remote = await sent(post);
      const [copy] = copiesOf(post);
      // Where nothing is done with a copy later, its id need not be known.
      expect(edit || remove ? [copy?.id] : [copy?.id, null]).toContain(remote.id);
      expect([null, copy?.url]).toContain(remote.url);
      if (remote.public) expect(remote.url ?? "https://").toMatch(/^https:\/\//);
    });

    test("a login names its account, the same each time; a server that does not answer is not available", async () => {
      const identity = await connection.whoAmI(soon());
      expect(await connectTo(sandbox.url).whoAmI(soon())).toEqual(identity);
      if (network.offers === "key") {
        expect(identity).toEqual({ kind: "identity", id: expect.stringMatching(/\S/) });
        expect(await connectTo(closed).whoAmI(soon())).toMatchObject({ kind: "unavailable" });
      }
    });

    test("the stored request survives JSON", () => {
      const { request } = aPost();
      expect(JSON.parse(JSON.stringify(request))).toEqual(request);
    });

    // By what the network offers: without a key or a refusal of equal text it takes a second copy.
    test.runIf(refusesCopies)("the same request under the same key makes no second post", async () => {
      const post = aPost();
      const first = await send(post);
      const second = await send(post);
      expect(copiesOf(post)).toHaveLength(1);
      if (network.offers === "key") expect(second).toEqual(first);
      else expect(second.kind).toBe("duplicate");
    });

    test.runIf(refusesCopies)("several sends of the same request at once make one post", async () => {
      const post = aPost();
      await Promise.all([send(post), send(post), send(post)]);
      expect(copiesOf(post)).toHaveLength(1);
    });

    test("a connection that is reset after the post was applied is unanswered", async () => {
      const post = aPost();
      await sandbox.fault(account.name, "reset-after");
      expect(await send(post)).toMatchObject({ kind: "unanswered" });
      if (refusesCopies) expect((await send(post)).kind).toBe(network.offers === "key" ? "posted" : "duplicate");
      expect(copiesOf(post)).toHaveLength(1);
    });

    test("a connection that is reset before the post was applied is unanswered, too: it looks the same", async () => {
      const post = aPost();
      await sandbox.fault(account.name, "reset-before");
      expect(await send(post)).toMatchObject({ kind: "unanswered" });
      expect(copiesOf(post)).toHaveLength(0);
      expect((await send(post)).kind).toBe("posted");
    });

    test.each(["500", "503", "applied-500"] as const)("a server error (%s) is unanswered", async (fault) => {
      const post = aPost();
      await sandbox.fault(account.name, fault);
      expect(await send(post)).toMatchObject({ kind: "unanswered", reason: expect.stringMatching(/50[03]/) });
      if (refusesCopies) await send(post);
      expect(copiesOf(post)).toHaveLength(refusesCopies || fault === "applied-500" ? 1 : 0);
    });

    test("a network that never answers is unanswered when the time is over", async () => {
      const post = aPost();
      await sandbox.fault(account.name, "silence");
      const time = new AbortController();
      const outcome = send(post, time.signal);
      await expect.poll(() => copiesOf(post), { interval: 10 }).toHaveLength(1);
      time.abort(new DOMException("The operation was aborted due to timeout", "TimeoutError"));
      expect(await outcome).toMatchObject({ kind: "unanswered" });
      expect(copiesOf(post)).toHaveLength(1);
    });

    test("nothing is sent when no time is left", async () => {
      const post = aPost();
      expect(await send(post, AbortSignal.abort())).toMatchObject({ kind: "unavailable" });
      expect(copiesOf(post)).toHaveLength(0);
    });

    test("a 429 is unavailable until the time that the network names", async () => {
      const post = aPost();
      await sandbox.fault(account.name, "429");
      const outcome = await send(post);
      expect(outcome).toMatchObject({ kind: "unavailable", reason: expect.stringContaining("429") });
      const wait = (outcome.kind === "unavailable" ? (outcome.retryAt ?? 0) : 0) - now;
      expect(wait).toBeGreaterThan(58_000);
      expect(wait).toBeLessThan(62_000);
      expect(copiesOf(post)).toHaveLength(0);
    });

    test("a refused login is unauthorised", async () => {
      await sandbox.fault(account.name, "401");
      expect(await send(aPost())).toMatchObject({ kind: "unauthorised" });
    });

    test("a wrong secret is unauthorised, and no outcome contains it", async () => {
      const login = connectTo(sandbox.url, network.sandboxCredentials({ ...account, name: "another-s3cr3t" }));
      const { request, key } = aPost();
      const outcome = await login.send(request, key, soon());
      expect(outcome.kind).toBe("unauthorised");
      expect(JSON.stringify(outcome)).not.toContain("s3cr3t");
    });

    test("a refused connection is unavailable: nothing was sent", async () => {
      const { request, key } = aPost();
      const outcome = await connectTo(closed).send(request, key, soon());
      expect(outcome).toMatchObject({ kind: "unavailable", reason: expect.stringContaining("ECONNREFUSED") });
    });

    test("a request that the network never accepts is rejected, with the network's message", async () => {
      const { request, key } = aPost();
      const outcome = await connection.send(withoutTexts(request), key, soon());
      expect(outcome).toMatchObject({ kind: "rejected", reason: expect.stringMatching(/(?:4\d\d|invalid): \S/) });
    });

    // The rest runs where the connection has the method: not every network removes, edits or looks.
    // By what the network lets its users do: not every one has deletions, edits or a timeline that can be read.
    test.runIf(remove)("a removed post is deleted, and removing it again is done, too", async () => {
      const post = aPost();
      const remote = await sent(post);
      expect(await connection.remove?.(remote, soon())).toEqual({ kind: "done" });
      expect(await connection.remove?.(remote, soon())).toEqual({ kind: "done" });
      expect(copiesOf(post)[0]?.deletedAt).not.toBeNull();
    });

    test.runIf(remove)("a removal without an answer is unanswered", async () => {
      const remote = await sent(aPost());
      await sandbox.fault(account.name, "reset-after");
      expect(await connection.remove?.(remote, soon())).toMatchObject({ kind: "unanswered" });
      expect(await connection.remove?.(remote, soon())).toEqual({ kind: "done" });
    });

    test.runIf(remove)("a copy whose id is not known cannot be removed", async () => {
      expect(await connection.remove?.({ id: null, url: null, public: true }, soon())).toMatchObject({
        kind: "rejected",
      });
    });

    test.runIf(edit)("a copy whose id is not known cannot be edited", async () => {
      expect(await connection.edit?.({ id: null, url: null, public: true }, {}, soon())).toMatchObject({
        kind: "rejected",
      });
    });

    test.runIf(edit)("an edited post is the same post with the new text", async () => {
      const post = aPost();
      const remote = await sent(post);
      // A network that is sent the whole article has the text in its body.
      const content = aContent({ html: "<p>Corrected.</p>" });
      const changed = network.compose(aSnippet({ url: post.url, text: "Corrected.", content }), account).request;
      await sandbox.fault(account.name, "429");
      expect(await connection.edit?.(remote, changed, soon())).toMatchObject({ kind: "unavailable" });
      expect(await connection.edit?.(remote, changed, soon())).toEqual({ kind: "done" });
      expect(copiesOf(post)).toMatchObject([{ text: expect.stringContaining("Corrected.") }]);
    });

    test.runIf(edit)("an edit does not bring back a copy that a person has deleted", async () => {
      const post = aPost();
      const remote = await sent(post);
      await connectTo(sandbox.url).remove?.(remote, soon());
      expect(await connection.edit?.(remote, post.request, soon())).toMatchObject({ kind: "missing" });
      expect(copiesOf(post).every(({ deletedAt }) => deletedAt !== null)).toBe(true);
    });

    test("a network that offers to read its timeline can do so", () => {
      expect(network.offers !== "read" || look).toBe(true);
    });

    test.runIf(look)("a look finds the copy of a request however long it waited, and no others", async () => {
      const sought = { ...aPost(), since: now - 1000 };
      expect(await connection.look?.(sought, soon())).toEqual([]);
      const remote = await sent(sought);
      expect(await connection.look?.(sought, soon())).toMatchObject([{ remote, isSame: true }]);
      const other = { ...sought, url: "https://blog.example.com/", key: network.key("0".repeat(32), 1) };
      expect(await connection.look?.(other, soon())).toEqual([]);
      expect(await connectTo(closed).look?.(sought, soon())).toBeUndefined();
    });

    describe("when the answer does not come from the network", () => {
      const sendAndAnswer = (response: string) => {
        const post = aPost();
        sandbox.answerTo(`post-${count}`, response);
        return send(post);
      };

      test("a 200 whose body cannot be read is unanswered, where the network names the copy in it", async () => {
        for (const response of [
          http("200 OK", "<html>Welcome to the hotel's network</html>"),
          http("200 OK", "{}"),
          "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{",
        ])
          expect(await sendAndAnswer(response)).toMatchObject({ kind: anyBody ? "posted" : "unanswered" });
      });

      test("a redirect is not followed", async () => {
        const location = "location: http://127.0.0.1:1/\r\n";
        expect(await sendAndAnswer(http("301 Moved Permanently", "", location))).toMatchObject({
          kind: "unavailable",
          reason: expect.stringMatching(/points to http:\/\/127\.0\.0\.1:1, which/),
        });
        expect(await sendAndAnswer(http("303 See Other", "", location))).toMatchObject({ kind: "unanswered" });
      });

      test("a response that is too large is not read to its end", async () => {
        const body = `{"a":"${"x".repeat(2 * 1024 * 1024)}"}`;
        expect(await sendAndAnswer(http("200 OK", body))).toMatchObject({ kind: anyBody ? "posted" : "unanswered" });
      });

      test("a refusal without a message is rejected with its status", async () => {
        expect(await sendAndAnswer(http("418 I'm a teapot", "short and stout"))).toMatchObject({
          kind: "rejected",
          reason: expect.stringContaining("418"),
        });
      });
    });
  });
};

/** The same request with every text in it empty. */
const withoutTexts = (request: StoredRequest): StoredRequest =>
  JSON.parse(JSON.stringify(request, (_, value) => (typeof value === "string" ? "" : value)));

const http = (status: string, body: string, headers = ""): string =>
  `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\n${headers}content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`;
