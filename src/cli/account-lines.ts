import type { Account } from "../api/contract.ts";
import type { Answer } from "../api/endpoints.ts";
import { columns, joined, minuteAndZone, nextMinuteAndZone } from "./columns.ts";
import { reachLabels } from "./output.ts";

const counted = ({ count, more }: Account["waiting"]): string => `${count}${more ? "+" : ""}`;

const noteOf = ({ identity, problem, paused, next, failed }: Account, timeZone: string): string =>
  joined("; ", [
    identity !== null && `logged in as ${identity}`,
    problem,
    paused && `paused since ${minuteAndZone(paused.since, timeZone)}: ${paused.reason}`,
    next && `next post from ${nextMinuteAndZone(next.at, timeZone)}: ${next.reason}`,
    failed.count > 0 && `${counted(failed)} failed`,
  ]);

/** What would go out if the accounts that post nowhere now were connected. */
const ifConnectedLines = (accounts: readonly Account[], timeZone: string): readonly string[] => {
  const silent = accounts.filter(({ ifConnected }) => ifConnected?.length === 0).map(({ name }) => name);
  const lines = [
    ...accounts.flatMap(({ name, ifConnected }) =>
      ifConnected === null || ifConnected.length === 0
        ? []
        : [
            `If ${name} were connected now, this would go out:`,
            ...columns(
              ifConnected.map(({ slug, at, reason }) => [
                `  ${slug}`,
                joined(", ", [reason, at && `from ${nextMinuteAndZone(at, timeZone)}`]),
              ]),
            ),
          ],
    ),
    ...(silent.length === 0 ? [] : [`If ${silent.join(", ")} were connected now, nothing would go out.`]),
  ];
  if (lines.length === 0) return [];
  return ["", ...lines, "What was published before is announced only by npx crier publish SLUG."];
};

export const accountLines = ({ accounts, timeZone }: Answer<"accounts">): readonly string[] => {
  if (accounts.length === 0) return ["No accounts: add some to crier.config.ts."];
  return [
    ...columns([
      ["ACCOUNT", "NETWORK", "POSTS", "TODAY", "WAITING", "HELD", "UNKNOWN", "NOTE"],
      ...accounts.map((account) => [
        account.name,
        account.network,
        reachLabels[account.reach] ?? account.reach,
        account.dailyCap === null ? "" : `${account.sentToday} of ${account.dailyCap}`,
        counted(account.waiting),
        counted(account.held),
        counted(account.unknown),
        noteOf(account, timeZone),
      ]),
    ]),
    ...ifConnectedLines(accounts, timeZone),
  ];
};
