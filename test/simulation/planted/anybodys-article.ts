import type { Connection } from "../../../src/ports/networks.ts";
import type { Variant } from "../crier-process.ts";
import { withConnections } from "./with-connections.ts";

/** The article that has the address already is taken for the one that was sent. */
export const anybodysArticle: Variant = {
  networks: withConnections(
    "devto",
    (connection): Connection => ({
      ...connection,
      send: async (request, key, signal) => {
        const outcome = await connection.send(request, key, signal);
        return outcome.kind === "duplicate" ? { kind: "posted", remote: outcome.remote } : outcome;
      },
    }),
  ),
};
