import { describe, expect, test } from "vitest";
import { day, hour, minute } from "../../../src/domain/time.ts";
import { anAccount } from "../../support/builders.ts";
import { aDocument, aWorld } from "../../support/world.ts";

const account = anAccount({ name: "one", network: "paper", pacing: { interval: minute, dailyCap: 50 } });

describe("a clock that goes back an hour", () => {
  test.each(["read", "key", "refuse"] as const)(
    "loses no post and sends none twice, whatever became of the requests before (offers: %s)",
    async (offers) => {
      const world = await aWorld({ accounts: [account], offers });
      const document = (slug: string) => aDocument({ slug, title: slug, date: "2026-03-01T07:59:00Z" });
      await world.plan("sent", document("sent"));
      await world.sweep();
      world.turn(2 * minute);
      // Applied, but its answer was lost.
      world.paper.fates.push("applied");
      await world.plan("unanswered", document("unanswered"));
      await world.sweep();
      await world.plan("waiting", document("waiting"));

      world.turn(-hour);
      await world.sweep();
      await world.plan("new", document("new"));
      for (let step = 0; step < 60; step += 1) {
        world.turn(5 * minute);
        await world.sweep();
      }
      world.turn(day);
      await world.sweep();

      expect(world.paper.posts.map(({ text }) => text.split("\n")[0]).toSorted()).toEqual([
        "new",
        "sent",
        "unanswered",
        "waiting",
      ]);
      expect((await world.titles()).toSorted()).toEqual(["new", "sent", "unanswered", "waiting"]);
    },
  );
});
