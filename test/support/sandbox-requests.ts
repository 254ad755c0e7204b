import * as z from "zod";
import type { Account } from "../../src/domain/account.ts";
import { sandboxApp } from "../../src/sandbox/sandbox-server.ts";
import { timelineInMemory } from "../../src/sandbox/timeline.ts";
import { anAccount, start } from "./builders.ts";

/** The fields that tests use; the others are kept for comparison. */
export const responseBody = z.looseObject({
  id: z.union([z.string(), z.number()]).optional(),
  data: z.looseObject({ id: z.string().optional() }).optional(),
});

/** The sandbox with one account, which has the name of its network. Without a server: requests are passed to the app. */
export const aSandbox = (network: string, settings: Account["settings"] = {}) => {
  const timeline = timelineInMemory();
  const accounts = [anAccount({ name: network, network, settings })];
  let now = start;
  const app = sandboxApp({ timeline, accounts, clock: () => now });
  const at = `/sandbox/api/${network}/${network}`;
  const send = async (method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) => {
    const init = {
      method,
      headers: { "content-type": "application/json", ...headers },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    };
    const response = await app.request(at + path, init);
    const text = await response.text();
    const json: unknown = text === "" ? {} : JSON.parse(text);
    return { status: response.status, body: responseBody.parse(Array.isArray(json) ? { list: json } : json) };
  };
  return {
    timeline,
    accounts,
    send,
    wait: (ms: number) => {
      now += ms;
    },
  };
};
