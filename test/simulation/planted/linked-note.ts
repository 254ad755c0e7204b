import type { Variant } from "../crier-process.ts";
import { withNetwork } from "./with-connections.ts";

/** A note has the link of its page, as an article does, although nothing of it is cut. */
export const linkedNote: Variant = {
  networks: withNetwork("mastodon", (network) => ({
    ...network,
    compose: (snippet, ...rest) => network.compose({ ...snippet, isNote: false }, ...rest),
  })),
};
