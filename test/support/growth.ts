/** In ms of this thread's CPU: other programs on the machine do not count. */
const cpuOf = (act: () => void): number => {
  const before = process.threadCpuUsage();
  act();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
};

const shortest = (times: number, act: () => void): number =>
  Math.min(...Array.from({ length: times }, () => cpuOf(act)));

export const [short, long] = [20_000, 80_000];

/** Below this the compiler and the garbage collector decide. */
const noise = 25;

/** What grows with the length takes 4 times as long for 4 times the length, and what grows with its square 16 times. */
export const mostGrowth = 8;

/**
 * How many times as long `act` takes for `long` as for `short` characters: the shortest of a few runs each, and again
 * where that is too much. 1 where both take no time worth measuring.
 */
export const growthOf = (act: (length: number) => void, tries = 3): number => {
  const first = cpuOf(() => act(short));
  // What takes a second already is measured once: where it grows too fast the longer one takes minutes.
  const again = first > 1000 ? 0 : 1;
  const once = cpuOf(() => act(long));
  if (once < noise) return 1;
  const longest = Math.min(
    once,
    shortest(again, () => act(long)),
  );
  if (longest < noise) return 1;
  const shorter = Math.min(
    first,
    shortest(again + 1, () => act(short)),
  );
  const growth = longest / Math.max(1, shorter);
  return growth > mostGrowth && tries > 1 && longest < 5000 ? Math.min(growth, growthOf(act, tries - 1)) : growth;
};
