/**
 * Renders the constructs with the generators themselves, and keeps what they rendered in `golden/`: run it by hand,
 * `node test/fidelity/render.ts`, after a change of constructs.ts. It needs Hugo and Jekyll from Debian (`apt-get install
 * hugo jekyll`), and installs the others from npm in a temporary folder.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parse, serialize } from "parse5";
import { constructs, type Generator, generators } from "./constructs.ts";
import { all, attribute, type Element } from "./html.ts";
import { packages, projects } from "./projects.ts";
import { documentOf, shapes } from "./shapes.ts";

/** A picture of one pixel. */
const picture = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

const write = (path: string, bytes: string | Buffer): void => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
};

const pagesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".html"));

const inner = (element: Element | undefined): string => (element === undefined ? "" : serialize(element).trim());

const renderWith = (generator: Generator, folder: string, modules: string) => {
  const { files, build, output, version } = projects[generator];
  for (const [path, text] of Object.entries(files)) write(join(folder, path), text);
  const root = join(folder, shapes[generator].root);
  for (const construct of constructs) {
    const document = documentOf(generator, construct);
    if (document !== undefined) write(join(root, document.path), document.text);
  }
  write(join(root, shapes[generator].posts, "bundle/images/1.png"), picture);
  write(
    join(folder, "package.json"),
    JSON.stringify({
      private: true,
      type: "module",
      // Hexo runs where it finds this, and loads the plugins that are named as dependencies.
      hexo: {},
      dependencies: Object.fromEntries(packages.map((one) => one.split(/(?!^)@/))),
    }),
  );
  symlinkSync(modules, join(folder, "node_modules"));
  const run = ([command, ...words]: readonly [string, ...string[]]) =>
    execFileSync(command, words, {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, TZ: "Europe/Vienna", ASTRO_TELEMETRY_DISABLED: "1" },
    });
  run(build);
  const pages = pagesIn(join(folder, output)).flatMap((path) => {
    const elements = [...all(parse(readFileSync(join(folder, output, path), "utf8")))];
    const byTag = (tag: string) => elements.find(({ tagName }) => tagName === tag);
    const main = byTag("main");
    const name = main && attribute(main, "data-name");
    const address = `/${path.replace(/index\.html$/, "")}`;
    const page = { address, summary: inner(byTag("aside")), html: inner(byTag("article")) };
    return name === undefined ? [] : [[name, page] as const];
  });
  return {
    version: /\d+\.\d+\.\d+/.exec(run(version))?.[0],
    pages: Object.fromEntries(pages.toSorted(([a], [b]) => a.localeCompare(b))),
  };
};

const install = (folder: string): string => {
  write(join(folder, "package.json"), "{}");
  execFileSync("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--save-exact", ...packages], {
    cwd: folder,
    stdio: "inherit",
  });
  return join(folder, "node_modules");
};

const temporary = mkdtempSync(join(tmpdir(), "fidelity-"));
try {
  // GENERATORS: a `node_modules` that has them.
  const modules = process.env.GENERATORS ?? install(join(temporary, "modules"));
  for (const generator of generators) {
    const rendered = renderWith(generator, join(temporary, generator), modules);
    write(join(import.meta.dirname, "golden", `${generator}.json`), `${JSON.stringify(rendered, undefined, 2)}\n`);
  }
} finally {
  rmSync(temporary, { recursive: true });
}
