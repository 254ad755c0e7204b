import { readFileSync } from "node:fs";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";

/**
 * Prints what attw finds in a tarball with its profile esm-only: Crier has no CommonJS, and Node 10 knew no exports. A
 * process of its own, because with Vitest's conditions attw would be its TypeScript.
 */
const analysis = await checkPackage(createPackageFromTarballData(readFileSync(process.argv[2] ?? "")));
if (!analysis.types) throw new Error("the package has no types");
const isIgnored = (problem: object): boolean =>
  "resolutionKind" in problem && ["node10", "node16-cjs"].includes(String(problem.resolutionKind));
const problems = analysis.problems.filter((problem) => !isIgnored(problem));
console.log(JSON.stringify({ doors: Object.keys(analysis.entrypoints), problems }));
