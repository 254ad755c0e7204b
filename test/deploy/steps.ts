import { test } from "vitest";
import { patience } from "./until.ts";

interface Step {
  readonly name: string;
  readonly seconds: string;
  readonly seen: string;
}

/**
 * Steps that need one another, in order: each prints what it saw, the first that
 * fails what `explain` knows, and the table at the end has them all.
 */
export const stepwise = (explain: () => Promise<string>) => {
  const done: Step[] = [];
  let broken: string | undefined;
  const step = (name: string, act: () => Promise<string>): void => {
    test(name, { timeout: patience }, async (context) => {
      if (broken !== undefined) context.skip(`"${broken}" failed`);
      broken = name;
      const began = performance.now();
      const seen = await act().catch(async (error: unknown) => {
        process.stdout.write(`  ✗ ${name}\n${await explain()}\n`);
        throw error;
      });
      broken = undefined;
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      done.push({ name, seconds, seen });
      process.stdout.write(`  ✓ ${name}: ${seen} (${seconds} s)\n`);
    });
  };
  const table = (): void => {
    const wide = Math.max(0, ...done.map(({ name }) => name.length));
    const rows = done.map(({ name, seconds, seen }) => `  ${name.padEnd(wide)}  ${seconds.padStart(6)} s  ${seen}`);
    const end = broken === undefined ? "  all steps done" : `  stopped at: ${broken}`;
    process.stdout.write(`\n${[...rows, end].join("\n")}\n\n`);
  };
  return { step, table };
};
