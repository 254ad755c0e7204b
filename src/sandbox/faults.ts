import type { Context } from "hono";
import type { SandboxEnv } from "./emulator.ts";

/** The failures that can be planned for a write of an account. */
export const faultKinds = [
  /** Refused, not applied. */
  "429",
  "500",
  "503",
  "401",
  /** The connection is reset and nothing was applied. */
  "reset-before",
  /** Applied, then the connection is reset. */
  "reset-after",
  /** Applied, then answered with a 500. */
  "applied-500",
  /** Applied, and never answered. */
  "silence",
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** The statuses with which an emulated network answers a request that fails on purpose. */
export type FailureStatus = 401 | 429 | 500 | 503;

export interface Faults {
  add(account: string, fault: FaultKind, times: number): void;
  /** Removes the next fault of the account, and returns it. */
  take(account: string): FaultKind | undefined;
}

export const plannedFaults = (): Faults => {
  const planned = new Map<string, FaultKind[]>();
  return {
    add: (account, fault, times) => {
      planned.set(account, [...(planned.get(account) ?? []), ...Array<FaultKind>(times).fill(fault)]);
    },
    take: (account) => planned.get(account)?.shift(),
  };
};

/** Answers one write. `apply` does what it requests, `fail` answers with the network's own error. */
export const withFault = async (
  fault: FaultKind | undefined,
  c: Context<SandboxEnv>,
  apply: () => Promise<Response>,
  fail: (status: FailureStatus) => Response,
): Promise<Response> => {
  switch (fault) {
    case undefined:
      return apply();
    case "429":
      return fail(429);
    case "500":
      return fail(500);
    case "503":
      return fail(503);
    case "401":
      return fail(401);
    case "reset-before":
      return resetConnection(c);
    case "reset-after":
      await apply();
      return resetConnection(c);
    case "applied-500":
      await apply();
      return fail(500);
    case "silence":
      return apply();
  }
};

/** Only a real server has a connection: @hono/node-server passes it as a binding. */
const resetConnection = (c: Context<SandboxEnv>): Response => {
  if (c.env?.incoming === undefined)
    return c.text("A reset needs a connection: run the sandbox on @hono/node-server.", 500);
  c.env.incoming.socket.resetAndDestroy();
  return c.body(null);
};

/** Resolves when the client has closed the connection. */
export const clientClosed = (c: Context<SandboxEnv>): Promise<unknown> => {
  const { signal } = c.req.raw;
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener("abort", resolve, { once: true });
  });
};
