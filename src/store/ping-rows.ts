import * as z from "zod";
import type { Ping } from "../domain/ping.ts";
import { conflict, retryOnConflict } from "../domain/retry-on-conflict.ts";
import type { Pings } from "../ports/store.ts";
import { type Rows, tellDue, updateDueBy } from "./due-listener.ts";
import { feedKey } from "./feed-key-schema.ts";
import { dueAttributes, pingKey } from "./keys.ts";
import { onVersion } from "./table.ts";

const instant = z.number();

const shape = {
  site: z.string(),
  key: feedKey,
  hub: z.string(),
  version: z.number(),
  topics: z.array(z.string()),
  publicAt: instant,
  attempts: z.number(),
  since: instant.optional(),
  wait: instant.optional(),
  pinged: instant.optional(),
  reason: z.string().optional(),
} satisfies Record<Exclude<keyof Ping, "due">, z.ZodType>;

const pingRow = z.object({ ...shape, dueAt: instant.optional() });

export const tablePings = (rows: Rows): Pings => {
  const { table } = rows;

  return {
    nudge: async (ref, topics, publicAt) => {
      const { site, key, hub } = ref;
      const set = { site, key, hub, topics, publicAt, attempts: 0 };
      const change = { set, remove: ["failures"], add: { version: 1 } };
      await retryOnConflict(
        `the ping of ${hub}`,
        async () => (await updateDueBy(rows, ref, change, publicAt)) ?? conflict,
      );
    },
    read: async (ref) => {
      const row = await table.get(pingKey(ref));
      if (row === undefined) return undefined;
      const { dueAt, ...ping } = pingRow.parse(row);
      return { ...ping, due: dueAt };
    },
    save: async ({ due, ...ping }) => {
      const key = pingKey(ping);
      const row = { ...key, ...ping, ...dueAttributes(key, due), version: ping.version + 1 };
      const saved = await table.put(row, onVersion(ping.version));
      if (saved) tellDue(rows, { kind: "ping", site: ping.site, key: ping.key, hub: ping.hub }, due);
      return saved;
    },
  };
};
