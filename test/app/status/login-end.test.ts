import { describe, expect, test } from "vitest";
import { loginEnd } from "../../../src/domain/account.ts";
import { day, hour, iso, minute } from "../../../src/domain/time.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const command = "npx crier accounts set one";

const report = async (world: World) => (await world.app.accounts())[0];

describe("a login that ends", () => {
  test("is shown with its end, and two weeks before it with what to do", async () => {
    const world = await aWorld();
    const at = world.clock() + 20 * day;
    world.paper.end.at = at;
    await world.app.checkAccounts();
    expect(await report(world)).toMatchObject({ identity: "ada", problem: undefined, loginEndsAt: at });
    expect(await report(world)).toMatchObject({ loginProblem: undefined });
    world.turn(6 * day + minute);
    expect(await report(world)).toMatchObject({
      loginEndsAt: at,
      loginProblem: expect.stringMatching(
        new RegExp(`^the login ends at ${iso(at).slice(0, 10)} [0-9:]+ \\S+; connect it again with "${command}"$`),
      ),
    });
  });

  test("is stored as soon as its end is another one, whoever asked", async () => {
    const world = await aWorld();
    await world.app.checkAccounts();
    const at = world.clock() + 20 * day;
    world.paper.end.at = at;
    await world.plan("s", aDocument({ slug: "s" }));
    await world.sweep();
    expect(await report(world)).toMatchObject({ loginEndsAt: at });
  });

  test("that was not renewed says why", async () => {
    const world = await aWorld();
    world.paper.end.problem = "Paper answered 400";
    await world.app.checkAccounts();
    expect(await report(world)).toMatchObject({
      problem: undefined,
      loginProblem: `it was not renewed, which is tried again each day: Paper answered 400; connect it again with "${command}"`,
    });
  });

  test("keeps its end while the network does not answer", async () => {
    const world = await aWorld();
    const at = world.clock() + 2 * day;
    world.paper.end.at = at;
    await world.app.checkAccounts();
    world.paper.silent.now = true;
    await world.app.checkAccounts();
    expect(await report(world)).toMatchObject({ problem: expect.any(String), loginEndsAt: at });
  });

  test("has none in the sandbox", async () => {
    const world = await aWorld();
    world.paper.end.at = world.clock() + day;
    await world.app.checkAccounts();
    world.paper.reach.now = "sandbox";
    expect(await report(world)).toMatchObject({ loginEndsAt: undefined, loginProblem: undefined });
  });

  test("is named in the plan of a post that is scheduled for a time after it, and of no other", async () => {
    const world = await aWorld();
    world.paper.end.at = world.clock() + 2 * day;
    await world.app.checkAccounts();
    const warnings = async (published: number) => {
      const document = new TextEncoder().encode(aDocument({ slug: "s", date: iso(published) }));
      const planned = await world.app.plan(document, "s.md");
      return "warnings" in planned ? planned.warnings : planned;
    };
    expect(await warnings(world.clock() + 3 * day)).toMatchObject([
      {
        code: "login-ends",
        message: expect.stringMatching(/^one: the login ends at .*, before this post is published: /),
      },
    ]);
    expect(await warnings(world.clock() + day)).toEqual([]);
    expect(await warnings(world.clock() - hour)).toEqual([]);
  });
});

test.each([
  ["no end", {}, undefined],
  ["an end in fifteen days", { endsAt: 15 * day }, undefined],
  [
    "an end in fourteen days",
    { endsAt: 14 * day },
    'the login ends at 1970-01-15 00:00 UTC; connect it again with "c"',
  ],
  ["an end today", { endsAt: hour }, 'the login ends at 01:00 UTC; connect it again with "c"'],
  [
    "a renewal that failed",
    { endsAt: 20 * day, notRenewed: "400" },
    'the login ends at 1970-01-21 00:00 UTC; it was not renewed, which is tried again each day: 400; connect it again with "c"',
  ],
])("what an owner reads of %s", (_, { endsAt, notRenewed }: { endsAt?: number; notRenewed?: string }, text) => {
  expect(loginEnd({ endsAt, notRenewed }, { now: 0, timeZone: "UTC", command: "c" })).toBe(text);
});
