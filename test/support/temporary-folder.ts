import { readFileSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";

const memory = "/dev/shm";
/** The bytes that the tests need. */
const needed = 1_000_000_000;

/** True if files may be run from it, too: some tests write programs. */
const isUsable = (): boolean => {
  try {
    const [, options = "noexec"] = /^\S+ \/dev\/shm tmpfs (\S+)/m.exec(readFileSync("/proc/mounts", "utf8")) ?? [];
    const { bavail, bsize } = statfsSync(memory);
    return !options.split(",").includes("noexec") && bavail * bsize > needed;
  } catch {
    return false;
  }
};

/**
 * Tests put their files in this folder. Crier syncs each file that it writes: on a disk this would take most of the
 * time of the tests.
 */
export const temporaryFolder = isUsable() ? memory : tmpdir();
