import * as z from "zod";
import { deliveryStates, duplicateKinds, holdKinds, textDecisions } from "../domain/delivery.ts";
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
    by: orNull(text).describe("Who announced its post by hand, so that it was planned, as they named themselves."),
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
        contentWarning: orNull(text).describe(
          "Readers see it first, and the text when they ask for it. Null where the network has no field for it: then it is in the text.",
        ),
        hash: text.describe("Of all that readers would see: text, link, card, visibility, picture."),
        length: orNull(z.number()).describe(
          "Of the whole text, by the network's rule. More than the limit where it is cut. Null where the whole post is sent.",
        ),
        limit: orNull(z.number()),
        cut: z.boolean().describe("Readers see only the beginning of the text."),
        card: orNull(z.object({ title: text, description: text, picture: z.boolean() })).describe(
          "The preview of the link, where it is part of what is sent.",
        ),
        warnings: list(text).describe("What the network would lose of it, or show otherwise."),
        approved: z.boolean(),
      }),
    ).describe("What readers will see, where the delivery or an edit of its copy waits or is held."),
    text: orNull(
      z
        .object({
          value: text,
          by: orNull(text).describe("Who edited it, as they named themselves."),
          at: moment,
          ifOvertaken: oneOf(textDecisions).describe(
            "Where the document says something else before it is sent: `ask` holds it, `mine` sends the edited text.",
          ),
          overtaken: z.boolean().describe("The document says something else than when the text was edited."),
        })
        .meta({ id: "EditedText" }),
    ).describe("The text that was edited for this account, in the place of the document's."),
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

/** A text as its network counts it, with what Crier adds. */
export const measuredText = z.object({
  length: z.number().describe("Of all that readers see in the first post, by the network's rule."),
  limit: z.number(),
  over: z.number().describe("How many characters are too many."),
  posts: z.number().describe("More than one where the text goes on in replies."),
  above: text.describe("What Crier adds above the text."),
  below: text.describe("What Crier adds below the text: the link, the hashtags."),
  card: z.boolean().describe("Crier adds a preview of the link."),
});
export type MeasuredText = z.output<typeof measuredText>;

export const accountText = measuredText.extend({
  slug: text,
  account: text,
  network: text,
  value: text.describe("The text as it is now, without what Crier adds."),
  document: text.describe("The text that the document gives."),
  shown: orNull(text).describe("The hash of what readers would see, for a change of it. Null where nothing waits."),
  problem: orNull(text).describe("Why it cannot be edited."),
  delivery: orNull(deliveryOfPost).describe("Null until it is planned."),
});
export type AccountText = z.output<typeof accountText>;

/** A line of what people did. */
export const loggedAct = z
  .object({
    at: moment,
    by: orNull(text).describe("Who did it, as they named themselves."),
    act: oneOf(["decided", "announced", "removed", "stopped", "resumed", "signed-in"]),
    slug: orNull(text).describe("The post, where it is about one."),
    title: orNull(text).describe("Its title at that time."),
    account: orNull(text).describe("The account, where it is about one. A stop without one is of all accounts."),
    state: orNull(oneOf(deliveryStates)).describe("The state of the delivery that was decided about, from then on."),
    reason: orNull(text).describe(
      "Why, as the delivery says it, or the person who stopped the sending. `again`: it was announced before.",
    ),
  })
  .meta({ id: "Act" });

export type LoggedActJson = z.input<typeof loggedAct>;
