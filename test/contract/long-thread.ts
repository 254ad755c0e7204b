import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Outcome, StoredRequest } from "../../src/domain/delivery.ts";
import type { DefinedNetwork } from "../../src/networks/define.ts";
import { postsIn } from "../../src/networks/thread.ts";
import { aConfiguredAccount, connectedTo, methodsOf, nthKey } from "../support/configured-account.ts";
import { type SandboxServer, startSandbox } from "../support/sandbox-server.ts";
import { aSnippet } from "../support/snippets.ts";

const soon = () => AbortSignal.timeout(10_000);

/** What a network must do with a text in several posts, with a worker of its own for each: run against the sandbox over real connections. */
export const longThreadContract = (network: DefinedNetwork): void => {
  const account = aConfiguredAccount({
    name: `long-${network.name}`,
    network: network.name,
    settings: { thread: true },
  });
  const { edit, remove, look } = methodsOf(network);

  describe(`${network.name} keeps the contract of threads`, () => {
    let sandbox: SandboxServer;
    let count = 0;
    let now = Date.now();

    beforeAll(async () => {
      sandbox = await startSandbox([account], () => now);
    });
    afterAll(() => sandbox.close());
    beforeEach(() => {
      count += 1;
      now += 1000;
    });

    /** A worker after the one before was killed. */
    const connect = () => connectedTo(network, account, sandbox.url, () => now);
    const url = () => `https://blog.example.com/long-${count}/`;
    const textOf = (word: string) =>
      ["One", "Two", "Three"]
        .map((name) => {
          const links = Array.from(
            { length: 15 },
            (_, at) => `${word} ${name} ${at} of ${count} https://other.example.com/ `,
          );
          return `${name} ${count} ${links.join("")}end.`;
        })
        .join(" ");
    const aThread = (word = "see") => {
      const { request } = network.compose(aSnippet({ url: url(), text: textOf(word), tags: [] }), account);
      return { url: url(), request, key: nthKey(network, count) };
    };
    const progressOf = (outcome: Outcome): StoredRequest | undefined =>
      outcome.kind === "progressed" ? JSON.parse(JSON.stringify(outcome.progress)) : undefined;
    const send = ({ request, key }: ReturnType<typeof aThread>, progress?: StoredRequest) =>
      connect().send(request, key, soon(), progress);
    const there = () => sandbox.posts(account.name).filter(({ text }) => text.includes(` of ${count} `));

    /** Sends each part; `before` is asked before, with what it goes on from. */
    const sendAll = async (
      thread: ReturnType<typeof aThread>,
      before: (progress?: StoredRequest) => Promise<unknown> = async () => undefined,
    ) => {
      const outcomes: Outcome[] = [];
      for (const _ of postsIn(thread.request)) {
        const progress = outcomes.length === 0 ? undefined : progressOf(outcomes.at(-1) ?? { kind: "done" });
        await before(progress);
        outcomes.push(await send(thread, progress));
      }
      return outcomes;
    };

    test("each part is a reply to the one before, and the first alone is public and has the link", async () => {
      const thread = aThread();
      const parts = postsIn(thread.request).length;
      expect(parts).toBeGreaterThanOrEqual(3);
      const outcomes = await sendAll(thread);
      expect(outcomes.map(({ kind }) => kind)).toEqual([...Array(parts - 1).fill("progressed"), "posted"]);
      const remotes = outcomes.map((outcome) => ("remote" in outcome ? outcome.remote : undefined));
      expect(remotes.map((remote) => remote?.public)).toEqual([true, ...Array(parts - 1).fill(false)]);
      const requests = sandbox
        .posts(account.name)
        .slice(-parts)
        .map(({ request }) => JSON.stringify(request));
      expect(requests.map((request) => request.includes(thread.url))).toEqual([true, ...Array(parts - 1).fill(false)]);
      for (const [index, request] of requests.slice(1).entries()) expect(request).toContain(remotes[index]?.id);
    });

    // By what the network offers: without a key or a refusal of equal text it takes a second copy.
    test.runIf(network.offers === "key")("a worker that is killed after any part makes no part twice", async () => {
      const thread = aThread();
      await sendAll(thread, (progress) => send(thread, progress));
      expect(
        sandbox
          .posts(account.name)
          .slice(-20)
          .filter(({ text }) => text.startsWith("One ")),
      ).toHaveLength(count);
      expect(new Set(there().map(({ text }) => text)).size).toBe(there().length);
    });

    // Where a timeline can be read.
    test.runIf(look)("a look finds any part, though it has a link of the author's own", async () => {
      const thread = aThread();
      const before: (StoredRequest | undefined)[] = [];
      await sendAll(thread, async (progress) => {
        const sought = { ...thread, since: now - 1000, progress };
        expect(await connect().look?.(sought, soon())).toEqual([]);
        before.push(progress);
      });
      for (const progress of before)
        expect(await connect().look?.({ ...thread, since: now - 1000, progress }, soon())).toMatchObject([
          { isSame: true },
        ]);
    });

    // By what the network lets its users do: X has no edits.
    test.runIf(edit)("each part is edited by its place", async () => {
      const thread = aThread();
      const outcomes = await sendAll(thread);
      const changed = aThread("now").request;
      for (const [index, outcome] of outcomes.entries())
        if ("remote" in outcome && outcome.remote !== undefined)
          expect(await connect().edit?.(outcome.remote, changed, soon(), { index, of: outcomes.length })).toEqual({
            kind: "done",
          });
      expect(there().some(({ text }) => text.includes("see"))).toBe(false);
    });

    test.runIf(remove)("each part is deleted by itself", async () => {
      const outcomes = await sendAll(aThread());
      for (const outcome of outcomes.toReversed())
        if ("remote" in outcome && outcome.remote !== undefined)
          expect(await connect().remove?.(outcome.remote, soon())).toEqual({ kind: "done" });
      expect(there().every(({ deletedAt }) => deletedAt !== null)).toBe(true);
    });
  });
};
