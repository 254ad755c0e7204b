import { afterAll, beforeAll, beforeEach } from "vitest";
import type { Account } from "../../src/domain/account.ts";
import type { Remote } from "../../src/domain/delivery.ts";
import type { Picture } from "../../src/domain/picture.ts";
import type { DefinedNetwork } from "../../src/networks/define.ts";
import type { Connection } from "../../src/ports/networks.ts";
import { aContent } from "../support/builders.ts";
import { aConfiguredAccount, methodsOf } from "../support/configured-account.ts";
import { closedPort } from "../support/sandbox-server.ts";
import { aSnippet } from "../support/snippets.ts";
import { rulesFor } from "./rules.ts";
import type { Lacks, TestAccount, TestServer } from "./server.ts";

/** It is sent the whole post, and not a text about it. */
export const isSentWhole = (network: DefinedNetwork, account: Account): boolean => {
  const content = aContent({ html: "<p>The body.</p>" });
  return JSON.stringify(network.compose(aSnippet({ content }), account).request).includes("The body.");
};

const aPicture: Picture = { hash: "0".repeat(64), mediaType: "image/png", size: 1, width: 1, height: 1 };

/** Returns the capabilities that a network lacks, whatever the server. */
const lacksOf = (network: DefinedNetwork, account: Account): Lacks => {
  const has = methodsOf(network, account.settings);
  const sample = aSnippet(network.picture?.(account, {}) === undefined ? {} : { picture: aPicture });
  const { request } = network.compose(sample, account);
  const lacks = (need: keyof Lacks, isThere: boolean, reason: string): Lacks => (isThere ? {} : { [need]: reason });
  return {
    ...lacks("edit", has.edit, `${network.name} has no edits`),
    ...lacks("remove", has.remove, `${network.name} has no deletions`),
    ...lacks("find", has.find, `${network.name} cannot be read`),
    ...lacks(
      "once",
      ["key", "refuse"].includes(network.offersTo?.(request) ?? network.offers),
      `${network.name} takes a second copy`,
    ),
    ...lacks("cut", !isSentWhole(network, account), `${network.name} is sent the whole post here`),
    ...lacks("picture", network.picture?.(account, {}) !== undefined, `${network.name} takes no picture from us`),
  };
};

/**
 * The context that the rules of a network share: an account on a server for those of one `describe`, with a connection
 * for each. `part` is the part of the contract, for the account's name. `label` is the rules' name for the network.
 */
export const contractContext = (
  network: DefinedNetwork,
  server: TestServer,
  part: string,
  { label = network.name, settings = {} }: { readonly label?: string; readonly settings?: Account["settings"] } = {},
) => {
  const configured = aConfiguredAccount({ name: `${part}-${network.name}`, network: network.name, settings });
  const lacks: Lacks = { ...server.lacks, ...lacksOf(network, configured) };
  let opened: TestAccount;
  let connection: Connection;
  let closed = "";
  let count = 0;
  let now = Date.now();

  beforeAll(async () => {
    opened = await server.open(network, configured, () => now);
    closed = await closedPort();
  });
  afterAll(() => opened?.close());
  beforeEach(() => {
    count += 1;
    now = server.keepsClock ? now + 1000 : Date.now();
    connection = opened.connect();
  });

  return {
    has: (need: keyof Lacks): boolean => lacks[need] === undefined,
    rule: rulesFor(`${label} on ${server.name}`, lacks),
    account: () => opened.account,
    connection: () => connection,
    connect: (...options: Parameters<TestAccount["connect"]>) => opened.connect(...options),
    posts: () => opened.posts(),
    fault: (...given: Parameters<TestAccount["fault"]>) => opened.fault(...given),
    answerTo: (...given: Parameters<TestAccount["answerTo"]>) => opened.answerTo(...given),
    /** What the id of this copy equals after an edit, on the server and in a look. */
    idAfterEdit: ({ id }: Remote): unknown => (id === null ? id : (server.idAfterEdit?.(id) ?? id)),
    /** An address at which no server listens. */
    closed: () => closed,
    /** The number of the test: no other has the same. */
    count: () => count,
    now: () => now,
  };
};

export type ContractContext = ReturnType<typeof contractContext>;
