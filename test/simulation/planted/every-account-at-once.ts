import type { Variant } from "../crier-process.ts";

/** Accounts on one server do not know of one another: each of them may hold a worker. */
export const everyAccountAtOnce: Variant = {
  networks: (networks) => ({
    ...networks,
    get: (network) => ({ ...networks.get(network), server: ({ name }) => name }),
  }),
};
