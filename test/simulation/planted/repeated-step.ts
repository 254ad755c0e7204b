import type { Connection } from "../../../src/ports/networks.ts";
import type { Variant } from "../crier-process.ts";
import { withConnections } from "./with-connections.ts";

/** The second step of a delivery begins with its first request again, and with its own key. */
export const repeatedStep: Variant = {
  networks: withConnections(
    "mastodon",
    (connection): Connection => ({
      ...connection,
      send: async (request, key, signal, progress) => {
        if (progress !== undefined) await connection.send(request, `${key}-again`, signal);
        return connection.send(request, key, signal, progress);
      },
    }),
  ),
};
