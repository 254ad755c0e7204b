import { describe, expect, test } from "vitest";
import { deliveryId } from "../../../src/domain/delivery.ts";
import { hour, minute, second } from "../../../src/domain/time.ts";
import { anAccount } from "../../support/builders.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const webhook = { url: "https://blog.example.com/hooks/crier" };
const aWebhookWorld = (options: Parameters<typeof aWorld>[0] = {}) => aWorld({ ...options, site: { webhook } });

/** Waits until the webhook has the networks' answers. */
const settle = async (world: World): Promise<void> => {
  for (let round = 0; round < 4; round += 1) {
    await world.sweep();
    world.turn(5 * second);
  }
};

const publish = async (world: World, slug = "a", fields: Readonly<Record<string, unknown>> = {}): Promise<void> => {
  world.write(`${slug}.md`, aDocument({ title: "One", slug, ...fields }));
  await world.ingest(`${slug}.md`);
  await settle(world);
};

const messages = (world: World) => world.outside.called.map(({ body }) => JSON.parse(body));
const copy = { network: "paper", account: "one", url: "https://paper.example/p1", posted: "2026-03-01T08:00:00.000Z" };

describe("the webhook of a site", () => {
  test("is told where a post went", async () => {
    const world = await aWebhookWorld();
    await publish(world);
    const { id } = await world.post("a");
    expect(world.outside.called).toMatchObject([
      { site: "blog", url: webhook.url, id: expect.stringMatching(/^msg_/) },
    ]);
    expect(messages(world)).toEqual([
      {
        type: "post.deliveries",
        timestamp: "2026-03-01T08:00:10.000Z",
        data: {
          site: "blog",
          post: {
            id: `tag:blog.example.com,2026:blog/${id}`,
            url: "https://blog.example.com/a/",
            slug: "a",
            title: "One",
            public: true,
          },
          copies: [copy],
          problems: [],
        },
      },
    ]);
  });

  test("is called once for accounts that answer within moments of each other", async () => {
    const world = await aWebhookWorld({
      accounts: ["one", "two"].map((name) => anAccount({ name, network: "paper" })),
    });
    await publish(world);
    expect(messages(world).map(({ data }) => data.copies.length)).toEqual([2]);
  });

  test("is told of a deletion, and of an edit of what it knows", async () => {
    const world = await aWebhookWorld();
    await publish(world);
    await publish(world, "a", { title: "Two" });
    await world.app.remove("a");
    await settle(world);
    expect(messages(world).map(({ data }) => [data.post.title, data.post.public, data.copies.length])).toEqual([
      ["One", true, 1],
      ["Two", true, 1],
      ["Two", false, 0],
    ]);
  });

  test("is told of a delivery that failed, with the reason", async () => {
    const world = await aWebhookWorld();
    world.paper.fates.push("refused");
    await publish(world);
    world.turn(2 * minute);
    await world.sweep();
    const [delivery = ""] = (await world.deliveries("a")).map(deliveryId);
    expect(messages(world).at(-1)?.data.problems).toEqual([
      { delivery, network: "paper", account: "one", state: "failed", reason: "400" },
    ]);
  });

  test("is not called again when nothing has changed for it", async () => {
    const world = await aWebhookWorld();
    await publish(world);
    await publish(world, "a", { featured: true });
    expect(world.outside.called).toHaveLength(1);
  });

  test("is not called for a post that is not announced", async () => {
    const world = await aWebhookWorld();
    await publish(world, "a", { date: "2020-03-01T08:00:00Z" });
    world.paper.reach.now = "sandbox";
    await publish(world, "b");
    world.turn(hour);
    await world.sweep();
    expect(world.outside.called).toEqual([]);
  });

  test("that refuses gets the same message later, and delays no delivery", async () => {
    const world = await aWebhookWorld();
    const refused = { kind: "refused", reason: "blog.example.com answered 503", retryAfter: undefined } as const;
    world.outside.answers.push(refused, refused);
    await publish(world);
    expect((await world.deliveries("a")).map(({ state }) => state)).toEqual(["posted"]);
    world.turn(5 * minute);
    await world.sweep();
    world.turn(5 * minute);
    await world.sweep();
    expect(world.outside.called).toHaveLength(3);
    expect(new Set(world.outside.called.map(({ id }) => id)).size).toBe(1);
    world.turn(hour);
    await world.sweep();
    expect(world.outside.called).toHaveLength(3);
  });

  test("that cannot be reached for three days raises an alarm", async () => {
    const world = await aWebhookWorld();
    const refused = { kind: "refused", reason: "blog.example.com answered 503", retryAfter: hour } as const;
    world.outside.answers.push(...Array.from({ length: 100 }, () => refused));
    await publish(world);
    for (let hours = 0; hours < 80; hours += 1) {
      world.turn(hour);
      await world.sweep();
    }
    expect(world.outside.called.length).toBeLessThan(80);
    expect(world.alarms).toEqual([
      expect.stringMatching(/^unreachable: the site's webhook could not be notified .* answered 503/),
    ]);
  });
});

test("a failure is told even if the worker stops right after it has saved it", async () => {
  const world = await aWebhookWorld();
  world.paper.fates.push("refused");
  const ref = await world.plan("a", aDocument({ title: "One", slug: "a" }));
  const worker = world.worker("after deliveries.save 3");
  void worker.app.work(ref);
  await worker.stopped;
  expect((await world.deliveries("a")).map(({ state }) => state)).toEqual(["failed"]);
  world.turn(2 * minute);
  await world.sweep();
  expect(messages(world).at(-1)?.data.problems).toHaveLength(1);
});
