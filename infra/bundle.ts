import { bundle } from "./bundling.ts";

/** `node infra/bundle.ts CONFIG FOLDER`: a process, because the CDK needs bundles synchronously and esbuild's plugins are asynchronous. */
const [config, folder] = process.argv.slice(2);
if (!config || !folder) throw new Error("Name the configuration's JSON file and the folder to write to.");
await bundle({ config, folder });
