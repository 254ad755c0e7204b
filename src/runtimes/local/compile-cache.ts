import { enableCompileCache } from "node:module";
import { join } from "node:path";

/**
 * Keeps compiled code for the next process, in `node_modules/.cache` of the clone, or of the folder that Crier is
 * installed in: both are three folders above this file. If it cannot be written, each process compiles everything. A
 * module that is imported before this is called is not cached.
 */
export const keepCompiledCode = (): void => {
  enableCompileCache(join(import.meta.dirname, "../../../node_modules/.cache/crier"));
};
