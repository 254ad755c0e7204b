import { expect, test } from "vitest";
import { composeApp } from "../../../src/compose.ts";
import { minute } from "../../../src/domain/time.ts";
import { cleanupStack } from "../../../src/runtimes/local/cleanup.ts";
import { trackEditable } from "../../../src/runtimes/local/editable-documents.ts";
import { followSources } from "../../../src/runtimes/local/follow-sources.ts";
import type { LocalSource } from "../../../src/sources/source-kind.ts";
import { aDocument, aWorld } from "../../support/world.ts";

test("a copy that waits is looked at again after 10 minutes, unless Crier was stopped", async () => {
  const world = await aWorld();
  const { source: files, ...parts } = world.parts();
  const changes: ((path: string) => void)[] = [];
  const source: LocalSource = {
    ...files,
    editable: true,
    location: (path) => path,
    watch: async (onChange) => {
      changes.push(onChange);
      return { close: async () => {} };
    },
  };
  const app = composeApp({ ...parts, sources: [source] });
  const timers = new Map<() => void, number>();
  const cleanup = cleanupStack();
  const idle = await followSources(
    {
      app,
      sources: [source],
      sites: [app.site],
      documents: trackEditable(),
      log: parts.log,
      setTimer: (milliseconds, act) => {
        timers.set(act, milliseconds);
        return () => timers.delete(act);
      },
    },
    cleanup,
  );
  const change = async (path: string): Promise<void> => {
    for (const changed of changes) changed(path);
    await idle();
  };
  world.write("a.md", aDocument());
  await change("a.md");
  await world.sweep();
  world.write("b.md", aDocument());
  await change("b.md");
  expect([...timers.values()]).toEqual([10 * minute]);
  world.turn(10 * minute);
  for (const act of timers.keys()) act();
  await idle();
  expect(await app.status("b")).toMatchObject({ status: "live" });
  await cleanup.run();
  expect(timers.size).toBe(0);
});
