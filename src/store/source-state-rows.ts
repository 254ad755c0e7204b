import * as z from "zod";
import type { FeedMemory, WindowEntry } from "../domain/polled-feed.ts";
import type { SourceState, SourceStates } from "../ports/store.ts";
import { sourceStateKey } from "./keys.ts";
import { orUndefined } from "./or-undefined.ts";
import { onVersion, type Table } from "./table.ts";

const entries = z.array(
  z.object({
    path: z.string(),
    hash: orUndefined(z.string()),
    published: orUndefined(z.number()),
  } satisfies Record<keyof WindowEntry, z.ZodType>),
);

const feed = z.object({
  url: z.string(),
  validators: z.object({ etag: z.string().exactOptional(), lastModified: z.string().exactOptional() }),
  recipe: z.string(),
  pollAfter: orUndefined(z.number()),
  next: z.number(),
  last: orUndefined(z.object({ at: z.number(), answer: z.enum(["entries", "unchanged", "failed"]) })),
  failures: z.number(),
  problem: orUndefined(z.string()),
  reading: orUndefined(z.string()),
  window: entries,
  asking: entries,
} satisfies Record<keyof FeedMemory, z.ZodType>);

const stateRow = z.object({
  site: z.string(),
  source: z.string(),
  version: z.number(),
  listed: orUndefined(z.number()),
  began: orUndefined(z.number()),
  feed: orUndefined(feed),
} satisfies Record<keyof SourceState, z.ZodType>);

export const tableSourceStates = (table: Table): SourceStates => ({
  read: async (site, source) => {
    const row = await table.get(sourceStateKey(site, source));
    return row === undefined
      ? { site, source, version: 0, listed: undefined, began: undefined, feed: undefined }
      : stateRow.parse(row);
  },
  save: (state) =>
    table.put(
      { ...sourceStateKey(state.site, state.source), ...state, version: state.version + 1 },
      onVersion(state.version),
    ),
});
