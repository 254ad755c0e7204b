import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setImmediate } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { FolderInUse, lockFolder } from "../../../src/runtimes/local/folder-lock.ts";

const aFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "crier-lock-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
};

const module = JSON.stringify(new URL("../../../src/runtimes/local/folder-lock.ts", import.meta.url).href);
const script = `
  const { lockFolder } = await import(${module});
  try {
    const { wasUnclean } = await lockFolder(process.argv[1]);
    console.log("took " + wasUnclean);
    setInterval(() => {}, 1_000);
  } catch (error) {
    console.log("refused " + error.message);
  }`;

/** Another process that takes the lock and keeps it until it is killed; answers what it says. */
const taker = async (folder: string) => {
  const child = spawn(process.execPath, ["--input-type=module", "-e", script, folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const kill = async () => {
    child.kill("SIGKILL");
    await exited;
  };
  onTestFinished(kill);
  const [said] = await once(createInterface(child.stdout), "line");
  return { said: String(said), pid: child.pid, kill };
};

test("a data folder has one process, and the error of a second one names it", async () => {
  const folder = await aFolder();
  const first = await taker(folder);
  expect(first.said).toBe("took false");
  const refused = lockFolder(folder);
  await expect(refused).rejects.toBeInstanceOf(FolderInUse);
  await expect(refused).rejects.toThrow(
    new RegExp(
      `^data folder ${folder} is in use by process ${first.pid} \\(started \\d{4}-.*Z\\): stop it or pass --data$`,
    ),
  );
});

// Elsewhere there is no /proc to tell one from a living process.
test.runIf(process.platform === "linux")(
  "a killed process that nobody has waited for, as in a container, holds nothing",
  async () => {
    const folder = await aFolder();
    // The shell becomes a program that never waits for what the shell has started.
    const command = `"$0" --input-type=module -e '${script.replaceAll("'", `'"'"'`)}' "$1" & exec sleep 600`;
    const parent = spawn("sh", ["-c", command, process.execPath, folder], { stdio: ["ignore", "pipe", "inherit"] });
    onTestFinished(async () => {
      const exited = once(parent, "exit");
      parent.kill("SIGKILL");
      await exited;
    });
    await once(createInterface(parent.stdout), "line");
    const [refusal] = await Promise.allSettled([lockFolder(folder)]);
    const pid = Number(/process (\d+)/.exec(String(refusal.status === "rejected" && refusal.reason))?.[1]);
    process.kill(pid, "SIGKILL");
    await expect.poll(() => readFile(`/proc/${pid}/stat`, "utf8")).toContain(") Z ");
    expect((await lockFolder(folder)).wasUnclean).toBe(true);
  },
);

test("a folder that was released is locked cleanly", async () => {
  const folder = await aFolder();
  const first = await lockFolder(folder);
  await expect(lockFolder(folder)).rejects.toBeInstanceOf(FolderInUse);
  await first.release();
  const second = await lockFolder(folder);
  expect([first.wasUnclean, second.wasUnclean]).toEqual([false, false]);
  expect(await readdir(join(folder, "lock"))).toEqual(["2"]);
});

test("the lock of a killed process is taken over, as unclean, by only one of many that try at once", async () => {
  const folder = await aFolder();
  await (await taker(folder)).kill();
  const said = (await Promise.all([taker(folder), taker(folder), taker(folder)])).map((one) =>
    one.said.split(" ", 2).join(" "),
  );
  expect(said.toSorted()).toEqual(["refused data", "refused data", "took true"]);
});

test("only one of many attempts in one process succeeds, every time", async () => {
  const folder = await aFolder();
  for (let round = 0; round < 20; round += 1) {
    const tries = await Promise.allSettled(Array.from({ length: 6 }, () => lockFolder(folder)));
    const won = tries.filter((one) => one.status === "fulfilled");
    expect(won).toHaveLength(1);
    await won[0]?.value.release();
  }
});

test("processes that lock and release in turns never have the lock at the same time", async () => {
  const folder = await aFolder();
  let holders = 0;
  let most = 0;
  const turns = async () => {
    for (let turn = 0; turn < 30; turn += 1) {
      const lock = await lockFolder(folder).catch((error: unknown) => {
        if (!(error instanceof FolderInUse)) throw error;
        return undefined;
      });
      if (lock === undefined) continue;
      holders += 1;
      most = Math.max(most, holders);
      await setImmediate();
      holders -= 1;
      await lock.release();
    }
  };
  await Promise.all(Array.from({ length: 8 }, turns));
  expect(most).toBe(1);
});

const write = async (folder: string, text: string): Promise<void> => {
  await (await lockFolder(folder)).release();
  await writeFile(join(folder, "lock", "1"), text);
};

test("another process with the number of a dead one does not have the lock", async () => {
  const folder = await aFolder();
  await write(
    folder,
    JSON.stringify({
      pid: process.pid,
      started: "2026-01-01T00:00:00.000Z",
      identity: "an older boot:1",
      released: false,
    }),
  );
  expect((await lockFolder(folder)).wasUnclean).toBe(true);
});

test("a living process with an unknown start has the lock", async () => {
  const folder = await aFolder();
  await write(folder, JSON.stringify({ pid: 1, started: "2026-01-01T00:00:00.000Z", released: false }));
  await expect(lockFolder(folder)).rejects.toThrow("in use by process 1 (started 2026-01-01T00:00:00.000Z)");
});

test.each(["", "{", '{"pid":0,"started":"","released":false}'])(
  "a torn lock file, %j, is an unclean stop",
  async (text) => {
    const folder = await aFolder();
    await write(folder, text);
    expect((await lockFolder(folder)).wasUnclean).toBe(true);
  },
);

test("a lock file that cannot be read is an error", async () => {
  const folder = await aFolder();
  await mkdir(join(folder, "lock", "1"), { recursive: true });
  await expect(lockFolder(folder)).rejects.toThrow("EISDIR");
});

test("a folder that cannot be created is an error", async () => {
  const folder = await aFolder();
  await writeFile(join(folder, "file"), "");
  await expect(lockFolder(join(folder, "file"))).rejects.toThrow("ENOTDIR");
});
