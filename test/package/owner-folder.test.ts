import { execFile } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { crierAt, envOf, sandboxPosts, start, titles } from "./running.ts";
import { ownConfig, ownWorkspace } from "./workspace.ts";

const run = promisify(execFile);
const { owner } = await ownWorkspace("npm create");

describe("the folder of npm create crier", () => {
  const place = { folder: owner, version: "24.21.0", data: ".crier" };

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
