import { rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { openChildParsers, type Parsers } from "../../src/parsing/parsers-in-child.ts";
import type { SetTimer } from "../../src/ports/runtime.ts";
import { systemRuntime } from "../../src/runtimes/system-runtime.ts";
import { aDocument, aFolder, clear, eventually, startIn } from "../support/machine.ts";
import { aProcess } from "../support/started-process.ts";
import { crier } from "../support/terminal.ts";

const costly = join(import.meta.dirname, "../support/costly-process.ts");

/** A child process for texts that it cannot stand, and the paths that it was given. */
const costlyParsers = (setTimer: SetTimer = systemRuntime.setTimer) => {
  const parsers = openChildParsers(setTimer, costly);
  const asked: string[] = [];
  const { documentParsers } = parsers;
  const recording: Parsers = {
    ...parsers,
    documentParsers: {
      ...documentParsers,
      parse: (bytes, path, ...rest) => {
        asked.push(path);
        return documentParsers.parse(bytes, path, ...rest);
      },
    },
  };
  return { asked, parsers: recording };
};

const withWord = (word: string): string => `${aDocument(word)}\n${word}\n`;

describe("npm start with documents that are too costly", () => {
  test("publishes those behind them, names them in status and lists, and does not try them again at the next start", async () => {
    const words = ["ENDLESS", "HUGE", "DEADLY", "WRONG"];
    const bad = Object.fromEntries(words.map((word) => [`a-${word.toLowerCase()}.md`, withWord(word)]));
    const folder = await aFolder({ ...bad, "behind.md": aDocument("Behind") });
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const first = await startIn(folder, costlyParsers());
    onTestFinished(first.stop);
    await eventually(first.titles, 60_000).toEqual(["Behind"]);
    const { env } = first;
    await eventually(async () => (await crier(["list", "--refused"], { env })).out, 60_000).toSatisfy((out: string) =>
      words.every((word) => out.includes(`Refused a-${word.toLowerCase()}.md`)),
    );
    const { out } = await crier(["list", "--refused"], { env });
    expect(out).toContain("Look at its code blocks, tables, quotes");
    expect(out).toContain("Reading it takes longer than");
    expect(out).toContain("Reading it needs more than 256 MB of memory.");
    expect(out).toContain("The process that read it ended.");
    expect(out).toContain("Crier's parser failed (no such token).");
    expect(await crier(["status", "a-endless.md"], { env })).toMatchObject({
      all: expect.stringContaining("It is read again when it changes or Crier is updated."),
    });
    expect((await crier(["doctor"], { env })).out).toContain("4 documents refused");
    const isPrinted = (line: string): boolean => line.includes("a-huge.md is refused: Reading it needs more than");
    await eventually(async () => first.printed.some(isPrinted), 60_000).toBe(true);
    expect(await first.ask("GET", "/api/posts?refused")).toMatchObject({
      status: 200,
      body: { refused: expect.arrayContaining([expect.objectContaining({ path: "a-deadly.md" })]) },
    });
    await first.stop();

    const { asked, parsers } = costlyParsers();
    const second = await startIn(folder, { parsers });
    onTestFinished(second.stop);
    await second.idle();
    expect(asked).toEqual([]);
    await second.write("a-endless.md", aDocument("Corrected"));
    await eventually(second.titles).toContain("Corrected");
  });

  test("answers readers while one of them is parsed", async () => {
    const folder = await aFolder({ "one.md": aDocument("One") });
    const kills: (() => void)[] = [];
    const parsing = Promise.withResolvers<void>();
    // Only the test ends the document that is stuck.
    const setTimer: SetTimer = (_, act) => {
      if (asked.includes("stuck.md")) {
        kills.push(act);
        parsing.resolve();
      }
      return () => {};
    };
    const { asked, parsers } = costlyParsers(setTimer);
    const machine = await startIn(folder, { parsers });
    onTestFinished(() => clear(machine));
    await eventually(machine.titles).toEqual(["One"]);
    await machine.write("stuck.md", withWord("STUCK"));
    await parsing.promise;
    expect((await machine.get("feed.xml")).status).toBe(200);
    expect((await machine.get("/")).status).toBe(200);
    const isKnown = async () => JSON.stringify((await machine.ask("GET", "/api/posts?refused")).body).includes("stuck");
    expect(await isKnown()).toBe(false);
    // The document is stuck at both attempts.
    await eventually(async () => {
      kills.splice(0).forEach((kill) => void kill());
      return isKnown();
    }).toBe(true);
  });

  test("refuses what is sent to the API in plain words, for a plan, too", async () => {
    const { parsers } = costlyParsers();
    const machine = await startIn(await aFolder(), { parsers });
    onTestFinished(() => clear(machine));
    const bytes = new TextEncoder().encode(withWord("HUGE"));
    const reason = { code: "too-costly", message: expect.stringContaining("Reading it needs more than 256 MB") };
    for (const [method, path] of [
      ["POST", "/api/plan"],
      ["PUT", "/api/posts/huge"],
      ["PUT", "/api/posts/huge"],
    ] as const)
      expect(await machine.ask(method, path, bytes)).toMatchObject({ status: 422, body: { reasons: [reason] } });
  });
});

test("the process of npm start outlives the 150 KB that ended it once, and publishes what is behind them", async () => {
  const pump = `${">".repeat(150_000)}<Code>{\`${"\n".repeat(400)}\`}</Code>`;
  const folder = await aFolder({ "a-pump.md": `${aDocument("Pump")}\n${pump}`, "behind.md": aDocument("Behind") });
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const _ of ["the first start", "the next"]) {
    const { url, stop } = await aProcess(folder);
    const titles = async () => await (await fetch(new URL("feed.xml", url))).text();
    await eventually(titles, 60_000).toContain("Behind");
    await stop();
  }
});
