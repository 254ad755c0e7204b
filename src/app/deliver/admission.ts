import { type Account, type Policies, sandboxRow } from "../../domain/account.ts";
import { conflict, retryOnConflict } from "../../domain/concurrency.ts";
import { claimantOf, type Delivery } from "../../domain/delivery.ts";
import { type HomeCommands, movedReason } from "../../domain/installation.ts";
import { countedAs, type Gate, type Go, passGate, passInSandbox } from "../../domain/request-gates.ts";
import type { Hold, Wait } from "../../domain/send-rules.ts";
import type { Site } from "../../domain/site.ts";
import type { Accounts, Moves } from "../../ports/store.ts";
import { leaseFor } from "./lease.ts";
import { releaseServer, type ServerPorts, waitForServer } from "./network-server.ts";

interface Ports extends ServerPorts {
  readonly accountStates: Accounts;
  readonly moves: Moves;
  readonly home: Pick<HomeCommands, "resume">;
  readonly policies: Policies;
  readonly site: (id: string) => Site;
}

const factsOf = async (row: string, delivery: Delivery, cost: number, account: Account, ports: Ports) => {
  const now = ports.clock();
  const skipsBreaker = delivery.admitted || delivery.approved;
  const { seed, turnedAway = 0 } = delivery;
  const login = await ports.networks.fingerprint(account);
  // The sandbox is of this home alone.
  const moved = delivery.sandbox ? undefined : await ports.moves.read();
  const until = now + leaseFor(delivery);
  return {
    state: await ports.accountStates.read(row),
    moved: movedReason(moved, ports.home),
    request: {
      claimant: claimantOf(delivery),
      turn: { seed, turnedAway },
      copy: countedAs(delivery),
      skipsBreaker,
      until,
      cost,
      login,
    },
    account,
    burst: ports.policies.burst,
    timeZone: ports.site(delivery.site).timeZone,
    now,
  };
};

/**
 * Asks the account for a request of this delivery, in one conditional write on the account's row, which is also its
 * claim: one request of an account is on its way at a time, and one to its server. `cost`: of a post,
 * in US dollars. The sandbox has no limits.
 */
export const admit = async <Answer extends Wait | Hold>(
  delivery: Delivery,
  gate: Gate<Answer>,
  account: Account,
  ports: Ports,
  cost = 0,
): Promise<Answer | Wait | Pick<Go, "kind">> => {
  if (delivery.sandbox) return { kind: "go" };
  let isServerTaken = false;
  return retryOnConflict(`the account ${account.name}`, async () => {
    const answer = passGate(gate, await factsOf(account.name, delivery, cost, account, ports));
    if (answer.kind !== "go") {
      if (isServerTaken) await releaseServer(delivery, ports);
      return answer;
    }
    const wait = await waitForServer(delivery, account, ports);
    if (wait !== undefined) return wait;
    isServerTaken = true;
    return (await ports.accountStates.save(answer.state)) ? { kind: "go" } : conflict;
  });
};

/** Asks the breaker for a first send in the sandbox. `notes`: what a real account would wait for. */
export const admitInSandbox = (
  delivery: Delivery,
  cost: number,
  account: Account,
  ports: Ports,
): Promise<Hold | { readonly kind: "go"; readonly notes: readonly string[] }> =>
  retryOnConflict(`the sandbox of ${account.name}`, async () => {
    const answer = passInSandbox(await factsOf(sandboxRow(account), delivery, cost, account, ports));
    if (answer.kind !== "go") return answer;
    const { state, notes } = answer;
    return (await ports.accountStates.save(state)) ? { kind: "go", notes } : conflict;
  });
