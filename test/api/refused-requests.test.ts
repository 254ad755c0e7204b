import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AMachine, aDocument, aMachine, clear } from "../support/machine.ts";

let machine: AMachine;
beforeAll(async () => {
  machine = await aMachine();
});
afterAll(() => clear(machine));

const described = (path: string, method: string) =>
  `/api/openapi.json#/paths/${path.replaceAll("/", "~1")}/${method.toLowerCase()}`;

const send = async (method: string, path: string, type: string, body: string) => {
  const response = await fetch(new URL(path, machine.url), {
    method,
    headers: { Authorization: `Bearer ${machine.token}`, "Content-Type": type },
    body,
  });
  return { status: response.status, body: await response.json() };
};

describe("a request is refused with the field, and with its place in the description,", () => {
  it.each([
    ["GET", "api/feeds?colour=red", "colour", "GET /api/feeds takes no `colour`: it takes site.", "/api/feeds"],
    [
      "GET",
      "api/posts/x?histroy",
      "histroy",
      "GET /api/posts/{name} takes no `histroy`: it takes history, site.",
      "/api/posts/{name}",
    ],
    [
      "POST",
      "api/posts/x?agian=1",
      "agian",
      "POST /api/posts/{name} takes no `agian`: it takes again, account, site.",
      "/api/posts/{name}",
    ],
    [
      "POST",
      "api/posts/x?again=perhaps",
      "again",
      "`again` is a yes (nothing, 1, true, yes) or a no (0, false, no).",
      "/api/posts/{name}",
    ],
    [
      "GET",
      "api/posts?refused&from=x",
      "from",
      "GET /api/posts takes no `from`: it takes refused, site.",
      "/api/posts",
    ],
  ])("where %s %s has a parameter that it does not take", async (method, path, field, message, operation) => {
    expect(await machine.ask(method, path)).toMatchObject({
      status: 400,
      type: "application/problem+json",
      body: { detail: message, reasons: [{ field, message }], operation: described(operation, method) },
    });
  });

  it("where the body has another type", async () => {
    expect(await send("POST", "api/plan", "application/json", "{}")).toMatchObject({
      status: 415,
      body: {
        detail: "Send the document with `Content-Type: text/markdown`.",
        operation: described("/api/plan", "POST"),
        instance: "/api/plan",
      },
    });
    expect(await send("POST", "api/deliveries/x/resolve", "text/plain", "posted")).toMatchObject({
      status: 415,
      body: { detail: expect.stringContaining("`Content-Type: application/json`") },
    });
  });

  it("where there is a body and none is taken, but an empty one is none", async () => {
    expect(await send("POST", "api/posts/x", "application/json", '{"again":true}')).toMatchObject({
      status: 415,
      body: { detail: "This request takes no body: what it needs is in its path and its query." },
    });
    expect(await send("POST", "api/posts/x", "application/x-www-form-urlencoded", "")).toMatchObject({ status: 404 });
  });

  it.each(["", "null", "[]", "{", '"posted"'])("where the JSON of a body is %j and not an object", async (body) => {
    expect(await send("POST", "api/deliveries/x/resolve", "application/json", body)).toMatchObject({
      status: 400,
      body: { operation: described("/api/deliveries/{id}/resolve", "POST") },
    });
  });

  it("where the JSON of a body has a field that is not taken, or a value of another type", async () => {
    expect(
      await send("POST", "api/deliveries/x/resolve", "application/json", '{"as":"posted","by":"me"}'),
    ).toMatchObject({ status: 400, body: { reasons: [{ code: "parameter-unknown", field: "by" }] } });
    expect(await send("POST", "api/deliveries/x/resolve", "application/json", '{"as":1}')).toMatchObject({
      status: 400,
      body: { reasons: [{ code: "parameter-invalid", field: "as" }] },
    });
  });
});

it("what is put is not changed by a request that is refused", async () => {
  expect(await machine.ask("PUT", "api/posts/typo?agian", aDocument("Typo"))).toMatchObject({ status: 400 });
  expect(await machine.ask("GET", "api/posts/typo")).toMatchObject({ status: 404 });
});
