// `node --import` of this file: the app takes the configuration in the variable instead of that of the repository.
import { registerHooks } from "node:module";

const place = new URL("../../crier.config.ts", import.meta.url).href;
const planted = process.env.CHECK_CONFIG;

registerHooks({
  load: (url, context, next) =>
    url === place && planted !== undefined
      ? { format: "module", shortCircuit: true, source: `export default ${planted};` }
      : next(url, context),
});
