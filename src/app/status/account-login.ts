import type { Account } from "../../domain/account.ts";
import { errorMessage } from "../../domain/errors.ts";
import type { HomeCommands } from "../../domain/installation.ts";
import { second } from "../../domain/time.ts";
import type { Identity, Logins } from "../../ports/networks.ts";
import type { AccountLogin } from "../site-api.ts";

interface Ports {
  readonly networks: Pick<Logins, "reach" | "connect">;
  readonly deadline: (milliseconds: number) => AbortSignal;
  readonly home: Pick<HomeCommands, "waysToSetSecret">;
}

/** A person waits for it. */
const timeLimit = 5 * second;

/** Names change, and ids stay. */
const identityText = ({ id, handle }: Identity): string | undefined =>
  id === undefined || handle === undefined ? (handle ?? id) : `${handle} (${id})`;

/**
 * Logs in where the account has credentials, so that a mistake in them shows before the first post needs them. A secret
 * that cannot be read, or a network that does not answer, is a problem of its own account only.
 */
export const logIn = async (account: Account, { networks, deadline, home }: Ports): Promise<AccountLogin> => {
  const { name } = account;
  const without = { name, identity: undefined, problem: undefined };
  try {
    const reach = await networks.reach(account);
    if (reach !== "real") return { ...without, reach };
    const connected = await networks.connect(account, false);
    if ("problem" in connected) return { ...without, reach, problem: connected.problem };
    const answer = await connected.connection.whoAmI(deadline(timeLimit));
    switch (answer.kind) {
      case "identity":
        return { ...without, reach, identity: identityText(answer) };
      case "unauthorised":
        return {
          ...without,
          reach,
          problem: `the login of ${name} is refused (${answer.reason}): set new credentials ${home.waysToSetSecret(name)}`,
        };
      case "unavailable":
        return {
          ...without,
          reach,
          problem: `the network of ${name} does not say now whose login it is: ${answer.reason}`,
        };
    }
  } catch (error) {
    return { ...without, reach: "none", problem: errorMessage(error) };
  }
};
