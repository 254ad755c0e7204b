import * as z from "zod";
import type { TimelinePost } from "./timeline.ts";

/** The forms that the schema has seen to. */
export const event = z.object({
  id: z.string(),
  pubkey: z.string(),
  created_at: z.number(),
  kind: z.number(),
  tags: z.array(z.tuple([z.string()], z.string())),
  content: z.string(),
  sig: z.string(),
});
export const filter = z.looseObject({
  ids: z.array(z.string()).optional(),
  authors: z.array(z.string()).optional(),
  kinds: z.array(z.int()).optional(),
  since: z.int().optional(),
  until: z.int().optional(),
  limit: z.int().optional(),
});

export type Event = z.infer<typeof event>;
export type Filter = z.infer<typeof filter>;

export const eventOf = ({ request }: TimelinePost): Event => event.parse(request);

export const valuesOf = ({ tags }: Event, name: string): readonly string[] =>
  tags.flatMap(([own, value]) => (own === name && value !== undefined ? [value] : []));

export const meets = (one: Event, { ids, authors, kinds, since, until, limit: _, ...tags }: Filter): boolean =>
  (ids?.includes(one.id) ?? true) &&
  (authors?.includes(one.pubkey) ?? true) &&
  (kinds?.includes(one.kind) ?? true) &&
  one.created_at >= (since ?? 0) &&
  one.created_at <= (until ?? one.created_at) &&
  Object.entries(tags).every(([name, wanted]) =>
    valuesOf(one, name.slice(1)).some((value) => Array.isArray(wanted) && wanted.includes(value)),
  );

/** What meets one of the filters, each up to its own limit, the newest first (NIP-01). */
export const foundBy = (events: readonly Event[], filters: readonly Filter[]): readonly Event[] => {
  const sorted = events.toSorted((a, b) => b.created_at - a.created_at || (a.id < b.id ? -1 : 1));
  const found = new Set(
    filters.flatMap((given) => sorted.filter((one) => meets(one, given)).slice(0, given.limit ?? sorted.length)),
  );
  return sorted.filter((one) => found.has(one));
};
