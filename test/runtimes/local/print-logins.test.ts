import { expect, test } from "vitest";
import { printLogins } from "../../../src/runtimes/local/console-output.ts";
import { anAccount } from "../../support/builders.ts";
import { aWorld } from "../../support/world.ts";

test("the start says as whom each account posts for real", async () => {
  const world = await aWorld({ accounts: ["one", "two"].map((name) => anAccount({ name, network: "paper" })) });
  const printed: string[] = [];
  await printLogins(world.app.siteApis, (line) => printed.push(line));
  expect(printed).toEqual(["one posts for real, as ada", "two posts for real, as ada"]);
});

test("the start says what is wrong with a login, and nothing of accounts in the sandbox", async () => {
  const world = await aWorld();
  const printed: string[] = [];
  const print = (line: string) => printed.push(line);
  world.paper.login.now = { kind: "unauthorised", reason: "Mastodon answered 401" };
  await printLogins(world.app.siteApis, print);
  world.paper.reach.now = "sandbox";
  await printLogins(world.app.siteApis, print);
  expect(printed).toEqual([
    '!! login: the login of one is refused (Mastodon answered 401): set new credentials in .env, or with "npx crier accounts set one"',
  ]);
});
