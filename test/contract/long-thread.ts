import { describe, expect } from "vitest";
import type { Outcome, StoredRequest } from "../../src/domain/delivery.ts";
import type { DefinedNetwork } from "../../src/networks/define.ts";
import { postsIn } from "../../src/networks/thread.ts";
import { nthKey } from "../support/configured-account.ts";
import { noDeadline } from "../support/no-deadline.ts";
import { aSnippet } from "../support/snippets.ts";
import { contractContext } from "./context.ts";
import type { TestServer } from "./server.ts";

/** Rules for a text in several posts, with a separate worker for each. They run over real connections. */
export const longThreadContract = (network: DefinedNetwork, server: TestServer): void => {
  describe(`${network.name} on ${server.name} keeps the contract of threads`, () => {
    const context = contractContext(network, server, "long", { settings: { thread: true } });
    const { rule, count, posts } = context;

    /** A worker after the one before was killed. */
    const connect = () => context.connect();
    const url = () => `https://blog.example.com/long-${count()}/`;
    const textOf = (word: string) =>
      ["One", "Two", "Three"]
        .map((name) => {
          const links = Array.from(
            { length: 15 },
            (_, at) => `${word} ${name} ${at} of ${count()} https://other.example.com/ `,
          );
          return `${name} ${count()} ${links.join("")}end.`;
        })
        .join(" ");
    const aThread = (word = "see") => {
      const { request } = network.compose(aSnippet({ url: url(), text: textOf(word), tags: [] }), context.account());
      return { url: url(), request, key: nthKey(network, count()) };
    };
    const progressOf = (outcome: Outcome): StoredRequest | undefined =>
      outcome.kind === "progressed" ? JSON.parse(JSON.stringify(outcome.progress)) : undefined;
    const send = ({ request, key }: ReturnType<typeof aThread>, progress?: StoredRequest) =>
      connect().send(request, key, noDeadline(), progress);
    const there = async () => (await posts()).filter(({ text }) => text.includes(` of ${count()} `));

    /** Sends each part. `before` is called first, with the progress that the part continues. */
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

    rule("each part is a reply to the one before, and the first alone is public and has the link", [], async () => {
      const thread = aThread();
      const parts = postsIn(thread.request).length;
      expect(parts).toBeGreaterThanOrEqual(3);
      const outcomes = await sendAll(thread);
      expect(outcomes.map(({ kind }) => kind)).toEqual([...Array(parts - 1).fill("progressed"), "posted"]);
      const remotes = outcomes.map((outcome) => ("remote" in outcome ? outcome.remote : undefined));
      expect(remotes.map((remote) => remote?.public)).toEqual([true, ...Array(parts - 1).fill(false)]);
      const all = await posts();
      const requests = remotes.map((remote) => JSON.stringify(all.find(({ id }) => id === remote?.id)?.request));
      expect(requests.map((request) => request.includes(thread.url))).toEqual([true, ...Array(parts - 1).fill(false)]);
      for (const [index, request] of requests.slice(1).entries()) expect(request).toContain(remotes[index]?.id);
    });

    // A second send of a post that was refused as a duplicate does not say where the thread goes on.
    if (network.offers === "key")
      rule("a worker that is killed after any part makes no part twice", ["once"], async () => {
        const thread = aThread();
        await sendAll(thread, (progress) => send(thread, progress));
        expect((await there()).filter(({ text }) => text.startsWith("One "))).toHaveLength(1);
        expect(new Set((await there()).map(({ text }) => text)).size).toBe((await there()).length);
      });

    rule("a look finds any part, though it has a link of the author's own", ["find"], async () => {
      const thread = aThread();
      const before: (StoredRequest | undefined)[] = [];
      await sendAll(thread, async (progress) => {
        const sought = { ...thread, since: context.now() - 1000, progress };
        expect(await connect().find?.(sought, noDeadline())).toEqual([]);
        before.push(progress);
      });
      for (const progress of before)
        expect(
          await connect().find?.({ ...thread, since: context.now() - 1000, progress }, noDeadline()),
        ).toMatchObject([{ isSame: true }]);
    });

    rule("each part is edited by its place", ["edit"], async () => {
      const thread = aThread();
      const outcomes = await sendAll(thread);
      const changed = aThread("now").request;
      for (const [index, outcome] of outcomes.entries())
        if ("remote" in outcome && outcome.remote !== undefined)
          expect(
            await connect().edit?.(outcome.remote, changed, noDeadline(), { index, sent: thread.request }),
          ).toEqual({
            kind: "done",
          });
      expect((await there()).some(({ text }) => text.includes("see"))).toBe(false);
    });

    rule("each part is deleted by itself", ["remove"], async () => {
      const outcomes = await sendAll(aThread());
      for (const outcome of outcomes.toReversed())
        if ("remote" in outcome && outcome.remote !== undefined)
          expect(await connect().remove?.(outcome.remote, noDeadline())).toEqual({ kind: "done" });
      expect(await there()).toEqual([]);
    });
  });
};
