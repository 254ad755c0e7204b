import { randomUUID } from "node:crypto";
import type { Runtime } from "../ports/runtime.ts";

/** The machine's own time, timers and random ids: production takes them from here and from nowhere else. */
export const systemRuntime: Runtime = {
  clock: () => Date.now(),
  newId: () => randomUUID(),
  deadline: (milliseconds) => AbortSignal.timeout(milliseconds),
  setTimer: (milliseconds, act) => {
    const timer = setTimeout(act, milliseconds).unref();
    return () => clearTimeout(timer);
  },
  pause: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};
