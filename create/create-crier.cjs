#!/usr/bin/env node
// `npm create crier@latest my-feeds` makes a folder with a configuration, posts, and Crier as its only dependency.
// One file without dependencies; CommonJS, so that an old Node can read it.
const { spawnSync } = require("node:child_process");
const { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } = require("node:fs");
const { basename, join, relative, resolve } = require("node:path");
const { createInterface } = require("node:readline");
const { parseArgs } = require("node:util");

const usage = `npm create crier@latest FOLDER -- [flags]

  --title TEXT       of your site
  --url URL          of your site
  --posts PLACE      the folder of its posts or of the site, or the address of its feed (a new folder with a first post)
  --site PLACE       the URL or the file of its sitemap or feed, to find the addresses of the posts with
  --networks NAMES   to post to, as bluesky,mastodon; none: ""
  --time-zone ZONE   of your site, as Europe/Berlin (that of this machine)
  --aws              with an app of the AWS CDK
  --yes              ask nothing`;

const options = {
  title: { type: "string" },
  url: { type: "string" },
  posts: { type: "string" },
  site: { type: "string" },
  networks: { type: "string" },
  "time-zone": { type: "string" },
  aws: { type: "boolean", default: false },
  yes: { type: "boolean", short: "y", default: false },
  help: { type: "boolean", short: "h", default: false },
};

/** One sentence with the next step. Ends with the exit code 1, or 2 for wrong usage. */
class Refusal extends Error {
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Written by the build: what an owner's package.json has. */
const readVersions = () => JSON.parse(readFileSync(join(__dirname, "package.json"), "utf8")).crier;

/** Crier needs Node 22.18. The machines for which npm has a Node get it with Crier; Linux needs glibc for that. */
const nodePackage = () => {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return undefined;
  const kind = `${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  const files = { "linux-arm64": "/lib/ld-linux-aarch64.so.1", "linux-x64": "/lib64/ld-linux-x86-64.so.2" };
  if (kind === "win-x64" || (files[kind] !== undefined && existsSync(files[kind]))) return `node-${kind}`;
  throw new Refusal(
    `Crier runs on Node 22.18 or newer and this is Node ${process.versions.node}: install Node 24 from https://nodejs.org, and run this again`,
  );
};

const readArguments = (args) => {
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    if (positionals.length > 1)
      throw new Error(
        `one folder is made, and these are ${positionals.length}: npm takes flags for itself that have no -- before them`,
      );
    return Object.assign({}, values, { dir: positionals[0] });
  } catch (error) {
    throw new Refusal(`${error.message}\n\n${usage}`, 2);
  }
};

/** Asks until the answer is valid. Without a terminal or with --yes nobody is asked. */
const openQuestions = (yes) => {
  const interactive = process.stdin.isTTY === true && !yes;
  const ask = (text) =>
    new Promise((done, fail) => {
      const reader = createInterface({ input: process.stdin, output: process.stdout });
      const stop = () => fail(new Refusal("stopped: nothing was written"));
      reader.once("close", stop);
      reader.question(text, (answer) => {
        // Its other listeners take it off the terminal: with them left there, each key would be shown once more.
        reader.off("close", stop);
        reader.close();
        done(answer.trim());
      });
    });
  return async ({ flag, text, given, fallback, problem }) => {
    for (let answer = given; ; answer = undefined) {
      const value =
        answer ?? (interactive ? (await ask(`${text}${fallback ? ` [${fallback}]` : ""}: `)) || fallback : fallback);
      const wrong = value === undefined ? "is missing, and there is nobody to ask: add it" : problem(value);
      if (wrong === undefined) return value;
      if (!interactive || given !== undefined) throw new Refusal(`${flag} ${wrong}`, 2);
      console.log(`  ${text} ${wrong}`);
    }
  };
};

const addressProblem = (text) => {
  try {
    if (/^https?:$/.test(new URL(text).protocol)) return undefined;
  } catch {
    // Not an address either.
  }
  return `${JSON.stringify(text)} is not an address: give that of your site, as https://blog.example.com/`;
};

const json = (value) => `${JSON.stringify(value, null, 2)}\n`;

const packageName = (folder) =>
  basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-")
    .replace(/^[._-]+|-+$/g, "") || "my-feeds";

/** The files that do not depend on the site. `crier init` writes the others. */
const filesOf = (folder, { aws }, versions, node) => ({
  "package.json": json({
    name: packageName(folder),
    private: true,
    type: "module",
    // With `exec` the shell is not between npm and Crier, and a signal ends Crier. Windows has no such word.
    scripts: { start: process.platform === "win32" ? "crier start" : "exec crier start" },
    dependencies: versions.dependencies,
    ...(node && { optionalDependencies: { [node]: versions.node } }),
    ...(aws && { devDependencies: versions.aws }),
  }),
  ".npmrc": "ignore-scripts=true\n",
  ".gitignore": `node_modules/\n.crier/\n.env\n${aws ? "cdk.out/\n" : ""}`,
  "tsconfig.json": json({
    compilerOptions: {
      module: "nodenext",
      target: "es2024",
      noEmit: true,
      strict: true,
      skipLibCheck: true,
      allowImportingTsExtensions: true,
      erasableSyntaxOnly: true,
    },
  }),
  ...(aws && {
    "app.ts": 'import { crierApp } from "crier/cdk";\nimport config from "./crier.config.ts";\n\ncrierApp(config);\n',
    // On the Node that Crier runs on.
    "cdk.json": json({ app: "node node_modules/crier/scripts/launch.cjs node app.ts" }),
  }),
});

const unreachable =
  /\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ERR_SOCKET_TIMEOUT)\b/;

const install = (folder) => {
  // The npm that runs this file. Another package manager has set its own path there.
  const own = process.env.npm_execpath;
  const npm = own !== undefined && /npm-cli\.c?js$/.test(own) ? [process.execPath, own] : ["npm"];
  // npm waits for ten seconds before it tries again, also on a machine that is offline.
  const once = ["--fetch-retries=1", "--fetch-retry-mintimeout=1000"];
  const args = ["install", "--no-audit", "--no-fund", "--loglevel=error", ...once, "--prefix", folder];
  const { status, error, stderr } = spawnSync(npm[0], npm.slice(1).concat(args), {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
    encoding: "utf8",
    shell: process.platform === "win32" && npm.length === 1,
  });
  if (error !== undefined) throw new Refusal(`npm cannot be started (${error.message}): install Node with its npm`);
  if (status === 0) return;
  const reason = unreachable.exec(stderr);
  if (reason !== null)
    throw new Refusal(
      `npm cannot reach its registry (${reason[0]}): connect this machine to the internet, and run this again`,
    );
  if (status === null) throw new Refusal("stopped");
  const lines = stderr
    .split("\n")
    .flatMap((line) => /^npm (?:error|ERR!) (?!code |A complete log)(\S.*)/.exec(line)?.[1] ?? []);
  throw new Refusal(`npm could not install Crier (${lines[0] ?? `exit ${status}`}): correct that, and run this again`);
};

/** `crier` on npm is another package. The alias in package.json is Crier's own name. */
const checkInstalled = (folder, { dependencies }) => {
  const { name, version } = JSON.parse(readFileSync(join(folder, "node_modules/crier/package.json"), "utf8"));
  if (dependencies.crier.startsWith(`npm:${name}@`)) return;
  throw new Refusal(
    `npm installed another package as crier (${name} ${version}): see which registry it asks, by npm config get registry, and run this again`,
  );
};

const configure = (folder, { yes, ...answers }) => {
  const flags = ["title", "url", "posts", "site", "networks", "time-zone"].flatMap((name) =>
    answers[name] === undefined ? [] : [`--${name}=${answers[name]}`],
  );
  // In the folder that the command was typed in, so that paths mean what they say.
  const { status } = spawnSync(
    process.execPath,
    [join(folder, "node_modules/crier/scripts/crier.cjs"), "init", folder, ...flags, ...(yes ? ["--yes"] : [])],
    { stdio: "inherit" },
  );
  // It has said why.
  if (status !== 0) throw new Refusal(undefined, status ?? 1);
};

/** Makes the folder, and removes all of it where a step fails or is stopped. */
const make = (folder, answers, versions, node) => {
  const made = mkdirSync(folder, { recursive: true });
  const files = filesOf(folder, answers, versions, node);
  // Ctrl-C ends npm and `crier init`, which this process waits for.
  process.on("SIGINT", () => undefined);
  try {
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
    console.log("Installing Crier …");
    install(folder);
    checkInstalled(folder, versions);
    configure(folder, answers);
  } catch (error) {
    if (made !== undefined) rmSync(made, { recursive: true, force: true });
    else
      for (const name of readdirSync(folder).filter((one) => one !== ".git"))
        rmSync(join(folder, name), { recursive: true, force: true });
    if (error instanceof Refusal) error.message = [error.message, "Nothing was written."].filter(Boolean).join(". ");
    throw error;
  }
};

const isFree = (folder) => {
  try {
    return readdirSync(folder).every((name) => name === ".git");
  } catch (error) {
    if (error.code === "ENOENT") return true;
    if (error.code === "ENOTDIR") return false;
    throw error;
  }
};

const create = async (args) => {
  const given = readArguments(args);
  if (given.help) return console.log(usage);
  const node = nodePackage();
  const versions = readVersions();
  const answer = openQuestions(given.yes);
  const dir = await answer({
    flag: "FOLDER",
    text: "Folder",
    given: given.dir,
    fallback: process.stdin.isTTY && !given.yes ? "my-feeds" : undefined,
    problem: (text) => (isFree(resolve(text)) ? undefined : `${resolve(text)} is not an empty folder: name a new one`),
  });
  const folder = resolve(dir);
  const title = await answer({
    flag: "--title",
    text: "Title of your site",
    given: given.title,
    fallback: given.yes ? basename(folder) : undefined,
    problem: (text) => (text.trim() === "" ? "is empty: give the title of your site" : undefined),
  });
  const url = await answer({
    flag: "--url",
    text: "Its address, as https://blog.example.com/",
    given: given.url,
    // Nobody owns it, and `crier setup` asks for another one.
    fallback: given.yes ? "https://blog.example.com/" : undefined,
    problem: addressProblem,
  });
  make(folder, Object.assign({}, given, { title, url }), versions, node);
  const path = relative(process.cwd(), folder);
  const enter = path === "" ? "" : `cd ${/^[\w./-]+$/.test(path) ? path : JSON.stringify(path)} && `;
  console.log(
    `\n${enter}npm start\n  feeds and page: http://127.0.0.1:4000   what would go out: http://127.0.0.1:4000/sandbox`,
  );
  if (given.aws) console.log(`${enter}npx crier setup\n  feeds and page in your own AWS account`);
};

if (Number(process.versions.node.split(".")[0]) < 20) {
  console.error(
    `create-crier runs on Node 20 or newer and this is Node ${process.versions.node}: install Node 24 from https://nodejs.org, and run this again`,
  );
  process.exitCode = 1;
} else
  create(process.argv.slice(2))
    .catch((error) => {
      if (!(error instanceof Refusal)) throw error;
      if (error.message !== "") console.error(`create-crier: ${error.message}`);
      process.exitCode = error.exitCode;
    })
    // A standard input that is still open does not keep this process. A file has no handle.
    .finally(() => process.stdin.unref?.());
