import type { Account } from "../../src/domain/account.ts";
import type { DefinedNetwork } from "../../src/networks/define.ts";
import type { Fetch } from "../../src/networks/http.ts";
import { guardedFetch } from "../../src/outside/network-fetch.ts";
import type { Connection, OpenTokens } from "../../src/ports/networks.ts";
import type { ReadPicture } from "../../src/ports/pictures.ts";
import type { Clock } from "../../src/ports/runtime.ts";
import type { FaultKind } from "../../src/sandbox/emulator.ts";
import { isLive } from "../../src/sandbox/timeline.ts";
import { connectionOf } from "../support/configured-account.ts";
import { startSandbox } from "../support/sandbox-server.ts";

/**
 * The requirements of a rule of the contract for a network and for the server that judges it: a method of the connection,
 * a fault, or one of these. `once`: a key or a refusal prevents a second copy. `login`: a wrong secret is refused.
 * `refusal`: invalid posts are refused. `http`: requests use HTTP. `cut`: a text that is too long is cut. `facets`: the
 * position of links in a text is checked. `roots`: the root that a reply names is checked. `picture`: the network takes pictures from us.
 */
export type Need =
  | "edit"
  | "remove"
  | "find"
  | "once"
  | "login"
  | "refusal"
  | "http"
  | "cut"
  | "facets"
  | "roots"
  | "picture"
  | FaultKind;

/** The capabilities that are missing, with the reason. */
export type Lacks = { readonly [One in Need]?: string };

/** A post that is not deleted, as a server has it. */
export interface StoredPost {
  readonly id: string;
  /** Undefined if the server does not return it. */
  readonly url: string | undefined;
  /** The text that readers see. */
  readonly text: string;
  /** The part of its request that the server keeps. */
  readonly request: unknown;
  /** `url`: where the server has its bytes. */
  readonly pictures: readonly { readonly url: string; readonly alt: string }[];
}

export interface ConnectOptions {
  /** Replaces the server's own address. */
  readonly at?: string;
  readonly secret?: Readonly<Record<string, string>>;
  readonly readPicture?: ReadPicture;
  readonly tokens?: OpenTokens;
  /** The requests go through it. */
  readonly fetch?: Fetch;
}

/** An account on a server, for one run of the contract. */
export interface TestAccount {
  /** The account has the settings that lead to the server. */
  readonly account: Account;
  connect(options?: ConnectOptions): Connection;
  /** The oldest first. */
  posts(): Promise<readonly StoredPost[]>;
  /** Fails the next write. */
  fault(fault: FaultKind): Promise<void>;
  /** Answers the next request whose body contains the text with these bytes: it does not reach the server. */
  answerTo(text: string, response: string): void;
  close(): Promise<void>;
}

/** A kind of server that the contract is run against. */
export interface TestServer {
  readonly name: string;
  readonly lacks: Lacks;
  /** It has the clock of the test, and not one of its own. */
  readonly keepsClock: boolean;
  /** Returns what the id of an edited post equals. Undefined if an edit does not change an id. */
  readonly idAfterEdit?: (id: string) => unknown;
  open(network: DefinedNetwork, account: Account, clock: Clock): Promise<TestAccount>;
}

/** The `fetch` that the networks of a running Crier have. */
export const networkFetch = guardedFetch();

/** The sandbox on the loopback. */
export const theSandbox: TestServer = {
  name: "the sandbox",
  lacks: {},
  keepsClock: true,
  open: async (network, account, clock) => {
    const sandbox = await startSandbox([account], clock);
    return {
      account,
      connect: ({ at = sandbox.url, secret = network.sandboxCredentials(account), ...options } = {}) =>
        connectionOf(network.connect({ account, secret, sandbox: at, fetch: networkFetch, clock, ...options })),
      posts: async () =>
        sandbox
          .posts(account.name)
          .filter(isLive)
          .map(({ id, url, text, request, card, pictures = [] }) => ({
            id,
            url,
            text,
            request,
            pictures: [
              ...(card?.picture === undefined ? [] : [{ url: sandbox.url + card.picture, alt: "" }]),
              ...pictures.map(({ path, alt }) => ({ url: sandbox.url + path, alt })),
            ],
          })),
      fault: (fault) => sandbox.fault(account.name, fault),
      answerTo: sandbox.answerTo,
      close: sandbox.close,
    };
  },
};
