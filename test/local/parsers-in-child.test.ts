import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { openChildParsers, type Parsers } from "../../src/parsing/parsers-in-child.ts";
import type { SetTimer } from "../../src/ports/runtime.ts";
import { systemRuntime } from "../../src/runtimes/system-runtime.ts";
import { aSite } from "../support/builders.ts";
import { aDocument } from "../support/world.ts";

const costly = join(import.meta.dirname, "../support/costly-process.ts");
const site = aSite();
const encode = (text: string) => new TextEncoder().encode(text);

let parsers: Parsers;
beforeAll(() => {
  parsers = openChildParsers(systemRuntime.setTimer, costly);
});
afterAll(() => parsers.close());

const read = async (body: string, from = parsers) =>
  (await from.documentParsers.parse(encode(aDocument({ slug: "a" }, body)), "a.md", site)).parsed;

const reasonOf = async (body: string, from = parsers): Promise<string> => {
  const parsed = await read(body, from);
  return parsed.kind === "refused" ? parsed.reasons.map(({ code, message }) => `${code}: ${message}`).join() : "";
};

describe("a child process", () => {
  test.each([
    ["never ends", "ENDLESS", "too-costly: Reading it takes longer than "],
    ["exhausts the heap", "HUGE", "too-costly: Reading it needs more than 256 MB of memory."],
    ["ends the process", "DEADLY", "too-costly: The process that read it ended."],
    ["lets the parser throw", "WRONG", "too-costly: Crier's parser failed (no such token)."],
  ])("is stopped where a document %s; those beside it are read", async (_, word, reason) => {
    const bodies = ["before", word, "after 1", "after 2", "after 3"];
    const [before, refused, ...after] = await Promise.all(
      bodies.map(async (body) => [await read(body), body] as const),
    );
    expect(refused?.[0]).toMatchObject({ kind: "refused", reasons: [{ message: expect.anything() }] });
    expect(await reasonOf(word)).toContain(reason);
    for (const one of [before, ...after])
      expect(one?.[0]).toMatchObject({ kind: "post", content: { html: expect.stringContaining(one?.[1] ?? "") } });
  });

  test("is not asked again for a document that was too costly", async () => {
    await read("HUGE");
    const ended = Promise.race([
      Promise.all([reasonOf("HUGE"), reasonOf("HUGE")]),
      // It would have to end twice first.
      read("another").then(() => "too late"),
    ]);
    expect(await ended).not.toBe("too late");
  });

  test("that is stuck where nothing can stop it is killed, and the document refused at its second attempt", async () => {
    let watched = 0;
    const timers: SetTimer = (_, act) => {
      watched += 1;
      act();
      return () => {};
    };
    const stuck = openChildParsers(timers, costly);
    onTestFinished(stuck.close);
    expect(await reasonOf("STUCK", stuck)).toContain("Reading it takes longer than 10 seconds.");
    expect(watched).toBe(2);
  });
});
