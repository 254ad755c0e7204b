import { randomUUID } from "node:crypto";
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { codeOf } from "../../domain/error-code.ts";

export interface FolderLock {
  /** The previous process did not release the folder: it was killed. */
  readonly wasUnclean: boolean;
  release(): Promise<void>;
}

/** Another process uses the data folder. The message is one line. */
export class FolderInUse extends Error {
  override readonly name = "FolderInUse";
}

const holderRow = z.object({
  pid: z.int().positive(),
  /** RFC 3339. */
  started: z.string(),
  /** Distinguishes a process from a later one with the same number, where the system allows it. */
  identity: z.string().optional(),
  released: z.boolean(),
});
type Holder = z.infer<typeof holderRow>;

const readText = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
};

/**
 * On Linux the boot and the tick at which the process started (proc(5): field 22 of `stat`, the 20th after the name in
 * parentheses). A zombie (`Z`) still answers signals, but has no lock.
 */
const identityOf = async (pid: number): Promise<string | undefined> => {
  const stat = await readText(`/proc/${pid}/stat`);
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ") ?? [];
  const ticks = fields[0] === "Z" ? undefined : fields[19];
  return ticks === undefined ? undefined : `${(await readText("/proc/sys/kernel/random/boot_id"))?.trim()}:${ticks}`;
};

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
};

const isHeld = async ({ pid, identity, released }: Holder): Promise<boolean> =>
  !released && isRunning(pid) && (identity === undefined || identity === (await identityOf(pid)));

const lockNumbers = async (folder: string): Promise<readonly number[]> =>
  (await readdir(folder))
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => b - a);

/** Undefined where a later process has removed it; "torn" where it is incomplete, so that its writer must have ended. */
const readHolder = async (file: string): Promise<Holder | "torn" | undefined> => {
  const text = await readText(file);
  if (text === undefined) return undefined;
  try {
    return holderRow.parse(JSON.parse(text));
  } catch {
    return "torn";
  }
};

/** Writes a temporary file completely before it gets its name. */
const writeWhole = async (
  folder: string,
  holder: Holder,
  name: (temporary: string) => Promise<void>,
): Promise<void> => {
  const temporary = join(folder, `new-${randomUUID()}`);
  await writeFile(temporary, JSON.stringify(holder), { flush: true });
  await name(temporary).finally(() => rm(temporary, { force: true }));
};

/**
 * One process for each data folder. Locks are numbered, and the highest is valid. To take over from a dead process, a
 * process creates the next number, which only one can do (link(2) is atomic): no valid lock is ever removed.
 */
export const lockFolder = async (dir: string): Promise<FolderLock> => {
  const folder = join(dir, "lock");
  await mkdir(folder, { recursive: true });

  const refuse = ({ pid, started }: Holder): never => {
    throw new FolderInUse(
      `data folder ${dir} is in use by process ${pid} (started ${started}): stop it or pass --data`,
    );
  };

  const acquire = async (): Promise<FolderLock> => {
    const [highest = 0] = await lockNumbers(folder);
    const last = highest === 0 ? undefined : await readHolder(join(folder, String(highest)));
    if (highest !== 0 && last === undefined) return acquire();
    if (last !== undefined && last !== "torn" && (await isHeld(last))) return refuse(last);

    const own = highest + 1;
    const file = join(folder, String(own));
    const holder: Holder = {
      pid: process.pid,
      started: new Date(performance.timeOrigin).toISOString(),
      identity: await identityOf(process.pid),
      released: false,
    };
    try {
      await writeWhole(folder, holder, (temporary) => link(temporary, file));
    } catch (error) {
      if (codeOf(error) === "EEXIST") return acquire();
      throw error;
    }
    const numbers = await lockNumbers(folder);
    if (numbers.some((number) => number > own)) {
      await rm(file, { force: true });
      return acquire();
    }
    for (const number of numbers.filter((number) => number < own))
      await rm(join(folder, String(number)), { force: true });
    return {
      wasUnclean: last === "torn" || last?.released === false,
      release: () => writeWhole(folder, { ...holder, released: true }, (temporary) => rename(temporary, file)),
    };
  };

  return acquire();
};
