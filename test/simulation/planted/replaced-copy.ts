import type { Connection } from "../../../src/ports/networks.ts";
import type { Variant } from "../crier-process.ts";
import { withConnections } from "./with-connections.ts";

/** A copy that is there before the first send is deleted and made anew: it is that of another installation. */
export const replacedCopy: Variant = {
  networks: withConnections("mastodon", (connection): Connection => {
    const { find, remove } = connection;
    if (find === undefined || remove === undefined) return connection;
    return {
      ...connection,
      find: async (sought, signal) => {
        const found = await find(sought, signal);
        if (typeof found !== "object" || sought.isFirst !== true) return found;
        for (const { remote } of found) await remove(remote, signal);
        return [];
      },
    };
  }),
};
