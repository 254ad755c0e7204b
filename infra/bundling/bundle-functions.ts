import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { build as esbuild, type Metafile, type Plugin } from "esbuild";
import type { FunctionName } from "../limits.ts";
import { leanZod, oneEvent, onlyInFunctions } from "./lean-libraries.ts";
import {
  leanSdk,
  noDescriptions,
  noJsonSchema,
  noLogins,
  noMemoizer,
  noPolyfills,
  noUnusedClasses,
  packedAssets,
  packedDomains,
  packedEmoji,
  packedEndpoints,
} from "./lean-sdk.ts";

const root = join(import.meta.dirname, "../..");

/** Dependencies in CommonJS call `require`, which ES modules do not have. */
const banner = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

/** The configuration is a module beside the bundle, which is the same for every installation (docs/decisions/0007). */
const configBeside: Plugin = {
  name: "config-beside",
  setup: ({ onResolve }) => onResolve({ filter: /^crier-config$/ }, () => ({ path: "./config.mjs", external: true })),
};

/** Replaces a library that is imported and never called. The stand-in throws if it is called. */
const standIn = (name: string): string => join(import.meta.dirname, "stand-ins", `${name}.ts`);

/** js-yaml imports its writer by a relative path, which is no alias. */
const noYamlDumper: Plugin = {
  name: "no-yaml-dumper",
  setup: ({ onResolve }) => onResolve({ filter: /^\.\/js-yaml\/dumper$/ }, () => ({ path: standIn("yaml-dumper") })),
};

export const functionNames = [
  "ingest",
  "reconcile",
  "publish",
  "render",
  "deliver",
  "relay",
  "web",
  "console",
  "media",
] as const satisfies readonly FunctionName[];

/** The file that Lambda loads. */
export const bundleFile = "index.mjs";

/**
 * Builds these functions, each in a folder with its name. One call of esbuild reads a file that several of them share
 * once.
 */
const build = async (names: readonly FunctionName[], folder: string, plugins: readonly Plugin[]): Promise<Metafile> => {
  const { metafile } = await esbuild({
    absWorkingDir: root,
    entryPoints: names.map((name) => ({ in: join(root, "functions", `${name}.ts`), out: join(name, "index") })),
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node24",
    // The SDK is bundled, so that the tested version runs: that of the Lambda runtime changes without a deployment.
    mainFields: ["module", "main"],
    banner: { js: banner },
    minify: true,
    // Emoji and letters are not escaped.
    charset: "utf8",
    // The comments are in a file beside the bundle, which no cold start reads.
    legalComments: "external",
    sourcemap: true,
    sourcesContent: false,
    metafile: true,
    logLevel: "warning",
    alias: {
      postcss: standIn("postcss"),
      dayjs: standIn("dayjs"),
      mdurl: standIn("mdurl"),
      "punycode.js": standIn("mdurl"),
      // sanitize-html uses the parser alone, and not the document that the package can make with it.
      htmlparser2: join(root, "node_modules/htmlparser2/dist/Parser.js"),
      "@aws-sdk/credential-provider-node": standIn("environment-credentials"),
      "@aws-sdk/endpoint-cache": standIn("endpoint-cache"),
      "@smithy/core/event-streams": standIn("event-streams"),
      // The package replaces Node's deprecated module, which logs a warning at every cold start.
      punycode: "punycode/punycode.js",
    },
    // The native library is beside the one bundle that loads it.
    external: ["sharp"],
    plugins: [
      configBeside,
      leanSdk,
      leanZod,
      noDescriptions,
      noJsonSchema,
      noMemoizer,
      noUnusedClasses,
      noPolyfills,
      noYamlDumper,
      oneEvent,
      onlyInFunctions,
      packedAssets,
      packedDomains,
      packedEmoji,
      packedEndpoints,
      ...plugins,
    ],
  });
  return metafile;
};

/** A map names its sources from the root of the project, so that it is the same wherever the project and the bundle are. */
const mapFromRoot = async (folder: string): Promise<void> => {
  const file = join(folder, `${bundleFile}.map`);
  const { sources, ...map } = JSON.parse(await readFile(file, "utf8"));
  // A source that a plugin made has a name of its own and no file.
  const fromRoot = sources.map((source: string) =>
    source.startsWith("../") ? relative(root, resolve(folder, source)).replaceAll("\\", "/") : source,
  );
  await writeFile(file, JSON.stringify({ ...map, sources: fromRoot }));
};

/**
 * Builds every function into a folder with its name, for `cdk synth`, `npm run bundles` and the tests.
 * `completeFunction` adds what is beside a bundle.
 */
export const bundle = async (folder: string): Promise<readonly Metafile[]> => {
  const others = functionNames.filter((name) => name !== "deliver");
  const metafiles = await Promise.all([build(others, folder, [noLogins]), build(["deliver"], folder, [])]);
  await Promise.all(functionNames.map((name) => mapFromRoot(join(folder, name))));
  // The function reads it where it is asked for: it is no part of a cold start.
  await copyFile(join(root, "src/api/openapi.json"), join(folder, "web", "openapi.json"));
  return metafiles;
};
