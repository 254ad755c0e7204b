import type { Variant } from "../crier-process.ts";

/** Nobody remembers that the owner was told of another installation: each of its copies is news. */
export const toldEachTime: Variant = {
  accountStates: (accounts) => ({
    ...accounts,
    read: async (name) => ({ ...(await accounts.read(name)), elsewhere: undefined }),
  }),
};
