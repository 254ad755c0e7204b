import { second } from "../../../src/domain/time.ts";
import type { Connection } from "../../../src/ports/networks.ts";
import type { Variant } from "../crier-process.ts";
import { withConnections } from "./with-connections.ts";

/** An event has the time of its send, and so another id each time. */
export const newEvent: Variant = {
  networks: withConnections(
    "nostr",
    (connection, { clock }): Connection => ({
      ...connection,
      send: (request, key, signal) =>
        connection.send({ ...request, created_at: Math.floor(clock() / second) }, key, signal),
    }),
  ),
};
