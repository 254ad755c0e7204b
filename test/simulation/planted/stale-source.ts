import type { Variant } from "../crier-process.ts";

/** The state of a source is written once: one that cannot be read stays as it is. */
export const staleSource: Variant = {
  sourceStates: (states) => ({
    ...states,
    save: async (state) => state.listed !== undefined || states.save(state),
  }),
};
