import { setImmediate } from "node:timers/promises";
import { describe, expect } from "vitest";
import { hour, minute } from "../../src/domain/time.ts";
import { bluesky } from "../../src/networks/bluesky/bluesky.ts";
import { tokensInMemory } from "../../src/networks/define.ts";
import type { Issued, Tokens } from "../../src/ports/networks.ts";
import { rulesFor } from "../contract/rules.ts";
import { aConfiguredAccount, connectionOf, nthKey } from "../support/configured-account.ts";
import { noDeadline } from "../support/no-deadline.ts";
import { aSnippet } from "../support/snippets.ts";
import type { Pds, PdsAccount } from "./pds.ts";

/** Sessions of Bluesky, as its personal data server gives, refreshes and ends them. */
export const sessionRules = (server: string, pds: () => Pds): void => {
  const rule = rulesFor(server, {});
  const account = () => aConfiguredAccount({ network: "bluesky", settings: { server: pds().url } });
  const { request } = bluesky.compose(aSnippet(), aConfiguredAccount({ network: "bluesky" }));
  /** The server's clock never goes back. */
  let ahead = 0;
  const pass = (time: number) => {
    ahead += time;
    pds().moveClock(ahead);
  };

  /** The workers of an account that is new, and what they ask. `clock`: of a worker, which may be another than the server's. */
  const aHome = async () => {
    const own = await pds().addAccount();
    const asked: string[] = [];
    let copies = 0;
    const listen = async (url: string, init: RequestInit): Promise<Response> => {
      asked.push(new URL(url).pathname.split(".").at(-1) ?? "");
      return fetch(url, init);
    };
    const login = { name: "me", secret: own.secret, network: "bluesky", server: pds().url };
    // A worker that waits for another lets it go on.
    const newTokens = (): Tokens => ({ ...tokensInMemory(login), wait: () => setImmediate() });
    const shared = newTokens();
    return {
      own,
      shared,
      newTokens,
      logins: () => asked.splice(0).filter((method) => method.endsWith("Session")),
      worker: (
        tokens: Tokens = shared,
        secret: PdsAccount["secret"] = own.secret,
        clock = () => Date.now() + ahead,
      ) => {
        const login = { account: account(), secret, fetch: listen, clock, tokens: () => tokens };
        const connection = connectionOf(bluesky.connect(login));
        return {
          whoAmI: () => connection.whoAmI(noDeadline()),
          send: () => {
            copies += 1;
            return connection.send(request, nthKey(bluesky, copies), noDeadline());
          },
        };
      },
    };
  };
  const posted = { kind: "posted" };
  const issuedIn = async (tokens: Tokens): Promise<Issued | undefined> => (await tokens.read()).issued;

  describe("a session of Bluesky", () => {
    rule(
      "the 31st login in five minutes is a 429: nothing is sent until the time that the server names",
      [],
      async () => {
        const { worker, newTokens } = await aHome();
        const outcomes = [];
        for (let logins = 0; logins < 31; logins += 1) outcomes.push(await worker(newTokens()).send());
        expect(outcomes.slice(0, 30).filter(({ kind }) => kind !== "posted")).toEqual([]);
        const last = outcomes.at(-1);
        expect(last).toMatchObject({ kind: "unavailable", reason: expect.stringContaining("429") });
        const wait = (last?.kind === "unavailable" ? (last.retryAt ?? 0) : 0) - Date.now();
        expect(wait).toBeGreaterThan(0);
        expect(wait).toBeLessThan(6 * minute);
      },
    );

    rule("one login serves all workers, and the server says whose it is", [], async () => {
      const { worker, logins, own } = await aHome();
      expect(await worker().send()).toMatchObject(posted);
      expect(await worker().send()).toMatchObject(posted);
      expect(await worker().whoAmI()).toMatchObject({ kind: "identity", id: own.did });
      expect(logins()).toEqual(["createSession", "getSession"]);
    });

    rule("an access token that has expired for the server alone is refreshed, and the post goes out", [], async () => {
      const { worker, logins } = await aHome();
      const early = ahead;
      const late = worker(undefined, undefined, () => Date.now() + early);
      expect(await late.send()).toMatchObject(posted);
      pass(2 * hour + minute);
      expect(await late.send()).toMatchObject(posted);
      expect(logins()).toEqual(["createSession", "refreshSession"]);
    });

    rule("an access token is refreshed before it expires, once for all workers", [], async () => {
      const { worker, logins } = await aHome();
      await worker().send();
      pass(2 * hour);
      const results = await Promise.all([worker().send(), worker().send()]);
      expect(results).toMatchObject([posted, posted]);
      expect(logins()).toEqual(["createSession", "refreshSession"]);
    });

    rule(
      "a refresh token that another worker has used is good for two hours, and then ends in a new login",
      [],
      async () => {
        const { worker, logins, shared, newTokens } = await aHome();
        await worker().send();
        const issued = await issuedIn(shared);
        const killed = newTokens();
        const later = newTokens();
        for (const tokens of [killed, later]) await tokens.save({ version: 0, issued, renewing: undefined });
        pass(2 * hour);
        expect(await worker().send()).toMatchObject(posted);
        pass(hour);
        expect(await worker(killed).send()).toMatchObject(posted);
        expect(logins()).toEqual(["createSession", "refreshSession", "refreshSession"]);
        pass(2 * hour);
        expect(await worker(later).send()).toMatchObject(posted);
        expect(logins()).toEqual(["refreshSession", "createSession"]);
      },
    );

    rule("a wrong password pauses the account, and is in no reason", [], async () => {
      const { worker, newTokens, own } = await aHome();
      const wrong = { ...own.secret, appPassword: "mistyped-s3cr3t" };
      const outcome = await worker(newTokens(), wrong).send();
      expect(outcome).toEqual({
        kind: "unauthorised",
        reason: "Bluesky login: answered 401: Invalid identifier or password",
      });
    });

    rule("an app password that is revoked ends its session: the account pauses", [], async () => {
      const { worker, own } = await aHome();
      await worker().send();
      await pds().revokeAppPassword(own);
      pass(2 * hour);
      expect(await worker().send()).toMatchObject({ kind: "unauthorised" });
    });

    rule("an account that is taken down pauses", [], async () => {
      const { worker, own } = await aHome();
      await worker().send();
      await pds().takeDown(own);
      expect(await worker().send()).toMatchObject({ kind: "unauthorised" });
    });
  });
};
