import { expect, test } from "vitest";
import { siteCommands } from "../../../src/domain/delivery-commands.ts";
import { minute } from "../../../src/domain/time.ts";
import { cleanupStack } from "../../../src/runtimes/local/cleanup.ts";
import { followSources } from "../../../src/runtimes/local/intake.ts";
import type { LocalSource, OnChange } from "../../../src/sources/source-kind.ts";
import { composeTestedApp } from "../../support/app.ts";
import { aDocument, aWorld } from "../../support/world.ts";

/** A folder that is followed, with timers that the test ends. */
const followed = async () => {
  const world = await aWorld();
  const { source: files, ...parts } = world.parts();
  const changes: OnChange[] = [];
  const source: LocalSource = {
    ...files,
    editable: true,
    location: (path) => path,
    watch: async (onChange) => {
      changes.push(onChange);
      return { close: async () => {} };
    },
  };
  const app = composeTestedApp({ ...parts, sources: [source] });
  const timers = new Map<() => void, number>();
  const lines: string[] = [];
  const cleanup = cleanupStack();
  const { idle, retryCopies } = await followSources(
    {
      app,
      sources: [source],
      sites: [app.site],
      log: { ...parts.log, info: (line) => lines.push(line), warn: (line) => lines.push(line) },
      setTimer: (milliseconds, act) => {
        timers.set(act, milliseconds);
        return () => timers.delete(act);
      },
      facts: {
        clock: parts.clock,
        timeZone: () => "UTC",
        removeCopiesAfter: 1_000,
        command: siteCommands([app.site]),
      },
    },
    cleanup,
  );
  const change = async (path: string, isGone = false): Promise<void> => {
    for (const changed of changes) changed(path, isGone);
    await idle();
  };
  const endTimers = async (milliseconds: number): Promise<void> => {
    for (const [act, duration] of [...timers])
      if (duration === milliseconds) {
        timers.delete(act);
        act();
      }
    await idle();
  };
  return { world, app, timers, lines, cleanup, change, endTimers, retryCopies };
};

test("a save that follows another one so soon that no event tells of it is found a moment later", async () => {
  const { world, app, change, endTimers, cleanup } = await followed();
  world.write("a.md", aDocument({ title: "Draft" }));
  await change("a.md");
  world.write("a.md", aDocument({ title: "Finished" }));
  await endTimers(100);
  expect(await app.status("a")).toMatchObject({ title: "Finished" });
  await cleanup.run();
});

test("a document that an editor deletes and writes again stays a post", async () => {
  const { world, app, change, cleanup } = await followed();
  world.write("a.md", aDocument({ title: "Draft" }));
  await change("a.md");
  world.erase("a.md");
  await change("a.md", true);
  expect(await app.status("a")).toMatchObject({ title: "Draft", status: "live" });
  world.write("a.md", aDocument({ title: "Finished" }));
  await change("a.md");
  expect(await app.status("a")).toMatchObject({ title: "Finished", status: "live" });
  await cleanup.run();
});

test("a document that is refused is reported once, and again when the reason is another one", async () => {
  const { world, lines, change, endTimers, cleanup } = await followed();
  world.write("a.md", "---\ntitle: [\n---\n");
  await change("a.md");
  await endTimers(100);
  const reported = lines.length;
  expect(reported).toBeGreaterThan(0);
  await change("a.md");
  await endTimers(100);
  expect(lines).toHaveLength(reported);
  world.write("a.md", "---\ndate: 2026-03-01\n---\n");
  await change("a.md");
  await endTimers(100);
  expect(lines.length).toBeGreaterThan(reported);
  await cleanup.run();
});

test("a document that is being written is not reported as refused, nor as put back", async () => {
  const { world, lines, change, endTimers, cleanup } = await followed();
  world.write("a.md", "");
  await change("a.md");
  world.write("a.md", "---\ntitle: [");
  await change("a.md");
  expect(lines).toEqual([]);
  world.write("a.md", aDocument());
  await change("a.md");
  await endTimers(100);
  expect(lines).toEqual(["created a"]);
  world.write("a.md", "");
  await change("a.md");
  world.write("a.md", aDocument());
  await change("a.md");
  await endTimers(100);
  expect(lines).toEqual(["created a"]);
  await cleanup.run();
});

test("a document that was refused in another run, and is written in two steps as it was published, is reported", async () => {
  const { world, app, lines, change, endTimers, cleanup } = await followed();
  for (const document of [aDocument(), "---\ntitle: [\n---\n"]) {
    world.write("a.md", document);
    await app.ingest("folder", "a.md");
  }
  world.write("a.md", "");
  await change("a.md");
  world.write("a.md", aDocument());
  await change("a.md");
  await endTimers(100);
  expect(lines).toEqual(["a.md is as published again"]);
  await cleanup.run();
});

test("a document that was refused and is put back as it was published is reported", async () => {
  const { world, lines, change, endTimers, cleanup } = await followed();
  world.write("a.md", aDocument());
  world.write("later.md", aDocument({ slug: "later", date: "2030-01-01" }));
  await change("a.md");
  await change("later.md");
  for (const path of ["a.md", "later.md"]) {
    const published = world.files.get(path) ?? "";
    world.write(path, "---\ntitle: [\n---\n");
    await change(path);
    await endTimers(100);
    expect(lines.at(-1)?.trim()).toBe(
      path === "a.md"
        ? "a stays as it was published: this change is in no feed and on no network"
        : "later waits as it was before this change",
    );
    lines.splice(0);
    world.write(path, published);
    await change(path);
    await endTimers(100);
    expect(lines).toEqual([
      path === "a.md" ? "a.md is as published again" : "later.md is no longer refused: its post is as before",
    ]);
  }
  await cleanup.run();
});

test("a copy that waits is published as another post at the time that its line says, or at once by the line's command", async () => {
  const { world, app, timers, lines, cleanup, change, endTimers } = await followed();
  world.write("a.md", aDocument());
  await change("a.md");
  await world.sweep();
  world.write("b.md", aDocument());
  await change("b.md");
  await endTimers(100);
  expect(lines.at(-1)).toBe(
    "b.md is refused: its text is that of a.md, which still exists: if that is deleted, this is the same post; otherwise it is published as another one after 08:10 UTC; to publish it now: npx crier publish b.md",
  );
  world.turn(10 * minute);
  await endTimers(10 * minute);
  expect(await app.status("b")).toMatchObject({ status: "live" });
  expect(lines.at(-1)).toBe("created b");
  await cleanup.run();
  expect(timers.size).toBe(0);
});

test("a copy that was refused in another run, or by a listing, is published when that said so", async () => {
  const { world, app, timers, lines, cleanup, retryCopies, endTimers } = await followed();
  world.write("a.md", aDocument());
  await app.ingest("folder", "a.md");
  await world.sweep();
  world.write("b.md", aDocument());
  await app.ingest("folder", "b.md");
  world.turn(4 * minute);
  for (const _ of ["a start", "a listing"]) await retryCopies();
  expect([...timers.values()]).toEqual([6 * minute]);
  world.turn(6 * minute);
  await endTimers(6 * minute);
  expect(lines).toEqual(["created b"]);
  await cleanup.run();
  expect(timers.size).toBe(0);
});
