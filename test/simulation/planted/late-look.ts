import type { Connection } from "../../../src/ports/networks.ts";
import type { Variant } from "../world.ts";
import { withConnections } from "./with-connections.ts";

const alphabet = "234567abcdefghijklmnopqrstuvwxyz";

/** The moment that a record key of Bluesky holds. */
const momentOf = (key: string): number => {
  const value = [...key].reduce((sum, character) => sum * 32n + BigInt(alphabet.indexOf(character)), 0n);
  return Number((value >> 10n) / 1000n);
};

/** A look takes only what is dated since the first send, less five minutes. But the key of a record of Bluesky says no moment. */
export const lateLook: Variant = {
  networks: withConnections("bluesky", (connection): Connection => {
    const { look } = connection;
    if (look === undefined) return connection;
    return {
      ...connection,
      look: async (sought, signal) => {
        const found = await look(sought, signal);
        return found === undefined || momentOf(sought.key) >= sought.since ? found : [];
      },
    };
  }),
};
