import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { build as esbuild, type Metafile, type Plugin } from "esbuild";
import type { FunctionName } from "../limits.ts";
import {
  leanSdk,
  noDescriptions,
  noJsonSchema,
  noLogins,
  noPolyfills,
  noUnusedClasses,
  packedDomains,
  packedEmoji,
  packedEndpoints,
} from "./lean-sdk.ts";
import { installSharp, type Machine } from "./sharp-packages.ts";

const root = join(import.meta.dirname, "../..");

/** Dependencies in CommonJS call `require`, which ES modules do not have. */
const banner = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

/** Replaces a library that is imported and never called. The stand-in throws if it is called. */
const standIn = (name: string): string => join(import.meta.dirname, "stand-ins", `${name}.ts`);

export const functionNames = [
  "ingest",
  "reconcile",
  "publish",
  "render",
  "deliver",
  "relay",
  "web",
  "media",
] as const satisfies readonly FunctionName[];

export interface BundleTarget {
  /** A JSON file with the checked configuration. The bundle imports it as `crier-config` (docs/decisions/0007). */
  readonly config: string;
  /** Gets a folder for each function, with `index.mjs` and its source map. */
  readonly folder: string;
  /** The kind of machine that runs the functions. */
  readonly machine: Machine;
}

/** Node's options on Lambda, so that stack traces name the source files. */
export const nodeOptions = "--enable-source-maps";

/** The file that Lambda loads. */
export const bundleFile = "index.mjs";

/**
 * Builds these functions, each in a folder with its name. One call of esbuild reads a file that several of them share
 * once.
 */
const build = async (
  names: readonly FunctionName[],
  { config, folder }: Pick<BundleTarget, "config" | "folder">,
  plugins: readonly Plugin[],
): Promise<Metafile> => {
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
      "crier-config": config,
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
      leanSdk,
      noDescriptions,
      noJsonSchema,
      noUnusedClasses,
      noPolyfills,
      packedDomains,
      packedEmoji,
      packedEndpoints,
      ...plugins,
    ],
  });
  return metafile;
};

/** Builds every function as it is deployed, for `cdk synth`, `npm run bundles` and the tests. */
export const bundle = async (target: BundleTarget): Promise<readonly Metafile[]> => {
  const others = functionNames.filter((name) => name !== "deliver");
  const [metafiles] = await Promise.all([
    Promise.all([build(others, target, [noLogins]), build(["deliver"], target, [])]),
    installSharp(join(target.folder, "media"), target.machine),
  ]);
  // The function reads it where it is asked for: it is no part of a cold start.
  await copyFile(join(root, "src/api/openapi.json"), join(target.folder, "web", "openapi.json"));
  return metafiles;
};
