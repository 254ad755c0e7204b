import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

test("a start leaves its compiled code to the next one", () => {
  const root = join(import.meta.dirname, "../..");
  // Vitest sets the first while it measures coverage, as `npm run check` does, and vitest.config.ts the other.
  const { NODE_DISABLE_COMPILE_CACHE: _, NODE_COMPILE_CACHE: __, ...env } = process.env;
  execFileSync(process.execPath, ["src/runtimes/local/main.ts", "--help"], { cwd: root, env });
  expect(existsSync(join(root, "node_modules/.cache/crier"))).toBe(true);
});
