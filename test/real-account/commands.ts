import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { ConfigInput } from "../../src/config.ts";

const root = join(import.meta.dirname, "../..");
const planted = `--import ${new URL("../deploy/planted-config.mjs", import.meta.url).href}`;

/** A configuration with one site, and one account on a network that does not exist (RFC 6761 §6.4). */
const configOf = (stage: string): ConfigInput => ({
  sites: [{ id: "trial", title: "A trial", url: "https://trial.example/" }],
  accounts: [{ name: "nothing", network: "mastodon", server: "https://nothing.invalid" }],
  policies: { live: "ignore", settle: "0s" },
  deployment: { posts: [stage] },
});

/** Runs a command with the trial's configuration instead of `crier.config.ts`. Returns its standard output. */
const run = async (stage: string, command: string, args: readonly string[], input = ""): Promise<string> => {
  const { NODE_OPTIONS = "", ...env } = process.env;
  const child = spawn(command, args, {
    cwd: root,
    env: { ...env, NODE_OPTIONS: `${NODE_OPTIONS} ${planted}`, CHECK_CONFIG: JSON.stringify(configOf(stage)) },
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.end(input);
  const [printed, [code]] = await Promise.all([text(child.stdout), once(child, "close")]);
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}:\n${printed.slice(-4_000)}`);
  return printed;
};

export const cdk = (verb: string, stage: string, ...args: readonly string[]): Promise<string> =>
  run(stage, process.execPath, [
    "node_modules/aws-cdk/bin/cdk",
    verb,
    "-c",
    `stage=${stage}`,
    "-o",
    `cdk.out/${stage}`,
    ...args,
  ]);

export const crier = (stage: string, args: readonly string[], input?: string): Promise<string> =>
  run(stage, process.execPath, ["src/cli/crier.ts", ...args, "--stage", stage], input);
