import { expect, test } from "vitest";
import { watchOverdue } from "../../src/app/due-rows.ts";
import { minute } from "../../src/domain/time.ts";
import { aDocument, aWorld } from "../support/world.ts";

test("raises an alarm for a row that nobody has advanced for half an hour, and not before", async () => {
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
