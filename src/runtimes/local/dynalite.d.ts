/** dynalite 4 ships no types: the few options that are used here. */
declare module "dynalite" {
  import type { Server } from "node:http";

  interface DynaliteOptions {
    /** A folder for LevelDB; in memory without one. */
    readonly path?: string | undefined;
    readonly createTableMs?: number | undefined;
    readonly deleteTableMs?: number | undefined;
    readonly updateTableMs?: number | undefined;
  }

  const dynalite: (options?: DynaliteOptions) => Server;
  export = dynalite;
}
