import { expect, test } from "vitest";
import * as z from "zod";
import { type Definition, defineNetwork } from "../../src/networks/define.ts";
import { networks } from "../../src/networks/index.ts";
import { anAccount, start } from "../support/builders.ts";
import { aConfiguredAccount, connectionOf } from "../support/configured-account.ts";
import { noDeadline } from "../support/no-deadline.ts";
import { aSnippet } from "../support/snippets.ts";

/** The schema's output is not valid input: parsing it twice fails. */
const settings = z.strictObject({ wait: z.templateLiteral([z.number(), "s"]).transform(Number.parseFloat) });

const credentials = z.object({ token: z.string().transform((token) => `${token}!`) });

const definition = {
  name: "toy",
  offers: "none",
  contentWarning: "field",
  settle: 0,
  settings,
  credentials,
  length: (text) => text.length,
  server: ({ settings: { wait }, name }) => `${name} ${wait}`,
  key: (seed) => seed,
  compose: (_, { wait }) => ({
    text: "",
    wording: "",
    length: 0,
    limit: 1,
    isCut: false,
    wanted: 0,
    request: { wait },
  }),
  connect: ({ settings: { wait }, credentials: { token } }) => ({
    whoAmI: async () => ({ kind: "identity", id: undefined }),
    send: async () => ({ kind: "rejected", reason: `${wait} ${token}` }),
  }),
} satisfies Definition<typeof settings, typeof credentials>;

const toy = defineNetwork(definition);

const account = anAccount({ network: "toy", settings: settings.parse({ wait: "5s" }) });

const sent = (secret: Readonly<Record<string, string>>) =>
  connectionOf(toy.connect({ account, secret, fetch, clock: () => start })).send({}, "", noDeadline());

test("a network gets an account's settings as the configuration has parsed them", async () => {
  expect(toy.compose(aSnippet(), account).request).toEqual({ wait: 5 });
  expect(await sent({ token: "t" })).toMatchObject({ reason: expect.stringMatching(/^5 /) });
});

test("a network gets the fields of a secret, parsed once by its schema", async () => {
  expect(await sent({ token: "t" })).toMatchObject({ reason: "5 t!" });
});

test("a secret without a field gives no connection, and none of its values is shown", () => {
  const connected = toy.connect({ account, secret: { tokn: "s3cr3t" }, fetch, clock: () => start });
  expect(connected).toEqual({ problem: expect.stringMatching(/^the secret of mastodon needs token$/) });
  expect(JSON.stringify(connected)).not.toContain("s3cr3t");
});

test("an account's secret in the sandbox is made of its name, unless its network makes it of something else", () => {
  expect(toy.sandboxCredentials(account)).toEqual({ token: "sandbox-mastodon" });
  const sandboxCredentials = () => ({ token: "another" });
  expect(defineNetwork({ ...definition, sandboxCredentials }).sandboxCredentials(account)).toEqual({
    token: "another",
  });
});

test("the server of an account follows from its settings", () => {
  expect(toy.server(account)).toBe("mastodon 5");
});

test.each(networks)("an account on $name that says nothing else is on the same server each time", (network) => {
  const account = aConfiguredAccount({ name: "me", network: network.name });
  expect(network.server(account)).toMatch(/^(?:https:\/\/)?[a-z]+(?:[. ][a-z]+)*$/);
});

test("an account of another network is refused: its settings are others", () => {
  expect(() => toy.compose(aSnippet(), anAccount({ name: "me", network: "x" }))).toThrow('"me" is on x, not on toy');
});

test.each(networks.map((network) => [network.name, network] as const))(
  "the settings of %s survive the JSON of the function bundles",
  (name) => {
    const read = aConfiguredAccount({ network: name }).settings;
    expect(JSON.parse(JSON.stringify(read))).toEqual(read);
  },
);
