import { defineConfig } from "vitest/config";

/** The tests of the pure rules alone: a mutant is judged in milliseconds. */
export default defineConfig({ test: { include: ["test/domain/**/*.test.ts"], root: `${import.meta.dirname}/../..` } });
