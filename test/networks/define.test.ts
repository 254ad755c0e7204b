import { expect, test } from "vitest";
import * as z from "zod";
import { defineNetwork } from "../../src/networks/define.ts";
import { networks } from "../../src/networks/index.ts";
import { anAccount } from "../support/builders.ts";
import { aSnippet } from "../support/snippets.ts";

/** Its schema's output is no input of it: who reads it twice fails. */
const settings = z.strictObject({ wait: z.templateLiteral([z.number(), "s"]).transform(Number.parseFloat) });

const toy = defineNetwork({
  name: "toy",
  offers: "none",
  can: { edit: false, remove: false },
  settle: 0,
  settings,
  credentials: z.object({ token: z.string() }),
  sandboxCredentials: () => ({ token: "t" }),
  length: (text) => text.length,
  key: (seed) => seed,
  compose: (_, { wait }) => ({ text: "", length: 0, limit: 1, request: { wait } }),
  connect: ({ settings: { wait } }) => ({ send: async () => ({ kind: "rejected", reason: `${wait}` }) }),
});

const account = anAccount({ network: "toy", settings: settings.parse({ wait: "5s" }) });

test("a network gets an account's settings as the configuration has read them", async () => {
  expect(toy.compose(aSnippet(), account).request).toEqual({ wait: 5 });
  const connection = toy.connect({ account, credentials: { token: "t" } });
  expect(await connection.send({}, "", AbortSignal.timeout(1000))).toEqual({ kind: "rejected", reason: "5" });
});

test("an account of another network is refused: its settings are others", () => {
  expect(() => toy.compose(aSnippet(), anAccount({ name: "me", network: "x" }))).toThrow('"me" is on x, not on toy');
});

test.each(networks.map((network) => [network.name, network] as const))(
  "the settings of %s survive the JSON in which functions carry them",
  (_, { settings: own }) => {
    const read = own.parse({});
    expect(JSON.parse(JSON.stringify(read))).toEqual(read);
  },
);
