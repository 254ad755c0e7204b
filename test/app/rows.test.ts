import { expect, test } from "vitest";
import { advance, sweep, watchOverdue } from "../../src/app/rows.ts";
import { hour, minute } from "../../src/domain/time.ts";
import type { SweepRound } from "../../src/ports/store.ts";
import { postKey } from "../../src/store/keys.ts";
import { aDocument, aWorld } from "../support/world.ts";

test("raises an alarm for a row that has been due for half an hour, and not before", async () => {
  const world = await aWorld();
  world.write("a.md", aDocument({ slug: "s" }));
  await world.ingest("a.md");
  const alarms: string[] = [];
  const ports = {
    due: world.store.due,
    clock: world.clock,
    log: { info: () => {}, warn: () => {}, alarm: (name: string) => alarms.push(name) },
  };
  world.turn(29 * minute);
  await watchOverdue(ports);
  expect(alarms).toEqual([]);
  world.turn(2 * minute);
  await watchOverdue(ports);
  expect(alarms).toEqual(["overdue"]);
});

test("a step that fails is reported with how often it has failed in a row", async () => {
  const world = await aWorld();
  world.write("a.md", aDocument({ slug: "s" }));
  await world.ingest("a.md");
  const ref = await world.postRef("s");
  const messages: string[] = [];
  const log = { info: () => {}, warn: () => {}, alarm: (_: string, message: string) => messages.push(message) };
  const fail = () =>
    advance(ref, () => Promise.reject(new Error("no room")), { due: world.store.due, clock: world.clock, log });
  await fail();
  world.turn(hour);
  await fail();
  expect(messages).toEqual([
    `post ${JSON.stringify(ref)} failed and is tried again: no room`,
    `post ${JSON.stringify(ref)} failed 2 times in a row and is tried again: no room`,
  ]);
});

test("a row of a newer format stays due, no step is done for it, and other rows go on", async () => {
  const world = await aWorld();
  world.write("a.md", aDocument({ slug: "a" }));
  world.write("b.md", aDocument({ slug: "b" }));
  for (const path of ["a.md", "b.md"]) await world.ingest(path);
  const key = postKey("blog", (await world.post("a")).id);
  const { dueAt } = (await world.table.get(key)) ?? {};
  await world.table.update(key, { set: { format: 2 } }, { kind: "present" });
  const stored = await world.table.get(key);
  const ref = await world.postRef("b");
  await world.app.work({ kind: "post", site: "blog", id: key.pk.split("#")[2] ?? "" });
  await world.app.work(ref);
  expect(await world.table.get(key)).toEqual(stored);
  expect(stored).toMatchObject({ dueAt });
  expect((await world.post("b")).due).toBeUndefined();
  expect(world.alarms).toEqual([]);
  expect(world.unreadable).toEqual([
    "rows of format 2 are in the data, and this version of Crier knows up to 1: they are neither read nor changed, and what is due of them waits. Deploy the newer version again",
  ]);
});

test("where a row became one of a newer format during its step, the error of the step raises no second one", async () => {
  const world = await aWorld();
  world.write("a.md", aDocument({ slug: "a" }));
  await world.ingest("a.md");
  const ref = await world.postRef("a");
  const key = postKey("blog", (await world.post("a")).id);
  await world.table.update(key, { set: { format: 2 } }, { kind: "present" });
  const stored = await world.table.get(key);
  await advance(ref, () => Promise.reject(new Error("no room")), { ...world.parts(), due: world.store.due });
  expect(await world.table.get(key)).toEqual(stored);
});

test("a round that began by a clock that was ahead is not waited for", async () => {
  const last: SweepRound = { began: 5_000, place: "behind all", isOver: true };
  const from: unknown[] = [];
  const saved: SweepRound[] = [];
  await sweep(
    { overdueBy: 0, repeatAfter: 600 },
    {
      due: {
        before: async () => [],
        defer: async () => 0,
        behind: async (start) => {
          from.push(start);
          return { refs: [{ kind: "post", site: "blog", id: "one" }], position: undefined, isLast: true };
        },
      },
      queue: { send: async () => {} },
      clock: () => 1_000,
      requestMarks: { begin: async () => {} },
      sweepRounds: {
        read: async () => last,
        save: async (round) => {
          saved.push(round);
        },
      },
    },
  );
  expect(from).toEqual([undefined]);
  expect(saved).toMatchObject([{ began: 1_000 }]);
});
