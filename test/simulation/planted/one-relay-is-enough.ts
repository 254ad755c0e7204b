import type { Connection } from "../../../src/ports/networks.ts";
import type { Variant } from "../crier-process.ts";
import { withConnections } from "./with-connections.ts";

/** A deletion is called done when it was offered to the relays, whatever each of them says. */
export const oneRelayIsEnough: Variant = {
  networks: withConnections("nostr", (connection): Connection => {
    const { remove } = connection;
    if (remove === undefined) return connection;
    return {
      ...connection,
      remove: async (remote, signal) => {
        const outcome = await remove(remote, signal);
        return outcome.kind === "unanswered" ? { kind: "done" } : outcome;
      },
    };
  }),
};
