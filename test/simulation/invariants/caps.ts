import type { Account } from "../../../src/domain/account.ts";
import { day, minute, second } from "../../../src/domain/time.ts";
import { accountKey } from "../../../src/store/keys.ts";
import type { SimulatedSite } from "../world.ts";

/**
 * A request may leave as long after its admission as the lease of its delivery lasts, and two processes' clocks may be
 * half a minute apart.
 */
const tolerance = 90 * second + minute;

/** Interval and daily cap hold for the posts that the network sees; what follows a post in a reply counts with it. `loosest`: of all configurations of the account in this case. */
export const checkCaps = (
  loosest: ReadonlyMap<string, Account["pacing"]>,
  { copies, damaged, installation, violate }: SimulatedSite,
): void => {
  for (const [account, { interval, dailyCap }] of loosest) {
    // A row that cannot be read does not say what the account has sent: that is counted from then on.
    if (damaged.some(({ kind, key }) => kind === "account" && key.pk === accountKey(account).pk)) continue;
    const times = copies
      .filter((copy) => copy.installation === installation && copy.account === account && copy.part === 0)
      .map(({ sentAt }) => sentAt)
      .toSorted((a, b) => a - b);
    for (const [index, at] of times.entries()) {
      const before = times[index - 1];
      if (before !== undefined && at - before < interval - tolerance)
        violate(`CAP: ${account} posted twice within ${at - before} ms, its interval is ${interval} ms`);
      const first = times[index - dailyCap];
      if (first !== undefined && at - first < day - tolerance)
        violate(`CAP: ${account} posted ${dailyCap + 1} times within a day, its limit is ${dailyCap}`);
    }
  }
};
