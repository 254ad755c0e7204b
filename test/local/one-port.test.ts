import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { aDocument, aFolder } from "../support/machine.ts";

/** The lines of `ss` about a process's listening sockets, or undefined where there is no `ss`. */
const listeningSockets = (pid: number | undefined): readonly string[] | undefined => {
  try {
    const lines = execFileSync("ss", ["-ltnpH"], { encoding: "utf8" }).split("\n");
    return lines.filter((line) => line.includes(`pid=${pid},`));
  } catch {
    return undefined;
  }
};

test.skipIf(listeningSockets(0) === undefined)("Crier listens on one port, on the loopback (ss -ltnp)", async () => {
  const folder = await aFolder({ "one.md": aDocument("One") });
  const main = join(import.meta.dirname, "../../src/runtimes/local/main.ts");
  const paths = { content: "posts", data: "data", config: "crier.config.mjs" };
  const places = Object.entries(paths).flatMap(([name, path]) => [`--${name}`, join(folder, path)]);
  const child = spawn(process.execPath, [main, ...places, "--port", "0"], {
    env: { PATH: process.env.PATH },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  onTestFinished(async () => {
    child.kill();
    await ended;
    await rm(folder, { recursive: true });
  });
  let url = "";
  for await (const line of createInterface(child.stdout)) {
    url = /^ready on (\S+)/.exec(line)?.[1] ?? "";
    if (url !== "") break;
  }
  const sockets = listeningSockets(child.pid) ?? [];
  expect(sockets).toHaveLength(1);
  expect(sockets[0]).toContain(` 127.0.0.1:${new URL(url).port} `);
});
