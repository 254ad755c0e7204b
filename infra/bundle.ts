import { bundle, functionNames } from "./bundling.ts";

/** `node infra/bundle.ts NAME CONFIG FOLDER`: the CDK asks for a bundle synchronously, and esbuild's plugins are not. */
const [wanted, config, folder] = process.argv.slice(2);
const name = functionNames.find((one) => one === wanted);
if (name === undefined || !config || !folder)
  throw new Error(
    `Name the function (${functionNames.join(", ")}), the configuration's JSON file and the folder to write to.`,
  );
await bundle(name, { config, folder });
