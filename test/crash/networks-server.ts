import { setTimeout as pause } from "node:timers/promises";
import type { Account } from "../../src/domain/account.ts";
import type { Clock } from "../../src/ports/runtime.ts";
import type { FaultKind } from "../../src/sandbox/emulator.ts";
import { isLive, timelineInMemory } from "../../src/sandbox/timeline.ts";
import { startSandbox } from "../support/sandbox-server.ts";
import type { Fault, Run } from "./cells.ts";
import { heldPath } from "./giving-up.ts";
import { isWrite } from "./stops-at.ts";

/** The sandbox's own name of a fault. */
const sandboxFaults: { readonly [fault in Fault]?: FaultKind } = {
  "reset before": "reset-before",
  "applied, then reset": "reset-after",
  "applied, then 500": "applied-500",
  "503": "503",
  "429 with Retry-After": "429",
};

const appliesNothing: readonly Fault[] = ["reset before", "503", "429 with Retry-After"];

/** Longer than the answer to a request usually takes. */
const slow = 80;

interface Received {
  readonly run: Run;
  readonly isFirst: boolean;
  /** The fault that this request meets, if any. */
  readonly fault: Fault | undefined;
}

const isClosed = ({ signal }: Request): Promise<unknown> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener("abort", resolve, { once: true });
  });

/**
 * The sandbox on a real server, with the faults of the runs. It can act on a request after the process that sent it was
 * killed, as a network does.
 */
export const startNetworks = async (accounts: readonly Account[], runs: readonly Run[], clock: Clock) => {
  const writes = new Map<string, Received[]>();
  const copies = new Map<string, number>();
  const arrivals = new Map(runs.map(({ name }) => [name, Promise.withResolvers<void>()]));
  const held = new Map<string, PromiseWithResolvers<void>>();
  const heldOf = (name: string): PromiseWithResolvers<void> => {
    const one = held.get(name) ?? Promise.withResolvers<void>();
    held.set(name, one);
    return one;
  };
  const acting = new Set<Promise<Response>>();
  let killed = Promise.withResolvers<void>();
  let isHolding = false;
  let hasBegun = false;

  const receive = (name: string): Received | undefined => {
    const run = runs.find((one) => one.name === name);
    if (run === undefined || !hasBegun) return undefined;
    const earlier = writes.get(name) ?? [];
    const received = { run, isFirst: earlier.length === 0, fault: earlier.length < run.times ? run.fault : undefined };
    writes.set(name, [...earlier, received]);
    return received;
  };
  const act = async (
    { run, isFirst, fault }: Received,
    request: Request,
    closed: Promise<unknown>,
    serve: (request: Request) => Promise<Response>,
  ): Promise<Response> => {
    const arrive = arrivals.get(run.name)?.resolve;
    if (isHolding && isFirst && run.actsAfterKill) {
      arrive?.();
      await killed.promise;
    }
    if (fault === "applied slowly" && run.answersLate) await pause(slow);
    if (fault === "applied slowly" && !run.answersLate) {
      heldOf(run.name).resolve();
      await closed;
      held.delete(run.name);
    }
    const response = await serve(request);
    const isApplied = fault === undefined ? response.ok : !appliesNothing.includes(fault);
    if (isApplied) copies.set(run.name, (copies.get(run.name) ?? 0) + 1);
    arrive?.();
    return response;
  };

  const sandbox = await startSandbox(accounts, clock, timelineInMemory(), async (request, serve) => {
    const { url, method } = request;
    const { pathname } = new URL(url);
    if (pathname.startsWith(heldPath)) {
      await heldOf(pathname.slice(heldPath.length)).promise;
      return new Response();
    }
    const received = isWrite(method, url) ? receive(pathname.split("/")[4] ?? "") : undefined;
    if (received === undefined) return serve(request);
    const closed = isClosed(request);
    // The whole request is here: what becomes of its sender changes nothing any more.
    const body = await request.arrayBuffer();
    const headers = new Headers(request.headers);
    if (received.run.ignoresKeys) headers.delete("idempotency-key");
    const whole = new Request(url, { method, headers, body });
    const answer = act(received, whole, closed, serve);
    acting.add(answer);
    return answer.finally(() => acting.delete(answer));
  });
  return {
    url: sandbox.url,
    close: sandbox.close,
    /** Makes requests meet the faults of their runs from now on. */
    begin: async (): Promise<void> => {
      hasBegun = true;
      for (const { name, fault, times } of runs) {
        const kind = sandboxFaults[fault];
        if (kind !== undefined) await sandbox.fault(name, kind, times);
      }
    },
    /** Delays the requests of the runs that say so from now on, until their sender was killed. */
    holdRequests: () => {
      isHolding = true;
      killed = Promise.withResolvers<void>();
    },
    /** Lets the network act on the requests that it holds. */
    releaseRequests: () => {
      isHolding = false;
      killed.resolve();
    },
    /** Resolves when the network has the request, and has acted on it if it acts before the kill. */
    hasArrived: (name: string) => arrivals.get(name)?.promise,
    /** Resolves when the network has acted on everything that it has received and does not hold. */
    isIdle: async () => {
      while (!isHolding && acting.size > 0) await Promise.allSettled(acting);
    },
    /** The posts of an account, which has one delivery. */
    posts: (name: string) => sandbox.posts(name).filter(isLive),
    /**
     * Counts the requests of an account that made a post. The receiver of webhooks in the sandbox recognises a message
     * that it has; one that does not would have a post for each.
     */
    acceptedWrites: (name: string): number => copies.get(name) ?? 0,
  };
};
export type NetworksServer = Awaited<ReturnType<typeof startNetworks>>;
