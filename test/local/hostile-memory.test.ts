import { readFile, rm } from "node:fs/promises";
import { expect, test } from "vitest";
import { aFolder } from "../support/machine.ts";
import { aProcess } from "../support/started-process.ts";

/** Each byte is five in XML and HTML. */
const hostileDocument = (index: number): string =>
  `---\ntitle: Hostile ${index}\ndate: 2026-03-${String(index).padStart(2, "0")}T08:00:00Z\n---\n${"&".repeat(395_000)}\n`;

/** A minute on a quiet machine. */
const longest = 240_000;

/** The most that the process has had in memory at once, in MB (proc(5)). */
const peakMemory = async (pid: number | undefined): Promise<number> => {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1_024;
};

test("30 documents of 395 KB of & stay below 500 MB, their feed below 5 MB, and Crier answers meanwhile", async () => {
  const documents = Array.from({ length: 30 }, (_, index) => [`${index + 1}.md`, hostileDocument(index + 1)] as const);
  const folder = await aFolder(Object.fromEntries(documents));
  const crier = await aProcess(folder);
  try {
    const isListed = () => crier.printed.some((line) => line.includes("held 30 documents at its first listing"));
    const { status } = await fetch(new URL("healthz", crier.url), { signal: AbortSignal.timeout(10_000) });
    expect(status).toBe(200);
    // It was answered before the hostile work ended.
    expect(isListed()).toBe(false);
    await expect.poll(isListed, { timeout: longest, interval: 500 }).toBe(true);
    expect(await peakMemory(crier.pid)).toBeLessThan(500);
    const { headers } = await fetch(new URL("feed.xml", crier.url), { headers: { "Accept-Encoding": "identity" } });
    expect(Number(headers.get("Content-Length"))).toBeLessThan(5_500_000);
  } finally {
    await crier.stop();
    await rm(folder, { recursive: true, force: true });
  }
}, 300_000);
