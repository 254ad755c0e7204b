import { setImmediate } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { day, hour, minute } from "../../src/domain/time.ts";
import { bluesky } from "../../src/networks/bluesky/bluesky.ts";
import { sealedTokens } from "../../src/secrets/sealed-tokens.ts";
import { tokenKey } from "../../src/store/keys.ts";
import { aBlueskyServer } from "../support/bluesky-server.ts";
import { start } from "../support/builders.ts";
import { aConfiguredAccount, connectionOf, nthKey } from "../support/configured-account.ts";
import { noDeadline } from "../support/no-deadline.ts";
import { aSnippet } from "../support/snippets.ts";
import { aStore } from "../support/store.ts";

const account = aConfiguredAccount({ name: "me", network: "bluesky", settings: { server: "https://pds.example" } });
const secret = { identifier: "sandbox-me", appPassword: "sandbox-me" };
const { request } = bluesky.compose(aSnippet(), account);

type Answer = (url: string, init: RequestInit) => Promise<Response>;

/** Processes of one home, with one account on one server, and a clock. */
const aHome = async () => {
  let now = start;
  const clock = () => now;
  const { store, table, stop } = await aStore();
  onTestFinished(stop);
  const server = aBlueskyServer(account, clock);
  const tokens = sealedTokens({ rows: store.tokens, pause: () => setImmediate(), deadline: noDeadline });
  let copies = 0;
  return {
    server,
    pass: (time: number) => {
      now += time;
    },
    /** Returns the requests since the last call, without the posts. */
    logins: () => server.asked.splice(0).filter((method) => /Session$/.test(method)),
    row: () => table.get(tokenKey("me")),
    change: (set: Readonly<Record<string, unknown>>) => table.update(tokenKey("me"), { set }, { kind: "present" }),
    process: (given: Readonly<Record<string, string>> = secret, fetch: Answer = server.fetch) => {
      const connection = connectionOf(bluesky.connect({ account, secret: given, fetch, clock, tokens }));
      return {
        whoAmI: (isCheck?: boolean, signal = noDeadline()) => connection.whoAmI(signal, isCheck),
        send: () => {
          copies += 1;
          return connection.send(request, nthKey(bluesky, copies), noDeadline());
        },
      };
    },
  };
};

const posted = { kind: "posted" };
const me = { kind: "identity", id: "did:web:me.sandbox.example", handle: "@me.sandbox.example" };

describe("a session of Bluesky", () => {
  test("is used by the next process, which shows it to the server before it says whose it is", async () => {
    const { process, logins } = await aHome();
    expect(await process().whoAmI()).toEqual(me);
    expect(logins()).toEqual(["createSession"]);
    const next = process();
    expect(await next.send()).toMatchObject(posted);
    expect(logins()).toEqual([]);
    for (let time = 0; time < 2; time += 1) expect(await next.whoAmI()).toEqual(me);
    expect(logins()).toEqual(["getSession"]);
    expect(await next.whoAmI(true)).toEqual(me);
    expect(logins()).toEqual(["getSession"]);
  });

  test("is begun once by two processes at the same time", async () => {
    const { process, logins, server } = await aHome();
    const all = [process(), process()].flatMap(({ send, whoAmI }) => [send(), send(), whoAmI()]);
    const results = await Promise.all(all);
    expect(results.filter(({ kind }) => kind === "posted")).toHaveLength(4);
    expect(logins().filter((method) => method === "createSession")).toHaveLength(1);
    expect(server.posts()).toHaveLength(4);
  });

  test("is refreshed before it expires, once for all processes, and for as long as it is used", async () => {
    const { process, logins, pass } = await aHome();
    const [one, other] = [process(), process()];
    await one.send();
    expect(logins()).toEqual(["createSession"]);
    for (let refreshes = 0; refreshes < 3; refreshes += 1) {
      pass(2 * hour - minute);
      for (const result of await Promise.all([one.send(), other.send()])) expect(result).toMatchObject(posted);
      expect(logins()).toEqual(["refreshSession"]);
    }
  });

  test("is refreshed when the server does not take it any more, though it has not expired", async () => {
    const { process, logins, server } = await aHome();
    const refusing: Answer = async (url, init) => {
      if (!url.includes("putRecord") || server.asked.includes("refreshSession")) return server.fetch(url, init);
      return Response.json({ error: "InvalidToken", message: "Token could not be verified" }, { status: 400 });
    };
    expect(await process(secret, refusing).send()).toMatchObject(posted);
    expect(logins()).toEqual(["createSession", "refreshSession"]);
  });

  test("is begun anew where it cannot be refreshed: after its months, and where the server has ended it", async () => {
    const { process, logins, pass, server } = await aHome();
    const one = process();
    await one.send();
    pass(91 * day);
    expect(await one.send()).toMatchObject(posted);
    server.restart();
    expect(await one.send()).toMatchObject(posted);
    expect(logins()).toEqual(["createSession", "refreshSession", "createSession", "refreshSession", "createSession"]);
  });

  test("is not ended by a server that is away: the next try refreshes it", async () => {
    const { process, logins, pass, server } = await aHome();
    await process().send();
    pass(2 * hour);
    let failures = 2;
    const failing: Answer = async (url, init) => {
      failures -= 1;
      if (failures === 1) throw new TypeError("fetch failed");
      return failures === 0 ? Response.json({}, { status: 502 }) : server.fetch(url, init);
    };
    const one = process(secret, failing);
    for (let time = 0; time < 2; time += 1) expect(await one.send()).toMatchObject({ kind: "unavailable" });
    expect(await one.send()).toMatchObject(posted);
    expect(logins()).toEqual(["createSession", "refreshSession"]);
  });

  test("is lost with a process that is killed after the refresh: the old token still refreshes", async () => {
    const { process, logins, pass, server } = await aHome();
    await process().send();
    pass(2 * hour);
    const isKilled: Answer = async (url, init) => {
      await server.fetch(url, init);
      return new Promise(() => {});
    };
    void process(secret, isKilled).send();
    await expect.poll(() => server.asked.includes("refreshSession")).toBe(true);
    pass(minute);
    expect(await process().send()).toMatchObject(posted);
    expect(logins()).toEqual(["createSession", "refreshSession", "refreshSession"]);
    // No request came within the time for which the server repeats its answer.
    pass(2 * hour);
    void process(secret, isKilled).send();
    await expect.poll(() => server.asked.includes("refreshSession")).toBe(true);
    pass(3 * hour);
    expect(await process().send()).toMatchObject(posted);
    expect(logins()).toEqual(["refreshSession", "refreshSession", "createSession"]);
  });

  test("is refreshed to its end, though the time of who asked is over: the new tokens are stored and used", async () => {
    const { process, logins, pass, server } = await aHome();
    await process().send();
    pass(2 * hour);
    const answer = Promise.withResolvers<void>();
    const slow: Answer = async (url, init) => {
      const response = await server.fetch(url, init);
      await answer.promise;
      init.signal?.throwIfAborted();
      return response;
    };
    const person = new AbortController();
    const asked = process(secret, slow).whoAmI(true, person.signal);
    await expect.poll(() => server.asked.includes("refreshSession")).toBe(true);
    person.abort();
    answer.resolve();
    expect(await asked).toMatchObject({ kind: "unavailable", reason: expect.stringContaining("no time was left") });
    expect(await process().send()).toMatchObject(posted);
    expect(logins()).toEqual(["createSession", "refreshSession"]);
  });

  test("is not that of another secret: with a new one the login is real, and a refused one pauses the account", async () => {
    const { process, logins } = await aHome();
    await process().send();
    const changed = process({ ...secret, appPassword: "mistyped" });
    expect(await changed.whoAmI()).toMatchObject({ kind: "unauthorised" });
    expect(await changed.send()).toMatchObject({ kind: "unauthorised" });
    expect(logins()).toEqual(["createSession", "createSession", "createSession"]);
    expect(await process().whoAmI()).toEqual(me);
    expect(logins()).toEqual(["createSession"]);
  });

  test("does not outlive an app password that is revoked: its refresh is refused, and so is the login", async () => {
    const { process, pass, server } = await aHome();
    await process().send();
    server.restart();
    pass(2 * hour);
    const revoked = process(secret, async (url, init) =>
      url.includes("createSession")
        ? Response.json({ error: "AuthenticationRequired", message: "Invalid identifier or password" }, { status: 401 })
        : server.fetch(url, init),
    );
    expect(await revoked.whoAmI()).toEqual({
      kind: "unauthorised",
      reason: "Bluesky login: answered 401: Invalid identifier or password",
    });
  });

  test.each([
    ["a row that is damaged", { sealed: "AAAA" }],
    ["a row that is not one of ours", { sealed: 7, version: "1" }],
  ])("%s is a new login", async (_, set) => {
    const { process, logins, change } = await aHome();
    await process().send();
    await change(set);
    expect(await process().send()).toMatchObject(posted);
    expect(logins()).toEqual(["createSession", "createSession"]);
    expect(await process().send()).toMatchObject(posted);
    expect(logins()).toEqual([]);
  });

  test("is in no reason, though the server repeats its tokens; the row shows nothing of them", async () => {
    const { process, pass, server, row } = await aHome();
    const given: string[] = [];
    const repeating: Answer = async (url, init) => {
      if (url.includes("putRecord")) {
        const token = new Headers(init.headers).get("authorization");
        return Response.json({ error: "InvalidRequest", message: `bad ${token} ${given.join(" ")}` }, { status: 400 });
      }
      const response = await server.fetch(url, init);
      const issued = (await response.clone().text()).matchAll(/Jwt":"([^"]+)"/g);
      given.push(...[...issued].map(([, jwt = ""]) => jwt));
      return response;
    };
    const one = process(secret, repeating);
    for (let time = 0; time < 2; time += 1) {
      expect(await one.send()).toMatchObject({
        reason: expect.stringMatching(/^Bluesky answered 400: bad Bearer …( …)+$/),
      });
      pass(2 * hour);
    }
    expect(given).toHaveLength(4);
    for (const token of given) expect(JSON.stringify(await row())).not.toContain(token);
  });
});
