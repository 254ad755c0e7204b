import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, glob, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { publint } from "publint";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { prepareInChild } from "../../src/pictures/prepare-in-child.ts";
import { systemRuntime } from "../../src/runtimes/system-runtime.ts";
import { canary, planted } from "../local/planted-environment.ts";
import { noise } from "../pictures/files.ts";
import { aMastodonServer } from "../support/mastodon-server.ts";
import { build, startPublisher } from "./published.ts";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");

const install = ["install", "--no-audit", "--no-fund", "--prefer-offline", "--ignore-scripts"];

let work: string;
/** What is published, before it is packed. */
let built: string;
let starter: string;
let publisher: Awaited<ReturnType<typeof startPublisher>>;
let packed: Awaited<ReturnType<typeof publisher.publish>>;
/** The folder that `npm create crier` made for an owner. */
let owner: string;
/** The folder of an owner who has the version before this one. */
let earlier: string;
/** Why the version before this one is made of the same code, and not of the commit before. */
let withoutParent: string | undefined;
/** The folders of `node`, by its version. */
let nodes: Readonly<Record<string, string>>;

const versions = ["22.18.0", "24.21.0", "26.12.1"];

const ownConfig = `import { defineConfig } from "crier";
export default defineConfig({
  sites: [{ id: "blog", title: "Mine", url: "https://mine.example/", sources: [{ folder: "posts" }] }],
  accounts: [
    { name: "mastodon", network: "mastodon", server: "https://mastodon.example" },
    { name: "bluesky", network: "bluesky" },
  ],
  policies: { settle: "0s", live: "ignore" },
});
`;

const edit = async (file: string, change: (manifest: Record<string, unknown>) => object) =>
  writeFile(file, JSON.stringify(change(JSON.parse(await readFile(file, "utf8")))));

const buildWithPlanted = (target: string, source?: string) => build(target, { ...process.env, ...planted }, source);

/** Builds the commit before this one with the packages of today, or says why it cannot. */
const buildParent = async (target: string) => {
  try {
    await run("git", ["archive", "--output", join(work, "parent.tar"), "HEAD~1"], { cwd: root });
    await mkdir(join(work, "parent"));
    await run("tar", ["-xf", join(work, "parent.tar"), "-C", join(work, "parent")]);
    await symlink(join(root, "node_modules"), join(work, "parent/node_modules"));
    await buildWithPlanted(target, join(work, "parent"));
  } catch (error) {
    await rm(target, { recursive: true, force: true });
    return String(error);
  }
  return undefined;
};

/** Gives the packages in a folder a version that an update to this one replaces. */
const lowerVersion = async (folder: string) => {
  const { version } = JSON.parse(await readFile(join(built, "package.json"), "utf8"));
  const lower = `${version}-parent`;
  await edit(join(folder, "crier-feeds/package.json"), (manifest) => ({ ...manifest, version: lower }));
  await edit(join(folder, "create-crier/package.json"), ({ crier, ...manifest }) => ({
    ...manifest,
    version: lower,
    crier: { ...(typeof crier === "object" && crier), dependencies: { crier: `npm:crier-feeds@^${lower}` } },
  }));
};

const installNodes = async () => {
  const kind = `node-${process.platform}-${process.arch}`;
  await mkdir(join(work, "nodes"));
  const aliases = versions.map((version) => `node-${version}@npm:${kind}@${version}`);
  await run("npm", [...install, "--prefix", join(work, "nodes"), ...aliases]);
  return Object.fromEntries(versions.map((version) => [version, join(work, `nodes/node_modules/node-${version}/bin`)]));
};

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), "crier package ü-"));
  const [before, now] = [join(work, "before"), join(work, "built")];
  [built, starter] = [join(now, "crier-feeds"), join(now, "create-crier")];
  [withoutParent, nodes] = await Promise.all([buildParent(before), installNodes(), buildWithPlanted(now)]);
  if (withoutParent !== undefined) await cp(now, before, { recursive: true });
  await lowerVersion(before);
  publisher = await startPublisher(work);
  const answers = ["--title", "Mine", "--url", "https://mine.example/"];
  await publisher.publish(before);
  earlier = await publisher.create("earlier feeds", ...answers);
  packed = await publisher.publish(now);
  owner = await publisher.create("my feeds", ...answers);
}, 300_000);
afterAll(async () => {
  publisher?.registry.close();
  await rm(work, { recursive: true, force: true });
});

const installed = () => join(owner, "node_modules/crier");

interface Place {
  readonly version: string;
  readonly data: string;
  /** That of an owner. */
  readonly folder?: string;
}

const envOf = ({ version }: Place) => ({ PATH: `${nodes[version]}:${process.env.PATH}`, HOME: work });
const command = (folder: string) => join(folder, "node_modules/.bin/crier");

/** `crier start`, or else `npm start`, which is ready. */
const start = (place: Place, program?: string, args: readonly string[] = ["start"]) => {
  const { folder = owner, data } = place;
  return startProgram(folder, program ?? command(folder), [...args, "--port", "0", "--data", data], envOf(place));
};

const startProgram = async (
  cwd: string,
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
) => {
  // It is the first of its group, as a command in a terminal is.
  const child = spawn(program, args, { cwd, env, detached: true });
  const lines: string[] = [];
  const ready = Promise.withResolvers<string>();
  for (const stream of [child.stdout, child.stderr])
    createInterface(stream).on("line", (line) => {
      lines.push(line);
      const url = /^ready on (\S+)/.exec(line)?.[1];
      if (url !== undefined) ready.resolve(url);
    });
  const ended = once(child, "exit");
  void ended.then(() => ready.reject(new Error(lines.join("\n"))));
  const url = await ready.promise;
  return {
    url,
    lines,
    end: async (signal: "SIGTERM" | "SIGINT") => {
      child.kill(signal);
      const [code] = await ended;
      return code;
    },
    ctrlC: async () => {
      const closed = once(child, "close");
      process.kill(-Number(child.pid), "SIGINT");
      await closed;
    },
  };
};

const crierAt =
  (place: Place) =>
  async (url: string, ...args: readonly string[]) => {
    const { folder = owner, data } = place;
    const token = await readFile(join(folder, data, "token"), "utf8");
    const variables = { ...envOf(place), CRIER_URL: url, CRIER_TOKEN: token.trim() };
    const { stdout } = await run(command(folder), args, { cwd: folder, env: variables });
    return stdout;
  };

const Feed = z.object({ items: z.array(z.object({ title: z.string() })) });
const titles = async (url: string) => {
  const response = await fetch(`${url}feed.json`);
  return response.ok ? Feed.parse(await response.json()).items.map(({ title }) => title) : [];
};

const SandboxPosts = z.array(
  z.object({
    account: z.string(),
    links: z.array(z.string()),
    card: z.object({ picture: z.string().nullish() }).nullable(),
  }),
);
const sandboxPosts = async (url: string) => SandboxPosts.parse(await (await fetch(`${url}sandbox/posts.json`)).json());

describe("the folder of npm create crier", () => {
  const place = { version: "24.21.0", data: ".crier" };

  test("has Crier by an alias, because the name on npm is that of another package", async () => {
    const { dependencies } = JSON.parse(await readFile(join(owner, "package.json"), "utf8"));
    expect(dependencies).toEqual({ crier: expect.stringMatching(/^npm:crier-feeds@\^\d/) });
    expect((await readdir(owner)).toSorted()).toEqual([
      ".gitignore",
      ".npmrc",
      "crier.config.ts",
      "node_modules",
      "package-lock.json",
      "package.json",
      "posts",
      "tsconfig.json",
    ]);
  });

  test("has the options of the start by the command that works there", async () => {
    const { stdout } = await run("npx", ["crier", "start", "--help"], { cwd: owner, env: envOf(place) });
    expect(stdout).toMatch(/^npx crier start \[/);
    expect(stdout).not.toMatch(/npm start|examples/);
  });

  test("shows its first post in the feed and in the sandbox at the first npm start", async () => {
    const { url, end } = await start(place, "npm", ["start", "--"]);
    await expect.poll(() => titles(url)).toEqual(["First post"]);
    const texts = async () =>
      (await sandboxPosts(url))
        .filter(({ links }) => links.includes("https://mine.example/first-post/"))
        .map(({ account }) => account);
    await expect.poll(async () => (await texts()).toSorted()).toEqual(["bluesky", "mastodon"]);
    expect(await crierAt(place)(url, "plan", "posts/first-post.md")).toContain("of 300 characters");
    expect(await end("SIGTERM")).toBe(0);
    await writeFile(join(owner, "crier.config.ts"), ownConfig);
  });

  test.each([
    ["npm start", "npm", ["start", "--"]],
    ["npx crier start", "npx", ["crier", "start"]],
    ["node_modules/.bin/crier start", "node_modules/.bin/crier", ["start"]],
  ])("ends %s by Ctrl-C with its data folder closed", async (_, program, args) => {
    const { ctrlC } = await start(place, program, args);
    await ctrlC();
    const { lines, end } = await start(place);
    expect(lines.join("\n")).not.toMatch(/did not end|Error/);
    expect(await end("SIGTERM")).toBe(0);
  });
});

describe("the package", () => {
  test("has no fault that publint knows, and neither has that of npm create", async () => {
    for (const pkgDir of [built, starter]) expect((await publint({ pkgDir, pack: "npm" })).messages).toEqual([]);
  });

  test("has types that attw finds behind each of its doors, as a module and for a bundler", async () => {
    const { stdout } = await run(process.execPath, [join(import.meta.dirname, "attw-process.ts"), packed.tarball]);
    expect(JSON.parse(stdout)).toEqual({ doors: [".", "./sandbox", "./cdk", "./package.json"], problems: [] });
  });

  test("has every program that a process of its own runs", async () => {
    const programs = await Array.fromAsync(glob("src/**/*-in-child.ts", { cwd: root }), async (file) => {
      const [, name] = /`([\w-]+)\$\{extname\(/.exec(await readFile(join(root, file), "utf8")) ?? [];
      return `dist/${name}.js`;
    });
    expect(programs.toSorted()).toEqual(["dist/parsing-process.js", "dist/picture-process.js"]);
    expect(packed.files.map(({ path }) => path)).toEqual(expect.arrayContaining(programs));
  });

  test("has no source, no test, no secret and nothing of this machine", async () => {
    const paths = packed.files.map(({ path }) => path);
    expect(paths.filter((path) => /(?<!\.d)\.ts$|(?:^|\/)(?:test|bench|\.env|\.git)/.test(path))).toEqual([]);
    const texts = await Promise.all(paths.map(async (path) => [path, await readFile(join(built, path), "utf8")]));
    const holding = texts.filter(([, text]) => text?.includes(canary) || text?.includes(root));
    expect(holding.map(([path]) => path)).toEqual([]);
    const maps = texts.filter(([path]) => path?.endsWith(".map")).map(([, text]) => JSON.parse(text ?? "").sources);
    expect(
      maps.flat().filter((source) => !/^(?:(?:src|functions|infra|node_modules)\/|polyfill:)/.test(source)),
    ).toEqual([]);
  });

  test("stays within its budget: 5.7 MB packed, 21 MB unpacked, 50 MB and 10 packages with what it needs", async () => {
    expect(packed.size).toBeLessThan(5_700_000);
    expect(packed.unpackedSize).toBeLessThan(21_000_000);
    const modules = join(owner, "node_modules");
    const lock: unknown = JSON.parse(await readFile(join(modules, ".package-lock.json"), "utf8"));
    const { packages } = z.object({ packages: z.record(z.string(), z.unknown()) }).parse(lock);
    expect(Object.keys(packages).length).toBeLessThanOrEqual(10);
    const files = await readdir(modules, { recursive: true, withFileTypes: true });
    const sizes = await Promise.all(
      files.filter((file) => file.isFile()).map(async (file) => (await stat(join(file.parentPath, file.name))).size),
    );
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(50_000_000);
  });

  test("has the licences and the list of what is bundled", async () => {
    const notices = await readFile(join(installed(), "THIRD-PARTY.txt"), "utf8");
    const Bill = z.object({ components: z.array(z.object({ name: z.string(), version: z.string() })) });
    const { components } = Bill.parse(JSON.parse(await readFile(join(installed(), "sbom.json"), "utf8")));
    expect(components.map(({ name }) => name)).toEqual(expect.arrayContaining(["hono", "markdown-it", "commander"]));
    for (const { name, version } of components) expect(notices).toContain(`${name} ${version} (`);
  });

  test("has types with which an editor finds a mistake in a configuration", async () => {
    const check = async (text: string): Promise<string> => {
      await writeFile(join(owner, "crier.config.ts"), text);
      const tsc = join(root, "node_modules/typescript/bin/tsc");
      // By the tsconfig.json that npm create crier wrote, except that it takes the types of packages as they are.
      const args = [tsc, "-p", owner, "--skipLibCheck", "false"];
      const { stdout } = await run(process.execPath, args).catch((error) => error);
      return stdout;
    };
    expect(await check(ownConfig.replace("https://mastodon.example", "").replace("title:", "titel:"))).toContain(
      "'titel' does not exist",
    );
    expect(await check(ownConfig)).toBe("");
  });

  test("decodes a picture where pnpm has each package in a folder of its own", async () => {
    const store = join(work, "by pnpm/node_modules/.pnpm");
    await cp(join(installed(), "dist"), join(store, "crier/node_modules/crier/dist"), { recursive: true });
    for (const name of ["sharp", "@img", "detect-libc", "semver"])
      await cp(join(owner, "node_modules", name), join(store, "sharp/node_modules", name), { recursive: true });
    await symlink(join(store, "sharp/node_modules/sharp"), join(store, "crier/node_modules/sharp"));
    const file = join(store, "crier/node_modules/crier/dist/picture-process.js");
    const bytes = await noise(200, 100).png().toBuffer();
    const card = { maxBytes: 1_000_000, maxSide: 100 };
    expect(await prepareInChild(systemRuntime.setTimer, file)(bytes, [card])).toMatchObject({
      kind: "prepared",
      scaled: [{ width: 100, mediaType: "image/jpeg" }],
    });
  });
});

describe("a deployment from the package", () => {
  const peerRanges = async () => {
    const { peerDependencies } = JSON.parse(await readFile(join(installed(), "package.json"), "utf8"));
    return z.record(z.string(), z.string()).parse(peerDependencies);
  };
  const installPeer = async (name: string, version: string) => {
    await mkdir(join(owner, "node_modules", name));
    await writeFile(join(owner, "node_modules", name, "package.json"), JSON.stringify({ name, version }));
  };
  const synthesise = (context: object = {}) =>
    run(process.execPath, ["app.ts"], {
      cwd: owner,
      env: {
        ...process.env,
        CDK_OUTDIR: join(work, "cdk.out"),
        CDK_CONTEXT_JSON: JSON.stringify(context),
        CDK_VALIDATION: "false",
      },
    });

  beforeAll(() =>
    writeFile(
      join(owner, "app.ts"),
      'import { crierApp } from "crier/cdk";\nimport config from "./crier.config.ts";\ncrierApp(config);\n',
    ),
  );

  test("without the CDK's library, or with one that is too old, says which to install", async () => {
    const peers = await peerRanges();
    const [library, constructs] = [peers["aws-cdk-lib"], peers.constructs];
    const next = "run npm install --save-dev aws-cdk-lib@2 constructs@10";
    const refusal = async () => String(await synthesise().catch((error) => error));
    expect(await refusal()).toContain(
      `crier/cdk needs aws-cdk-lib ${library} (not installed) and constructs ${constructs} (not installed): ${next}`,
    );
    await installPeer("aws-cdk-lib", "2.99.9");
    await installPeer("constructs", "10.99.0");
    expect(await refusal()).toContain(`crier/cdk needs aws-cdk-lib ${library} (2.99.9 is installed): ${next}`);
    // No trace of calls hides the sentence.
    expect(await refusal()).not.toContain("    at ");
  });

  test("has the logical ids of a clone's with the lowest versions that are allowed, and the owner's configuration beside each function", async () => {
    const peers = await peerRanges();
    const lowest = Object.entries(peers).map(([name, range]) => `${name}@${range.replace("^", "")}`);
    await run("npm", [...install, "--prefix", join(work, "lowest"), ...lowest]);
    for (const name of Object.keys(peers)) {
      await rm(join(owner, "node_modules", name), { recursive: true, force: true });
      await symlink(join(work, "lowest/node_modules", name), join(owner, "node_modules", name));
    }
    const assembly = join(work, "cdk.out");
    // For this machine, so that npm need not fetch sharp's libraries for another one.
    await synthesise({ sandbox: "http://127.0.0.1:1" });
    const { Resources } = JSON.parse(await readFile(join(assembly, "Crier-production.template.json"), "utf8"));
    const golden = (await readFile(join(root, "test/infra/logical-ids.txt"), "utf8")).trim().split("\n");
    const ids = Object.entries<{ Type: string }>(Resources).map(([id, { Type }]) => `${Type} ${id}`);
    // The list has a polled feed and an address for alarms, too.
    const more = golden.filter((line) => /FeedPolls|AWS::SNS::Subscription/.test(line));
    expect(ids.filter((line) => !line.startsWith("AWS::CDK::Metadata")).toSorted()).toEqual(
      golden.filter((line) => !more.includes(line)),
    );
    const assets = (await readdir(assembly)).filter((name) => name.startsWith("asset."));
    expect(assets).toHaveLength(8);
    for (const asset of assets) {
      const { config } = await import(join(assembly, asset, "config.mjs"));
      expect(config.sites[0].title).toBe("Mine");
    }
  });
});

describe.each(versions)("on Node %s", (version) => {
  const place = { version, data: `.crier-${version}` };
  const crier = crierAt(place);

  test("it starts, plans, publishes, shows, exports and restores, and ends by a signal with its data folder closed", async () => {
    const first = await start(place);
    // Too large for Bluesky, so that it has to be decoded.
    await writeFile(join(owner, "posts/photo.png"), await noise(1000, 800).png().toBuffer());
    await writeFile(
      join(owner, "posts/hello.md"),
      `---\ntitle: Hello\ndate: ${new Date().toISOString()}\nimage: photo.png\n---\nText.\n`,
    );
    await expect.poll(() => titles(first.url)).toContain("Hello");
    expect(await crier(first.url, "plan", "posts/hello.md")).toContain("of 500 characters");
    await expect.poll(() => pictureOnBluesky(first.url)).toMatchObject({ format: "jpeg" });
    await writeFile(join(owner, "second.md"), "---\ntitle: Second\n---\nText.\n");
    expect(await crier(first.url, "publish", "second.md")).toContain("https://mine.example/second/");
    await expect.poll(() => titles(first.url)).toEqual(expect.arrayContaining(["Hello", "Second"]));
    expect(await crier(first.url, "status", "second")).toContain("mastodon");
    expect(await crier(first.url, "accounts")).toContain("sandbox");
    expect(await crier(first.url, "doctor", "posts")).toContain("hello");
    await rm(join(owner, "backup.gz"), { force: true });
    await crier(first.url, "export", "backup.gz");
    await crier(first.url, "restore", "backup.gz", "--data", `restored-${version}`);
    expect(await first.end("SIGTERM")).toBe(0);

    const again = await start(place);
    expect(again.lines.join("\n")).not.toMatch(/did not end|Error/);
    await expect.poll(() => titles(again.url)).toEqual(expect.arrayContaining(["Hello", "Second"]));
    expect(await again.end("SIGINT")).toBe(0);
    await rm(join(owner, "posts/hello.md"));
  });

  /** The picture of the card of the post Hello. */
  const pictureOnBluesky = async (url: string) => {
    const hello = (await sandboxPosts(url)).find(
      ({ account, links }) => account === "bluesky" && links.includes("https://mine.example/hello/"),
    );
    const path = hello?.card?.picture;
    return path == null ? hello : sharp(Buffer.from(await (await fetch(new URL(path, url))).arrayBuffer())).metadata();
  };

  test("it serves the sandbox to the tests of another program", async () => {
    const script = `
      import { startSandbox } from "crier/sandbox";
      const { accounts, close } = await startSandbox();
      const { url, credentials } = accounts.find(({ network }) => network === "mastodon");
      const headers = { authorization: "Bearer " + credentials.accessToken, "content-type": "application/json" };
      const answer = await fetch(url + "/api/v1/statuses", { method: "POST", headers, body: '{"status":"Hi"}' });
      console.log(answer.status, (await answer.json()).content);
      await close();`;
    const args = ["--input-type=module", "-e", script];
    const { stdout } = await run("node", args, { cwd: owner, env: envOf(place) });
    expect(stdout).toBe("200 <p>Hi</p>\n");
  });
});

test("the last steps of the Dockerfile make a Crier that serves the posts beside a configuration, and writes nothing there", async () => {
  const text = (await readFile(join(root, "Dockerfile"), "utf8")).replaceAll(/\\\n\s*/g, " ");
  const line = (keyword: string) => text.split("\n").findLast((one) => one.startsWith(`${keyword} `)) ?? "";
  // As in the image, except that its root is this folder.
  const image = join(work, "image");
  const [, flags = ""] = /npm install --prefix \/ (.*?) "crier@file:/.exec(line("RUN")) ?? [];
  const install = [
    "install",
    "--prefix",
    image,
    ...flags.split(" "),
    "--prefer-offline",
    `crier@file:${packed.tarball}`,
  ];
  await run("npm", install, { cwd: work });
  const site = join(image, line("WORKDIR").split(" ")[1] ?? "");
  await mkdir(join(site, "posts"), { recursive: true });
  await writeFile(join(site, "crier.config.ts"), ownConfig);
  await writeFile(join(site, "posts/mounted.md"), "---\ntitle: Mounted\ndate: 2026-11-30\n---\nText.\n");
  const [program = "", ...args] = z.array(z.string()).parse(JSON.parse(line("ENTRYPOINT").replace("ENTRYPOINT ", "")));
  const inImage = args.map((one) => (one.startsWith("/") ? join(image, one) : one)).slice(0, args.indexOf("--host"));
  const { url, end } = await startProgram(site, program, [
    ...inImage,
    "--port",
    "0",
    "--public-url",
    "https://feeds.example.com",
  ]);
  await expect.poll(() => titles(url)).toEqual(["Mounted"]);
  expect(await end("SIGTERM")).toBe(0);
  expect(await readdir(join(image, "data"))).toContain("crier.db");
  expect((await readdir(site, { recursive: true })).toSorted()).toEqual([
    "crier.config.ts",
    "posts",
    "posts/mounted.md",
  ]);
});

/** The entries of a post, as each of the feeds has them. */
const entriesOf = (
  feeds: Readonly<Record<string, string>>,
  slug: string,
): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    Object.entries(feeds).map(([name, text]) => {
      const entries: readonly string[] = name.endsWith(".json")
        ? JSON.parse(text).items.map((item: unknown) => JSON.stringify(item))
        : (text.match(/<(item|entry)>.*?<\/\1>/gs) ?? []);
      return [name, entries.filter((entry) => entry.includes(`/${slug}/`))];
    }),
  );

test("npm update crier brings this code in the place of the commit before, which posts nothing twice and leaves every feed as it is", async () => {
  if (withoutParent !== undefined) console.log(`The update is of the same code: ${withoutParent}`);
  const place = { version: "24.21.0", data: ".crier", folder: earlier };
  const crier = crierAt(place);
  const server = await aMastodonServer();
  const readFeeds = async (url: string): Promise<Readonly<Record<string, string>>> => {
    const folder = join(earlier, ".crier/public");
    const files = (await Array.fromAsync(glob("**/{feed,atom}.{xml,json}", { cwd: folder }))).toSorted();
    const texts = files.map(async (file) => {
      // The port of this server is another one at each start.
      const text = (await readFile(join(folder, file), "utf8")).replaceAll(url, "http://here/");
      return [file, text];
    });
    return Object.fromEntries(await Promise.all(texts));
  };
  /** A commit that changes what a feed of examples looks like may change that of an owner. */
  const hasSameRendering = async () => {
    const read = (source: string) =>
      Promise.all(["feed.xml", "atom.xml", "feed.json"].map((file) => readFile(join(source, "test/golden", file))));
    return (
      withoutParent !== undefined ||
      Buffer.concat(await read(root)).equals(Buffer.concat(await read(join(work, "parent"))))
    );
  };
  try {
    await writeFile(
      join(earlier, "crier.config.ts"),
      ownConfig.replace('"https://mastodon.example"', `${JSON.stringify(server.url)}, pacing: { interval: "0s" }`),
    );
    await writeFile(join(earlier, ".env"), "CRIER_MASTODON_ACCESS_TOKEN=secret\n");
    await cp(join(root, "examples/posts"), join(earlier, "posts"), { recursive: true });
    const before = await start(place);
    await writeFile(join(earlier, "third.md"), "---\ntitle: Third\n---\nText.\n");
    await crier(before.url, "publish", "third.md");
    await expect.poll(() => server.titles()).toEqual(["Third"]);
    await expect.poll(() => crier(before.url, "status", "third")).toContain("posted");
    // The feeds name the copy, once it is there.
    const mainFeeds = async () =>
      Object.entries(await readFeeds(before.url)).filter(
        ([name, text]) => !name.includes("/") && text.includes("@me/1"),
      );
    await expect
      .poll(async () => (await mainFeeds()).map(([name]) => name))
      .toEqual(["atom.xml", "feed.json", "feed.xml"]);
    const written = await readFeeds(before.url);
    expect(await before.end("SIGTERM")).toBe(0);

    const versionOf = async (folder: string) =>
      JSON.parse(await readFile(join(folder, "package.json"), "utf8")).version;
    const packages = join(earlier, "node_modules/crier");
    expect(await versionOf(packages)).toBe(`${await versionOf(built)}-parent`);
    await run("npm", ["update", "crier"], { cwd: earlier, env: publisher.npmEnv });
    expect(await versionOf(packages)).toBe(await versionOf(built));

    const after = await start(place);
    expect(after.lines.join("\n")).not.toMatch(/did not end|Error/);
    if (await hasSameRendering()) expect(await readFeeds(after.url)).toEqual(written);
    await writeFile(join(earlier, "fourth.md"), "---\ntitle: Fourth\n---\nText.\n");
    await crier(after.url, "publish", "fourth.md");
    await expect.poll(() => server.titles()).toEqual(["Third", "Fourth"]);
    // These feeds are written by the new version.
    await expect
      .poll(async () => Object.values(await readFeeds(after.url)).filter((text) => text.includes("@me/2")))
      .toHaveLength(3);
    const [old, now] = [entriesOf(written, "third"), entriesOf(await readFeeds(after.url), "third")];
    if (await hasSameRendering()) expect(now).toEqual(old);
    expect(await crier(after.url, "status", "third")).toMatch(/mastodon +posted +\S+@me\/1/);
    expect(server.sends()).toBe(2);
    expect(await after.end("SIGTERM")).toBe(0);
  } finally {
    server.close();
  }
});
