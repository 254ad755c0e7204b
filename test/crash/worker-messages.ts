import * as z from "zod";
import { deliveryStates } from "../../src/domain/delivery.ts";
import { points } from "./cells.ts";

const store = z.discriminatedUnion("engine", [
  z.object({ engine: z.literal("sqlite"), folder: z.string() }),
  z.object({ engine: z.literal("dynamodb"), endpoint: z.string(), table: z.string(), folder: z.string() }),
]);

/** The procedures for a delivery: the use case, or one of the ways that lose or double a post. */
export const procedures = [
  "deliver",
  "send, then record",
  "reply, then record",
  "record, then send",
  "record, then change",
] as const;

const open = z.object({
  kind: z.literal("open"),
  store,
  procedure: z.enum(procedures),
  /** Base URLs: of the networks, and of a port on which nobody listens. */
  networks: z.string(),
  closed: z.string(),
  network: z.string(),
  settings: z.record(z.string(), z.unknown()),
  deliveries: z.array(
    z.object({
      /** The name of its account and of its post. */
      name: z.string(),
      /** The number of its requests that are refused. */
      refused: z.number(),
      isPatient: z.boolean(),
    }),
  ),
  stopAt: z.enum(points).optional(),
  /** The number of workers that run at once in this process. */
  workers: z.number(),
  /** The milliseconds by which this worker's clock is ahead. */
  skew: z.number(),
  seed: z.string(),
});

export const request = z.discriminatedUnion("kind", [
  open,
  /** Works once on every delivery. `offset`: how far the time is ahead of the machine's, in milliseconds. */
  z.object({ kind: z.literal("pass"), offset: z.number() }),
  z.object({ kind: z.literal("rows") }),
  z.object({ kind: z.literal("close") }),
]);
export type WorkerRequest = z.infer<typeof request>;
export type Open = z.infer<typeof open>;

export const answer = z.object({
  /** The deliveries whose worker has stopped where it is to be killed. */
  reached: z.array(z.string()).default([]),
  rows: z.array(z.object({ name: z.string(), state: z.enum(deliveryStates), due: z.number().optional() })).default([]),
});
export type WorkerAnswer = z.infer<typeof answer>;
