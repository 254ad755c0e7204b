import type { Variant } from "../crier-process.ts";

/** A key is trusted for ever, and its network forgets it after an hour. */
export const endlessKey: Variant = {
  networks: (networks) => ({
    ...networks,
    get: (name) => {
      const { remembersFor, ...network } = networks.get(name);
      return name === "mastodon" || remembersFor === undefined ? network : { ...network, remembersFor };
    },
  }),
};
