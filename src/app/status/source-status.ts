import type { FeedMemory } from "../../domain/polled-feed.ts";
import type { Site } from "../../domain/site.ts";
import type { Source } from "../../ports/content.ts";
import type { SourceStates } from "../../ports/store.ts";
import type { PollStatus, SourceStatus } from "../site-api.ts";

interface Ports {
  /** The site's. */
  readonly sources: ReadonlyMap<string, Source>;
  readonly sourceStates: Pick<SourceStates, "read">;
}

const pollStatus = (feed: string, memory: FeedMemory | undefined): PollStatus => ({
  url: memory?.url ?? feed,
  polled: memory?.last?.at,
  answer: memory?.last?.answer,
  next: memory?.next,
  entries: memory?.window.length ?? 0,
  failures: memory?.failures ?? 0,
  problem: memory?.problem,
});

/** Where the documents of a site come from, and how the polls of its feeds went. */
export const listSources = async (
  site: Pick<Site, "id">,
  { sources, sourceStates }: Ports,
): Promise<readonly SourceStatus[]> =>
  Promise.all(
    [...sources.values()].map(async ({ name, feed }) => {
      const state = await sourceStates.read(site.id, name);
      return { name, listed: state.listed, poll: feed === undefined ? undefined : pollStatus(feed, state.feed) };
    }),
  );
