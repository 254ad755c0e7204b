import { execFileSync } from "node:child_process";
import { join } from "node:path";
import * as z from "zod";

const root = join(import.meta.dirname, "../..");

/** Returns a number of 28 bits that follows from the commit's hash, or 0 where git is missing or knows no commit. */
export const seedOfCommit = (folder = root): number => {
  try {
    const hash = execFileSync("git", ["rev-parse", "HEAD"], { cwd: folder, encoding: "utf8", stdio: "pipe" });
    return Number.parseInt(hash.slice(0, 7), 16);
  } catch {
    return 0;
  }
};

/**
 * The seed of every suite that draws its cases. One commit has one verdict: it draws the same cases each time, and the
 * next commit draws others. `SEED=…` gives a seed back.
 */
export const drawnSeed: number = z.coerce
  .number()
  .int()
  .default(() => seedOfCommit())
  .parse(process.env.SEED || undefined);
