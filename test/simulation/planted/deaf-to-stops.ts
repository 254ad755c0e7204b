import type { Variant } from "../crier-process.ts";

/** A worker does not look whether a person has stopped what it sends. */
export const deafToStops: Variant = {
  stops: (stops) => ({
    ...stops,
    read: async () => ({ ...(await stops.read()), accounts: {} }),
  }),
};
