import { describe, expect, test } from "vitest";
import type { Account } from "../../src/domain/account.ts";
import type { StoredRequest } from "../../src/domain/delivery.ts";
import type { DefinedNetwork } from "../../src/networks/define.ts";
import { hasThreads } from "../support/configured-account.ts";
import { noDeadline } from "../support/no-deadline.ts";
import { answersContract } from "./answers.ts";
import { changesContract } from "./changes.ts";
import { contractContext } from "./context.ts";
import { longThreadContract } from "./long-thread.ts";
import { pictureContract } from "./pictures.ts";
import { makeSender } from "./sender.ts";
import { type TestServer, theSandbox } from "./server.ts";
import { textContract } from "./texts.ts";
import { threadContract } from "./thread.ts";

interface Traits {
  /** The status alone says whether a request was taken, whatever the body. */
  readonly anyBody?: boolean;
  /** It first makes what another request publishes: the rules of a post are those of the second one. */
  readonly preparesPosts?: true;
  /** The status of an answer that asks for a pause. */
  readonly pauseStatus?: number;
  /** The account's, other than the usual ones. */
  readonly settings?: Account["settings"];
  readonly server?: TestServer;
}

/**
 * Rules for every network, whatever its API, depending on the capabilities of it and of the server. They run over real
 * connections.
 */
export const networkContract = (
  network: DefinedNetwork,
  { anyBody = false, preparesPosts, pauseStatus = 429, settings = {}, server = theSandbox }: Traits = {},
): void => {
  const label = [network.name, ...Object.values(settings)].join(" ");
  textContract(network, server, label, settings);
  pictureContract(network, server, label);
  if (hasThreads(network)) {
    threadContract(network, server);
    longThreadContract(network, server);
  }

  describe(`${label} on ${server.name} keeps the contract of all networks`, () => {
    const context = contractContext(network, server, "my", { label, settings });
    const { rule, has, connect, connection, closed } = context;
    const sender = makeSender(network, context, preparesPosts);
    const { aPost, send, fault, sent, copiesOf } = sender;
    const repeated = network.offers === "key" ? "posted" : "duplicate";

    test("it says whether a first send can search for a copy", () => {
      expect(has("find")).toBe(network.searchesFirst === true);
    });

    rule("a sent post is there, and its id is returned, with its URL where it has one", [], async () => {
      const post = aPost();
      const remote = await sent(post);
      const [copy] = await copiesOf(post);
      // The id of a copy need not be known if the copy is never changed later.
      expect(has("edit") || has("remove") ? [copy?.id] : [copy?.id, null]).toContain(remote.id);
      if (copy?.url !== undefined) expect([null, copy.url]).toContain(remote.url);
      if (remote.public) expect(remote.url ?? "https://").toMatch(/^https?:\/\//);
    });

    rule(
      "a login names its account, the same each time; a server that does not answer is not available",
      [],
      async () => {
        const identity = await connection().whoAmI(noDeadline());
        expect(await connect().whoAmI(noDeadline())).toEqual(identity);
        if (network.offers === "key") {
          expect(identity).toMatchObject({ kind: "identity", id: expect.stringMatching(/\S/) });
          expect(await connect({ at: closed() }).whoAmI(noDeadline())).toMatchObject({ kind: "unavailable" });
        }
      },
    );

    test("the stored request survives JSON", () => {
      const { request } = aPost();
      expect(JSON.parse(JSON.stringify(request))).toEqual(request);
    });

    rule("the same request under the same key makes no second post", ["once"], async () => {
      const post = aPost();
      const first = await send(post);
      const second = await send(post);
      expect(await copiesOf(post)).toHaveLength(1);
      if (network.offers === "key") expect(second).toEqual(first);
      else expect(second.kind).toBe("duplicate");
    });

    rule("several sends of the same request at once make one post", ["once"], async () => {
      const post = aPost();
      await Promise.all([send(post), send(post), send(post)]);
      expect(await copiesOf(post)).toHaveLength(1);
    });

    rule("a connection that is reset after the post was applied is unanswered", ["reset-after"], async () => {
      const post = aPost();
      await fault("reset-after");
      expect(await send(post)).toMatchObject({ kind: "unanswered" });
      if (has("once")) expect((await send(post)).kind).toBe(repeated);
      expect(await copiesOf(post)).toHaveLength(1);
    });

    rule("a connection that is reset before the post was applied is unanswered, too", ["reset-before"], async () => {
      const post = aPost();
      await fault("reset-before");
      // It looks the same.
      expect(await send(post)).toMatchObject({ kind: "unanswered" });
      expect(await copiesOf(post)).toHaveLength(0);
      expect((await send(post)).kind).toBe("posted");
    });

    for (const status of ["500", "503", "applied-500"] as const)
      rule(`a server error (${status}) is unanswered`, [status], async () => {
        const post = aPost();
        await fault(status);
        expect(await send(post)).toMatchObject({ kind: "unanswered", reason: expect.stringMatching(/50[03]/) });
        if (has("once")) await send(post);
        expect(await copiesOf(post)).toHaveLength(has("once") || status === "applied-500" ? 1 : 0);
      });

    rule("a network that never answers is unanswered when the time is over", ["silence"], async () => {
      const post = aPost();
      await fault("silence");
      const time = new AbortController();
      const outcome = send(post, time.signal);
      await expect.poll(() => copiesOf(post), { interval: 10, timeout: 60_000 }).toHaveLength(1);
      time.abort(new DOMException("The operation was aborted due to timeout", "TimeoutError"));
      expect(await outcome).toMatchObject({ kind: "unanswered" });
      expect(await copiesOf(post)).toHaveLength(1);
    });

    rule("nothing is sent when no time is left", [], async () => {
      const post = aPost();
      expect(await send(post, AbortSignal.abort())).toMatchObject({ kind: "unavailable" });
      expect(await copiesOf(post)).toHaveLength(0);
    });

    rule(
      `a ${pauseStatus} that asks for a pause is unavailable until the time that the network names`,
      ["429"],
      async () => {
        const post = aPost();
        await fault("429");
        const outcome = await send(post);
        expect(outcome).toMatchObject({ kind: "unavailable", reason: expect.stringContaining(`${pauseStatus}`) });
        const wait = (outcome.kind === "unavailable" ? (outcome.retryAt ?? 0) : 0) - context.now();
        expect(wait).toBeGreaterThan(58_000);
        expect(wait).toBeLessThan(62_000);
        expect(await copiesOf(post)).toHaveLength(0);
      },
    );

    rule("a refused login is unauthorised", ["401"], async () => {
      await fault("401");
      expect(await send(aPost())).toMatchObject({ kind: "unauthorised" });
    });

    rule("a wrong secret is unauthorised, and no outcome contains it", ["login"], async () => {
      const secret = network.sandboxCredentials({ ...context.account(), name: "another-s3cr3t" });
      const { request, key } = aPost();
      const outcome = await connect({ secret }).send(request, key, noDeadline());
      expect(outcome.kind).toBe("unauthorised");
      expect(JSON.stringify(outcome)).not.toContain("s3cr3t");
    });

    rule("a refused connection is unavailable: nothing was sent", [], async () => {
      const { request, key } = aPost();
      const outcome = await connect({ at: closed() }).send(request, key, noDeadline());
      expect(outcome).toMatchObject({ kind: "unavailable", reason: expect.stringContaining("ECONNREFUSED") });
    });

    rule("a request that the network never accepts is rejected, with its message", ["refusal"], async () => {
      const { request, key } = aPost();
      const outcome = await connection().send(withoutTexts(request), key, noDeadline());
      expect(outcome).toMatchObject({ kind: "rejected", reason: expect.stringMatching(/(?:4\d\d|invalid): \S/) });
    });

    changesContract(network, context, sender);
    answersContract(context, sender, anyBody);
  });
};

/** The same request with every text in it empty. */
const withoutTexts = (request: StoredRequest): StoredRequest =>
  JSON.parse(JSON.stringify(request, (_, value) => (typeof value === "string" ? "" : value)));
