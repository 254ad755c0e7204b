import { once } from "node:events";
import { beforeEach, describe, expect, test } from "vitest";
import type { WebSocket } from "ws";
import * as z from "zod";
import { minute } from "../../src/domain/time.ts";
import { nostr, type SignedEvent, signedEvent, tagValue } from "../../src/networks/nostr.ts";
import { fetchWithRelays } from "../../src/outside/network-fetch.ts";
import { start } from "../support/builders.ts";
import { aConfiguredAccount, connectionOf } from "../support/configured-account.ts";
import { noDeadline } from "../support/no-deadline.ts";
import { type RelayServer, relayServers } from "../support/relay-server.ts";
import { closedPort } from "../support/sandbox-server.ts";
import { aSnippet } from "../support/snippets.ts";

const [first, second] = relayServers(2);
if (first === undefined || second === undefined) throw new Error("no relay");

let now = start;
beforeEach(() => {
  now = start;
});

const fetchFrom = fetchWithRelays({ deadline: noDeadline });
const accountOn = (settings: object) =>
  aConfiguredAccount({ network: "nostr", settings: { relays: [first.url, second.url], ...settings } });
const connect = (settings: object = {}) => {
  const account = accountOn(settings);
  const secret = nostr.sandboxCredentials(account);
  return connectionOf(nostr.connect({ account, secret, fetch: fetchFrom, clock: () => now }));
};
const requestOf = (settings = {}, snippet = {}) =>
  nostr.compose(aSnippet(snippet), aConfiguredAccount({ network: "nostr", settings })).request;

const eventIn = (message: readonly unknown[]): SignedEvent => signedEvent.parse(message[1]);
const eventsAt = ({ heard }: RelayServer) => heard.filter(([kind]) => kind === "EVENT").map(eventIn);

type Said = readonly [isTaken: boolean, message: string];

/** A relay that has these events, and says this to others. */
const relayWith =
  (stored: readonly SignedEvent[], ...[isTaken, text]: Said): RelayServer["answer"] =>
  (message) => {
    if (message[0] === "EVENT") return [["OK", eventIn(message).id, isTaken, text]];
    const [, subscription] = message;
    return [...stored.map((event) => ["EVENT", subscription, event] as const), ["EOSE", subscription]];
  };
const takes = relayWith([], true, "");

const article = { format: "article" };

/** An article that was sent, as a relay has it. */
const sentArticle = async () => {
  first.answer = takes;
  second.answer = takes;
  const sent = await connect(article).send(requestOf(article), "5eed-1", noDeadline());
  if (sent.kind !== "posted") throw new Error(sent.kind);
  const [event] = eventsAt(first);
  if (event === undefined) throw new Error("no event");
  return { remote: sent.remote, event };
};

describe("a send to several relays", () => {
  test("makes one event, which is posted when one of them has taken it", async () => {
    first.answer = takes;
    second.answer = relayWith([], false, "error: the disk is full");
    const sent = await connect().send(requestOf(), "k", noDeadline());
    const [event] = eventsAt(first);
    expect(sent).toMatchObject({ kind: "posted", remote: { id: event?.id, public: true } });
    expect(sent).toMatchObject({ remote: { url: expect.stringMatching(/^https:\/\/njump\.me\/nevent1/) } });
    const again = await connect().send(requestOf(), "another key", noDeadline());
    expect(again).toEqual(sent);
    expect(new Set([...eventsAt(first), ...eventsAt(second)].map(({ id }) => id)).size).toBe(1);
  });

  test("is posted where a relay has it already, whatever it says to that", async () => {
    first.answer = relayWith([], false, "duplicate: have it");
    second.answer = relayWith([], false, "blocked: no");
    expect(await connect().send(requestOf(), "k", noDeadline())).toMatchObject({ kind: "posted" });
  });

  test.each([
    ["rate-limited: slow down", "invalid: no", { kind: "unavailable", retryAt: start + minute }],
    ["error: no database", "rate-limited: slow down", { kind: "unanswered" }],
    ["restricted: pay first", "pow: 28 bits are needed", { kind: "unauthorised" }],
    ["auth-required: who are you", "blocked: you are banned", { kind: "unauthorised" }],
    ["invalid: too long", "pow: 28 bits are needed", { kind: "rejected" }],
    ["", "no prefix", { kind: "rejected" }],
  ])("that both refuse, with %j and %j, has one outcome", async (one, other, outcome) => {
    first.answer = relayWith([], false, one);
    second.answer = relayWith([], false, other);
    const sent = await connect().send(requestOf(), "k", noDeadline());
    expect(sent).toMatchObject({ ...outcome, reason: expect.stringContaining(other) });
  });

  test("that one does not hear is decided by the other", async () => {
    const closed = (await closedPort()).replace("http", "ws");
    second.answer = relayWith([], false, "invalid: no");
    const send = () => connect({ relays: [closed, second.url] }).send(requestOf(), "k", noDeadline());
    expect(await send()).toMatchObject({ kind: "unavailable", reason: expect.stringContaining("ECONNREFUSED") });
    second.answer = takes;
    expect(await send()).toMatchObject({ kind: "posted" });
  });

  test("has an address that names author, kind and the first relay", async () => {
    const { remote } = await sentArticle();
    expect(remote.url).toMatch(/^https:\/\/njump\.me\/naddr1[02-9ac-hj-np-z]+$/);
    expect(remote.id).toMatch(/^30023:[0-9a-f]{64}:5eed-1$/);
  });
});

describe("an edit of an article", () => {
  test("is a later version under the same name, at all relays", async () => {
    const { remote, event } = await sentArticle();
    first.answer = relayWith([event], true, "");
    expect(await connect(article).edit?.(remote, requestOf(article, { title: "Another" }), noDeadline())).toEqual({
      kind: "done",
    });
    const [, edited] = eventsAt(second);
    expect(edited).toMatchObject({ kind: 30023, created_at: event.created_at + 1 });
    expect([edited && tagValue(edited, "d"), edited && tagValue(edited, "title")]).toEqual(["5eed-1", "Another"]);
  });

  test("is done when each relay that has the article has taken it", async () => {
    const { remote, event } = await sentArticle();
    const edit = () => connect(article).edit?.(remote, requestOf(article), noDeadline());
    first.answer = relayWith([event], true, "");
    second.answer = relayWith([], false, "blocked: no");
    expect(await edit()).toEqual({ kind: "done" });
    second.answer = relayWith([event], false, "error: no database");
    expect(await edit()).toMatchObject({ kind: "unanswered", reason: expect.stringContaining("no database") });
  });

  test("of one that no relay has is missing; of one that cannot be asked for, unavailable", async () => {
    const { remote } = await sentArticle();
    const edit = () => connect(article).edit?.(remote, requestOf(article), noDeadline());
    expect(await edit()).toMatchObject({ kind: "missing" });
    second.answer = (_, socket) => {
      socket.terminate();
      return [];
    };
    expect(await edit()).toMatchObject({ kind: "unavailable" });
    expect(eventsAt(first)).toHaveLength(1);
  });

  test("does not make an article of a note", async () => {
    const { remote } = await sentArticle();
    expect(connect().edit).toBeUndefined();
    expect(await connect(article).edit?.(remote, requestOf(), noDeadline())).toMatchObject({ kind: "rejected" });
    const note = { id: "a".repeat(64), url: null, public: true };
    expect(await connect(article).edit?.(note, requestOf(article), noDeadline())).toMatchObject({ kind: "rejected" });
  });
});

describe("a deletion", () => {
  test("names the article and its version, and is not before it", async () => {
    const { remote, event } = await sentArticle();
    first.answer = relayWith([event], true, "");
    now = start - 10 * minute;
    expect(await connect(article).remove?.(remote, noDeadline())).toEqual({ kind: "done" });
    expect(eventsAt(second).at(-1)).toMatchObject({
      kind: 5,
      created_at: event.created_at,
      tags: [
        ["e", event.id],
        ["a", remote.id],
        ["k", "30023"],
      ],
    });
  });

  test("is not done while a relay that has the event refuses it", async () => {
    const { remote, event } = await sentArticle();
    first.answer = relayWith([event], false, "blocked: deletions are not taken here");
    expect(await connect(article).remove?.(remote, noDeadline())).toMatchObject({
      kind: "unauthorised",
      reason: expect.stringContaining("not taken here"),
    });
  });
});

describe("a look", () => {
  const sought = { request: requestOf(), key: "k", url: "https://blog.example.com/a-hundred-feeds/", since: start };

  test("takes what the author has signed, and says whether the text is the same", async () => {
    first.answer = takes;
    second.answer = takes;
    await connect().send(requestOf({}, { createdAt: start - minute }), "k", noDeadline());
    await connect().send(requestOf({}, { text: "Other words." }), "k", noDeadline());
    const [same, other] = eventsAt(first);
    if (same === undefined || other === undefined) throw new Error("no event");
    const forged = { ...other, content: "Not of the author" };
    second.answer = relayWith([forged, other, same], true, "");
    expect(await connect().find?.(sought, noDeadline())).toMatchObject([
      { isSame: true, remote: { id: same.id }, madeAt: start - minute },
      { isSame: false, remote: { id: other.id } },
    ]);
  });

  const refuses: RelayServer["answer"] = ([, id]) => [["CLOSED", id, "auth-required: who are you"]];
  const fails: RelayServer["answer"] = ([, id]) => [["CLOSED", id, "error: no database"]];

  test.each([
    ["one relay that has nothing", refuses, takes, []],
    ["no relay", refuses, fails, undefined],
    ["no relay that lets the login read", refuses, refuses, "unreadable"],
  ])("before a first send is answered by %s", async (_, one, other, answer) => {
    [first.answer, second.answer] = [one, other];
    expect(await connect().find?.({ ...sought, isFirst: true }, noDeadline())).toEqual(answer);
  });

  test.each([
    ["each of them has nothing", takes, takes, []],
    ["one of them fails", fails, takes, undefined],
    ["one of them does not let the login read", refuses, takes, "unreadable"],
  ])("after a send, which any relay may have taken, has its answer where %s", async (_, one, other, answer) => {
    [first.answer, second.answer] = [one, other];
    expect(await connect().find?.(sought, noDeadline())).toEqual(answer);
  });

  test("after a send is answered by the relay that has the event, whatever the other one says", async () => {
    [first.answer, second.answer] = [takes, takes];
    await connect().send(requestOf(), "k", noDeadline());
    [first.answer, second.answer] = [relayWith(eventsAt(first), true, ""), fails];
    expect(await connect().find?.(sought, noDeadline())).toMatchObject([{ isSame: true }]);
  });
});

test("a login is known by its public key as soon as one relay answers", async () => {
  first.answer = ([, id]) => [["CLOSED", id, "auth-required: who are you"]];
  const identity = await connect().whoAmI(noDeadline());
  expect(z.object({ id: z.string().startsWith("npub1") }).parse(identity).id).toHaveLength(63);
});

test("a relay that is silent is not waited for, once another one has answered", async () => {
  const asked = Promise.withResolvers<WebSocket>();
  first.answer = (_, socket) => {
    asked.resolve(socket);
    return [];
  };
  second.answer = ([, id], socket) => {
    void asked.promise.then(() => socket.send(JSON.stringify(["EOSE", id])));
    return [];
  };
  expect(await connect().whoAmI(noDeadline())).toMatchObject({ kind: "identity" });
  const socket = await asked.promise;
  if (socket.readyState !== socket.CLOSED) await once(socket, "close");
});
