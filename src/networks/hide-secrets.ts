import type { Connection } from "../ports/networks.ts";

/** Shorter ones would be found in any text, and protect nothing. */
const shortest = 8;

/** A network may repeat the credentials in its answer: a reason is logged, stored and shown. */
export const hideSecrets = (connection: Connection, credentials: readonly (string | undefined)[]): Connection => {
  const secrets = credentials.flatMap((secret) => (secret !== undefined && secret.length >= shortest ? [secret] : []));
  const hide = (text: string): string => secrets.reduce((left, secret) => left.replaceAll(secret, "…"), text);
  const clean = <Result extends object>(result: Result): Result =>
    "reason" in result && typeof result.reason === "string" ? { ...result, reason: hide(result.reason) } : result;
  const { edit, remove } = connection;
  return {
    ...connection,
    whoAmI: async (signal) => clean(await connection.whoAmI(signal)),
    send: async (request, key, signal) => clean(await connection.send(request, key, signal)),
    ...(edit && { edit: async (...given) => clean(await edit(...given)) }),
    ...(remove && { remove: async (remote, signal) => clean(await remove(remote, signal)) }),
  };
};
