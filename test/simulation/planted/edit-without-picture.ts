import type { Connection } from "../../../src/ports/networks.ts";
import type { Variant } from "../crier-process.ts";

/** An edit does not name the picture that a status has, and the server removes it. */
export const editWithoutPicture: Variant = {
  networks: (networks) => ({
    ...networks,
    connect: async (account, sandbox) => {
      const connected = await networks.connect(account, sandbox);
      if (account.settings.image !== true || "problem" in connected) return connected;
      const plain = await networks.connect({ ...account, settings: { ...account.settings, image: false } }, sandbox);
      if ("problem" in plain) return plain;
      const { edit } = plain.connection;
      const connection: Connection = { ...connected.connection, ...(edit && { edit }) };
      return { ...connected, connection };
    },
  }),
};
