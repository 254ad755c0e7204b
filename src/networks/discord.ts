import * as z from "zod";
import { shorten } from "../domain/shorten.ts";
import { cardDescription, fit, type Snippet, type Wording, withCard, withTitle } from "../domain/snippet.ts";
import { minute } from "../domain/time.ts";
import { defineNetwork } from "./define.ts";
import { connectDiscord } from "./discord-api.ts";
import { linksIn } from "./links-in-text.ts";
import { linkedBy, textSettings, wordingBy } from "./text-settings.ts";

/** discord.com/developers/docs, "Execute Webhook" and "Embed Limits". */
const limit = 2000;
const maxTitle = 256;
const maxDescription = 4096;
const maxUrl = 2048;

/** Discord reads Markdown; a backslash takes any of these signs as it is. */
const plain = (text: string): string =>
  text
    .replaceAll(/[\\*_~`|[\]<>]/g, "\\$&")
    .replaceAll(/^[^\S\n]{0,99}(?:[#+-]|\d{1,9}\.)/gm, (start) => `${start.slice(0, -1)}\\${start.slice(-1)}`);

/** A link stays as it is. In angle brackets it makes no card of its own beside ours. */
const written = (text: string, url = ""): string => {
  const links = linksIn(text);
  const ends = [0, ...links.map(({ end }) => end)];
  return ends
    .map((from, at) => {
      const link = links[at]?.url ?? "";
      return plain(text.slice(from, links[at]?.start)) + (link !== "" && link === url ? `<${link}>` : link);
    })
    .join("");
};

/** UTF-16 units, as Discord's own editor counts: never less than its server does. */
export const discordLength = (text: string): number => written(text).length;

const cutTo = (text: string, max: number): string =>
  plain(shorten({ text, isCut: false }, (part) => plain(part).length <= max));

/** A channel of a Discord server, by a webhook of that channel. */
export const discord = defineNetwork({
  name: "discord",
  // A second request makes a second message, and a webhook reads no channel.
  offers: "none",
  settle: minute,
  settings: z.strictObject({ ...textSettings }),
  credentials: z.object({
    /** Who knows it can write to the channel. Server settings, "Integrations", "Webhooks". */
    url: z.string().regex(/^https:\/\/(?:\w+\.)?discord(?:app)?\.com\/api\/(?:v\d+\/)?webhooks\/\d+\/[\w%-]+$/),
  }),
  sandboxCredentials: ({ name }) => ({
    url: `https://discord.com/api/webhooks/100000000000000001/sandbox-${encodeURIComponent(name)}`,
  }),
  server: () => "discord.com",
  length: discordLength,
  compose: (given, settings) => {
    const snippet = linkedBy(given, settings);
    const hasCard = snippet.url !== "" && snippet.url.length <= maxUrl;
    const wording = wordingBy(snippet, settings, hasCard ? withCard : withTitle);
    const { contentWarning: warning } = snippet.content.social;
    const content = (text: string): string => {
      const whole = written(text, snippet.url);
      return warning === undefined ? whole : `${plain(warning)}\n\n||${whole}||`;
    };
    // The card has the link, and the text only where a template or the author puts it.
    const url = hasCard && wording.layout === undefined ? "" : snippet.url;
    const measure = (text: string): number => content(text).length;
    const fitted = fit({ ...wording, url, tags: [] }, { limit, maxTags: 0, measure });
    const embed = hasCard ? embedOf(snippet, wording) : undefined;
    return {
      ...fitted,
      ...(embed && { card: { title: snippet.title, description: shownBelow(snippet, wording) } }),
      request: {
        content: content(fitted.text),
        embeds: embed === undefined ? [] : [embed],
        // Nobody is notified, whatever the text names.
        allowed_mentions: { parse: [] },
      },
    };
  },
  key: (seed, copy) => `${seed}-${copy}`,
  connect: (login) => connectDiscord(login),
});

/** What a warning is about is not shown beside it. */
const shownBelow = (snippet: Snippet, wording: Wording): string =>
  snippet.content.social.contentWarning === undefined ? cardDescription(snippet, wording) : "";

const embedOf = (snippet: Snippet, wording: Wording) => {
  const { contentWarning, sensitive } = snippet.content.social;
  const image = sensitive || contentWarning !== undefined ? undefined : snippet.image?.url;
  const description = cutTo(shownBelow(snippet, wording), maxDescription);
  return {
    title: cutTo(snippet.title, maxTitle),
    url: snippet.url,
    ...(description === "" ? {} : { description }),
    ...(image === undefined || image.length > maxUrl ? {} : { image: { url: image } }),
  };
};
