import { createServer } from "node:http";
import { describe, expect, onTestFinished, test } from "vitest";
import { fetchWithRelays } from "../../src/outside/network-fetch.ts";
import { noDeadline } from "../support/no-deadline.ts";
import { relayServers } from "../support/relay-server.ts";
import { closedPort } from "../support/sandbox-server.ts";

const [relay, silent] = relayServers(2);
if (relay === undefined || silent === undefined) throw new Error("no relay");

const ask = fetchWithRelays({ deadline: noDeadline });
const event = { id: "1", content: "Words" };
const publish = (url: string, signal: AbortSignal | null = null) =>
  ask(url, { method: "POST", body: JSON.stringify(["EVENT", event]), signal });

describe("a request to a relay", () => {
  test("is one message, and its response all that the relay says until it has answered", async () => {
    const said = [
      ["NOTICE", "hello"],
      ["OK", "2", true, ""],
      ["OK", "1", true, ""],
    ] as const;
    relay.answer = () => ["not JSON", ...said, ["NOTICE", "later"]];
    const response = await publish(relay.url);
    expect(await response.json()).toEqual(said);
    expect(relay.heard).toEqual([["EVENT", event]]);
  });

  test("may have its message in the address, which the relay does not see", async () => {
    relay.answer = ([, id]) => [
      ["EVENT", id, event],
      ["EOSE", id],
    ];
    const question = ["REQ", "a", { kinds: [1] }];
    const url = new URL(relay.url);
    url.searchParams.set("message", JSON.stringify(question));
    expect(await (await ask(url.href, { method: "GET" })).json()).toEqual([
      ["EVENT", "a", event],
      ["EOSE", "a"],
    ]);
    expect(relay.heard).toEqual([question]);
    relay.answer = ([, id]) => [["CLOSED", id, "auth-required: no"]];
    expect(await (await ask(url.href, { method: "GET" })).json()).toEqual([["CLOSED", "a", "auth-required: no"]]);
  });

  test("fails where the relay closes the connection, or says too much", async () => {
    relay.answer = (_, socket) => {
      socket.close();
      return [];
    };
    await expect(publish(relay.url)).rejects.toThrow("closed the connection");
    relay.answer = () => Array<string>(12).fill("x".repeat(100_000));
    await expect(publish(relay.url)).rejects.toThrow("more than");
    relay.answer = () => ["x".repeat(1024 * 1024 + 1)];
    await expect(publish(relay.url)).rejects.toMatchObject({ code: "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH" });
  });

  test("ends with its signal, and when a relay has said nothing for too long", async () => {
    const signal = new AbortController();
    silent.answer = () => {
      signal.abort(new DOMException("time is over", "TimeoutError"));
      return [];
    };
    await expect(publish(silent.url, signal.signal)).rejects.toThrow("time is over");
    await expect(publish(silent.url, AbortSignal.abort(new Error("too late")))).rejects.toThrow("too late");
    const hurried = fetchWithRelays({ deadline: () => AbortSignal.abort(new Error("15 seconds are over")) });
    await expect(hurried(silent.url, { body: "[]" })).rejects.toThrow("15 seconds");
  });

  test("to a server that refuses it has the status and the headers of the refusal", async () => {
    const server = createServer().on("upgrade", (_, socket) =>
      socket.end("HTTP/1.1 429 Too Many Requests\r\nretry-after: 7\r\ncontent-length: 0\r\n\r\n"),
    );
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const response = await publish(`ws://127.0.0.1:${typeof address === "object" ? address?.port : 0}`);
    expect([response.status, response.headers.get("retry-after")]).toEqual([429, "7"]);
  });

  test("is not made where nobody listens", async () => {
    await expect(publish((await closedPort()).replace("http", "ws"))).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  test.each(["wss://127.0.0.1/", "wss://[::1]/", "wss://169.254.169.254/", "wss://relay.example/"])(
    "is not made at an address that is not public: %s",
    async (url) => {
      const resolve = async () => [{ address: "10.0.0.1", family: 4 }];
      const guarded = fetchWithRelays({ deadline: noDeadline, resolve });
      await expect(guarded(url, { body: "[]" })).rejects.toMatchObject({ code: "refused-address" });
    },
  );
});
