import { expect, test } from "vitest";
import { minute } from "../../src/domain/time.ts";
import { connectNetworks } from "../../src/networks/connect-networks.ts";
import { composeTestedApp } from "../support/app.ts";
import { start } from "../support/builders.ts";
import { aConfiguredAccount } from "../support/configured-account.ts";
import { aDocument, aWorld } from "../support/world.ts";

/** Makes one account with half a secret, and one with a complete one. */
const anApp = async () => {
  const accounts = [
    aConfiguredAccount({ name: "half", network: "x" }),
    aConfiguredAccount({ name: "well", network: "mastodon" }),
  ];
  const world = await aWorld({ accounts });
  const secrets: Record<string, Readonly<Record<string, string>>> = {
    half: { appKey: "s3cr3t", appSecret: "" },
    well: { accessToken: "s3cr3t" },
  };
  const answer = async () => Response.json({ uri: "social.example", id: "7", acct: "ada" });
  const networks = connectNetworks({ secrets: async (name) => secrets[name], fetch: answer, clock: () => start });
  return { world, app: composeTestedApp({ ...world.parts(), networks }) };
};

const problem =
  'the secret of half needs appSecret, accessToken, accessSecret: set its secret in .env, or with "npx crier accounts set half"';

test("a malformed secret is reported for its account, without a value, and the others are listed as usual", async () => {
  const { app } = await anApp();
  const accounts = await app.checkAccounts();
  expect(accounts).toMatchObject([
    { name: "half", reach: "real", problem },
    { name: "well", reach: "real" },
  ]);
  expect(accounts[1]?.problem).toBeUndefined();
  expect(JSON.stringify(accounts)).not.toContain("s3cr3t");
});

test("posts are published nevertheless, and the deliveries of that account wait with that reason", async () => {
  const { world, app } = await anApp();
  const ref = await world.plan("s", aDocument({ slug: "s" }));
  await app.work(await world.postRef("s"));
  await app.work(ref);
  const half = (await world.deliveries("s")).find(({ account }) => account === "half");
  expect(half).toMatchObject({ state: "pending", reason: problem, due: start + 5 * minute });
  expect(world.alarms).toEqual([]);
});

test("a secret that cannot be read is reported for its account only", async () => {
  const { world } = await anApp();
  const away = connectNetworks({
    secrets: async (name) => {
      if (name === "half") throw new Error("Cannot read the parameter half");
      return { accessToken: "t" };
    },
    fetch,
    clock: () => start,
  });
  expect(await composeTestedApp({ ...world.parts(), networks: away }).accounts()).toMatchObject([
    { name: "half", reach: "none", problem: "Cannot read the parameter half" },
    { name: "well", reach: "real" },
  ]);
});
