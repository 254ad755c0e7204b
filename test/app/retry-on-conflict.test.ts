import { describe, expect, test } from "vitest";
import { conflict, retryOnConflict } from "../../src/app/retry-on-conflict.ts";
import { composeApp } from "../../src/compose.ts";
import { deliveryId } from "../../src/domain/delivery.ts";
import type { Store } from "../../src/ports/store.ts";
import { aDocument, aWorld } from "../support/world.ts";

describe("an attempt that others are faster than", () => {
  test("is made again, until it succeeds", async () => {
    const answers = [conflict, conflict, "saved"] as const;
    let made = 0;
    expect(await retryOnConflict("the row", async () => answers[made++] ?? "never")).toBe("saved");
    expect(made).toBe(3);
  });

  test("may succeed with nothing to say", async () => {
    expect(await retryOnConflict("the row", async () => undefined)).toBeUndefined();
  });

  test("is given up after 50 times, with an error that says what changes and what to do", async () => {
    let made = 0;
    const attempt = async () => {
      made += 1;
      return conflict;
    };
    await expect(retryOnConflict("the row", attempt)).rejects.toThrow(
      "the row changes faster than it can be saved: try again when it no longer changes",
    );
    expect(made).toBe(50);
  });
});

describe("a row that somebody else always saves first", () => {
  const never = { save: async () => false };
  const losing = async (rows: (store: Store) => Partial<Store>) => {
    const world = await aWorld();
    const ref = await world.plan("s", aDocument({ slug: "s" }));
    const [delivery] = await world.deliveries("s");
    const app = composeApp({ ...world.parts(), store: { ...world.store, ...rows(world.store) } });
    return { world, app, ref, id: delivery === undefined ? "" : deliveryId(delivery) };
  };

  test("ends the removal of its post", async () => {
    const { app } = await losing(({ posts }) => ({ posts: { ...posts, ...never } }));
    await expect(app.remove("s")).rejects.toThrow("the post s changes faster");
  });

  test("ends the reading of its document", async () => {
    const { app, world } = await losing(({ posts }) => ({ posts: { ...posts, ...never } }));
    world.write("s.md", aDocument({ slug: "s", title: "Another title" }));
    await expect(app.ingest("folder", "s.md")).rejects.toThrow("s.md changes faster");
  });

  test("ends the retry of its delivery", async () => {
    const { app, id } = await losing(({ deliveries }) => ({ deliveries: { ...deliveries, ...never } }));
    await expect(app.retry(id)).rejects.toThrow(`the delivery ${id} changes faster`);
  });

  test("puts off a delivery of its account", async () => {
    const { app, ref, world } = await losing(({ accounts }) => ({ accounts: { ...accounts, ...never } }));
    await app.work(ref);
    expect(world.alarms).toEqual([expect.stringContaining("the account one changes faster")]);
    expect(world.paper.posts).toEqual([]);
  });
});
