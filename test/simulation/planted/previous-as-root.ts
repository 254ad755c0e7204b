import type { Connection } from "../../../src/ports/networks.ts";
import type { Variant } from "../crier-process.ts";
import { withConnections } from "./with-connections.ts";

/** Each part of a thread names the one before as its root: from the third on, it is shown in no thread. */
export const previousAsRoot: Variant = {
  networks: withConnections(
    "bluesky",
    (connection): Connection => ({
      ...connection,
      send: (request, key, signal, progress) =>
        connection.send(request, key, signal, progress && { ...progress, first: progress.last }),
    }),
  ),
};
