import type { DeliverPorts } from "../../../src/app/deliver/deliver-step.ts";
import type { Connection, Network, Networks } from "../../../src/ports/networks.ts";

/** The networks, with another connection to one of them. */
export const withConnections =
  (name: string, change: (connection: Connection, ports: DeliverPorts) => Connection) =>
  (networks: Networks, ports: DeliverPorts): Networks => ({
    ...networks,
    connect: async (account, sandbox) => {
      const connected = await networks.connect(account, sandbox);
      return account.network === name && "connection" in connected
        ? { ...connected, connection: change(connected.connection, ports) }
        : connected;
    },
  });

/** The networks, one of which is taken for another kind. */
export const withNetwork =
  (name: string, change: (network: Network) => Network) =>
  (networks: Networks): Networks => ({
    ...networks,
    get: (asked) => (asked === name ? change(networks.get(asked)) : networks.get(asked)),
  });
