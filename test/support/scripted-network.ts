import { createServer, type Server } from "node:http";
import { afterEach, beforeEach } from "vitest";
import type { Account } from "../../src/domain/account.ts";
import type { DefinedNetwork } from "../../src/networks/define.ts";
import type { Connection } from "../../src/ports/networks.ts";
import { start } from "./builders.ts";
import { aConfiguredAccount, connectionOf } from "./configured-account.ts";

export interface ScriptedResponse {
  readonly status: number;
  readonly body?: unknown;
  /** A text that is not JSON, instead of `body`. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Script {
  /** Still to be answered. */
  responses: readonly ScriptedResponse[];
  /** Method and path of each request. */
  requests: readonly string[];
  /** A new connection to this server, as if it were the sandbox. */
  connect(settings?: Account["settings"]): Connection;
}

/** Makes the network's server, for the tests of a file, answer with the responses that a test lists, in their order. */
export const scriptedNetwork = (network: DefinedNetwork): Script => {
  let url = "";
  const script: Script = {
    responses: [],
    requests: [],
    connect: (settings = {}) => {
      const account = aConfiguredAccount({ name: network.name, network: network.name, settings });
      const secret = network.sandboxCredentials(account);
      return connectionOf(network.connect({ account, secret, sandbox: url, fetch, clock: () => start }));
    },
  };
  const date = new Date(start).toUTCString();
  let server: Server;
  beforeEach(async () => {
    Object.assign(script, { responses: [], requests: [] });
    server = createServer((request, response) => {
      const [next = { status: 500 }, ...rest] = script.responses;
      script.responses = rest;
      script.requests = [...script.requests, `${request.method} ${request.url}`];
      response.writeHead(next.status, {
        "content-type": "application/json",
        connection: "close",
        date,
        ...next.headers,
      });
      response.end(next.text ?? (next.body === undefined ? "" : JSON.stringify(next.body)));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    url = `http://127.0.0.1:${address !== null && typeof address === "object" ? address.port : 0}`;
  });
  afterEach(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return script;
};
