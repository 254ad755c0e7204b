import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

test("a start leaves its compiled code to the next one", () => {
  const root = join(import.meta.dirname, "../../..");
  // Vitest sets it while it measures coverage, as `npm run check` does.
  const { NODE_DISABLE_COMPILE_CACHE: _, ...env } = process.env;
  execFileSync(process.execPath, ["src/runtimes/local/main.ts", "--help"], { cwd: root, env });
  expect(existsSync(join(root, "node_modules/.cache/crier"))).toBe(true);
});
