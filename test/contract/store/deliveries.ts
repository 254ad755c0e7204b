import { expect, test } from "vitest";
import { type DeliveryList, deliveryStates, holdKinds } from "../../../src/domain/delivery.ts";
import { hour, minute, second } from "../../../src/domain/time.ts";
import { tableConsoleRows } from "../../../src/store/console-keys.ts";
import { deliveryKey } from "../../../src/store/keys.ts";
import { aDelivery, aPost, deliveryIn, start } from "../../support/builders.ts";
import { deliveryRef, type Empty, present } from "./empty.ts";

export const deliveriesContract = (empty: Empty): void => {
  test.each(deliveryStates)("a delivery that is %s comes back as it was", async (state) => {
    const { store } = await empty();
    const delivery = deliveryIn[state];
    expect(await store.deliveries.create(delivery)).toBe(true);
    const read = present(await store.deliveries.read(deliveryRef));
    expect(read).toEqual({ ...delivery, version: 1 });
    expect(JSON.stringify([read.sent?.request, read.edit])).toBe(
      JSON.stringify([delivery.sent?.request, delivery.edit]),
    );
  });

  test("a delivery is created once", async () => {
    const { store } = await empty();
    const delivery = aDelivery();
    expect(await store.deliveries.create(delivery)).toBe(true);
    expect(await store.deliveries.create(aDelivery({ seed: "other" }))).toBe(false);
    expect(await store.deliveries.save(aDelivery({ seed: "other" }))).toBe(false);
    expect(await store.deliveries.read(deliveryRef)).toEqual({ ...delivery, version: 1 });
    expect(await store.deliveries.read({ ...deliveryRef, generation: 1 })).toBeUndefined();
  });

  test("a row keeps no field of a state that the delivery has left", async () => {
    const { store } = await empty();
    await store.deliveries.create(deliveryIn.editing);
    const { account, post } = deliveryIn.failed;
    await store.deliveries.save({ ...deliveryIn.failed, version: 1 });
    expect(await store.deliveries.ofPost("blog", post)).toEqual([{ ...deliveryIn.failed, version: 2 }]);
    expect((await store.deliveries.inState(account, "editing")).rows).toEqual([]);
  });

  test.each(["equal", "copy"] as const)(
    "a delivery that was refused because of a duplicate comes back as it was (%s)",
    async (kind) => {
      const { store } = await empty();
      const { sent } = deliveryIn.posted;
      const remote = { id: "1", url: null, public: true };
      const failed = { ...deliveryIn.failed, duplicate: kind === "copy" ? { kind } : { kind, remote, sent } };
      await store.deliveries.create(failed);
      expect(await store.deliveries.read(deliveryRef)).toEqual({ ...failed, version: 1 });
    },
  );

  test("a claim on an older version never writes", async () => {
    const { store } = await empty();
    await store.deliveries.create(aDelivery());
    const read = present(await store.deliveries.read(deliveryRef));
    const claims = await Promise.all([1, 2].map((attempts) => store.deliveries.save({ ...read, attempts })));
    expect(claims.filter(Boolean)).toHaveLength(1);
    expect((await store.deliveries.read(deliveryRef))?.version).toBe(2);
    expect(await store.deliveries.save(aDelivery({ account: "nobody", version: 3 }))).toBe(false);
  });

  test("a nudge during a step is not lost: the result of the step is saved, and the row stays due", async () => {
    const { store } = await empty();
    await store.deliveries.create(aDelivery());
    const read = present(await store.deliveries.read(deliveryRef));
    await store.deliveries.nudge(deliveryRef, start + second);
    expect(await store.deliveries.save({ ...deliveryIn.posted, version: read.version, due: undefined })).toBe(true);
    expect(await store.deliveries.read(deliveryRef)).toMatchObject({
      state: "posted",
      nudges: 1,
      version: 2,
      due: start + second,
    });
    const nudged = present(await store.deliveries.read(deliveryRef));
    expect(await store.deliveries.save({ ...nudged, due: undefined })).toBe(true);
    expect((await store.deliveries.read(deliveryRef))?.due).toBeUndefined();
  });

  test("the earlier of a nudge and the step's own due is kept", async () => {
    const { store } = await empty();
    await store.deliveries.create(aDelivery());
    const read = present(await store.deliveries.read(deliveryRef));
    await store.deliveries.nudge(deliveryRef, start + minute);
    await store.deliveries.save({ ...read, due: start + hour });
    expect((await store.deliveries.read(deliveryRef))?.due).toBe(start + minute);
  });

  test("a nudge creates no row", async () => {
    const { store, reported } = await empty();
    await store.deliveries.nudge(deliveryRef, start);
    expect(await store.deliveries.read(deliveryRef)).toBeUndefined();
    expect(reported).toEqual([]);
  });

  test("one query lists all deliveries of a post", async () => {
    const { store } = await empty();
    await store.posts.save(aPost());
    for (const account of ["b#1", "a"]) await store.deliveries.create(aDelivery({ account }));
    await store.deliveries.create(aDelivery({ post: "another" }));
    const all = await store.deliveries.ofPost("blog", "id-of-hello-world");
    expect(all.map(({ account }) => account)).toEqual(["a", "b#1"]);
  });

  test("lists an account's deliveries by state, in pages, as they are now: those that wait in the order of their times", async () => {
    const { store } = await empty();
    for (let index = 0; index < 55; index += 1)
      await store.deliveries.create(aDelivery({ post: `post-${index}`, planned: start, due: start + index }));
    const moved = { ...deliveryRef, post: "post-54" };
    await store.deliveries.save({ ...deliveryIn.held, post: moved.post, version: 1, due: undefined });
    const first = await store.deliveries.inState("mastodon", "pending");
    const second = await store.deliveries.inState("mastodon", "pending", first.next);
    const posts = [...first.rows, ...second.rows].map(({ post }) => post);
    expect(posts).toEqual(Array.from({ length: 54 }, (_, index) => `post-${index}`));
    expect((await store.deliveries.inState("mastodon", "held")).rows.map(({ post }) => post)).toEqual(["post-54"]);
    expect((await store.deliveries.inState("x", "pending")).rows).toEqual([]);
  });

  test("lists what was posted by the moment at which it was sent, the newest first, whenever it was planned", async () => {
    const { store } = await empty();
    for (const [post, planned, firstSentAt] of [
      ["held-for-days", start, start + 3],
      ["planned-last", start + 2, start + 2],
      ["oldest", start + 1, start + 1],
    ] as const)
      await store.deliveries.create({
        ...deliveryIn.posted,
        post,
        planned,
        sent: { ...deliveryIn.posted.sent, firstSentAt },
      });
    const { rows } = await store.deliveries.inState(deliveryRef.account, "posted");
    expect(rows.map(({ post }) => post)).toEqual(["held-for-days", "planned-last", "oldest"]);
  });

  test("names the first of a list without their rows, in its order, and says where there are more", async () => {
    const { store, table } = await empty();
    const { refsInState } = tableConsoleRows(table);
    for (let index = 0; index < 55; index += 1)
      await store.deliveries.create(aDelivery({ post: `post-${index}`, planned: start, due: start + index }));
    const listed = await refsInState("mastodon", "pending");
    expect(listed.refs).toEqual(
      Array.from({ length: 50 }, (_, index) => ({ ...deliveryRef, post: `post-${index}`, position: start + index })),
    );
    expect(listed.next).toBeDefined();
    expect(await refsInState("x", "pending")).toEqual({ refs: [], next: undefined });
  });

  test("names with the keys of what is held the kind of each hold, in the order in which they were planned", async () => {
    const { store, table } = await empty();
    for (const [index, hold] of holdKinds.toReversed().entries())
      await store.deliveries.create({ ...deliveryIn.held, hold, post: hold, planned: start + index });
    const { refs } = await tableConsoleRows(table).refsInState(deliveryRef.account, "held");
    expect(refs.map(({ post, hold, position }) => [post, hold, position])).toEqual(
      holdKinds.toReversed().map((kind, index) => [kind, kind, start + index]),
    );
    // An older program stored the moment alone.
    const key = deliveryKey({ ...deliveryRef, post: "person" });
    await table.update(key, { set: { position: start } }, { kind: "present" });
    const [first] = (await tableConsoleRows(table).refsInState(deliveryRef.account, "held")).refs;
    expect(first).toEqual({ ...deliveryRef, post: "person", position: start });
  });

  test("lists the copies whose edit waits for an approval apart from the others that are posted, and only while it does", async () => {
    const { store } = await empty();
    const list = async (name: DeliveryList) =>
      (await store.deliveries.inState(deliveryRef.account, name)).rows.map(({ post }) => post);
    await store.deliveries.create({ ...deliveryIn.posted, post: "other" });
    await store.deliveries.create({ ...deliveryIn.posted, hold: "approval" });
    expect([await list("posted"), await list("held-edit")]).toEqual([["other"], [deliveryRef.post]]);
    await store.deliveries.save({ ...deliveryIn.posted, version: 1 });
    expect([await list("posted"), await list("held-edit")]).toEqual([
      expect.arrayContaining(["other", deliveryRef.post]),
      [],
    ]);
  });
};
