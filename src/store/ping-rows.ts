import * as z from "zod";
import type { Ping } from "../domain/ping.ts";
import type { Pings } from "../ports/store.ts";
import { type Rows, tellDue } from "./due-listener.ts";
import { dueAttributes, pingKey } from "./keys.ts";
import { onVersion } from "./table.ts";

const instant = z.number();

const shape = {
  site: z.string(),
  key: z.string(),
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

export const dynamoPings = (rows: Rows): Pings => {
  const { table } = rows;

  const nudge: Pings["nudge"] = async (ref, topics, publicAt) => {
    const { site, key: feed, hub } = ref;
    const key = pingKey(ref);
    const set = [
      ...["site", "key", "hub", "topics", "publicAt", "attempts"].map((name) => `#${name} = :${name}`),
      "#dueAt = :dueAt",
      "#dueShard = :dueShard",
    ];
    const values = { site, key: feed, hub, topics, publicAt, attempts: 0 };
    const attempt = (own: readonly string[], due: object, condition: string) =>
      table.update(
        key,
        {
          text: `SET ${own.join(", ")} REMOVE #failures ADD #version :one`,
          values: { ...values, ...due, one: 1 },
        },
        { text: condition, values: { publicAt } },
      );
    const sooner = "attribute_not_exists(#dueAt) OR #dueAt > :publicAt";
    const row =
      (await attempt(set, dueAttributes(key, publicAt), sooner)) ??
      (await attempt(set.slice(0, -2), {}, "#dueAt <= :publicAt"));
    // Another worker has cleared or moved the due between the two tries.
    if (row === undefined) return nudge(ref, topics, publicAt);
    tellDue(rows, ref, pingRow.parse(row).dueAt);
  };

  return {
    nudge,
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
