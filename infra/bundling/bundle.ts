import { bundle } from "./bundle-functions.ts";

/**
 * Run as `node infra/bundling/bundle.ts FOLDER`. It is a separate process, because the CDK needs bundles synchronously
 * and esbuild's plugins are asynchronous.
 */
const [folder] = process.argv.slice(2);
if (!folder) throw new Error("Name the folder to write the bundles to.");
await bundle(folder);
