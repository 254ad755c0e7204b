import { readdirSync, readFileSync } from "node:fs";

/** The resources that a process and its children have used so far. */
export interface Usage {
  /** In seconds. */
  readonly cpu: number;
  /** In MB: the memory that is resident now; what processes share is counted once. */
  readonly memory: number;
}

/** Linux counts in hundredths of a second for every program (`USER_HZ`). */
const ticks = 100;

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly cpu: number;
}

const memoryOf = (pid: number): number => {
  try {
    const [, memory] = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8")) ?? [];
    return Number(memory ?? 0) / 1024;
  } catch {
    return 0;
  }
};

const readProcess = (pid: number): Process | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name, in brackets, may contain anything.
    const fields = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number);
    const [parent = 0] = fields.slice(1);
    // Its own time, and that of children which have ended.
    const cpu = fields.slice(11, 15).reduce((sum, time) => sum + time, 0) / ticks;
    return { pid, parent, cpu };
  } catch {
    return undefined;
  }
};

export const canMeasure = process.platform === "linux";

/** Returns the usage of a process and of everything that it has started. */
export const readUsage = (pid: number): Usage => {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readProcess(Number(name)) ?? []);
  const tree = new Set([pid]);
  for (let before = 0; before !== tree.size; ) {
    before = tree.size;
    for (const { pid: one, parent } of all) if (tree.has(parent)) tree.add(one);
  }
  const own = all.filter((one) => tree.has(one.pid));
  return {
    cpu: own.reduce((sum, one) => sum + one.cpu, 0),
    memory: own.reduce((sum, { pid: one }) => sum + memoryOf(one), 0),
  };
};

/** CPU time in seconds of all children of this process that have ended, and of theirs. */
export const endedChildrenCpu = (): number => {
  const stat = readFileSync("/proc/self/stat", "utf8");
  const fields = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .map(Number);
  return ((fields[13] ?? 0) + (fields[14] ?? 0)) / ticks;
};
