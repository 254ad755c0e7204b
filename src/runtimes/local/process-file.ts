import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { codeOf } from "../../domain/errors.ts";

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
};

/** The process that uses the data folder, or did when it ended without removing this. Only for messages: SQLite has the lock. */
export const processFile = (data: string) => {
  const file = join(data, "crier.pid");
  const read = async (): Promise<number | undefined> => {
    const pid = Number(await readFile(file, "utf8").catch(() => ""));
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
  };
  return {
    /** Undefined where it has ended. */
    running: async (): Promise<number | undefined> => {
      const pid = await read();
      return pid !== undefined && isRunning(pid) ? pid : undefined;
    },
    /** True where the last process did not remove its own. */
    take: async (): Promise<boolean> => {
      const wasLeft = (await read()) !== undefined;
      await writeFile(file, `${process.pid}\n`).catch(() => undefined);
      return wasLeft;
    },
    remove: () => rm(file, { force: true }),
  };
};
