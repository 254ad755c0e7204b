import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { webApp } from "../../src/api/http-api.ts";
import { operationPath, operations } from "../../src/api/operations.ts";
import { type AMachine, aDocument, aMachine, clear } from "../support/machine.ts";
import { aWorld } from "../support/world.ts";

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
    expect(await (await machine.get("healthz")).json()).toMatchObject({ status: "ok", overdue: null });
  });

  it.each([
    [{ isLate: true, lastSweep: Date.UTC(2026, 2, 1, 8), overdue: undefined }, "2026-03-01T08:00:00.000Z", null],
    [{ isLate: true, lastSweep: undefined, overdue: "delivery" }, null, "delivery"],
  ])(
    "answers /healthz with 503 where the work is not being done, and says what is late: %j",
    async (vitals, last, row) => {
      const web = webApp({ sites: (await aWorld()).app.sites, token: async () => "token", vitals: async () => vitals });
      const response = await web.request("/healthz");
      expect(response.status).toBe(503);
      expect(await response.json()).toEqual({ status: "late", lastSweep: last, overdue: row });
    },
  );

  it("answers 404 for an unknown site, with the sites that there are", async () => {
    expect(await machine.ask("GET", "api/posts?site=nope")).toMatchObject({
      status: 404,
      type: problem,
      body: { detail: "There is no site nope: use blog." },
    });
  });
});

describe("the read-only token", () => {
  const send = (method: string, path: string, token = machine.planToken) =>
    fetch(new URL(path, machine.url), {
      method,
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "text/markdown" },
      ...(method === "GET" || method === "HEAD" ? {} : { body: aDocument("Planned") }),
    });

  const reads = [
    "list",
    "refused",
    "pages",
    "status",
    "plan",
    "deliveries",
    "upcoming",
    "text",
    "accounts",
    "feeds",
    "sources",
    "log",
  ];
  const open = ["description", "health"];

  it.each(Object.entries(operations))("is enough for %s only if it changes nothing", async (name, operation) => {
    const path = operationPath(operation, "a-post").slice(1);
    const refused = !reads.includes(name) && !open.includes(name);
    const { status } = await send(operation.method, path);
    expect([name, status === 401]).toEqual([name, refused]);
  });

  it("plans a document, and its refusal says what it allows", async () => {
    expect(await (await send("POST", "api/plan")).json()).toMatchObject({ post: { title: "Planned" }, existing: null });
    const refused = await send("PUT", "api/posts/planned");
    expect([refused.status, refused.headers.get("content-type")]).toEqual([401, problem]);
    expect(refused.headers.get("www-authenticate")).toBe('Bearer realm="crier", error="insufficient_scope"');
    const detail =
      "This is the read-only token, which allows `GET` and `POST /api/plan`, and no export: send the API token for this request.";
    expect(await refused.json()).toEqual({
      type: "about:blank",
      title: "Not authorised",
      status: 401,
      detail,
      reasons: [{ code: "token-read-only", message: detail }],
    });
    expect((await machine.ask("GET", "api/posts/planned")).status).toBe(404);
  });

  it.each([
    ["POST", "api/plan/"],
    ["POST", "api/pl%61n/x"],
    ["PUT", "api/plan"],
    ["PATCH", "api/posts"],
    ["POST", "api/nothing"],
    ["OPTIONS", "api/posts"],
    ["POST", "sandbox/faults"],
    ["GET", "api/export"],
  ])("is refused for %s %s", async (method, path) => {
    expect((await send(method, path)).status).toBe(401);
  });

  it("reads by HEAD as by GET, and a part of it is not enough", async () => {
    expect((await send("HEAD", "api/posts")).status).toBe(200);
    expect((await send("GET", "api/posts", machine.planToken.slice(0, -1))).status).toBe(401);
  });
});
