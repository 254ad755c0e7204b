import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AMachine, aDocument, aMachine, clear } from "../support/machine.ts";

let machine: AMachine;
beforeAll(async () => {
  machine = await aMachine();
});
afterAll(() => clear(machine));

const detail = (text: string) => expect.objectContaining({ detail: expect.stringContaining(text) });

describe("the body of a request to the API", () => {
  const json = (value: string): string => `---json\n${value}\n---\nText.`;
  const plain = '"title": "A", "date": "2026-03-01"';

  it.each([
    ["a deep list", json(`{ ${plain}, "x": ${"[".repeat(30_000)}${"]".repeat(30_000)} }`), 422, "nested more than"],
    ["an open list", json(`{ ${plain}, "x": ${"[".repeat(60_000)}`), 422, "nested more than"],
    [
      "more than 1 MiB of front matter",
      json(`{ ${plain}, "socialShare": "${"a".repeat(1_100_000)}" }`),
      422,
      "front matter is longer than 1 MiB",
    ],
    ["more than 5 MiB", `${aDocument("A")}\n${"a".repeat(5_300_000)}`, 413, "at most 5 MiB"],
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
