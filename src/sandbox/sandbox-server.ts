import { Hono } from "hono";
import type { Account } from "../domain/account.ts";
import type { Instant } from "../domain/time.ts";
import { type Blobs, blobsInMemory } from "./blobs.ts";
import { fieldsOf, json, type SandboxEnv } from "./emulator.ts";
import { emulatorContexts } from "./emulator-context.ts";
import { faultKinds, plannedFaults } from "./faults.ts";
import { emulators } from "./index.ts";
import type { Timeline, TimelinePost } from "./timeline.ts";
import { type HeldPost, shownPosts, timelinePage } from "./timeline-page.ts";

export interface SandboxOptions {
  readonly timeline: Timeline;
  readonly accounts: readonly Account[];
  readonly clock: () => Instant;
  /** What clients upload; in memory if absent. */
  readonly blobs?: Blobs;
  /** What the page says about a post, if anything. */
  readonly noteOf?: (post: TimelinePost) => Promise<string | undefined>;
  /** What is held and not in a timeline yet. */
  readonly held?: () => Promise<readonly HeldPost[]>;
  /** A request failed by a fault of the sandbox or its disk. */
  readonly onError?: (error: Error) => void;
}

/**
 * The emulated networks: `/sandbox` for people, `/sandbox/posts.json`, `/sandbox/faults`, and the APIs under
 * `/sandbox/api/<network>/<account>`. Mount it at the root, and ask for the API's token at `/sandbox/faults`.
 */
export const sandboxApp = ({
  timeline,
  accounts,
  clock,
  blobs = blobsInMemory(),
  noteOf = async () => undefined,
  held = async () => [],
  onError = (error) => {
    throw error;
  },
}: SandboxOptions): Hono<SandboxEnv> => {
  const app = new Hono<SandboxEnv>();
  const faults = plannedFaults();
  const contextOf = emulatorContexts({ timeline, clock, faults, blobs });

  // A network does not tell its clients why.
  app.onError((error) => {
    onError(error);
    return json({ error: "something went wrong" }, 500);
  });

  app.get("/sandbox", async (c) => {
    const posts = timeline.all();
    const shown = accounts.flatMap((account) => shownPosts(account, posts));
    const notes = await Promise.all(shown.map(async (post) => [post, await noteOf(post)] as const));
    return c.html(timelinePage(accounts, posts, { notes: new Map(notes), held: await held() }, clock()));
  });
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
    const target = accounts.find(({ name }) => name === account);
    if (kind === undefined || target === undefined || typeof times !== "number" || !(times >= 1 && times <= 10_000)) {
      const detail = `Send {"account": one of ${accounts.map(({ name }) => name).join(", ")}, "fault": one of ${faultKinds.join(", ")}, "times": 1}`;
      return json({ type: "about:blank", title: "No such fault", status: 400, detail }, 400, {
        "content-type": "application/problem+json",
      });
    }
    faults.add(target.name, kind, Math.trunc(times));
    return json({ account: target.name, fault: kind, times });
  });
  for (const emulator of emulators) {
    const api = new Hono<SandboxEnv>();
    // The networks' clock is the sandbox's.
    api.use(async (c, next) => {
      await next();
      c.header("date", new Date(clock()).toUTCString());
    });
    api.use(async (c, next) => {
      const name = c.req.param("account");
      const account = accounts.find((one) => one.name === name && one.network === emulator.network);
      if (account === undefined) return json({ error: `there is no account ${name} on ${emulator.network}` }, 404);
      c.set("account", account);
      return next();
    });
    emulator.addRoutes(api, contextOf(emulator));
    app.route(`/sandbox/api/${emulator.network}/:account`, api);
  }
  return app;
};
