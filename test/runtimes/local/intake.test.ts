import { describe, expect, it } from "vitest";
import type { SetTimer } from "../../../src/ports/runtime.ts";
import { consoleLog } from "../../../src/runtimes/local/console-output.ts";
import { startIntake } from "../../../src/runtimes/local/intake.ts";

const log = consoleLog(() => {});
/** Every timer ends at the next turn. */
const setTimer: SetTimer = (_, act) => {
  queueMicrotask(act);
  return () => {};
};

describe("the intake of changed documents", () => {
  it("never ingests one path twice at once, and ingests it again when it changes meanwhile", async () => {
    const gate = Promise.withResolvers<void>();
    let [now, most, times] = [0, 0, 0];
    const intake = startIntake({
      setTimer,
      log,
      ingest: async () => {
        now += 1;
        times += 1;
        most = Math.max(most, now);
        await gate.promise;
        now -= 1;
      },
    });
    for (let i = 0; i < 5; i += 1) intake.changed("a.md");
    gate.resolve();
    await intake.idle();
    expect([most, times]).toEqual([1, 2]);
  });

  it("ingests a few at once, and all of them", async () => {
    const seen: string[] = [];
    let [now, most] = [0, 0];
    const intake = startIntake({
      setTimer,
      log,
      ingest: async (path) => {
        now += 1;
        most = Math.max(most, now);
        await Promise.resolve();
        now -= 1;
        seen.push(path);
      },
    });
    const paths = Array.from({ length: 20 }, (_, index) => `${index}.md`);
    for (const path of paths) intake.changed(path);
    await intake.idle();
    expect(most).toBe(4);
    expect(seen.toSorted()).toEqual(paths.toSorted());
  });

  it("tries again after a failure, with a warning", async () => {
    const lines: string[] = [];
    const done = Promise.withResolvers<void>();
    let times = 0;
    const intake = startIntake({
      ingest: async () => {
        times += 1;
        if (times === 1) throw new Error("EIO");
        if (times === 2) throw "odd";
        done.resolve();
      },
      setTimer,
      log: consoleLog((line) => lines.push(line)),
    });
    intake.changed("a.md");
    await done.promise;
    expect(lines).toEqual([
      "! a.md could not be read; it is tried again (error: EIO)",
      "! a.md could not be read; it is tried again (error: odd)",
    ]);
    await intake.close();
  });

  it("starts nothing once it is closed, and waits for what is running", async () => {
    const gate = Promise.withResolvers<void>();
    const seen: string[] = [];
    const intake = startIntake({
      ingest: async (path) => {
        await gate.promise;
        seen.push(path);
        throw new Error("cut off");
      },
      setTimer,
      log,
    });
    intake.changed("a.md");
    const closed = intake.close();
    intake.changed("b.md");
    gate.resolve();
    await closed;
    await intake.idle();
    expect(seen).toEqual(["a.md"]);
  });
});
