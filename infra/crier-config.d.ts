/** The checked configuration, which `cdk synth` includes in every bundle: no bundle needs the schema. */
declare module "crier-config" {
  import type { Config } from "../src/config.ts";

  export const config: Config;
}
