import { expect, onTestFinished, test } from "vitest";
import type { Issued, TokenLogin } from "../../src/ports/networks.ts";
import { sealedTokens } from "../../src/secrets/sealed-tokens.ts";
import { tokenKey } from "../../src/store/keys.ts";
import { start } from "../support/builders.ts";
import { noDeadline } from "../support/no-deadline.ts";
import { aStore } from "../support/store.ts";

const login: TokenLogin = {
  name: "me",
  secret: { identifier: "me.example", appPassword: "abcd-efgh" },
  network: "bluesky",
  server: "https://pds.example",
};
const issued: Issued = {
  tokens: { accessJwt: "an-access-token", refreshJwt: "a-refresh-token" },
  about: { did: "did:plc:me" },
  renewAt: start,
};

const aPlace = async () => {
  const { store, table, stop } = await aStore();
  onTestFinished(stop);
  const open = sealedTokens({ rows: store.tokens, pause: async () => {}, deadline: noDeadline });
  const issuedTo = async (one: TokenLogin) => (await open(one).read()).issued;
  await open(login).save({ version: 0, issued, renewing: undefined });
  const change = (set: Readonly<Record<string, unknown>>) => table.update(tokenKey("me"), { set }, { kind: "present" });
  return { store, open, issuedTo, change, row: () => table.get(tokenKey("me")) };
};

test("tokens are read back by every worker that has the secret", async () => {
  const { open } = await aPlace();
  expect(await open({ ...login, secret: { ...login.secret } }).read()).toEqual({
    version: 1,
    issued,
    renewing: undefined,
  });
});

test("no token is in the row as text, and equal ones are never the same bytes", async () => {
  const { open, row } = await aPlace();
  const { sealed, ...others } = (await row()) ?? {};
  expect(Object.keys(others).toSorted()).toEqual(["format", "name", "pk", "sk", "version"]);
  const bytes = Buffer.from(String(sealed), "base64").toString("latin1");
  for (const part of ["access", "refresh", "did:plc"]) expect(`${sealed} ${bytes}`).not.toContain(part);
  await open(login).save({ version: 1, issued, renewing: undefined });
  expect((await row())?.sealed).not.toBe(sealed);
});

test.each([
  ["another password", { secret: { ...login.secret, appPassword: "changed" } }],
  ["another identifier", { secret: { ...login.secret, identifier: "you.example" } }],
  ["another server", { server: "https://elsewhere.example" }],
  ["another network", { network: "mastodon" }],
])("tokens are not those of a login with %s", async (_, change) => {
  const { issuedTo } = await aPlace();
  expect(await issuedTo({ ...login, ...change })).toBeUndefined();
});

test("tokens that were copied into another account's row are not its own", async () => {
  const { store, open, issuedTo, row } = await aPlace();
  const { sealed } = (await row()) ?? {};
  const other = { ...login, name: "other" };
  await open(other).save({ version: 0, issued, renewing: undefined });
  expect(await issuedTo(other)).toEqual(issued);
  await store.tokens.save({ name: "other", version: 1, sealed: String(sealed), renewing: undefined });
  expect(await issuedTo(other)).toBeUndefined();
});

test.each([
  ["cut off", (sealed: string) => sealed.slice(0, -8)],
  ["empty", () => ""],
  ["shorter than its tag", () => "AAAA"],
  ["not base64", () => "§§§ not base64 §§§"],
  [
    "changed in one place",
    (sealed: string) => `${sealed.slice(0, 60)}${sealed[60] === "A" ? "B" : "A"}${sealed.slice(61)}`,
  ],
  ["not text at all", () => 7],
])("a row that is %s has no tokens, and the next ones are written over it", async (_, broken) => {
  const { open, issuedTo, change, row } = await aPlace();
  await change({ sealed: broken(String((await row())?.sealed)) });
  const state = await open(login).read();
  expect(state.issued).toBeUndefined();
  expect(await open(login).save({ ...state, issued })).toBeGreaterThan(0);
  expect(await issuedTo(login)).toEqual(issued);
});

test("a row without a version is written over, and then counts again", async () => {
  const { open, issuedTo, change } = await aPlace();
  await change({ version: "many" });
  const state = await open(login).read();
  expect(await open(login).save({ ...state, issued })).toBeGreaterThan(0);
  expect(await issuedTo(login)).toEqual(issued);
  expect(await open(login).save({ ...state, version: 0, issued })).toBeUndefined();
});

test("nothing is there at first, and who waits for another worker pauses", async () => {
  const { store, stop } = await aStore();
  onTestFinished(stop);
  const pauses: number[] = [];
  const pause = async (milliseconds: number) => void pauses.push(milliseconds);
  const empty = sealedTokens({ rows: store.tokens, pause, deadline: noDeadline })(login);
  expect(await empty.read()).toEqual({ version: 0, issued: undefined, renewing: undefined });
  await empty.wait();
  expect(pauses).toEqual([250]);
});
