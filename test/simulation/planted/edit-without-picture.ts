import type { Connection } from "../../../src/ports/networks.ts";
import type { Variant } from "../crier-process.ts";

/** An edit does not name the picture that a status has, and the server removes it. */
export const editWithoutPicture: Variant = {
  networks: (networks) => ({
    ...networks,
    connect: async (account, sandbox) => {
      const connected = await networks.connect(account, sandbox);
      if ("problem" in connected) return connected;
      const { edit } = connected.connection;
      const connection: Connection = {
        ...connected.connection,
        ...(edit && {
          edit: (remote, request, signal, { index, sent } = { index: 0, sent: request }) => {
            const { pictures: _, ...plain } = sent;
            return edit(remote, request, signal, { index, sent: plain });
          },
        }),
      };
      return { ...connected, connection };
    },
  }),
};
