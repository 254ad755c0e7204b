import { join } from "node:path";
import type { App } from "../../compose.ts";
import type { Account } from "../../domain/account.ts";
import { folderObjects } from "../../objects/folder-objects.ts";
import type { Clock } from "../../ports/runtime.ts";
import { piecesOf } from "../../sandbox/text-pieces.ts";
import type { Timeline, TimelinePost } from "../../sandbox/timeline.ts";
import { blobFiles } from "./blob-files.ts";
import type { Cleanup } from "./cleanup.ts";
import type { Fetch } from "./listen.ts";
import { openTimelineFile } from "./timeline-file.ts";
import type { watchStorage } from "./watch-storage.ts";

interface SandboxParts {
  readonly data: string;
  readonly accounts: readonly Account[];
  readonly clock: Clock;
  readonly storage: Pick<ReturnType<typeof watchStorage>, "files" | "objects" | "log">;
  readonly appOf: () => Pick<App, "deliveryOfCopy" | "siteApis">;
}

/** The emulated networks, with timelines in the data folder. */
export const openSandbox = async (
  { data, accounts, clock, storage, appOf }: SandboxParts,
  cleanup: Cleanup,
): Promise<Fetch> => {
  const file = await openTimelineFile(join(data, "sandbox.jsonl"));
  cleanup.add(file.close);
  const guard = storage.files(data);
  const timeline: Timeline = { all: file.all, put: (post) => guard(file.put(post)) };
  const noteOf = async ({ account, id, text, card }: TimelinePost): Promise<string | undefined> => {
    // The link to the post is the last one.
    const link = card?.url ?? piecesOf(text).findLast(({ kind }) => kind === "link")?.text;
    return link === undefined ? undefined : (await appOf().deliveryOfCopy({ account, id, link }))?.reason;
  };
  const held = async () => {
    const pages = await Promise.all(appOf().siteApis.map((siteApi) => siteApi.deliveries("held")));
    return pages.flatMap(({ rows }) => rows).filter(({ sandbox }) => sandbox);
  };
  const onError = (error: Error) => storage.log.warn(`the sandbox failed: ${error.message}`);
  const pictures = join(data, "sandbox-pictures");
  const blobs = blobFiles(storage.objects(folderObjects(pictures), pictures));
  const makeApp = async () => {
    const { sandboxApp } = await import("../../sandbox/sandbox-server.ts");
    return sandboxApp({ timeline, accounts, clock, blobs, noteOf, held, onError });
  };
  // Made at the first request: the first feed does not wait for the code of the emulated networks.
  let app: ReturnType<typeof makeApp> | undefined;
  return async (request, env) => {
    app ??= makeApp();
    return (await app).fetch(request, env);
  };
};
