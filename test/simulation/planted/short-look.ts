import { day, minute } from "../../../src/domain/time.ts";
import type { Connection } from "../../../src/ports/networks.ts";
import type { Variant } from "../crier-process.ts";
import { withConnections } from "./with-connections.ts";

/** A look after a send goes five minutes back from now: what waited longer for it (a pause, a 429, an outage) is not seen. */
export const shortLook: Variant = {
  networks: withConnections("mastodon", (connection, { clock }): Connection => {
    const { find } = connection;
    if (find === undefined) return connection;
    return {
      ...connection,
      find: async (sought, signal) => {
        // A post that is looked for before a first send may be days old.
        const isAfterSend = sought.since > clock() - 5 * day;
        return find(isAfterSend ? { ...sought, since: Math.max(sought.since, clock() - 5 * minute) } : sought, signal);
      },
    };
  }),
};
