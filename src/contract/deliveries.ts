import * as z from "zod";
import { deliveryStates, duplicateKinds, holdKinds } from "../domain/delivery.ts";
import { list, moment, oneOf, orNull, text } from "./values.ts";

const historyEntry = z.object({
  at: moment,
  state: oneOf(deliveryStates).describe("The state from then on."),
  attempt: orNull(z.number()).describe("How many requests of its kind were made by then, where one was made."),
  reason: orNull(text).describe("The network's answer, or why it waits, was held, failed …"),
  by: orNull(text).describe("Who did it, as they named themselves."),
});

const history = z
  .object({
    planned: moment,
    first: list(historyEntry),
    omitted: z.number().describe("How many entries between the oldest and the newest were left out."),
    last: list(historyEntry),
  })
  .meta({ id: "History" });

export const delivery = z
  .object({
    id: text,
    slug: text.describe("Names its post: the slug, or the path of the address where that says more."),
    account: text,
    network: text,
    state: oneOf(deliveryStates),
    version: z.number().describe("It grows with every change of the delivery."),
    hold: orNull(oneOf(holdKinds)).describe("The kind of hold, where it is held, or where an edit of its copy is."),
    shown: orNull(
      z.object({
        text: text.describe("A thread has an empty line between its posts."),
        hash: text.describe("Of all that readers would see: text, link, card, visibility, picture."),
        approved: z.boolean(),
      }),
    ).describe("What readers will see, where the delivery or an edit of its copy waits or is held."),
    generation: z.number(),
    sandbox: z.boolean(),
    posted: orNull(moment).describe("When it was first sent, where the network has it."),
    url: orNull(text).describe("The URL of the copy on the network."),
    stale: z.boolean().describe("The copy differs from the post, or is there although the post was deleted."),
    unfinished: z.boolean().describe("Only a part of it is known to be on the network: `resolve` takes it."),
    duplicate: orNull(oneOf(duplicateKinds)).describe(
      "Set where the network refused it because it has an equal post. `equal`: `resolve` takes it; `copy`: that is the copy of another delivery.",
    ),
    attempts: z.number().describe("How often it was sent or looked for, without edits and deletions."),
    due: orNull(moment),
    reason: orNull(text),
  })
  .meta({ id: "Delivery" });

/** A delivery with all that was tried. */
export const deliveryWithHistory = delivery.extend({ history });
export type DeliveryStatus = z.output<typeof deliveryWithHistory>;

/** The history is present only where it was requested. */
export const deliveryOfPost = delivery.extend({ history: history.exactOptional() });

export type DeliveryJson = z.input<typeof deliveryOfPost>;
export type HistoryEntryJson = z.input<typeof historyEntry>;
