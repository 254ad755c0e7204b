import type { ConfigInput } from "./config.ts";

export type { ConfigInput };

/** Says what `crier.config.ts` may have. It is checked where it is read, so that this loads nothing else. */
export const defineConfig = (config: ConfigInput): ConfigInput => config;
