import * as z from "zod";
import { type FeedKey, isFeedKey } from "../../domain/feed-key.ts";
import type { Ref } from "../../ports/store.ts";

const FeedKeySchema = z.custom<FeedKey>(isFeedKey, "names no feed");

const RefSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("post"), site: z.string(), id: z.string() }),
  z.object({ kind: z.literal("feed"), site: z.string(), key: FeedKeySchema }),
  z.object({
    kind: z.literal("delivery"),
    site: z.string(),
    post: z.string(),
    account: z.string(),
    generation: z.int(),
  }),
  z.object({ kind: z.literal("ping"), site: z.string(), key: FeedKeySchema, hub: z.string() }),
  z.object({ kind: z.literal("notice"), site: z.string(), to: z.enum(["owner", "site"]), about: z.string() }),
]) satisfies z.ZodType<Ref>;

/** Parses the body of a record, which `queue/sqs-queue.ts` wrote. */
export const refOfBody = (body: string): Ref => RefSchema.parse(JSON.parse(body));
