import { join } from "node:path";
import { build, type Metafile } from "esbuild";
import { leanSdk, noPolyfills } from "./lean-sdk.ts";
import type { FunctionName } from "./limits.ts";

const root = join(import.meta.dirname, "..");

/** Dependencies in CommonJS call `require`, which an ES module does not have. */
const banner = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

/** Libraries that are imported and never called: each is replaced by a stand-in that throws if it is called. */
const standIn = (name: string): string => join(import.meta.dirname, "stand-ins", `${name}.ts`);

export const functionNames = [
  "ingest",
  "publish",
  "render",
  "deliver",
  "relay",
  "web",
] as const satisfies readonly FunctionName[];

export interface BundlePlace {
  /** The checked configuration as JSON, which the bundle includes under the name `crier-config` (docs/decisions/0007). */
  readonly config: string;
  /** Gets `index.mjs` and its source map. */
  readonly folder: string;
}

/** The options of Lambda's Node: stack traces name the sources. */
export const nodeOptions = "--enable-source-maps";

/** The file that Lambda loads. */
export const bundleFile = "index.mjs";

/** One function as it is deployed, for `cdk synth`, `npm run bundles` and the tests alike. */
export const bundle = async (name: FunctionName, { config, folder }: BundlePlace): Promise<Metafile> => {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [join(root, "functions", `${name}.ts`)],
    outfile: join(folder, bundleFile),
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node24",
    // The SDK is bundled, so that what was tested is what runs: the runtime's own changes under a deployed function.
    mainFields: ["module", "main"],
    banner: { js: banner },
    minify: true,
    sourcemap: true,
    sourcesContent: false,
    metafile: true,
    logLevel: "warning",
    // The network's client is loaded where something is sent (`src/networks/x-api.ts`).
    external: name === "deliver" ? [] : ["twitter-api-v2"],
    alias: {
      "crier-config": config,
      postcss: standIn("postcss"),
      "js-yaml": standIn("js-yaml"),
      "@aws-sdk/credential-provider-node": standIn("environment-credentials"),
      "@smithy/core/event-streams": standIn("event-streams"),
      // The package, not Node's deprecated module of that name, which warns in the log of each cold start.
      punycode: "punycode/punycode.js",
    },
    plugins: [leanSdk, noPolyfills],
  });
  return metafile;
};
