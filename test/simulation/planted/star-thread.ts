import type { Connection } from "../../../src/ports/networks.ts";
import type { Variant } from "../crier-process.ts";
import { withConnections } from "./with-connections.ts";

/** All parts of a thread reply to the first one: nobody reads them in their order. */
export const starThread: Variant = {
  networks: withConnections(
    "bluesky",
    (connection): Connection => ({
      ...connection,
      send: (request, key, signal, progress) =>
        connection.send(request, key, signal, progress && { ...progress, last: progress.first }),
    }),
  ),
};
