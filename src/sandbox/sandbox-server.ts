import { Hono } from "hono";
import type { Account } from "../domain/account.ts";
import type { Instant } from "../domain/time.ts";
import { actBluesky } from "./bluesky-emulator.ts";
import { fieldsOf, json, type Sandboxed, type Stage } from "./emulator.ts";
import { faultKinds, hungUp, plannedFaults, withFault } from "./faults.ts";
import { actMastodon } from "./mastodon-emulator.ts";
import type { Timeline } from "./timeline.ts";
import { timelinePage } from "./timeline-page.ts";
import { actX } from "./x-emulator.ts";

export interface SandboxOptions {
  readonly timeline: Timeline;
  readonly accounts: readonly Account[];
  readonly now: () => Instant;
}

/**
 * The networks, acted out: `/sandbox` for people, `/sandbox/posts.json`, `/sandbox/faults`, and the APIs under
 * `/sandbox/api/<account>/…`. Mount it at the root. Who mounts it asks for the API's token at `/sandbox/faults`.
 */
export const sandboxApp = ({ timeline, accounts, now }: SandboxOptions): Hono<Sandboxed> => {
  const app = new Hono<Sandboxed>();
  const faults = plannedFaults();
  const inTurn = turns();
  const stage: Stage = {
    timeline,
    now,
    account: (name, network) => accounts.find((account) => account.name === name && account.network === network),
    nextId: ids(timeline, now),
    write: (refuse, handler) => async (c) => {
      const account = c.get("account");
      const fault = faults.take(account.name);
      const response = await inTurn(account.name, () => withFault(fault, c, () => handler(c, account), refuse));
      if (fault === "silence") await hungUp(c);
      return response;
    },
  };

  app.get("/sandbox", (c) => c.html(timelinePage(accounts, timeline.all(), now())));
  app.get("/sandbox/posts.json", () =>
    json(
      timeline.all().map(({ account, network, id, text, url, createdAt, deletedAt }) => ({
        account,
        network,
        id,
        text,
        url,
        createdAt,
        deletedAt,
      })),
    ),
  );
  app.post("/sandbox/faults", async (c) => {
    const { account, fault, times = 1 } = (await fieldsOf(c)) ?? {};
    const kind = faultKinds.find((known) => known === fault);
    const named = accounts.find(({ name }) => name === account);
    if (kind === undefined || named === undefined || typeof times !== "number" || !(times >= 1 && times <= 10_000)) {
      const detail = `Send {"account": one of ${accounts.map(({ name }) => name).join(", ")}, "fault": one of ${faultKinds.join(", ")}, "times": 1}`;
      return json({ type: "about:blank", title: "No such fault", status: 400, detail }, 400, {
        "content-type": "application/problem+json",
      });
    }
    faults.add(named.name, kind, Math.trunc(times));
    return json({ account: named.name, fault: kind, times });
  });
  for (const act of [actX, actBluesky, actMastodon]) act(app, stage);
  return app;
};

/** One after the other for each account: two requests with one key at once must not make two posts. */
const turns = () => {
  const last = new Map<string, Promise<unknown>>();
  return <T>(account: string, act: () => Promise<T>): Promise<T> => {
    const turn = (last.get(account) ?? Promise.resolve()).then(act, act);
    last.set(
      account,
      turn.catch(() => undefined),
    );
    return turn;
  };
};

/** Microseconds, so that ids grow with time as the networks' do; never below one that is taken. */
const ids = (timeline: Timeline, now: () => Instant): (() => string) => {
  const taken = timeline.all().map(({ id }) => (/^\d{1,19}$/.test(id) ? Number(id) : 0));
  let last = taken.reduce((most, id) => Math.max(most, id), 0);
  return () => {
    last = Math.max(last + 1, now() * 1000);
    return String(last);
  };
};
