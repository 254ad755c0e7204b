import { day } from "../../../src/domain/time.ts";
import type { Connection } from "../../../src/ports/networks.ts";
import type { Variant } from "../crier-process.ts";
import { withConnections } from "./with-connections.ts";

/** A first send asks nobody whether the copy is there: a table that was put back does not know it. */
export const noEarlyLook: Variant = {
  networks: withConnections("mastodon", (connection, { clock }): Connection => {
    const { find } = connection;
    if (find === undefined) return connection;
    // A post that is looked for before a first send may be days old.
    return {
      ...connection,
      find: async (sought, signal) => (sought.since < clock() - 5 * day ? [] : find(sought, signal)),
    };
  }),
};
