import { join } from "node:path";
import type { App } from "../../compose.ts";
import type { Account } from "../../domain/account.ts";
import type { Clock } from "../../ports/runtime.ts";
import { sandboxApp } from "../../sandbox/sandbox-server.ts";
import { piecesOf } from "../../sandbox/text-pieces.ts";
import type { TimelinePost } from "../../sandbox/timeline.ts";
import type { Cleanup } from "./cleanup.ts";
import type { Fetch } from "./listen.ts";
import { openTimelineFile } from "./timeline-file.ts";

/** The emulated networks, with timelines in the data folder. */
export const openSandbox = async (
  data: string,
  accounts: readonly Account[],
  clock: Clock,
  cleanup: Cleanup,
  appOf: () => Pick<App, "deliveryOfCopy" | "siteApis">,
): Promise<Fetch> => {
  const timeline = await openTimelineFile(join(data, "sandbox.jsonl"));
  cleanup.add(timeline.close);
  const noteOf = async ({ account, id, text, card }: TimelinePost): Promise<string | undefined> => {
    // The link to the post is the last one.
    const link = card?.url ?? piecesOf(text).findLast(({ kind }) => kind === "link")?.text;
    return link === undefined ? undefined : (await appOf().deliveryOfCopy({ account, id, link }))?.reason;
  };
  const held = async () => {
    const pages = await Promise.all(appOf().siteApis.map((siteApi) => siteApi.deliveries("held")));
    return pages.flatMap(({ rows }) => rows).filter(({ sandbox }) => sandbox);
  };
  const app = sandboxApp({ timeline, accounts, clock, noteOf, held });
  return (request, env) => app.fetch(request, env);
};
