import { expect, test } from "vitest";
import { composeIngest } from "../../../src/compose.ts";
import { day } from "../../../src/domain/time.ts";
import { documentsInProcess } from "../../../src/parsing/parsers-in-process.ts";
import type { Source } from "../../../src/ports/content.ts";
import { systemRuntime } from "../../../src/runtimes/system-runtime.ts";
import { aSite, notes } from "../../support/builders.ts";
import { aDocument, aWorld } from "../../support/world.ts";

test("the posts of a folder that becomes another site leave the first site", async () => {
  const world = await aWorld({ others: [notes] });
  world.write("sites/notes/hello.md", aDocument({ title: "Hello", slug: "hello" }));
  world.write("other.md", aDocument({ title: "Other" }));
  const source: Source = {
    name: "folder",
    list: async () => [...world.files.keys()],
    read: async (path) => new TextEncoder().encode(world.files.get(path)),
  };
  const before = composeIngest(
    {
      config: {
        sites: [aSite()],
        accounts: [],
        policies: { maxAge: 7 * day, burst: 5, noteBurst: 20, settle: 0, removeCopiesAfter: 0, live: "ignore" },
      },
      store: world.store,
      documentParsers: documentsInProcess,
      clock: world.clock,
      deadline: systemRuntime.deadline,
      log: { info: () => {}, warn: () => {}, alarm: () => {} },
    },
    [source],
  );
  await before.reconcile();
  await world.sweep();
  expect(await world.titles()).toContain("Hello");

  await world.app.reconcile();
  world.turn(day);
  await world.sweep();
  expect(await world.titles()).toEqual(["Other"]);
  expect(await world.titles("sites/notes/")).toEqual(["Hello"]);
});
