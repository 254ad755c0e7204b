import { type Account, sandboxRow } from "../../domain/account.ts";
import type { Delivery } from "../../domain/delivery.ts";
import type { Identity, Network } from "../../ports/networks.ts";
import type { Accounts } from "../../ports/store.ts";
import { changeAccount } from "./account-state.ts";

interface Place extends Pick<Delivery, "sandbox"> {
  readonly account: Account;
}

const rowOf = ({ account, sandbox }: Place): string => (sandbox ? sandboxRow(account) : account.name);

/** The longest text that the account's server takes. Undefined where it has not said so, or the network has one limit for all. */
export const readLongest = async (
  { network, ...place }: Place & { readonly network: Network },
  { accountStates }: { readonly accountStates: Accounts },
): Promise<number | undefined> => (network.asksLongest ? (await accountStates.read(rowOf(place))).longest : undefined);

/** Stores what the server says of itself when it is asked for its account, so that what is planned and edited fits, too. */
export const rememberLongest = async (
  place: Place,
  { longest }: Identity,
  ports: { readonly accountStates: Accounts },
): Promise<void> => {
  if (longest !== undefined) await changeAccount(rowOf(place), (state) => ({ ...state, longest }), ports);
};
