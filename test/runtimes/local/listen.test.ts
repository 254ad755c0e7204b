import { afterEach, describe, expect, it } from "vitest";
import { type HttpListener, listen } from "../../../src/runtimes/local/listen.ts";

let open: HttpListener | undefined;
afterEach(() => open?.close());

describe("listening on this machine", () => {
  it("answers 503 until there is something to serve", async () => {
    open = await listen(0);
    const early = await fetch(`http://127.0.0.1:${open.port}/`);
    expect([early.status, early.headers.get("retry-after")]).toEqual([503, "1"]);
    expect(early.headers.get("cross-origin-resource-policy")).toBe("same-origin");
    open.serve(() => new Response("here"));
    expect(await (await fetch(`http://127.0.0.1:${open.port}/`)).text()).toBe("here");
  });

  it("names a port that is in use", async () => {
    open = await listen(0);
    await expect(listen(open.port)).rejects.toThrow(`port ${open.port} is in use`);
  });

  it("closes even if a client keeps a request open", async () => {
    const listening = await listen(0);
    const arrived = Promise.withResolvers<void>();
    listening.serve(() => {
      arrived.resolve();
      return new Promise(() => {});
    });
    const hanging = fetch(`http://127.0.0.1:${listening.port}/`).catch((error: unknown) => error);
    await arrived.promise;
    await listening.close();
    expect(await hanging).toBeInstanceOf(TypeError);
  });
});
