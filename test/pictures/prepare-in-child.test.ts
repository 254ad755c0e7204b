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

test("a file that never ends is refused after its time", async () => {
  const timers: (() => void)[] = [];
  const byHand = (_: number, act: () => void) => {
    timers.push(act);
    return () => {};
  };
  const answer = prepareInChild(byHand, support("silent-process.ts"))(Buffer.from("x"), [card]);
  await expect.poll(() => timers.length).toBe(1);
  timers[0]?.();
  expect(await answer).toEqual({ kind: "refused", reason: "it took longer than 20 seconds" });
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
