import { describe, expect } from "vitest";
import type { Outcome, Remote, StoredRequest } from "../../src/domain/delivery.ts";
import { maxProgress } from "../../src/domain/delivery-transitions.ts";
import type { DefinedNetwork } from "../../src/networks/define.ts";
import { postsIn } from "../../src/networks/thread.ts";
import { nthKey } from "../support/configured-account.ts";
import { noDeadline } from "../support/no-deadline.ts";
import { aSnippet } from "../support/snippets.ts";
import { contractContext } from "./context.ts";
import type { TestServer } from "./server.ts";

const inReply = { link: "reply" } as const;

/** Rules for a network that needs several requests for a post. They run over real connections. */
export const threadContract = (network: DefinedNetwork, server: TestServer): void => {
  describe(`${network.name} on ${server.name} keeps the contract of posts that need several requests`, () => {
    const context = contractContext(network, server, "thread", { settings: inReply });
    const { rule, has, fault, count, connect, connection, posts, idAfterEdit } = context;

    const aThread = (text = `Thread number ${count()}.`) => {
      const url = `https://blog.example.com/thread-${count()}/`;
      const { request } = network.compose(aSnippet({ url, text, tags: [] }), context.account());
      return { url, request, key: nthKey(network, count()) };
    };
    const postsOf = async ({ url }: { readonly url: string }) =>
      (await posts()).filter(
        ({ request, text }) => text === `Thread number ${count()}.` || JSON.stringify(request).includes(url),
      );
    const send = (thread: ReturnType<typeof aThread>, progress?: StoredRequest, by = connection()) =>
      by.send(thread.request, thread.key, noDeadline(), progress);
    const progressOf = (outcome: Outcome): StoredRequest => {
      if (outcome.kind !== "progressed") throw new Error(`it did not progress: ${JSON.stringify(outcome)}`);
      // A worker that did not send the request reads the progress in this form.
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

    const expectText = async (edited: Remote, text: string | undefined) =>
      expect(await posts()).toContainEqual(expect.objectContaining({ id: idAfterEdit(edited), text }));

    rule(
      "each send makes one post, and says how the next goes on in as few bytes as a row has room for",
      [],
      async () => {
        const thread = aThread();
        const first = await send(thread);
        expect(first).toMatchObject({ kind: "progressed", remote: { id: expect.any(String), public: true } });
        expect(JSON.stringify(progressOf(first)).length).toBeLessThanOrEqual(maxProgress);
        expect(await postsOf(thread)).toMatchObject([{ text: `Thread number ${count()}.` }]);
        // Another worker goes on, after the one before was killed between the two requests.
        const second = await send(thread, progressOf(first), connect());
        // A reply is no copy of the article: feeds do not name it.
        expect(second).toMatchObject({ kind: "posted", remote: { id: expect.any(String), public: false } });
        const [post, reply, ...others] = await postsOf(thread);
        expect(others).toEqual([]);
        expect(JSON.stringify(reply?.request)).toContain(thread.url);
        expect(JSON.stringify(reply?.request)).toContain(post?.id);
      },
    );

    /** The outcome of a step after those before it were done. */
    const step = async (index: number, thread: ReturnType<typeof aThread>) => {
      const progress = index === 0 ? undefined : progressOf(await send(thread));
      return { run: () => send(thread, progress), progress };
    };

    for (const index of [0, 1]) {
      const inRequest = `in request ${index + 1} of a thread,`;

      rule(`${inRequest} a second send makes no second post`, ["once"], async () => {
        const thread = aThread();
        const { run } = await step(index, thread);
        const first = await run();
        const again = await run();
        expect(await postsOf(thread)).toHaveLength(index + 1);
        if (network.offers === "key") expect(again).toEqual(first);
        else expect(again.kind).toBe("duplicate");
      });

      for (const kind of ["reset-after", "reset-before", "500", "503", "applied-500"] as const)
        rule(
          `${inRequest} an answer that is missing (${kind}) is unanswered, and a second send settles it`,
          [kind],
          async () => {
            const thread = aThread();
            const { run } = await step(index, thread);
            await fault(kind);
            expect(await run()).toMatchObject({ kind: "unanswered" });
            if (!has("once")) return;
            expect(["posted", "progressed", "duplicate"]).toContain((await run()).kind);
            expect(await postsOf(thread)).toHaveLength(index + 1);
          },
        );

      rule(`${inRequest} a 429 is unavailable, and nothing is applied`, ["429"], async () => {
        const thread = aThread();
        const { run } = await step(index, thread);
        await fault("429");
        expect(await run()).toMatchObject({ kind: "unavailable" });
        expect(await postsOf(thread)).toHaveLength(index);
      });

      rule(`${inRequest} a look finds what it made, and where the rest goes on`, ["find"], async () => {
        const thread = aThread();
        const { run, progress } = await step(index, thread);
        const sought = { ...thread, since: context.now() - 1000, progress };
        expect(await connection().find?.(sought, noDeadline())).toEqual([]);
        const outcome = await run();
        const [found] = [(await connection().find?.(sought, noDeadline())) ?? []].flat();
        expect(found).toMatchObject({ remote: remoteOf(outcome), isSame: true });
        expect(typeof found === "object" && found.progress).toEqual(
          outcome.kind === "progressed" ? outcome.progress : undefined,
        );
      });
    }

    rule("what follows a post that a person has deleted has a final answer", ["remove"], async () => {
      const thread = aThread();
      const first = await send(thread);
      expect(await connection().remove?.(remoteOf(first), noDeadline())).toEqual({ kind: "done" });
      expect(["rejected", "posted"]).toContain((await send(thread, progressOf(first))).kind);
    });

    rule("each post of a thread is edited by its place, and none where their number differs", ["edit"], async () => {
      const thread = aThread();
      const { remotes } = await sendAll(thread);
      const [, reply] = await postsOf(thread);
      const { request } = aThread("Corrected.");
      for (const [index, remote] of remotes.entries())
        expect(await connection().edit?.(remote, request, noDeadline(), { index, sent: thread.request })).toEqual({
          kind: "done",
        });
      await expectText(remotes[0], "Corrected.");
      await expectText(remotes[1], reply?.text);
      const [first, ...replies] = postsIn(thread.request);
      const sent = { ...first, replies: [...replies, ...replies] };
      expect(await connection().edit?.(remotes[0], request, noDeadline(), { index: 0, sent })).toMatchObject({
        kind: "rejected",
      });
    });

    rule("half a thread is edited like a whole one", ["edit"], async () => {
      const thread = aThread();
      const remote = remoteOf(await send(thread));
      const part = { index: 0, sent: thread.request };
      expect(await connection().edit?.(remote, aThread("Half of it.").request, noDeadline(), part)).toEqual({
        kind: "done",
      });
      await expectText(remote, "Half of it.");
    });

    rule("a reply that was edited is still the reply that a look finds", ["edit", "find"], async () => {
      const thread = aThread();
      const { remotes, progress } = await sendAll(thread);
      await connection().edit?.(remotes[1], thread.request, noDeadline(), { index: 1, sent: thread.request });
      expect(
        await connection().find?.({ ...thread, since: context.now() - 1000, progress }, noDeadline()),
      ).toMatchObject([{ remote: { id: idAfterEdit(remotes[1]) } }]);
    });

    rule(
      "a look for the first post of a thread finds one that says something else by now, by what follows it",
      ["find"],
      async () => {
        const thread = aThread();
        const { remotes } = await sendAll(thread);
        const { request } = aThread("Other words.");
        const found = await connection().find?.({ ...thread, request, since: context.now() - 1000 }, noDeadline());
        expect(found).toMatchObject([{ remote: { id: remotes[0].id } }]);
      },
    );

    // If a key is remembered for an hour, the post under it stays as it was sent.
    if (network.offers === "key" && network.remembersFor === undefined)
      rule("a reply under its own key that says something else is made to say what is sent", ["once"], async () => {
        const thread = aThread();
        const { progress, remotes } = await sendAll(thread);
        const [first, ...replies] = postsIn(thread.request);
        const request = { ...first, replies: replies.map((reply) => ({ ...reply, langs: ["fr"] })) };
        const again = await connection().send(request, thread.key, noDeadline(), progress);
        expect(again).toMatchObject({ kind: "posted", remote: { id: remotes[1].id } });
        const there = await postsOf(thread);
        expect(there.at(-1)?.request).toMatchObject({ langs: ["fr"] });
        expect(there).toHaveLength(2);
      });

    rule("each post of a thread is deleted by itself", ["remove"], async () => {
      const thread = aThread();
      const { remotes } = await sendAll(thread);
      for (const remote of remotes.toReversed())
        expect(await connection().remove?.(remote, noDeadline())).toEqual({ kind: "done" });
      expect(await postsOf(thread)).toEqual([]);
    });
  });
};
