import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { prepareInChild } from "../../src/pictures/prepare-in-child.ts";
import { systemRuntime } from "../../src/runtimes/system-runtime.ts";
import { halves, makePng } from "./files.ts";

const { setTimer } = systemRuntime;
const card = { maxBytes: 1_000_000, maxSide: 2000 };
const support = (name: string): string => join(import.meta.dirname, "../support", name);

test("another process decodes the picture, and refuses what is too large", async () => {
  const prepare = prepareInChild(setTimer);
  const bytes = await halves(80, 40).png().toBuffer();
  const [good, bad] = await Promise.all([prepare(bytes, [card]), prepare(makePng(40_000, 40_000), [card])]);
  expect(good.kind === "prepared" && good.scaled.map(({ width, mediaType }) => ({ width, mediaType }))).toEqual([
    { width: 80, mediaType: "image/jpeg" },
  ]);
  expect(bad).toEqual({ kind: "refused", reason: "it has more than 50 million pixels" });
});

test("a file that ends the process is refused, and the next one is prepared", async () => {
  const answer = await prepareInChild(setTimer, support("ending-process.ts"))(Buffer.from("x"), [card]);
  expect(answer).toEqual({ kind: "refused", reason: "it ended the process that decodes it" });
});

test("a file that computes for too long is refused, however little of its time is over", async () => {
  const limits = { cpuSeconds: 0.3, seconds: 60 };
  const prepare = prepareInChild(systemRuntime.setTimer, support("busy-process.ts"), limits);
  expect(await prepare(Buffer.from("x"), [card])).toEqual({
    kind: "refused",
    reason: "it took more than 0.3 seconds of computing",
  });
});

test("a file that waits for a busy machine is prepared: its time is not what it computed", async () => {
  const limits = { cpuSeconds: 20, seconds: 60 };
  const timers: number[] = [];
  const noting: typeof setTimer = (duration, act) => {
    timers.push(duration);
    return setTimer(duration, act);
  };
  const answer = await prepareInChild(noting, support("late-process.ts"), limits)(Buffer.from("x"), [card]);
  expect(answer).toEqual({ kind: "prepared", scaled: [] });
  expect(timers).toContain(60_000);
});

test("a file that never ends is refused after its time", async () => {
  const timers: (() => void)[] = [];
  const byHand = (_: number, act: () => void) => {
    timers.push(act);
    return () => {};
  };
  const answer = prepareInChild(byHand, support("silent-process.ts"))(Buffer.from("x"), [card]);
  await expect.poll(() => timers.length).toBe(2);
  timers.at(-1)?.();
  expect(await answer).toEqual({ kind: "refused", reason: "it took longer than 120 seconds" });
});

test("without sharp's libraries the answer says what to install, and the picture is not refused for good", async () => {
  const folder = await mkdtemp(join(tmpdir(), "crier-without-sharp-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const part of ["pictures", "processes", "domain"])
    await cp(join(import.meta.dirname, "../../src", part), join(folder, "src", part), { recursive: true });
  const answer = await prepareInChild(setTimer, join(folder, "src/pictures/picture-process.ts"))(Buffer.from("x"), [
    card,
  ]);
  expect(answer).toEqual({
    kind: "failed",
    reason: expect.stringContaining("sharp cannot be loaded: install Crier with npm's optional packages"),
  });
});
