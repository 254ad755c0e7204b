import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import { second } from "../../src/domain/time.ts";
import { connectWebhooks } from "../../src/outside/connect-outside.ts";
import { systemRuntime } from "../../src/runtimes/system-runtime.ts";
import { aSite } from "../support/builders.ts";
import { aServer } from "./loopback.ts";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const now = Math.floor(Date.now() / second) * second;
const body = JSON.stringify({ type: "post.deliveries", data: { title: "Größe" } });

const connect = (own: string, found: { readonly secret?: string } = { secret }) =>
  connectWebhooks({
    sites: [aSite({ webhook: { url: own } })],
    secrets: { read: async () => found.secret, settingName: (site) => `SECRET_OF_${site}` },
    deadline: systemRuntime.deadline,
    clock: () => now,
  });

const aReceiver = (status = 204, headers: Readonly<Record<string, string>> = {}) =>
  aServer((_, response) => response.writeHead(status, headers).end("text"));

describe("a call of a site's webhook", () => {
  test("is signed so that the library of Standard Webhooks accepts it", async () => {
    const server = await aReceiver();
    const call = connect(server.url);
    expect(await call({ site: "blog", url: `${server.url}/hook`, id: "msg_1", body })).toEqual({ kind: "taken" });
    const [request] = server.requests;
    expect(request).toMatchObject({ method: "POST", url: "/hook", body });
    const headers = Object.fromEntries(
      ["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) => [name, String(request?.headers[name])]),
    );
    expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
    expect(request?.headers["content-type"]).toBe("application/json");
  });

  test("is refused with the host alone, and after the time that it names", async () => {
    const server = await aReceiver(503, { "retry-after": "60" });
    expect(
      await connect(server.url)({ site: "blog", url: `${server.url}/hook?key=s3cret`, id: "msg_1", body }),
    ).toEqual({
      kind: "refused",
      reason: `127.0.0.1:${server.port} answered 503`,
      retryAfter: 60_000,
    });
  });

  test("reaches a private address only where the owner wrote it", async () => {
    const server = await aReceiver();
    const call = connect("https://blog.example.com/hook");
    expect(await call({ site: "blog", url: server.url, id: "msg_1", body })).toMatchObject({
      kind: "refused",
      reason: expect.stringContaining("not public"),
    });
    expect(server.requests).toEqual([]);
  });

  test.each([
    [{}, "the webhook has no secret: set SECRET_OF_blog"],
    [{ secret: "s3cret" }, "SECRET_OF_blog is not whsec_ and 24 to 64 bytes in base64"],
  ])("is not made with the secret %j, which its reason does not quote", async (found, reason) => {
    const server = await aReceiver();
    const call = connect(server.url, found);
    expect(await call({ site: "blog", url: server.url, id: "msg_1", body })).toMatchObject({ kind: "refused", reason });
    expect(server.requests).toEqual([]);
  });
});
