import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { examinePlace } from "../../src/cli/examine-place.ts";
import { openChildParsers } from "../../src/parsing/parsers-in-child.ts";
import { systemRuntime } from "../../src/runtimes/system-runtime.ts";

const costly = join(import.meta.dirname, "../support/costly-process.ts");

test("a document that ends the process which reads it or throws is one that is refused, with the reason; those beside it are read", async () => {
  const folder = await mkdtemp(join(tmpdir(), "crier-examine-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const bodies = { a: "DEADLY", b: "WRONG", c: "Text." };
  for (const [name, body] of Object.entries(bodies))
    await writeFile(join(folder, `${name}.md`), `---\ntitle: ${name}\ndate: 2026-03-01\n---\n${body}\n`);
  const examining = { place: folder, site: undefined, config: undefined, folder };
  const { lines, failed } = await examinePlace(examining, openChildParsers(systemRuntime.setTimer, costly));
  expect(failed).toBe(true);
  const text = lines.join("\n");
  expect(text).toContain("1 would be posts, 0 held, 0 pages, 2 refused");
  expect(text).toMatch(/a\.md {2}The process that read it ended\./);
  expect(text).toMatch(/b\.md {2}Crier's parser failed \(no such token\)\./);
});
