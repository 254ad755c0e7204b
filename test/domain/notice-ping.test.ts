import { describe, expect, test } from "vitest";
import { afterPing, type Ping } from "../../src/domain/notice.ts";
import { backoff, giveUpMessageAfter, stopSending } from "../../src/domain/retry.ts";
import { day, hour, minute, second } from "../../src/domain/time.ts";
import { aPing, start } from "../support/builders.ts";

const seed = "8".repeat(64);
const refused = { kind: "refused", reason: "hub.example answered 503", retryAfter: undefined } as const;

/** The steps of a ping that is refused each time it is due, until it is given up. */
const refusedUntilGivenUp = (): readonly { readonly ping: Ping; readonly at: number }[] => {
  const steps: { readonly ping: Ping; readonly at: number }[] = [];
  let ping = aPing();
  while (ping.due !== undefined) {
    const at = ping.due;
    ping = afterPing(ping, refused, seed, at);
    steps.push({ ping, at });
  }
  return steps;
};

describe("a ping that the hub accepted", () => {
  test("is not due until the feed changes", () => {
    const failing = aPing({ attempts: 3, since: start - hour, wait: start, reason: "answered 503" });
    expect(afterPing(failing, { kind: "taken" }, seed, start)).toEqual(aPing({ pinged: start, due: undefined }));
  });

  test("is due once more where newer bytes become public later", () => {
    const ping = aPing({ publicAt: start + minute });
    expect(afterPing(ping, { kind: "taken" }, seed, start)).toMatchObject({ pinged: start, due: start + minute });
  });
});

describe("a ping that the hub refused", () => {
  test("is sent again later, and says why it waits", () => {
    expect(afterPing(aPing(), refused, seed, start)).toEqual(
      aPing({ attempts: 1, since: start, reason: refused.reason, due: start + backoff(seed, 1) }),
    );
  });

  test("waits longer each time, up to about an hour", () => {
    const waits = refusedUntilGivenUp().map(({ ping, at }) => ((ping.due ?? at) - at) / hour);
    expect(waits.slice(0, -1)).toEqual(waits.slice(0, -1).toSorted((a, b) => a - b));
    expect(Math.max(...waits)).toBe(backoff(seed, 99) / hour);
  });

  test("is given up after three days, with the reason, and starts again after that", () => {
    const last = refusedUntilGivenUp().at(-1);
    expect(last?.ping).toMatchObject({ due: undefined, reason: refused.reason, since: undefined });
    expect((last?.at ?? 0) - start).toBeGreaterThanOrEqual(giveUpMessageAfter);
    expect((last?.at ?? 0) - start).toBeLessThan(giveUpMessageAfter + 8 * hour);
  });

  test("waits as long as the hub asks", () => {
    const answer = { ...refused, retryAfter: 10 * minute };
    const at = start + 10 * minute;
    expect(afterPing(aPing(), answer, seed, start)).toMatchObject({ wait: at, due: at });
  });

  test("waits at least a second and at most a day, whatever the hub asks", () => {
    expect(afterPing(aPing(), { ...refused, retryAfter: 0 }, seed, start).due).toBe(start + second);
    expect(afterPing(aPing(), { ...refused, retryAfter: 400 * day }, seed, start).due).toBe(start + day);
  });

  test("clears a hub's wait that is over", () => {
    expect(afterPing(aPing({ wait: start }), refused, seed, start).wait).toBeUndefined();
  });
});

test("a ping that is stopped has a reason and is not due", () => {
  expect(stopSending(aPing({ wait: start }), "removed")).toEqual(aPing({ due: undefined, reason: "removed" }));
});
