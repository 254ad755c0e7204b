import { join } from "node:path";
import type { Account } from "../../domain/account.ts";
import type { Clock } from "../../ports/runtime.ts";
import { sandboxApp } from "../../sandbox/sandbox-server.ts";
import type { Cleanup } from "./cleanup.ts";
import type { Fetch } from "./listen.ts";
import { openTimelineFile } from "./timeline-file.ts";

/** The emulated networks, with timelines in the data folder. */
export const openSandbox = async (
  data: string,
  accounts: readonly Account[],
  clock: Clock,
  cleanup: Cleanup,
): Promise<Fetch> => {
  const timeline = await openTimelineFile(join(data, "sandbox.jsonl"));
  cleanup.add(timeline.close);
  const app = sandboxApp({ timeline, accounts, clock });
  return (request, env) => app.fetch(request, env);
};
