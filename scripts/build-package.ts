import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, globSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { build, type Metafile } from "esbuild";
import { bundle } from "../infra/bundling/bundle-functions.ts";
import { noPolyfills, packedDomains, packedEmoji } from "../infra/bundling/lean-sdk.ts";
import { packageName as name } from "../src/domain/installation.ts";

/**
 * `node scripts/build-package.ts FOLDER` writes what is published into a folder: in `crier-feeds` the bundle of the programs
 * and of the modules that other programs import, the bundles of the functions, types and notices; in `create-crier` what
 * `npm create crier` runs.
 */

const root = join(import.meta.dirname, "..");
const target = resolve(process.argv[2] ?? join(root, "package"));
const folder = join(target, name);
const starter = join(target, "create-crier");

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const { packages: locked } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));

const write = (file: string, text: string): void => {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
};
const writeJson = (file: string, value: object): void => write(file, `${JSON.stringify(value, null, 2)}\n`);
const copy = (from: string, to = from): void => {
  mkdirSync(dirname(join(folder, to)), { recursive: true });
  copyFileSync(join(root, from), join(folder, to));
};

/** An owner installs these with Crier: sharp is native, and the types of a configuration are those of zod. */
const dependencies = ["sharp", "zod"];
/** An owner who deploys installs these: constructs belong to the owner's app. test/package synthesises with the lowest. */
const peers = { "aws-cdk-lib": "^2.269.0", constructs: "^10.5.0" };

/** The files that other programs import or run. All are in one folder, so that a file finds what is beside its source. */
const entryPoints = {
  crier: "src/cli/crier.ts",
  main: "src/runtimes/local/main.ts",
  "parsing-process": "src/parsing/parsing-process.ts",
  "picture-process": "src/pictures/picture-process.ts",
  index: "src/index.ts",
  sandbox: "src/runtimes/local/start-sandbox.ts",
  constructs: "infra/index.ts",
};

const buildPrograms = async (): Promise<Metafile> => {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints,
    outdir: join(folder, "dist"),
    chunkNames: "[name]-[hash]",
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node22.18",
    mainFields: ["module", "main"],
    // Dependencies in CommonJS call `require`, which ES modules do not have.
    banner: {
      js: 'import { createRequire as _require } from "node:module"; const require = _require(import.meta.url);',
    },
    charset: "utf8",
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
    external: [...dependencies, ...Object.keys(peers)],
    // The package replaces Node's deprecated module, which logs a warning at every start.
    alias: { punycode: "punycode/punycode.js" },
    plugins: [noPolyfills, packedDomains, packedEmoji],
  });
  return metafile;
};

/** The folders of packages whose code is in a bundle, as package-lock.json names them. */
const bundledPackages = (metafiles: readonly Metafile[]): readonly string[] => {
  const inputs = metafiles.flatMap(({ outputs }) =>
    Object.values(outputs).flatMap((output) =>
      Object.entries(output.inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
    ),
  );
  const folders = inputs.flatMap((file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []);
  return [...new Set(folders)].toSorted();
};

const isLicence = (file: string): boolean => /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i.test(file);

/** The licence of a bundled package: MIT and others ask for their text with every copy. */
const noticeOf = (place: string): string => {
  const { name, version, license } = JSON.parse(readFileSync(join(root, place, "package.json"), "utf8"));
  const files = readdirSync(join(root, place)).filter(isLicence).toSorted();
  const texts = files.map((file) => readFileSync(join(root, place, file), "utf8").trim());
  return [`${name} ${version} (${license})`, ...texts].join("\n\n");
};

/** A list of what the bundles are made of, in the format CycloneDX, for those who search it for known holes. */
const billOfMaterials = (places: readonly string[]): object => ({
  bomFormat: "CycloneDX",
  specVersion: "1.6",
  version: 1,
  metadata: { component: { type: "application", name, version: manifest.version } },
  components: places.map((place) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, place, "package.json"), "utf8"));
    return {
      type: "library",
      name,
      version,
      purl: `pkg:npm/${name.replace("@", "%40")}@${version}`,
      ...(typeof license === "string" && { licenses: [{ expression: license }] }),
    };
  }),
});

/** The entries of the lock file for what the function media has beside its bundle (infra/bundling/function-folder.ts). */
const lockedSharp = (): object =>
  Object.fromEntries(
    ["arm64", "x64"]
      .flatMap((machine) => [`@img/sharp-linux-${machine}`, `@img/sharp-libvips-linux-${machine}`])
      .map((one) => [`node_modules/${one}`, locked[`node_modules/${one}`]]),
  );

const door = (source: string, built: string) => ({
  types: `./types/${source.replace(/\.ts$/, ".d.ts")}`,
  default: `./dist/${built}.js`,
});

/** One version for both packages. `crier` is what the folder that it makes depends on. */
const starterManifest = (): object => {
  const { version, license, repository, devDependencies, optionalDependencies } = manifest;
  return {
    name: "create-crier",
    version,
    description: "npm create crier: a folder for feeds and social posts with Crier.",
    license,
    repository,
    type: "commonjs",
    engines: { node: manifest.engines.node },
    bin: { "create-crier": "create-crier.cjs" },
    crier: {
      dependencies: { crier: `npm:${name}@^${version}` },
      // All kinds of machines have one.
      node: Object.values(optionalDependencies)[0],
      aws: Object.fromEntries(["aws-cdk", ...Object.keys(peers)].map((one) => [one, `^${devDependencies[one]}`])),
    },
  };
};

const publishedManifest = (): object => {
  const { version, description, license, repository, type, bin, dependencies: all } = manifest;
  return {
    name,
    version,
    description,
    license,
    repository,
    type,
    engines: { node: ">=22.18" },
    bin: { crier: bin.crier, [name]: bin.crier },
    exports: {
      ".": door(entryPoints.index, "index"),
      "./sandbox": door(entryPoints.sandbox, "sandbox"),
      "./cdk": door(entryPoints.constructs, "cdk"),
      "./package.json": "./package.json",
    },
    dependencies: Object.fromEntries(dependencies.map((one) => [one, all[one]])),
    peerDependencies: peers,
    peerDependenciesMeta: Object.fromEntries(Object.keys(peers).map((one) => [one, { optional: true }])),
  };
};

rmSync(target, { recursive: true, force: true });
const metafiles = [await buildPrograms(), ...(await bundle(join(folder, "functions")))];
// Their notices are in one file for all.
for (const file of globSync("functions/*/*.LEGAL.txt", { cwd: folder })) rmSync(join(folder, file));
execFileSync(
  process.execPath,
  [join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.build.json", "--outDir", join(folder, "types")],
  { cwd: root, stdio: "inherit" },
);
for (const file of ["src/api/openapi.json", "infra/viewer-function.js"]) copy(file, `dist/${file.split("/").at(-1)}`);
copy("infra/cdk-door.js", "dist/cdk.js");
for (const file of [
  "scripts/crier.cjs",
  "scripts/launch.cjs",
  "LICENSE",
  "README.md",
  "CHANGELOG.md",
  "examples/crier.service",
])
  copy(file);
cpSync(join(root, "examples/posts"), join(folder, "examples/posts"), { recursive: true });
const places = bundledPackages(metafiles);
write("THIRD-PARTY.txt", `${places.map(noticeOf).join(`\n\n${"-".repeat(80)}\n\n`)}\n`);
writeJson("sbom.json", billOfMaterials(places));
writeJson("infra/sharp-lock.json", { packages: lockedSharp() });
writeJson("package.json", publishedManifest());
mkdirSync(starter);
copyFileSync(join(root, "create/create-crier.cjs"), join(starter, "create-crier.cjs"));
copyFileSync(join(root, "LICENSE"), join(starter, "LICENSE"));
writeFileSync(join(starter, "package.json"), `${JSON.stringify(starterManifest(), null, 2)}\n`);
console.log(`${folder}: ${name} ${manifest.version}, with the code of ${places.length} packages`);
