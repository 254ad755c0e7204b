import * as z from "zod";
import { shorten } from "../domain/shorten.ts";
import { fit, type Snippet, withoutMentions, withTitle } from "../domain/snippet.ts";
import { minute } from "../domain/time.ts";
import { pictureSettings } from "./attached-picture.ts";
import { defineNetwork } from "./define.ts";
import { connectTelegram } from "./telegram-api.ts";
import { linkedBy, textSettings, wordingBy } from "./text-settings.ts";
import { titleLength } from "./titled-text.ts";

const limit = 4096;
const maxWarning = 200;

/** UTF-16 units (core.telegram.org/bots/api, "MessageEntity"). */
const telegramLength = (text: string): number => text.length;

/** A channel, group or chat on Telegram, by a bot that may write there. */
export const telegram = defineNetwork({
  name: "telegram",
  // A second request makes a second message, and a bot does not read what it has sent.
  offers: "none",
  settle: minute,
  settings: z.strictObject({ hashtags: z.int().min(0).max(10).default(3), ...textSettings, ...pictureSettings }),
  credentials: z.object({
    /** From @BotFather. */
    token: z.string().regex(/^\d+:[\w%-]+$/),
    /** `@name` of a public channel or group, or the number of another. */
    chat: z.string().regex(/^(?:@\w{4,32}|-?\d{1,20})$/),
  }),
  sandboxCredentials: ({ name }) => ({ token: `1:sandbox-${encodeURIComponent(name)}`, chat: "@sandbox" }),
  server: () => "api.telegram.org",
  length: telegramLength,
  compose: (given, { hashtags, image: showsPicture, ...settings }) => {
    const snippet = linkedBy(withoutMentions(given), settings);
    const { contentWarning, sensitive } = snippet.content.social;
    const warning =
      contentWarning === undefined
        ? ""
        : `${shorten({ text: contentWarning, isCut: false }, (text) => text.length <= maxWarning)}\n\n`;
    const measure = (text: string): number => telegramLength(warning + text);
    const wording = wordingBy(snippet, settings, withTitle);
    const fitted = fit({ ...snippet, ...wording }, { limit, maxTags: hashtags, measure });
    const offset = warning.length;
    const title = titleLength(fitted.text, snippet);
    const entities = [
      ...(title === 0 ? [] : [{ type: "bold", offset, length: title }]),
      ...(warning === "" ? [] : [{ type: "spoiler", offset, length: fitted.text.length }]),
    ];
    // What a warning is about is not shown beside it.
    const isHidden = sensitive || warning !== "";
    const picture = showsPicture ? snippet.image : undefined;
    return {
      ...fitted,
      request: {
        text: warning + fitted.text,
        // Without a parse mode no sign in the text has a meaning.
        entities,
        link_preview_options: isHidden ? { is_disabled: true } : previewOf(snippet, picture),
      },
    };
  },
  key: (seed, copy) => `${seed}-${copy}`,
  connect: (login) => connectTelegram(login),
});

/** Of the page, which Telegram reads; or of the picture, which Telegram loads: a caption would have 1,024 characters. */
const previewOf = ({ url }: Snippet, picture: Snippet["image"]) => {
  if (picture !== undefined) return { url: picture.url, prefer_large_media: true, show_above_text: true };
  return url === "" ? { is_disabled: true } : { url };
};
