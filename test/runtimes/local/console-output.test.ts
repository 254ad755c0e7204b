import { describe, expect, test } from "vitest";
import { second } from "../../../src/domain/time.ts";
import { listingProgress, printLogins, terminalOutput } from "../../../src/runtimes/local/console-output.ts";
import { composeTestedApp } from "../../support/app.ts";
import { anAccount } from "../../support/builders.ts";
import { aWorld } from "../../support/world.ts";

/** Reads this many documents, each in this many milliseconds. */
const read = (total: number, each: number, onTerminal: boolean) => {
  let now = 1_000_000;
  const [lines, statuses]: [string[], string[]] = [[], []];
  const progress = listingProgress({
    clock: () => now,
    print: (line) => lines.push(line),
    status: onTerminal ? (line) => statuses.push(line) : undefined,
  });
  for (let done = 1; done <= total; done += 1) {
    progress(done, total);
    now += each;
  }
  return { lines, statuses };
};

describe("the progress of a listing", () => {
  test("is not shown where that takes two seconds", () => {
    expect(read(19, second / 10, true)).toEqual({ lines: [], statuses: [] });
  });

  test("is a line every five seconds, and one at the end", () => {
    const { lines } = read(1_200, second / 100, false);
    expect(lines).toEqual([
      "201 of 1,200 documents read",
      "701 of 1,200 documents read",
      "1,200 of 1,200 documents read",
    ]);
  });

  test("is a bar on a terminal, which is written over", () => {
    const { lines, statuses } = read(400, second / 100, true);
    expect(statuses).toHaveLength(10);
    expect(statuses[0]).toBe(`${"█".repeat(12)}${"░".repeat(12)} 201 of 400 documents read`);
    expect(lines).toEqual(["400 of 400 documents read"]);
  });
});

test("a line on a terminal replaces the status, which stays the last one otherwise", () => {
  const written: string[] = [];
  const { out, status } = terminalOutput({ write: (text: string | Uint8Array) => written.push(String(text)) > 0 });
  status("10 %");
  status("20 %");
  out("a line");
  out("another");
  const clear = "\r\u001b[2K";
  expect(written.join("")).toBe(`10 %${clear}20 %${clear}a line\nanother\n`);
});

test("the start says as whom each account posts for real", async () => {
  const world = await aWorld({ accounts: ["one", "two"].map((name) => anAccount({ name, network: "paper" })) });
  const printed: string[] = [];
  await printLogins(world.app.sites, (line) => printed.push(line));
  expect(printed).toEqual(["one posts for real, as ada", "two posts for real, as ada's two"]);
});

test("the start says that a check could not be stored, and goes on with the other accounts", async () => {
  const world = await aWorld({ accounts: ["one", "two"].map((name) => anAccount({ name, network: "paper" })) });
  const { accounts } = world.store;
  const full: typeof accounts = {
    ...accounts,
    save: (state) => (state.name === "one" ? Promise.reject(new Error("the disk is full")) : accounts.save(state)),
  };
  const { sites } = composeTestedApp({ ...world.parts(), store: { ...world.store, accounts: full } });
  const printed: string[] = [];
  await printLogins(sites, (line) => printed.push(line));
  expect(printed).toEqual([
    "!! login: the check of one could not be stored: the disk is full",
    "two posts for real, as ada's two",
  ]);
});

test("the start says what is wrong with a login, and nothing of accounts in the sandbox", async () => {
  const world = await aWorld();
  const printed: string[] = [];
  const print = (line: string) => printed.push(line);
  world.paper.login.now = { kind: "unauthorised", reason: "Mastodon answered 401" };
  await printLogins(world.app.sites, print);
  world.paper.reach.now = "sandbox";
  await printLogins(world.app.sites, print);
  expect(printed).toEqual([
    '!! login: the login of one is refused (Mastodon answered 401): set new credentials in .env, or with "npx crier accounts set one"',
  ]);
});
