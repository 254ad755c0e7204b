import { expect, test } from "vitest";
import { sweep } from "../../src/app/rows.ts";
import type { SweepRound } from "../../src/ports/store.ts";

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
