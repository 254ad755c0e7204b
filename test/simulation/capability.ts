import type { Account } from "../../src/domain/account.ts";
import type { StoredRequest } from "../../src/domain/delivery.ts";
import type { DefinedNetwork } from "../../src/networks/define.ts";
import { aConfiguredAccount, connectionOf, methodsOf, nthKey, takesSettings } from "../support/configured-account.ts";
import { noDeadline } from "../support/no-deadline.ts";
import { startSandbox } from "../support/sandbox-server.ts";
import { aSnippet } from "../support/snippets.ts";
import { simulatedNetworks, traitsOn } from "./accounts.ts";

const picture = { hash: "0".repeat(64), mediaType: "image/png", size: 1, width: 1, height: 1 } as const;
const longText = "One of the many sentences that a post has. ".repeat(60).trim();

/** Returns the facts that are known of a copy after a send, in the sandbox. */
const copyOf = async (network: DefinedNetwork, account: Account): Promise<string> => {
  const sandbox = await startSandbox([account]);
  const { request } = network.compose(aSnippet(), account);
  const secret = network.sandboxCredentials(account);
  const connection = connectionOf(network.connect({ account, secret, sandbox: sandbox.url, fetch, clock: Date.now }));
  const send = (progress?: StoredRequest) => connection.send(request, nthKey(network, 1), noDeadline(), progress);
  const first = await send();
  // A network that prepares a post makes it public by a request of its own.
  const outcome = first.kind === "progressed" && first.remote === undefined ? await send(first.progress) : first;
  await sandbox.close();
  if (!("remote" in outcome) || outcome.remote === undefined)
    throw new Error(`${account.name} posted nothing in the sandbox: ${outcome.kind}`);
  const { id, public: isPublic } = outcome.remote;
  if (id === null) return "a copy without an id";
  return isPublic ? "a public copy" : "a private copy";
};

/** Returns the capability of an account, as far as deliveries differ by it. */
export const capabilityOf = async (network: DefinedNetwork, settings: Account["settings"]): Promise<string> => {
  const account = aConfiguredAccount({ name: network.name, network: network.name, settings });
  const { request, replies } = network.compose(aSnippet({ text: longText, picture }), account);
  const offers = network.offersTo?.(request) ?? network.offers;
  const takesPicture = network.picture?.(account, {}) !== undefined;
  const able = Object.entries(methodsOf(network, settings)).flatMap(([method, has]) => (has ? [method] : []));
  return [
    network.remembersFor === undefined ? offers : `${offers} for a while`,
    ...able,
    ...(network.reportsLongest === true ? ["a limit that its server says"] : []),
    ...(replies === undefined ? [] : ["a thread"]),
    ...(takesPicture ? [request.pictures === undefined ? "a picture in the post" : "a picture before the post"] : []),
    // A network of several servers names them all.
    ...(network.server(account).includes(" ") ? ["several servers"] : []),
    await copyOf(network, account),
  ].join(", ");
};

const everyTraits = [...new Map(simulatedNetworks.flatMap(traitsOn).map((one) => [JSON.stringify(one), one])).values()];

/** Returns the accounts by capability: those of each network with the settings that it takes. */
export const capabilitiesOf = async (
  networks: readonly DefinedNetwork[],
): Promise<ReadonlyMap<string, readonly string[]>> => {
  const all = networks.flatMap((network) =>
    everyTraits.filter((traits) => takesSettings(network, traits)).map((traits) => ({ network, traits })),
  );
  const found = new Map<string, readonly string[]>();
  for (const { network, traits } of all) {
    const capability = await capabilityOf(network, traits);
    found.set(capability, [...(found.get(capability) ?? []), `${network.name} ${JSON.stringify(traits)}`]);
  }
  return found;
};

/** Returns the capabilities that some case has an account do. */
export const simulatedCapabilities = async (networks: readonly DefinedNetwork[]): Promise<ReadonlySet<string>> => {
  const all = simulatedNetworks.flatMap((name) => {
    const network = networks.find((one) => one.name === name);
    return network === undefined ? [] : traitsOn(name).map((traits) => capabilityOf(network, traits));
  });
  return new Set(await Promise.all(all));
};
