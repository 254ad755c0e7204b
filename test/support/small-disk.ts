import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";

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
 * A folder on a disk of its own of so many bytes. Undefined where this user cannot mount one: only root on Linux can.
 */
export const aSmallDisk = (folder: string, bytes: number) => {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return undefined;
  if (!mounted(folder, "-o", `size=${bytes}`)) return undefined;
  const filler = join(folder, "filler");
  return {
    /** Leaves so many bytes free. */
    fill: async (left = 0): Promise<void> => {
      const { bavail, bsize } = await statfs(folder);
      await writeFile(filler, new Uint8Array(Math.max(0, bavail * bsize - left)));
    },
    empty: () => rm(filler, { force: true }),
    makeReadOnly: () => execFileSync("mount", ["-o", "remount,ro", folder]),
    unmount: () => execFileSync("umount", ["-l", folder]),
  };
};
