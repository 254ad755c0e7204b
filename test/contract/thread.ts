import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Outcome, StoredRequest } from "../../src/domain/delivery.ts";
import { largestProgress } from "../../src/domain/delivery-steps.ts";
import type { DefinedNetwork } from "../../src/networks/define.ts";
import { postsIn } from "../../src/networks/thread.ts";
import type { Connection } from "../../src/ports/networks.ts";
import { aConfiguredAccount, connectedTo, methodsOf, nthKey } from "../support/configured-account.ts";
import { type SandboxServer, startSandbox } from "../support/sandbox-server.ts";
import { aSnippet } from "../support/snippets.ts";

const soon = () => AbortSignal.timeout(10_000);
const inReply = { link: "reply" } as const;

/** What a network must do that needs several requests for a post: run against the sandbox over real connections. */
export const threadContract = (network: DefinedNetwork): void => {
  const account = aConfiguredAccount({ name: `thread-${network.name}`, network: network.name, settings: inReply });
  const { edit, remove, look } = methodsOf(network);
  const refusesCopies = network.offers === "key" || network.offers === "refuse";

  describe(`${network.name} keeps the contract of posts that need several requests`, () => {
    let sandbox: SandboxServer;
    let connection: Connection;
    let count = 0;
    let now = Date.now();

    beforeAll(async () => {
      sandbox = await startSandbox([account], () => now);
    });
    afterAll(() => sandbox.close());
    beforeEach(() => {
      count += 1;
      now += 1000;
      connection = connect();
    });

    const connect = () => connectedTo(network, account, sandbox.url, () => now);
    const aThread = (text = `Thread number ${count}.`) => {
      const url = `https://blog.example.com/thread-${count}/`;
      const { request } = network.compose(aSnippet({ url, text, tags: [] }), account);
      return { url, request, key: nthKey(network, count) };
    };
    const postsOf = ({ url }: { readonly url: string }) =>
      sandbox
        .posts(account.name)
        .filter(({ request, text }) => text === `Thread number ${count}.` || JSON.stringify(request).includes(url));
    const send = ({ request, key }: ReturnType<typeof aThread>, progress?: StoredRequest) =>
      connection.send(request, key, soon(), progress);
    const progressOf = (outcome: Outcome): StoredRequest => {
      if (outcome.kind !== "progressed") throw new Error(`it did not progress: ${JSON.stringify(outcome)}`);
      // As a worker reads it that did not send the request before.
      return JSON.parse(JSON.stringify(outcome.progress));
    };
    const remoteOf = (outcome: Outcome) => {
      if ((outcome.kind !== "posted" && outcome.kind !== "progressed") || outcome.remote === undefined)
        throw new Error(`nothing was made: ${JSON.stringify(outcome)}`);
      return outcome.remote;
    };
    const sendAll = async (thread: ReturnType<typeof aThread>) => {
      const first = await send(thread);
      const second = await send(thread, progressOf(first));
      return { progress: progressOf(first), remotes: [remoteOf(first), remoteOf(second)] as const };
    };

    test("each send makes one post, and says how the next goes on in as few bytes as a row has room for", async () => {
      const thread = aThread();
      const first = await send(thread);
      expect(first).toMatchObject({ kind: "progressed", remote: { id: expect.any(String), public: true } });
      expect(JSON.stringify(progressOf(first)).length).toBeLessThanOrEqual(largestProgress);
      expect(postsOf(thread)).toMatchObject([{ text: `Thread number ${count}.` }]);
      // Another worker goes on, after the one before was killed between the two requests.
      connection = connect();
      const second = await send(thread, progressOf(first));
      // A reply is no copy of the article: feeds do not name it.
      expect(second).toMatchObject({ kind: "posted", remote: { id: expect.any(String), public: false } });
      expect(postsOf(thread)).toHaveLength(2);
      const [post, reply] = postsOf(thread);
      expect(JSON.stringify(reply?.request)).toContain(thread.url);
      expect(JSON.stringify(reply?.request)).toContain(post?.id);
    });

    /** The outcome of a step after those before it were done. */
    const step = async (index: number, thread: ReturnType<typeof aThread>) => {
      const progress = index === 0 ? undefined : progressOf(await send(thread));
      return () => send(thread, progress);
    };

    describe.each([0, 1])("in its request %i", (index) => {
      // By what the network offers: without a key or a refusal of equal text it takes a second copy.
      test.runIf(refusesCopies)("it makes no second post where it is sent again", async () => {
        const thread = aThread();
        const run = await step(index, thread);
        const first = await run();
        const again = await run();
        expect(postsOf(thread)).toHaveLength(index + 1);
        if (network.offers === "key") expect(again).toEqual(first);
        else expect(again.kind).toBe("duplicate");
      });

      test.each(["reset-after", "reset-before", "500", "503", "applied-500"] as const)(
        "an answer that is missing (%s) is unanswered, and the step is settled by sending it again",
        async (fault) => {
          const thread = aThread();
          const run = await step(index, thread);
          await sandbox.fault(account.name, fault);
          expect(await run()).toMatchObject({ kind: "unanswered" });
          if (!refusesCopies) return;
          expect(["posted", "progressed", "duplicate"]).toContain((await run()).kind);
          expect(postsOf(thread)).toHaveLength(index + 1);
        },
      );

      test("a 429 is unavailable, and nothing is applied", async () => {
        const thread = aThread();
        const run = await step(index, thread);
        await sandbox.fault(account.name, "429");
        expect(await run()).toMatchObject({ kind: "unavailable" });
        expect(postsOf(thread)).toHaveLength(index);
      });

      // Where a timeline can be read.
      test.runIf(look)("a look finds what it made, and where the rest goes on", async () => {
        const thread = aThread();
        const run = await step(index, thread);
        const progress = index === 0 ? undefined : progressOf(await send(thread));
        const sought = { ...thread, since: now - 1000, progress };
        expect(await connection.look?.(sought, soon())).toEqual([]);
        const outcome = await run();
        const [found] = [(await connection.look?.(sought, soon())) ?? []].flat();
        expect(found).toMatchObject({ remote: remoteOf(outcome), isSame: true });
        expect(typeof found === "object" && found.progress).toEqual(
          outcome.kind === "progressed" ? outcome.progress : undefined,
        );
      });
    });

    test("what follows a post that a person has deleted has a final answer", async () => {
      const thread = aThread();
      const first = await send(thread);
      await connection.remove?.(remoteOf(first), soon());
      expect(["rejected", "posted"]).toContain((await send(thread, progressOf(first))).kind);
    });

    // By what the network lets its users do: X has neither edits nor a look.
    test.runIf(edit)("each of its posts is edited by its place, and none where their number differs", async () => {
      const thread = aThread();
      const { remotes } = await sendAll(thread);
      const { request } = aThread("Corrected.");
      for (const [index, remote] of remotes.entries())
        expect(await connection.edit?.(remote, request, soon(), { index, of: 2 })).toEqual({ kind: "done" });
      expect(sandbox.posts(account.name).slice(-2)).toMatchObject([
        { text: "Corrected." },
        { text: postsOf(thread).at(-1)?.text },
      ]);
      expect(await connection.edit?.(remotes[0], request, soon(), { index: 0, of: 3 })).toMatchObject({
        kind: "rejected",
      });
    });

    test.runIf(edit && look)("a reply that was edited is still the reply that a look finds", async () => {
      const thread = aThread();
      const { remotes, progress } = await sendAll(thread);
      await connection.edit?.(remotes[1], thread.request, soon(), { index: 1, of: 2 });
      expect(await connection.look?.({ ...thread, since: now - 1000, progress }, soon())).toMatchObject([
        { remote: { id: remotes[1].id } },
      ]);
    });

    test.runIf(look)(
      "a look for its first post finds one that says something else by now, by what follows it",
      async () => {
        const thread = aThread();
        const { remotes } = await sendAll(thread);
        const { request } = aThread("Other words.");
        const found = await connection.look?.({ ...thread, request, since: now - 1000 }, soon());
        expect(found).toMatchObject([{ remote: { id: remotes[0].id } }]);
      },
    );

    test.runIf(network.offers === "key" && network.remembersFor === undefined)(
      "a reply under its own key that says something else is made to say what is sent",
      async () => {
        const thread = aThread();
        const { progress, remotes } = await sendAll(thread);
        const [first, ...replies] = postsIn(thread.request);
        const request = { ...first, replies: replies.map((reply) => ({ ...reply, langs: ["fr"] })) };
        const again = await connection.send(request, thread.key, soon(), progress);
        expect(again).toMatchObject({ kind: "posted", remote: { id: remotes[1].id } });
        expect(postsOf(thread).at(-1)?.request).toMatchObject({ langs: ["fr"] });
        expect(postsOf(thread)).toHaveLength(2);
      },
    );

    test.runIf(remove)("each of its posts is deleted by itself", async () => {
      const thread = aThread();
      const { remotes } = await sendAll(thread);
      for (const remote of remotes.toReversed())
        expect(await connection.remove?.(remote, soon())).toEqual({ kind: "done" });
      expect(postsOf(thread).every(({ deletedAt }) => deletedAt !== null)).toBe(true);
    });
  });
};
