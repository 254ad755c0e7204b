import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { conflict, retryOnConflict } from "../../src/domain/concurrency.ts";
import { errorCode } from "../../src/domain/errors.ts";

const mounted = (folder: string, ...options: readonly string[]): boolean => {
  try {
    mkdirSync(folder, { recursive: true });
    execFileSync("mount", ["-t", "tmpfs", ...options, "tmpfs", folder], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
};

/**
 * Makes a folder on its own disk of this many bytes. Returns undefined if this user cannot mount one: only root on
 * Linux can.
 */
export const aSmallDisk = (folder: string, bytes: number) => {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return undefined;
  if (!mounted(folder, "-o", `size=${bytes}`)) return undefined;
  const filler = join(folder, "filler");
  return {
    /**
     * Leaves this many bytes free. A process that writes in the meantime uses the free bytes, so they are measured
     * again.
     */
    fill: (left = 0): Promise<void> =>
      retryOnConflict("the disk", async () => {
        const { bavail, bsize } = await statfs(folder);
        try {
          return await writeFile(filler, new Uint8Array(Math.max(0, bavail * bsize - left)));
        } catch (error) {
          if (errorCode(error) !== "ENOSPC") throw error;
          await rm(filler, { force: true });
          return conflict;
        }
      }),
    empty: () => rm(filler, { force: true }),
    makeReadOnly: () => execFileSync("mount", ["-o", "remount,ro", folder]),
    unmount: () => execFileSync("umount", ["-l", folder]),
  };
};
