import * as z from "zod";
import { shorten } from "../../domain/shorten.ts";
import { withoutMentions, withTitle } from "../../domain/snippet.ts";
import { minute, second } from "../../domain/time.ts";
import { attachedWhere, attachmentOf, pictureSettings } from "../attached-picture.ts";
import { defineNetwork, serverAddress } from "../define.ts";
import { linkedBy, linkInReply, replyWith, threadSettings, wordingBy } from "../network-text.ts";
import { fitThread } from "../thread.ts";
import { connectMastodon } from "./mastodon-api.ts";
import { characterCount, longestLimit, mastodonLength } from "./mastodon-text.ts";

/** Mastodon's own; many servers take more. */
const usualLimit = 500;
/** `MediaAttachment::MAX_DESCRIPTION_LENGTH` in its source. */
const longestAlt = 1500;

/** The languages with a region or script that Mastodon tells apart (LanguagesHelper in its source); of others it knows the language alone. */
const regional = ["zh-CN", "zh-HK", "zh-TW", "pt-BR", "pt-PT", "en-GB", "es-AR", "es-MX", "fr-CA", "sr-Latn"];

const languageFor = (tag: string): string | undefined => {
  const [language = "", ...subtags] = tag.split("-");
  const candidates = subtags.map((subtag) => `${language}-${subtag}`.toLowerCase());
  const whole = regional.find((known) => candidates.includes(known.toLowerCase()));
  const script = language.toLowerCase() === "zh" && subtags.find((subtag) => /^han[st]$/i.test(subtag));
  if (whole !== undefined) return whole;
  if (script) return /t$/i.test(script) ? "zh-TW" : "zh-CN";
  return /^[a-z]{2,3}$/i.test(language) ? language.toLowerCase() : undefined;
};

/** Mastodon and servers with its API. */
export const mastodon = defineNetwork({
  name: "mastodon",
  // The Idempotency-Key, remembered for an hour per account. Clocks differ, and a request takes time: ten minutes of margin.
  offers: "key",
  remembersFor: 50 * minute,
  // The first request must have ended: a server that checks a key before it stores it would make two posts.
  settle: 90 * second,
  settings: z.strictObject({
    server: serverAddress.default("https://mastodon.social"),
    /** Shorter texts than the server takes. */
    limit: z.int().min(100).max(longestLimit).optional(),
    visibility: z.enum(["public", "unlisted", "private"]).default("public"),
    hashtags: z.int().min(0).max(20).default(4),
    ...threadSettings,
    ...pictureSettings,
  }),
  credentials: z.object({ accessToken: z.string().min(1) }),
  server: ({ settings }) => settings.server,
  picture: ({ settings }) => attachedWhere(settings),
  length: mastodonLength,
  asksLongest: true,
  compose: (given, { limit: own, hashtags, visibility, thread, ...settings }, longest) => {
    const limit = Math.min(own ?? longest ?? usualLimit, longest ?? longestLimit);
    const snippet = linkedBy(withoutMentions(given), settings);
    const wording = wordingBy(snippet, settings, withTitle);
    const { contentWarning, sensitive } = snippet.content.social;
    const spoiler =
      contentWarning && shorten({ text: contentWarning, isCut: false }, (text) => characterCount(text) <= limit / 4);
    const hidden = characterCount(spoiler ?? "");
    const measure = (text: string) => mastodonLength(text) + hidden;
    const rules = { limit, maxTags: hashtags, measure };
    const { replies: parts, ...fitted } = fitThread({ ...snippet, ...wording }, rules, thread);
    const language = languageFor(snippet.language);
    const common = {
      visibility,
      ...(language === undefined ? {} : { language }),
      ...(spoiler ? { spoiler_text: spoiler } : {}),
      ...(sensitive ? { sensitive } : {}),
    };
    const link = linkInReply(given, settings);
    const replies = [...parts, ...replyWith(link, measure)];
    return {
      ...fitted,
      ...(replies.length > 0 && { replies }),
      request: {
        status: fitted.text,
        ...common,
        ...attachmentOf(given, longestAlt),
        ...(replies.length > 0 && { replies: replies.map(({ text }) => ({ status: text, ...common })) }),
      },
    };
  },
  key: (seed, copy) => `${seed}-${copy}`,
  connect: connectMastodon,
});
