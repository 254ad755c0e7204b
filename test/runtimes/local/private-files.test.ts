import { chmod, mkdir, mkdtemp, rm, stat, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { keepPrivate } from "../../../src/runtimes/local/private-files.ts";
import { keptLog } from "../../support/kept-log.ts";
import { aDocument, aFolder, startIn } from "../../support/machine.ts";

const owners = { token: 0o600, "sandbox.jsonl": 0o600, "crier.db": 0o600, bodies: 0o700 };

const modesIn = async (data: string) =>
  Object.fromEntries(
    await Promise.all(
      Object.keys(owners).map(async (name) => [name, (await stat(join(data, name))).mode & 0o777] as const),
    ),
  );

// Windows has no modes.
describe.skipIf(process.platform === "win32")("npm start", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await aFolder({ "hello.md": aDocument("Hello") });
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test("makes token, database, long bodies and sandbox readable by the owner only, in a data folder that everyone can read", async () => {
    await mkdir(join(folder, "data"), { mode: 0o755 });
    await (await startIn(folder)).stop();
    expect(await modesIn(join(folder, "data"))).toEqual(owners);
  });

  test("restricts them where everyone can read them, as in a copy of the folder", async () => {
    const data = join(folder, "data");
    await (await startIn(folder)).stop();
    for (const name of Object.keys(owners)) await chmod(join(data, name), 0o755);
    await chmod(data, 0o755);
    const machine = await startIn(folder);
    expect(await modesIn(data)).toEqual(owners);
    expect(await machine.titles()).toEqual(["Hello"]);
    await machine.stop();
  });
});

// Not even root can change the mode of a process in /proc (proc_setattr), which only Linux has.
test.runIf(process.platform === "linux")("a file whose mode cannot be changed is named in a warning", async () => {
  const data = await mkdtemp(join(tmpdir(), "crier-data-"));
  await symlink("/proc/self/status", join(data, "token"));
  const { log, lines } = keptLog();
  await keepPrivate(data, log);
  expect(lines).toEqual([
    {
      level: "warn",
      message: expect.stringContaining(`${join(data, "token")} may be readable by other users of this machine`),
      fields: { error: expect.stringContaining("EPERM") },
    },
  ]);
  await rm(data, { recursive: true });
});
