/** Returns ms of this thread's CPU: other programs on the machine do not count. */
export const measureCpu = (act: () => void): number => {
  const before = process.threadCpuUsage();
  act();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
};

const shortest = (times: number, act: () => void): number =>
  Math.min(...Array.from({ length: times }, () => measureCpu(act)));

export const [short, long] = [20_000, 80_000];

/** Below this the compiler and the garbage collector decide. */
const noise = 25;

/** Linear work takes 4 times as long for 4 times the length, and quadratic work 16 times. */
export const mostGrowth = 8;

/**
 * Returns the ratio of the times that `act` takes for `long` and for `short` characters: the shortest of a few runs
 * each, and again if that is too much. Returns 1 if both take no measurable time.
 */
export const measureGrowth = (act: (length: number) => void, tries = 3): number => {
  const first = measureCpu(() => act(short));
  // A run of a second or more is measured once: if it grows too fast the longer one takes minutes.
  const again = first > 1000 ? 0 : 1;
  const once = measureCpu(() => act(long));
  if (once < noise) return 1;
  const shorter = Math.min(
    first,
    shortest(again + 1, () => act(short)),
  );
  // If one run grows little enough, the shortest of several cannot grow more.
  const longest =
    once / Math.max(1, shorter) < mostGrowth
      ? once
      : Math.min(
          once,
          shortest(again, () => act(long)),
        );
  if (longest < noise) return 1;
  const growth = longest / Math.max(1, shorter);
  return growth > mostGrowth && tries > 1 && longest < 5000 ? Math.min(growth, measureGrowth(act, tries - 1)) : growth;
};

/**
 * False for what `growthOf` cannot find to grow too fast, at a fraction of its cost: it measures a quarter of the lengths.
 * What takes 8 times as long for the last 4 times of the length takes more than 5 times as long for the 4 times before them,
 * where what any text takes, `floor`, is not counted.
 */
export const mayGrow = (act: (length: number) => void, floor: number, tries = 3): boolean => {
  const first = measureCpu(() => act(short));
  // If it grew with the square, the long one would still be below the noise.
  if (first < noise / 16) return false;
  const before = measureCpu(() => act(short / 4));
  if (first - floor < 5 * Math.max(0, before - floor)) return false;
  return tries === 1 || mayGrow(act, floor, tries - 1);
};

/**
 * Returns the time of `act` for almost no input. It is the mean, because the clock of a thread's CPU ticks in
 * milliseconds.
 */
export const measureFloor = (act: (length: number) => void): number => {
  const often = (times: number) => measureCpu(() => Array.from({ length: times }, () => act(10)));
  often(20);
  return often(50) / 50;
};
