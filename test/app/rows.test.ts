import { expect, test } from "vitest";
import { advance, sweep, watchOverdue } from "../../src/app/rows.ts";
import { hour, minute } from "../../src/domain/time.ts";
import type { SweepRound } from "../../src/ports/store.ts";
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
