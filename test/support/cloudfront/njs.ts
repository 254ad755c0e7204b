import { execFileSync, spawnSync } from "node:child_process";
import { onlyDocumented } from "./documented-runtime.ts";

/** The engine of CloudFront Functions: a feature that it lacks would be a 503 for every reader. */
export const hasNjs = spawnSync("njs", ["-v"]).error === undefined;

export const missingNjs =
  "njs is not installed, and only it can judge what CloudFront runs: install the Debian package njs (apt-get install njs)";

/** For a suite that proves nothing without njs. */
export const requireNjs = (): void => {
  if (!hasNjs) throw new Error(missingNjs);
};

/** Skips a test on a machine without njs. In CI it throws. */
export const needNjs = (skip: (note?: string) => void): void => {
  if (hasNjs) return;
  if (process.env.CI) requireNjs();
  skip(missingNjs);
};

/** Evaluates an expression after the source of a function, with what the runtime documents. */
export const underNjs = (source: string, expression: string): unknown =>
  JSON.parse(
    execFileSync("njs", ["-s", "-c", `${onlyDocumented}\n${source}\nconsole.log(JSON.stringify(${expression}));`], {
      encoding: "utf8",
      stdio: "pipe",
    }),
  );
