/** The checked configuration, which `cdk synth` puts into each function's bundle: no function carries the schema. */
declare module "crier-config" {
  import type { Config } from "../src/config.ts";

  export const config: Config;
}
