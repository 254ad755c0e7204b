import { setTimeout as pause } from "node:timers/promises";

/** Asks again until there is an answer, at most for this long. `what`: for the error. */
export const patiently = async <T>(what: string, ask: () => Promise<T | undefined>, minutes = 15): Promise<T> => {
  const end = Date.now() + minutes * 60_000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`${what}: not after ${minutes} minutes`);
    await pause(2_000);
  }
};
