import { describe, expect, test } from "vitest";
import { hour, minute } from "../../src/domain/time.ts";
import { start } from "../support/builders.ts";
import { aCalmWorld } from "./calm-world.ts";
import type { Fate } from "./network/fates.ts";

const end = start + 72 * hour;

describe.each(["503", "hang", "refused", "reset-before", "html-502"] as const)(
  "an outage of Mastodon for 72 hours (%s)",
  (fate) => {
    test("delays nothing on other networks, costs few requests, and is followed by every post, once", async () => {
      const networks = ["mastodon", "bluesky", "x"];
      const world = await aCalmWorld({
        networks,
        pacing: { interval: minute, dailyCap: 50 },
        fate: ({ sentAt }, { network }): Fate => (network === "mastodon" && sentAt < end ? fate : "answered"),
      });
      const { scheduler, copies, requests } = world;
      world.write("p1", start - hour);
      await scheduler.runUntil(start + 10 * minute);
      expect(copies.map(({ network }) => network).toSorted()).toEqual(["bluesky", "x"]);
      for (const [index, slug] of ["p2", "p3", "p4", "p5"].entries()) {
        await scheduler.runUntil(start + (index + 1) * 12 * hour);
        world.write(slug, scheduler.now - minute);
        await scheduler.runUntil(scheduler.now + 10 * minute);
        expect(copies.filter((copy) => copy.slug === slug)).toHaveLength(2);
      }
      await scheduler.runUntil(end);
      const asked = requests.filter(({ network }) => network === "mastodon").length;
      expect(asked).toBeLessThanOrEqual(200);
      await scheduler.runUntil(end + 3 * hour);
      expect(
        copies
          .filter(({ network }) => network === "mastodon")
          .map(({ slug }) => slug)
          .toSorted(),
      ).toEqual(["p1", "p2", "p3", "p4", "p5"]);
      await scheduler.runWhile(() => scheduler.now < end + 72 * hour);
      expect(new Set(await world.states())).toEqual(new Set(networks.map((network) => `${network} posted`)));
      expect(await world.violations()).toEqual([]);
      console.log(`an outage of 72 hours (${fate}): ${asked} requests to the network that did not answer`);
    });
  },
);
