import * as z from "zod";
import { withoutMentions, withTitle } from "../domain/snippet.ts";
import { hour, minute } from "../domain/time.ts";
import { attachedWhere, attachmentOf, pictureSettings } from "./attached-picture.ts";
import { defineNetwork } from "./define.ts";
import { fitThread } from "./fit-thread.ts";
import { countedLinks } from "./links-in-text.ts";
import { linkedBy, linkInReply, replyWith, threadSettings, wordingBy } from "./text-settings.ts";
import { connectX } from "./x-api.ts";
import { weightedLength } from "./x-length.ts";

const limit = 280;
/** `alt_text.text` of CreateMediaMetadataRequest (X's OpenAPI 2.167). */
const longestAlt = 1000;
const price = z.number().min(0).max(100);

/** X, formerly Twitter. API v2 with the user's own OAuth 1.0a keys, which do not expire. */
export const x = defineNetwork({
  name: "x",
  // "You are not allowed to create a Tweet with duplicate content."
  offers: "refuse",
  // X does not say for how long.
  remembersFor: 6 * hour,
  // With a picture X may take an equal text for another post: its address is a part of it.
  offersTo: ({ settings: { image } }) => (image ? "none" : "refuse"),
  settle: minute,
  settings: z.strictObject({
    /** Without `@`; makes the URLs of posts readable. */
    handle: z
      .string()
      .regex(/^\w{1,15}$/, "a handle without @, at most 15 letters, digits or _")
      .optional(),
    hashtags: z.int().min(0).max(10).default(2),
    ...threadSettings,
    ...pictureSettings,
    /** US dollars a post (docs.x.com, "Pricing"). */
    prices: z.strictObject({ withLink: price.default(0.2), withoutLink: price.default(0.015) }).prefault({}),
  }),
  credentials: z.object({
    appKey: z.string().min(1),
    appSecret: z.string().min(1),
    accessToken: z.string().min(1),
    accessSecret: z.string().min(1),
  }),
  picture: ({ settings }) => attachedWhere(settings),
  length: weightedLength,
  compose: (given, { hashtags, prices, thread, ...settings }) => {
    // X rejects a text with one of these (twitter-text's invalid characters).
    const clean = (text: string): string => text.replaceAll(/[\uFFFE\uFEFF\uFFFF]/g, "");
    const snippet = linkedBy(withoutMentions(given), settings);
    const { text, more = "", ...layout } = wordingBy(snippet, settings, withTitle);
    const wording = { text: clean(text), more: clean(more), ...layout };
    const rules = { limit, maxTags: hashtags, measure: weightedLength };
    const { replies: parts, ...fitted } = fitThread({ ...snippet, ...wording }, rules, thread);
    const made = snippet.disclosure === undefined ? {} : { made_with_ai: true };
    const link = linkInReply(given, settings);
    const replies = [...parts, ...replyWith(link, weightedLength)];
    const costs = [fitted, ...replies].map(({ text }) =>
      countedLinks(text, true).length > 0 ? prices.withLink : prices.withoutLink,
    );
    return {
      ...fitted,
      ...(replies.length > 0 && { replies }),
      cost: costs.reduce((sum, one) => sum + one, 0),
      request: {
        text: fitted.text,
        ...made,
        ...attachmentOf(given, longestAlt),
        ...(replies.length > 0 && { replies: replies.map(({ text }) => ({ text, ...made })) }),
      },
    };
  },
  server: () => "x.com",
  key: (seed) => seed,
  connect: ({ settings: { handle = "i" }, ...login }) => connectX({ ...login, settings: { handle } }),
});
