import { bundle, functionNames } from "./bundling.ts";

/** `node infra/bundle.ts NAME CONFIG FOLDER`: a process, because the CDK needs bundles synchronously and esbuild's plugins are asynchronous. */
const [given, config, folder] = process.argv.slice(2);
const name = functionNames.find((one) => one === given);
if (name === undefined || !config || !folder)
  throw new Error(
    `Name the function (${functionNames.join(", ")}), the configuration's JSON file and the folder to write to.`,
  );
await bundle(name, { config, folder });
