import { expect, test } from "vitest";
import { start } from "../../support/builders.ts";
import type { Empty } from "./empty.ts";

export const roundsContract = (empty: Empty): void => {
  test("how far the sweep has come is kept, and replaced", async () => {
    const { sweepRounds } = (await empty()).store;
    expect(await sweepRounds.read()).toBeUndefined();
    const round = { began: start, place: "p", isOver: false };
    await sweepRounds.save(round);
    expect(await sweepRounds.read()).toEqual(round);
    await sweepRounds.save({ began: start, place: undefined, isOver: true });
    expect(await sweepRounds.read()).toEqual({ began: start, place: undefined, isOver: true });
  });

  test("how far the audit has come is kept, and replaced", async () => {
    const { audits } = (await empty()).store;
    expect(await audits.read()).toBeUndefined();
    await audits.save({ configuration: "a", began: start, next: 0 });
    await audits.save({ configuration: "a", began: start, next: 7 });
    expect(await audits.read()).toEqual({ configuration: "a", began: start, next: 7 });
  });
};
