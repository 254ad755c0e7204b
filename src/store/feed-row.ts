import * as z from "zod";
import { type FeedKey, isFeedKey } from "../domain/feed-key.ts";
import type { FeedState } from "../ports/store.ts";
import { orUndefined } from "./or-undefined.ts";
import type { Row } from "./table.ts";

export const feedKey = z.custom<FeedKey>(isFeedKey, "names no feed");

const fault = z.object({ file: z.string(), problem: z.string(), entry: z.string().exactOptional() });

const shape = {
  site: z.string(),
  key: feedKey,
  revision: z.number(),
  title: z.string(),
  empty: z.boolean().default(false),
  rendered: orUndefined(z.number()),
  updated: orUndefined(z.number()),
  faults: z.array(fault).default([]),
  pingPending: z.boolean().default(false),
} satisfies Record<Exclude<keyof FeedState, "due">, z.ZodType>;

const feedRow = z.object({
  ...shape,
  dueAt: z.number().optional(),
  lease: z.object({ holder: z.string(), until: z.number() }).optional(),
  registered: z.string().optional(),
});

export interface StoredFeed {
  readonly state: FeedState;
  readonly lease: { readonly holder: string; readonly until: number } | undefined;
  /** The feed's title in the list of its site. */
  readonly registered: string | undefined;
}

export const parseFeed = (row: Row): StoredFeed => {
  const { dueAt, lease, registered, ...state } = feedRow.parse(row);
  return { state: { ...state, due: dueAt }, lease, registered };
};
