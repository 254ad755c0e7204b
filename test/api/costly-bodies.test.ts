import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openChildParsers } from "../../src/parsing/parsers-in-child.ts";
import { systemRuntime } from "../../src/runtimes/system-runtime.ts";
import { type AMachine, aDocument, aMachine, clear } from "../support/machine.ts";

const costly = join(import.meta.dirname, "../support/costly-process.ts");

let machine: AMachine;
beforeAll(async () => {
  machine = await aMachine({}, { parsers: openChildParsers(systemRuntime.setTimer, costly) });
});
afterAll(() => clear(machine));

const detail = (text: string) => expect.objectContaining({ detail: expect.stringContaining(text) });

describe("the body of a request to the API", () => {
  // What else ends the process, and what is said of it, is in test/parsing/parsers-in-child.test.ts.
  it.each([
    ["ends the process that reads it", "DEADLY", "The process that read it ended."],
    ["lets the parser throw", "WRONG", "Crier's parser failed (no such token)."],
  ])("that %s is refused by a plan with the reason, and the next one is planned", async (_, word, reason) => {
    const [refused, planned] = await Promise.all([
      machine.ask("POST", "/api/plan", `${aDocument("A")}\n${word}\n`),
      machine.ask("POST", "/api/plan", aDocument("Behind")),
    ]);
    expect(refused).toMatchObject({ status: 422, body: { reasons: [{ code: "too-costly" }] } });
    expect(refused.body).toEqual(detail(reason));
    expect(planned).toMatchObject({ status: 200, body: { post: { title: "Behind" } } });
  });

  const json = (value: string): string => `---json\n${value}\n---\nText.`;
  const plain = '"title": "A", "date": "2026-03-01"';

  it.each([
    ["a deep list", json(`{ ${plain}, "x": ${"[".repeat(30_000)}${"]".repeat(30_000)} }`), 422, "nested more than"],
    ["an open list", json(`{ ${plain}, "x": ${"[".repeat(60_000)}`), 422, "nested more than"],
    [
      "1 MB of front matter",
      json(`{ ${plain}, "socialShare": "${"a".repeat(1_000_000)}" }`),
      422,
      "front matter is longer than 64 KiB",
    ],
    ["more than 1 MiB", `${aDocument("A")}\n${"a".repeat(1_100_000)}`, 413, "at most 1 MiB"],
  ])("with %s is refused with what is wrong", async (_, body, status, text) => {
    for (const [method, path] of [
      ["POST", "/api/plan"],
      ["PUT", "/api/posts/a"],
    ] as const)
      expect(await machine.ask(method, path, body)).toMatchObject({ status, body: detail(text) });
  });

  it("with thousands of keys is planned", async () => {
    const keys = Array.from({ length: 4_000 }, (_, at) => `"k${at}": 1`).join(", ");
    expect(await machine.ask("POST", "/api/plan", json(`{ ${plain}, ${keys} }`))).toMatchObject({ status: 200 });
  });

  it("without a length is read as far as a document may be long", async () => {
    const chunk = new TextEncoder().encode("a".repeat(65_536));
    const response = await fetch(new URL("/api/plan", machine.url), {
      method: "POST",
      headers: { Authorization: `Bearer ${machine.token}`, "Content-Type": "text/markdown" },
      body: new ReadableStream({ pull: (controller) => controller.enqueue(chunk) }),
      duplex: "half",
    });
    expect(response.status).toBe(413);
  });
});
