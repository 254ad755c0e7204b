import { bundle } from "./bundle-functions.ts";

/**
 * Run as `node infra/bundling/bundle.ts CONFIG FOLDER MACHINE`. It is a separate process, because the CDK needs bundles
 * synchronously and esbuild's plugins are asynchronous.
 */
const [config, folder, machine] = process.argv.slice(2);
if (!config || !folder || (machine !== "arm64" && machine !== "x64"))
  throw new Error("Name the configuration's JSON file, the folder to write to, and arm64 or x64.");
await bundle({ config, folder, machine });
