import type { Connection } from "../ports/networks.ts";
import { ellipsis } from "./http.ts";

/** Shorter ones would be found in any text, and protect nothing. */
const shortest = 8;

/** A part of a path that is no word, such as the token of a webhook's address. */
const shortestPart = 12;

/** A network may repeat the path of an address without its server, or the token in it alone. */
const partsOf = (secret: string): readonly string[] => {
  const { protocol, pathname = "" } = URL.parse(secret) ?? {};
  if (protocol !== "https:" && protocol !== "http:") return [];
  return [pathname, ...pathname.split("/").filter((part) => part.length >= shortestPart)];
};

/** The beginning of a secret that was cut. */
const hideHalf = (text: string, secret: string): string => {
  let left = text;
  for (let length = secret.length - 1; length >= shortest && left.includes(ellipsis); length -= 1)
    left = left.replaceAll(`${secret.slice(0, length)}${ellipsis}`, ellipsis);
  return left;
};

/** What a network may repeat in its answer: a reason is logged, stored and shown. `secrets`: the credentials, and what the network issued for them. */
export const hideSecrets = (connection: Connection, secrets: () => readonly (string | undefined)[]): Connection => {
  const hide = (text: string): string =>
    secrets()
      .flatMap((secret) => (secret === undefined ? [] : [secret, ...partsOf(secret)]))
      .filter((secret) => secret.length >= shortest)
      .reduce((left, secret) => hideHalf(left.replaceAll(secret, ellipsis), secret), text);
  const clean = <Result extends object>(result: Result): Result => {
    const { reason, note }: { readonly reason?: unknown; readonly note?: unknown } = result;
    if (typeof reason === "string") return { ...result, reason: hide(reason) };
    return typeof note === "string" ? { ...result, note: hide(note) } : result;
  };
  const { edit, remove } = connection;
  return {
    ...connection,
    whoAmI: async (signal) => clean(await connection.whoAmI(signal)),
    send: async (...given) => clean(await connection.send(...given)),
    ...(edit && { edit: async (...given) => clean(await edit(...given)) }),
    ...(remove && { remove: async (remote, signal) => clean(await remove(remote, signal)) }),
  };
};
