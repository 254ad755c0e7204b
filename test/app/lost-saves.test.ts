import { describe, expect, test } from "vitest";
import { deliveryId } from "../../src/domain/delivery.ts";
import type { Store } from "../../src/ports/store.ts";
import { composeTestedApp } from "../support/app.ts";
import { aDocument, aWorld } from "../support/world.ts";

describe("a row that another worker always saves first", () => {
  const never = { save: async () => false };
  const losing = async (rows: (store: Store) => Partial<Store>) => {
    const world = await aWorld();
    const ref = await world.plan("s", aDocument({ slug: "s" }));
    const [delivery] = await world.deliveries("s");
    const app = composeTestedApp({ ...world.parts(), store: { ...world.store, ...rows(world.store) } });
    return { world, app, ref, id: delivery === undefined ? "" : deliveryId(delivery) };
  };

  test("stops the removal of its post", async () => {
    const { app } = await losing(({ posts }) => ({ posts: { ...posts, ...never } }));
    await expect(app.remove("s")).rejects.toThrow("the post s changes faster");
  });

  test("stops the ingest of its document", async () => {
    const { app, world } = await losing(({ posts }) => ({ posts: { ...posts, ...never } }));
    world.write("s.md", aDocument({ slug: "s", title: "Another title" }));
    await expect(app.ingest("folder", "s.md")).rejects.toThrow("s.md changes faster");
  });

  test("stops the retry of its delivery", async () => {
    const { app, id, ref } = await losing(({ deliveries }) => ({ deliveries: { ...deliveries, ...never } }));
    await expect(app.retry(id)).rejects.toThrow(`the delivery of ${ref.post} to one changes faster`);
  });

  test("postpones a delivery of its account", async () => {
    const { app, ref, world } = await losing(({ accounts }) => ({ accounts: { ...accounts, ...never } }));
    await app.work(ref);
    expect(world.alarms).toEqual([expect.stringContaining("the account one changes faster")]);
    expect(world.paper.posts).toEqual([]);
  });
});
