import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AMachine, aMachine, clear } from "../support/machine.ts";

let machine: AMachine;
beforeAll(async () => {
  machine = await aMachine();
});
afterAll(() => clear(machine));

/** Sends the path as it is written: `fetch` would resolve its dots. */
const ask = (path: string, headers: Readonly<Record<string, string>>, method = "GET", body = ""): Promise<number> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(machine.url);
    const asked = request({ hostname, port, path, method, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.on("error", reject).end(body);
  });

describe("a fault of the sandbox", () => {
  const plan = (headers: Readonly<Record<string, string>>, path = "/sandbox/faults") =>
    ask(path, { "content-type": "application/json", ...headers }, "POST", '{"account":"mastodon","fault":"429"}');

  test.each(["/sandbox/faults", "/sandbox/%66aults"])(
    "is planned by nobody without the API's token: %s",
    async (path) => {
      expect(await plan({}, path)).toBe(401);
      expect(await plan({ authorization: "Bearer wrong" }, path)).toBe(401);
      expect(await plan({ authorization: `Basic ${btoa(`crier:${machine.token}`)}` }, path)).toBe(401);
    },
  );

  test("is planned with it", async () => {
    expect(await plan({ authorization: `Bearer ${machine.token}` })).toBe(200);
  });

  test("needs no token to be seen: the timelines are open on this machine", async () => {
    expect([await ask("/sandbox", {}), await ask("/sandbox/posts.json", {})]).toEqual([200, 200]);
  });
});

describe("a request under the name of another host", () => {
  test.each([
    "/sandbox",
    "/sandbox/posts.json",
    "/sandbox/faults",
    "/sandbox/api/mastodon/mastodon/api/v1/accounts/verify_credentials",
    "/2/tweets",
    "/",
    "/api/posts",
  ])("reaches nothing: %s", async (path) => {
    expect(await ask(path, { host: "api.x.com" })).toBe(421);
  });
});
