import { registerHooks } from "node:module";

/** In a bundle `crier-config` is the checked configuration (docs/decisions/0007), in a test its stand-in. */
registerHooks({
  resolve: (specifier, context, nextResolve) =>
    nextResolve(specifier === "crier-config" ? new URL("crier-config.ts", import.meta.url).href : specifier, context),
});
