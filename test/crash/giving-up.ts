import type { Connection } from "../../src/ports/networks.ts";

export const heldPath = "/held/";

/** Answered when the network has a request of the account that it answers slowly. */
export const heldAt = (network: string, name: string): string => `${network}${heldPath}${name}`;

/**
 * A connection that waits for no answer from a network that answers slowly. It gives up when the network has the request:
 * a moment of the clock may come before that on a busy machine, and what the network does with the request then, after it
 * has settled, is no case of its promises.
 */
export const givingUp = (connection: Connection, isHeld: (signal: AbortSignal) => Promise<void>): Connection => {
  const { send, edit, remove } = connection;
  const ask = async <T>(signal: AbortSignal, write: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    const [answered, given] = [new AbortController(), new AbortController()];
    void isHeld(answered.signal).then(
      () => given.abort(new DOMException("gave up", "TimeoutError")),
      () => undefined,
    );
    try {
      return await write(AbortSignal.any([signal, given.signal]));
    } finally {
      answered.abort();
    }
  };
  return {
    ...connection,
    send: (request, key, signal, progress) => ask(signal, (limited) => send(request, key, limited, progress)),
    ...(edit && {
      edit: (remote, request, signal, part) => ask(signal, (limited) => edit(remote, request, limited, part)),
    }),
    ...(remove && { remove: (remote, signal) => ask(signal, (limited) => remove(remote, limited)) }),
  };
};
