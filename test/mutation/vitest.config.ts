import { defineConfig } from "vitest/config";

/** The tests of the pure rules alone: a mutant is judged in milliseconds, however busy the machine is. */
export default defineConfig({
  test: { include: ["test/domain/**/*.test.ts"], root: `${import.meta.dirname}/../..`, testTimeout: 60_000 },
});
