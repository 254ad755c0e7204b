import { expect, test } from "vitest";
import { networks } from "../../src/networks/index.ts";
import { capabilitiesOf, simulatedCapabilities } from "./capability.ts";

/** Returns the accounts by capability, for the capabilities that no case has an account do. */
const unsimulated = async (all: typeof networks) => {
  const simulated = await simulatedCapabilities(networks);
  return Object.fromEntries([...(await capabilitiesOf(all))].filter(([capability]) => !simulated.has(capability)));
};

test("whatever a network of the registry can do, some case has an account do", async () => {
  const advice = "CONTRIBUTING.md, Add a network: a model in test/simulation/network, and accounts in accounts.ts";
  expect(await unsimulated(networks), advice).toEqual({});
});

test("a network that can do something else is one that no case has", async () => {
  const devto = networks.filter(({ name }) => name === "devto");
  const unprotected = devto.map((one) => ({ ...one, offersTo: () => "none" as const }));
  expect(Object.values(await unsimulated(unprotected))).toEqual([["devto {}"]]);
});
