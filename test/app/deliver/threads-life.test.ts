import { expect, test } from "vitest";
import { day, hour, iso, minute } from "../../../src/domain/time.ts";
import { connectNetworks } from "../../../src/networks/connect-networks.ts";
import type { FaultKind } from "../../../src/sandbox/emulator.ts";
import { sandboxApp } from "../../../src/sandbox/sandbox-server.ts";
import { isLive, timelineInMemory } from "../../../src/sandbox/timeline.ts";
import { sealedTokens } from "../../../src/secrets/sealed-tokens.ts";
import { composeTestedApp } from "../../support/app.ts";
import { start } from "../../support/builders.ts";
import { aConfiguredAccount } from "../../support/configured-account.ts";
import { noDeadline } from "../../support/no-deadline.ts";
import { aDocument, aWorld } from "../../support/world.ts";

type Fault = Exclude<FaultKind, "silence" | "401">;
type Answer = () => Promise<Response>;

const reset = () => new TypeError("fetch failed", { cause: Object.assign(new Error(), { code: "ECONNRESET" }) });

const problem = (code: number, status = 400) =>
  Response.json({ error: { message: "Said.", code } }, { status, headers: { "retry-after": "60" } });

const becomes: Readonly<Record<Fault, (apply: Answer) => Promise<Response>>> = {
  "429": async () => problem(4),
  "500": async () => problem(2, 500),
  "503": async () => problem(2, 503),
  "applied-500": async (apply) => {
    await apply();
    return problem(1, 500);
  },
  "reset-before": () => Promise.reject(reset()),
  "reset-after": async (apply) => {
    await apply();
    throw reset();
  },
};

/** A whole Crier with an account on the emulated Threads, whose token was made at the start. */
const aLife = async () => {
  const accounts = [aConfiguredAccount({ name: "threads", network: "threads" })];
  const world = await aWorld({ accounts });
  const timeline = timelineInMemory();
  const server = sandboxApp({ timeline, accounts, clock: world.clock });
  const calls: { readonly call: string; readonly at: number }[] = [];
  const faults = new Map<string, (apply: Answer) => Promise<Response>>();
  const secretFrom = (made: number) => ({
    accessToken: `sandbox-threads~${made}`,
    expiresAt: new Date(made + 60 * day).toISOString(),
  });
  let secret = secretFrom(start);
  const networks = connectNetworks({
    secrets: async () => secret,
    fetch: async (address, init) => {
      const url = new URL(address);
      const call = `${init.method} ${url.pathname}`;
      calls.push({ call, at: world.clock() });
      const apply = async () => server.request(`/sandbox/api/threads/threads${url.pathname}${url.search}`, init);
      const fault = faults.get(call);
      if (call !== refresh) faults.delete(call);
      return fault === undefined ? apply() : fault(apply);
    },
    clock: world.clock,
    tokens: sealedTokens({ rows: world.store.tokens, pause: async () => {}, deadline: noDeadline }),
  });
  const app = composeTestedApp({ ...world.parts(), networks });
  /** What is due is done each minute. */
  const rest = async (minutes: number): Promise<void> => {
    for (let passed = 0; passed < minutes; passed += 1) {
      for (const ref of await world.store.due.before(world.clock(), 100)) await app.work(ref);
      world.turn(minute);
    }
  };
  return {
    world,
    app,
    faults,
    rest,
    posts: () => timeline.all().filter(isLive),
    daysOf: (call: string) => calls.filter((one) => one.call === call).map(({ at }) => Math.floor((at - start) / day)),
    publish: async (slug: string): Promise<void> => {
      world.write(`${slug}.md`, aDocument({ slug, title: `About ${slug}`, date: iso(world.clock()) }));
      await app.ingest("folder", `${slug}.md`);
      await app.work(await world.postRef(slug));
      await rest(40);
    },
    delivery: async (slug: string) => (await world.deliveries(slug))[0],
    connectAgain: (): void => {
      secret = secretFrom(world.clock());
    },
    /** A day in which the logins are watched three times. */
    day: async (): Promise<void> => {
      for (let time = 0; time < 3; time += 1) {
        await app.watchLogins();
        await rest(1);
        world.turn(8 * hour - minute);
      }
    },
  };
};

const refresh = "GET /refresh_access_token";
const [container, publication] = ["POST /v1.0/me/threads", "POST /v1.0/me/threads_publish"];

const kinds = ["none", "429", "500", "503", "applied-500", "reset-before", "reset-after"] as const;

test.each(kinds.flatMap((first) => kinds.map((second) => [first, second] as const)))(
  "a post is on Threads once, whatever becomes of its container (%s) and of its publication (%s)",
  async (first, second) => {
    const life = await aLife();
    if (first !== "none") life.faults.set(container, becomes[first]);
    if (second !== "none") life.faults.set(publication, becomes[second]);
    await life.publish("words");
    const posts = life.posts();
    expect(posts).toHaveLength(1);
    expect(await life.delivery("words")).toMatchObject({ state: "posted", remotes: [{ id: posts[0]?.id }] });
    expect(life.faults.size).toBe(0);
  },
);

test("a profile on Threads posts for 200 days: its token is renewed each 30 days, by use or not, and no post is lost", async () => {
  const life = await aLife();
  const published: string[] = [];
  for (let today = 0; today < 200; today += 1) {
    await life.day();
    if (today % 45 !== 10) continue;
    const slug = `day-${today}`;
    await life.publish(slug);
    published.push(slug);
  }
  expect(life.daysOf(refresh)).toHaveLength(6);
  for (const [at, renewed] of life.daysOf(refresh).entries())
    expect(Math.abs(renewed - 30 * (at + 1))).toBeLessThanOrEqual(6);
  expect(life.posts()).toHaveLength(published.length);
  for (const slug of published) expect(await life.delivery(slug)).toMatchObject({ state: "posted" });
  // A login that is renewed by itself is no news.
  expect(life.world.outside.told).toEqual([]);
  expect(await life.app.accounts()).toMatchObject([{ identity: expect.stringContaining("@threads") }]);
  expect((await life.world.store.accounts.read("threads")).checked).toMatchObject({ problem: undefined });
});

test("a token that Threads does not renew is used to its end, which the owner knows, and what waits then goes out when the account is connected again", async () => {
  const life = await aLife();
  life.faults.set(refresh, async () => problem(190));
  for (let today = 0; today < 46; today += 1) await life.day();
  await life.publish("before");
  expect(await life.delivery("before")).toMatchObject({ state: "posted" });
  expect((await life.world.store.accounts.read("threads")).checked).toMatchObject({
    endsAt: start + 60 * day,
    notRenewed: "Threads answered 400: Said.",
  });
  // Once a day.
  expect(life.daysOf(refresh).length).toBeLessThanOrEqual(17);
  for (let today = 46; today < 61; today += 1) await life.day();
  await life.publish("after");
  expect(await life.delivery("after")).toMatchObject({ state: "pending" });
  expect((await life.world.store.accounts.read("threads")).paused?.reason).toContain(
    "the login has ended, and Threads answered 400: Said.",
  );
  life.faults.delete(refresh);
  life.connectAgain();
  await life.app.checkAccounts();
  await life.rest(20);
  expect(await life.delivery("after")).toMatchObject({ state: "posted" });
  expect(life.posts()).toHaveLength(2);
});
