import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { installSharp } from "../../infra/bundling/sharp-packages.ts";

/** An architecture for which this machine has no library. */
const other = process.arch === "arm64" ? "x64" : "arm64";

const aFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "crier-sharp-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
};

afterEach(() => vi.unstubAllEnvs());

test("without npm the error names what is missing, for which function, and the next step; nothing half is left", async () => {
  const [folder, cache] = [await aFolder(), await aFolder()];
  vi.stubEnv("PATH", folder);
  const placing = installSharp(folder, other, cache);
  await expect(placing).rejects.toThrow(
    `npm could not fetch @img/sharp-linux-${other} and @img/sharp-libvips-linux-${other}, which the function media needs on Lambda: connect this machine to the registry of npm`,
  );
  expect(await readdir(cache)).toEqual([]);
});
