import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AMachine, aMachine, clear } from "../support/machine.ts";

let machine: AMachine;
beforeAll(async () => {
  machine = await aMachine();
});
afterAll(() => clear(machine));

const problem = "application/problem+json";

describe("the API", () => {
  it.each([
    ["GET", "api/posts", undefined],
    ["GET", "api/nothing", "Bearer wrong"],
    ["DELETE", "api/posts/x", "Basic eDp5"],
    ["PUT", "api/posts/x", "Bearer"],
    ["OPTIONS", "api/plan", "Bearer  "],
  ])(
    "answers %s %s with the authorisation %s by a 401 that says nothing about the path",
    async (method, path, authorization) => {
      const response = await fetch(new URL(path, machine.url), {
        method,
        headers: authorization === undefined ? {} : { Authorization: authorization },
      });
      expect(response.status).toBe(401);
      expect(response.headers.get("www-authenticate")).toBe('Bearer realm="crier"');
      expect(response.headers.get("content-type")).toBe(problem);
      expect(await response.json()).toEqual({
        type: "about:blank",
        title: "Not authorised",
        status: 401,
        detail: "Send the API token as `Authorization: Bearer <token>`.",
      });
    },
  );

  it("takes the token, in any letter case of the scheme", async () => {
    const headers = { Authorization: `bearer ${machine.token}` };
    const response = await machine.get("api/posts", headers);
    expect([response.status, response.headers.get("cache-control")]).toEqual([200, "no-store"]);
  });

  it("answers 404 for an unknown path, and 405 with the allowed methods for an unknown method", async () => {
    expect(await machine.ask("GET", "api/nothing")).toMatchObject({
      status: 404,
      type: problem,
      body: { status: 404 },
    });
    const wrong = await machine.ask("PATCH", "api/posts/x");
    expect(wrong).toMatchObject({ status: 405, type: problem });
    expect(wrong.headers.get("allow")).toBe("GET, PUT, POST, DELETE");
    expect((await machine.ask("GET", "api/deliveries/x/retry")).headers.get("allow")).toBe("POST");
  });

  it("needs no token for /healthz", async () => {
    expect(await (await machine.get("healthz")).json()).toEqual({ status: "ok" });
  });

  it("answers 404 for an unknown site, with the sites that there are", async () => {
    expect(await machine.ask("GET", "api/posts?site=nope")).toMatchObject({
      status: 404,
      type: problem,
      body: { detail: "There is no site nope: use blog." },
    });
  });
});
