import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import type { Outcome } from "../../src/domain/delivery.ts";
import { accountAfterOutcome } from "../../src/domain/request-gates.ts";
import { day, hour, second } from "../../src/domain/time.ts";
import { networks } from "../../src/networks/index.ts";
import type { Connection } from "../../src/ports/networks.ts";
import { start } from "../support/builders.ts";
import { aConfiguredAccount, connectionOf } from "../support/configured-account.ts";
import { noDeadline } from "../support/no-deadline.ts";
import { aSnippet } from "../support/snippets.ts";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const open: Server[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

/** A server that answers every request in one way. */
const serverThat = async (answer: Answer) => {
  const seen = { requests: 0 };
  const server = createServer((request, response) => {
    seen.requests += 1;
    request.resume();
    answer(request, response);
  });
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return { seen, url: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}` };
};

const html = "<!doctype html><title>Just a moment…</title><script>challenge()</script>".repeat(50);
const chunk = Buffer.alloc(64 * 1024, " ");

/** 50 MB, as far as the client takes them. */
const flood: Answer = (_, response) => {
  response.writeHead(200, { "content-type": "application/json" });
  let left = 50 * 1024 * 1024;
  const write = (): void => {
    while (left > 0 && !response.destroyed) {
      left -= chunk.length;
      if (!response.write(chunk)) return void response.once("drain", write);
    }
    response.end();
  };
  write();
};

const answers: Readonly<Record<string, Answer>> = {
  "a page of HTML with 200": (_, response) => response.writeHead(200, { "content-type": "text/html" }).end(html),
  "a page of HTML with 403": (_, response) => response.writeHead(403, { "content-type": "text/html" }).end(html),
  "a page of HTML with 502": (_, response) => response.writeHead(502, { "content-type": "text/html" }).end(html),
  "an empty body": (_, response) => response.writeHead(200).end(),
  "null as JSON": (_, response) => response.writeHead(200, { "content-type": "application/json" }).end("null"),
  "a redirect to itself": ({ url }, response) => response.writeHead(302, { location: url ?? "/" }).end(),
  "50 MB": flood,
  "a 429 that asks for the next request at once": (_, response) =>
    response.writeHead(429, { "retry-after": "0" }).end(),
  "a 429 whose reset is long over, by a clock that is an hour off": (_, response) =>
    response
      .writeHead(429, {
        date: new Date(start - hour).toUTCString(),
        "x-rate-limit-reset": String((start - 2 * hour) / second),
        "ratelimit-reset": String((start - 2 * hour) / second),
        "x-ratelimit-reset": new Date(start - 2 * hour).toISOString(),
      })
      .end("{}"),
  "a 429 that wants a rest of a thousand years": (_, response) =>
    response.writeHead(429, { "retry-after": String((1000 * 365 * day) / second) }).end("{}"),
};

/** The client gives up on these answers in the end. */
const endless: Readonly<Record<string, Answer>> = {
  "nothing, on an open connection": () => {},
  "the head of an answer, and then nothing": (_, response) => response.writeHead(200).flushHeaders(),
};

/** An answer that ends is not cut off, and an endless one is given up after 40 ms. */
const deadlineOf = (answer: string) => () => (answer in endless ? AbortSignal.timeout(40) : noDeadline());

const requestsOf = (
  connection: Connection,
  request: Readonly<Record<string, unknown>>,
  key: string,
  deadline: () => AbortSignal,
) => {
  const remote = { id: "at://did:web:a/app.bsky.feed.post/1", url: null, public: true };
  return {
    whoAmI: () => connection.whoAmI(deadline()),
    send: () => connection.send(request, key, deadline()),
    edit: () => connection.edit?.(remote, request, deadline()),
    remove: () => connection.remove?.(remote, deadline()),
    find: () => connection.find?.({ request, key, url: "https://blog.example.com/", since: start }, deadline()),
  };
};

describe.each(networks.map((network) => [network.name, network] as const))("%s answers", (name, network) => {
  const account = aConfiguredAccount({ name: "me", network: name });
  const secret = network.sandboxCredentials(account);
  const { request } = network.compose(aSnippet(), account);
  const connectTo = (sandbox: string) =>
    connectionOf(network.connect({ account, secret, sandbox, fetch, clock: () => start }));

  test.each(Object.entries({ ...answers, ...endless }))(
    "%s: one outcome with a reason in words, and no second request",
    async (what, answer) => {
      const { seen, url } = await serverThat(answer);
      const key = network.key("5eed".repeat(16), 1);
      let allowed = 0;
      for (const act of Object.values(requestsOf(connectTo(url), request, key, deadlineOf(what)))) {
        const outcome = await act();
        const hasFailed = typeof outcome === "object" && !Array.isArray(outcome) && "reason" in outcome;
        // The limit is for all acts together: the request of one that has given up may arrive during the next.
        allowed += hasFailed ? 1 : 2;
        if (!hasFailed) continue;
        expect(outcome.reason).toMatch(/^\S.{10,}/);
        expect(outcome.reason.length).toBeLessThan(500);
        expect(outcome.reason).not.toMatch(/undefined|\[object|<|Error:/);
        if (outcome.kind !== "unavailable" && outcome.kind !== "unanswered") continue;
        const { down } = accountAfterOutcome(anAccountState, { delivery: "a", version: 0 }, outcome, start);
        expect(down?.until).toBeLessThanOrEqual(start + day);
        if ("retryAt" in outcome) expect(outcome.retryAt).toBeGreaterThan(start);
      }
      expect(seen.requests).toBeLessThanOrEqual(allowed);
    },
  );

  test("50 MB are not read: the connection is closed", async () => {
    const seen = { closed: 0, bytes: 0 };
    const { url } = await serverThat((incoming, response) => {
      flood(incoming, response);
      response.once("close", () => {
        seen.closed += 1;
        seen.bytes += response.socket?.bytesWritten ?? incoming.socket.bytesWritten;
      });
    });
    await connectTo(url).send(request, network.key("5eed".repeat(16), 1), noDeadline());
    await expect.poll(() => seen.closed, { interval: 5, timeout: 60_000 }).toBe(1);
    expect(seen.bytes).toBeLessThan(20 * 1024 * 1024);
  });

  test("no request with a secret that has a line break, and no value of it is shown", async () => {
    for (const field of Object.keys(secret)) {
      const broken = { ...secret, [field]: `${secret[field]}s3cr3t\nx` };
      const connected = network.connect({ account, secret: broken, fetch, clock: () => start });
      expect(connected).toMatchObject({ problem: expect.stringContaining(field) });
      expect(JSON.stringify(connected)).not.toContain("s3cr3t");
    }
  });
});

const anAccountState = {
  name: "me",
  version: 1,
  sent: {},
  spent: undefined,
  inFlight: undefined,
  down: undefined,
  paused: undefined,
};

test("a header with a character that HTTP does not allow is not sent, and not shown", async () => {
  const [mastodon] = networks.filter(
    ({ credentials }) => "accessToken" in credentials.shape && Object.keys(credentials.shape).length === 1,
  );
  if (mastodon === undefined) throw new Error("no network has a token alone");
  const account = aConfiguredAccount({ name: "me", network: mastodon.name });
  const connected = mastodon.connect({ account, secret: { accessToken: "“s3cr3t”" }, fetch, clock: () => start });
  const outcome: Outcome = await connectionOf(connected).send({ status: "a" }, "k", noDeadline());
  expect(outcome).toMatchObject({ kind: "unavailable", reason: expect.stringContaining("a character that HTTP") });
  expect(JSON.stringify(outcome)).not.toContain("s3cr3t");
});
