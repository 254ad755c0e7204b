import { randomUUID } from "node:crypto";
import type { Runtime } from "../ports/runtime.ts";

/** The time, the timers and the random ids of the machine. Production code gets them only from here. */
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
