import { randomUUID } from "node:crypto";
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { codeOf } from "../../domain/error-code.ts";

export interface FolderLock {
  /** The process that had the folder before did not give it back: it was killed. */
  readonly wasUnclean: boolean;
  release(): Promise<void>;
}

/** Another process uses the data folder. The message is one line for people. */
export class FolderInUse extends Error {
  override readonly name = "FolderInUse";
}

const holderRow = z.object({
  pid: z.int().positive(),
  /** RFC 3339. */
  started: z.string(),
  /** Distinguishes a process from a later one with the same number, on systems that allow it. */
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
 * Linux: the boot and the tick at which the process began (proc(5): field 22 of `stat`, the 20th after the name in
 * parentheses). A killed process whose parent has not waited for it (`Z`) answers signals, but holds nothing.
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

const holds = async ({ pid, identity, released }: Holder): Promise<boolean> =>
  !released && isRunning(pid) && (identity === undefined || identity === (await identityOf(pid)));

const numbersIn = async (folder: string): Promise<readonly number[]> =>
  (await readdir(folder))
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((a, b) => b - a);

/** Undefined where a later holder has removed it already; torn where the disk kept less than was written: then its writer has ended. */
const readHolder = async (file: string): Promise<Holder | "torn" | undefined> => {
  const text = await readText(file);
  if (text === undefined) return undefined;
  try {
    return holderRow.parse(JSON.parse(text));
  } catch {
    return "torn";
  }
};

/** A file is whole from the moment it has its name. */
const place = async (folder: string, holder: Holder, name: (temporary: string) => Promise<void>): Promise<void> => {
  const temporary = join(folder, `new-${randomUUID()}`);
  await writeFile(temporary, JSON.stringify(holder), { flush: true });
  await name(temporary).finally(() => rm(temporary, { force: true }));
};

/**
 * One process per data folder. The locks are numbered and the highest counts: who takes over from a dead process makes
 * the next number, which only one taker can (link(2) is atomic), so that nobody removes a lock that has just been taken.
 */
export const lockFolder = async (dir: string): Promise<FolderLock> => {
  const folder = join(dir, "lock");
  await mkdir(folder, { recursive: true });

  const refuse = ({ pid, started }: Holder): never => {
    throw new FolderInUse(
      `data folder ${dir} is in use by process ${pid} (started ${started}): stop it or pass --data`,
    );
  };

  const take = async (): Promise<FolderLock> => {
    const [highest = 0] = await numbersIn(folder);
    const last = highest === 0 ? undefined : await readHolder(join(folder, String(highest)));
    if (highest !== 0 && last === undefined) return take();
    if (last !== undefined && last !== "torn" && (await holds(last))) return refuse(last);

    const own = highest + 1;
    const file = join(folder, String(own));
    const holder: Holder = {
      pid: process.pid,
      started: new Date(performance.timeOrigin).toISOString(),
      identity: await identityOf(process.pid),
      released: false,
    };
    try {
      await place(folder, holder, (temporary) => link(temporary, file));
    } catch (error) {
      if (codeOf(error) === "EEXIST") return take();
      throw error;
    }
    const numbers = await numbersIn(folder);
    if (numbers.some((number) => number > own)) {
      await rm(file, { force: true });
      return take();
    }
    for (const number of numbers.filter((number) => number < own))
      await rm(join(folder, String(number)), { force: true });
    return {
      wasUnclean: last === "torn" || last?.released === false,
      release: () => place(folder, { ...holder, released: true }, (temporary) => rename(temporary, file)),
    };
  };

  return take();
};
