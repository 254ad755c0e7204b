import { once } from "node:events";
import { schnorr } from "@noble/secp256k1";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { nostr } from "../../../src/networks/nostr.ts";
import { fetchWithRelays } from "../../../src/outside/network-fetch.ts";
import { type ServedSandbox, serveSandbox } from "../../../src/runtimes/local/local-sandbox.ts";
import { aConfiguredAccount, connectionOf } from "../../support/configured-account.ts";
import { noDeadline } from "../../support/no-deadline.ts";
import { aSnippet } from "../../support/snippets.ts";

const key = new Uint8Array(32);
key.set(Buffer.from("sandbox-nostr"));

const signed = async (event: object) => {
  const full = { kind: 1, created_at: 1_700_000_000, tags: [] as string[][], content: "Words", ...event };
  const pubkey = Buffer.from(schnorr.getPublicKey(key)).toString("hex");
  const content = JSON.stringify([0, pubkey, full.created_at, full.kind, full.tags, full.content]);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", Buffer.from(content)));
  const sig = Buffer.from(await schnorr.signAsync(hash, key)).toString("hex");
  return { ...full, pubkey, id: Buffer.from(hash).toString("hex"), sig };
};

describe("a client of the sandbox over WebSocket", () => {
  let sandbox: ServedSandbox;
  const clients: WebSocket[] = [];
  beforeAll(async () => {
    sandbox = await serveSandbox(0, Date.now);
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.terminate();
  });
  afterAll(() => sandbox.close());

  const addressOf = (network = "nostr") => `${sandbox.url}/sandbox/api/${network}/${network}`.replace("http", "ws");
  const connect = async (options = {}) => {
    const socket = new WebSocket(addressOf(), options);
    clients.push(socket);
    const heard: unknown[] = [];
    socket.on("message", (data) => heard.push(JSON.parse(data.toString())));
    await once(socket, "open");
    return {
      socket,
      say: (...message: readonly unknown[]) => socket.send(JSON.stringify(message)),
      /** Waits for as many messages of the relay as are expected, and compares them. */
      hears: async (...expected: readonly unknown[]) => {
        await expect.poll(() => heard.length, { interval: 5 }).toBeGreaterThanOrEqual(expected.length);
        expect(heard.splice(0)).toEqual(expected);
      },
    };
  };

  test("publishes an event, asks for it, and hears of the next until it closes its subscription", async () => {
    const [writer, reader] = [await connect(), await connect()];
    const [first, second, third] = [
      await signed({}),
      await signed({ content: "More" }),
      await signed({ content: "x" }),
    ];
    writer.say("EVENT", first);
    await writer.hears(["OK", first.id, true, ""]);
    reader.say("REQ", "a", { kinds: [1], limit: 1 });
    await reader.hears(["EVENT", "a", first], ["EOSE", "a"]);
    writer.say("EVENT", second);
    await writer.hears(["OK", second.id, true, ""]);
    await reader.hears(["EVENT", "a", second]);
    reader.say("REQ", "b", { kinds: [7] });
    reader.say("CLOSE", "a");
    await reader.hears(["EOSE", "b"]);
    writer.say("EVENT", third);
    await writer.hears(["OK", third.id, true, ""]);
    reader.say("REQ", "c", { ids: [third.id] });
    await reader.hears(["EVENT", "c", third], ["EOSE", "c"]);
  });

  test("is told what is wrong with a message", async () => {
    const { say, hears, socket } = await connect();
    const event = await signed({ content: "Wrong" });
    say("EVENT", { ...event, sig: event.id + event.id });
    await hears(["OK", event.id, false, expect.stringMatching(/^invalid: the signature/)]);
    say("EVENT", { ...event, planted: 1 });
    await hears(["OK", event.id, false, expect.stringMatching(/^invalid: .*planted/)]);
    say("REQ", "a", { kind: [1] });
    await hears(["NOTICE", expect.stringMatching(/^invalid: .*kind/)]);
    socket.send("{");
    await hears(["NOTICE", expect.stringMatching(/^invalid: /)]);
    say("CLOSE");
    await hears(["NOTICE", expect.stringMatching(/^invalid: /)]);
  });

  test("loses its connection where a fault resets it, or a message is too large", async () => {
    const body = JSON.stringify({ account: "nostr", fault: "reset-after" });
    const headers = { "content-type": "application/json" };
    await fetch(`${sandbox.url}/sandbox/faults`, { method: "POST", headers, body });
    const [reset, large] = [await connect(), await connect()];
    reset.say("EVENT", await signed({ content: "Reset" }));
    large.socket.send(" ".repeat(1024 * 1024 + 1));
    for (const { socket } of [reset, large]) if (socket.readyState !== WebSocket.CLOSED) await once(socket, "close");
  });

  test("is a program on this machine that asks for a network with WebSocket", async () => {
    const statusOf = async (address: string, headers = {}) => {
      const socket = new WebSocket(address, { headers });
      clients.push(socket);
      socket.on("error", () => undefined);
      const [, response] = await once(socket, "unexpected-response");
      return response.statusCode;
    };
    expect(await statusOf(addressOf(), { host: "rebound.example" })).toBe(421);
    expect(await statusOf(addressOf(), { origin: "https://page.example" })).toBe(421);
    expect(await statusOf(addressOf("mastodon"))).toBe(404);
    expect(await statusOf(addressOf().replace(/nostr$/, "another"))).toBe(404);
    expect(await statusOf(addressOf().replace(/nostr$/, "%E0%A4%A"))).toBe(404);
    await connect({ headers: { origin: "http://localhost:3000" } });
  });

  test("may be Crier itself, with the sandbox as its relay", async () => {
    const account = aConfiguredAccount({ network: "nostr", settings: { relays: [addressOf()] } });
    const secret = sandbox.accounts.find(({ network }) => network === "nostr")?.credentials ?? {};
    const ask = fetchWithRelays({ deadline: noDeadline });
    const connection = connectionOf(nostr.connect({ account, secret, fetch: ask, clock: Date.now }));
    const { request } = nostr.compose(aSnippet(), account);
    const sent = await connection.send(request, "k", noDeadline());
    if (sent.kind !== "posted") throw new Error(JSON.stringify(sent));
    expect(await connection.send(request, "k", noDeadline())).toEqual(sent);
    expect(await connection.remove?.(sent.remote, noDeadline())).toEqual({ kind: "done" });
  });
});
