import { describe, expect, test } from "vitest";
import { deliveryId } from "../../../src/domain/delivery.ts";
import { hour, minute } from "../../../src/domain/time.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const aMailWorld = (options: Parameters<typeof aWorld>[0] = {}) => aWorld({ ...options, mailsOwner: true });

const publish = async (world: World, slug: string, fields: Readonly<Record<string, unknown>> = {}): Promise<void> => {
  world.write(`${slug}.md`, aDocument({ title: `Post ${slug}`, slug, ...fields }));
  await world.ingest(`${slug}.md`);
  await world.sweep();
};

const wait = async (world: World, milliseconds: number): Promise<void> => {
  for (let passed = 0; passed < milliseconds; passed += minute) {
    world.turn(minute);
    await world.sweep();
  }
};

const subjects = (world: World) => world.outside.told.map(({ subject }) => subject);

describe("the owner", () => {
  test("is told which post failed on which account, why, and what to do", async () => {
    const world = await aMailWorld();
    world.paper.fates.push("refused");
    await publish(world, "a");
    expect(world.outside.told).toEqual([]);
    await wait(world, 2 * minute);
    const [delivery] = await world.deliveries("a");
    expect(delivery?.state).toBe("failed");
    expect(world.outside.told).toEqual([
      {
        subject: "Crier, blog: 1 post not announced by one",
        text: expect.stringContaining(
          `- "Post a" <https://blog.example.com/a/>\n  400\n  to send it again: npx crier retry ${delivery && deliveryId(delivery)}\n`,
        ),
      },
    ]);
    expect(world.outside.told[0]?.text).toContain("What to do: Change the document");
    expect(world.outside.told[0]?.text).toContain('docs/operations.md, "failed"');
  });

  test("gets one message for a burst with one cause, and the next about it an hour later", async () => {
    const world = await aMailWorld();
    world.paper.fates.push("refused", "refused", "refused", "refused");
    for (const slug of ["a", "b", "c"]) await publish(world, slug);
    await wait(world, 10 * minute);
    expect(subjects(world)).toEqual(["Crier, blog: 3 posts not announced by one"]);
    await publish(world, "d");
    await wait(world, 30 * minute);
    expect(subjects(world)).toHaveLength(1);
    await wait(world, hour);
    expect(subjects(world)).toEqual([
      "Crier, blog: 3 posts not announced by one",
      "Crier, blog: 1 post not announced by one",
    ]);
    expect(world.outside.told[1]?.text).toContain('"Post d"');
    await wait(world, 3 * hour);
    expect(subjects(world)).toHaveLength(2);
  });

  test("is not told of what was corrected before the message went out", async () => {
    const world = await aMailWorld();
    world.paper.fates.push("refused");
    await publish(world, "a");
    const [delivery] = await world.deliveries("a");
    if (delivery !== undefined) await world.app.retry(deliveryId(delivery));
    await wait(world, 10 * minute);
    expect((await world.deliveries("a")).map(({ state }) => state)).toEqual(["posted"]);
    expect(world.outside.told).toEqual([]);
  });

  test("is told once that a login is refused, not with each try, and again after it was accepted", async () => {
    const world = await aMailWorld();
    const refuse = (times: number) =>
      world.paper.fates.push(...Array.from({ length: times }, () => "unauthorised" as const));
    refuse(5);
    await publish(world, "a");
    await wait(world, 4 * hour + 30 * minute);
    expect(subjects(world)).toEqual(["Crier, blog: one is paused"]);
    expect(world.alarms).toEqual([expect.stringContaining("one is paused: 401")]);
    expect(world.outside.told[0]?.text).toContain("npx crier accounts set one");
    await wait(world, 2 * hour);
    expect((await world.deliveries("a")).map(({ state }) => state)).toEqual(["posted"]);
    refuse(1);
    await publish(world, "b");
    await wait(world, 10 * minute);
    expect(subjects(world)).toHaveLength(2);
  });

  test("is told once that a network is down for long, and not of a short outage", async () => {
    const world = await aMailWorld({ offers: "read" });
    world.paper.silent.now = true;
    await publish(world, "a");
    await wait(world, 5 * minute);
    expect(world.outside.told).toEqual([]);
    await wait(world, 12 * hour);
    expect(subjects(world)).toEqual([expect.stringMatching(/^Crier, blog: paper .*takes no requests$/)]);
    expect(world.outside.told[0]?.text).toContain("\n  npx crier accounts\n");
    expect(world.alarms.filter((line) => line.startsWith("down: "))).toHaveLength(1);
  });

  test("is told of what it cannot be known", async () => {
    const world = await aMailWorld({ offers: "none", canFind: false });
    world.paper.fates.push("applied");
    await publish(world, "a");
    await wait(world, hour);
    expect(subjects(world)).toEqual(["Crier, blog: 1 post may or may not be on one"]);
    expect(world.outside.told[0]?.text).toMatch(
      / {2}if it is on the network: npx crier resolve \S+ --as posted\n {2}if it is not, to send it: npx crier resolve \S+ --as retry/,
    );
  });

  test("is told of posts that are held for them, in one message", async () => {
    const world = await aMailWorld({ policies: { burst: 1 } });
    for (const slug of ["a", "b", "c"]) await publish(world, slug);
    await wait(world, 10 * minute);
    expect(subjects(world)).toEqual(["Crier, blog: 2 posts held for you before one"]);
    expect(world.outside.told[0]?.text).toMatch(
      / {2}to send it: npx crier release \S+\n {2}to cancel it for good: npx crier dismiss \S+/,
    );
  });

  test("is told of the copy of a deleted post that stays", async () => {
    const world = await aMailWorld({ remove: false });
    await publish(world, "a");
    await world.app.remove("a");
    await wait(world, 15 * minute);
    expect(subjects(world)).toEqual(["Crier, blog: 1 post to be deleted, but still on one"]);
    expect(world.outside.told[0]?.text).toContain("<https://paper.example/p1>");
  });

  test("is told once of a withdrawn copy that stays, although its post changes", async () => {
    const world = await aMailWorld({ remove: false });
    await publish(world, "a");
    await world.app.withdraw("a", "one");
    await wait(world, 15 * minute);
    await world.plan("a", aDocument({ slug: "a", title: "Edited" }));
    await wait(world, 2 * hour);
    expect(subjects(world)).toEqual(["Crier, blog: 1 post to be deleted, but still on one"]);
  });

  test("is not told of what happens in the sandbox", async () => {
    const world = await aMailWorld();
    world.paper.reach.now = "sandbox";
    world.paper.fates.push("refused");
    await publish(world, "a");
    await wait(world, 10 * minute);
    expect((await world.deliveries("a")).map(({ state }) => state)).toEqual(["failed"]);
    expect(world.outside.told).toEqual([]);
  });

  test("is told later where the message is not accepted", async () => {
    const world = await aMailWorld();
    world.paper.fates.push("refused");
    world.outside.answers.push({ kind: "refused", reason: "throttled", retryAfter: undefined });
    await publish(world, "a");
    await wait(world, 10 * minute);
    expect(new Set(subjects(world)).size).toBe(1);
    expect(world.outside.told).toHaveLength(2);
  });
});

test("without mail a line says it at once, with what to do, and no row is written for it", async () => {
  const world = await aWorld();
  world.paper.fates.push("refused");
  await publish(world, "a");
  const [id = ""] = (await world.deliveries("a")).map(deliveryId);
  expect(world.alarms).toEqual([
    `failed: a on one: 400; to send it again: npx crier retry ${id}; to cancel it for good: npx crier dismiss ${id}`,
  ]);
  await wait(world, 10 * minute);
  expect(world.outside.told).toEqual([]);
  expect(await world.store.notices.read({ site: "blog", to: "owner", about: "failed:one" })).toMatchObject({
    version: 0,
  });
});
