import * as z from "zod";
import { fit, type Snippet, withTitle } from "../domain/snippet.ts";
import { minute } from "../domain/time.ts";
import { shortAlt } from "./attached-picture.ts";
import { defineNetwork } from "./define.ts";
import { connectSlack } from "./slack-api.ts";
import { linkedBy, textSettings, wordingBy } from "./text-settings.ts";
import { partsOf, titleLength } from "./titled-text.ts";

/** docs.slack.dev, "Blocks": of a section, which a rich text keeps, too. */
const limit = 3000;
const maxAlt = 2000;
const maxImageUrl = 3000;

/** UTF-16 units. */
const slackLength = (text: string): number => text.length;

/** docs.slack.dev, "Formatting message text": without these three signs there is no link, no `<!channel>`, no `<@U1>`. */
const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** A channel of a Slack workspace, by an incoming webhook. */
export const slack = defineNetwork({
  name: "slack",
  // A second request makes a second message, and a webhook reads no channel.
  offers: "none",
  settle: minute,
  settings: z.strictObject({ ...textSettings }),
  credentials: z.object({
    /** Who knows it can write to the channel. Your app's settings, "Incoming Webhooks". */
    url: z.string().regex(/^https:\/\/hooks\.slack(?:-gov)?\.com\/services\/\w+\/\w+\/[\w%-]+$/),
  }),
  sandboxCredentials: ({ name }) => ({
    url: `https://hooks.slack.com/services/T0SANDBOX/B0SANDBOX/sandbox-${encodeURIComponent(name)}`,
  }),
  server: () => "hooks.slack.com",
  length: slackLength,
  compose: (given, settings) => {
    const snippet = linkedBy(given, settings);
    const wording = wordingBy(snippet, settings, withTitle);
    const fitted = fit({ ...snippet, ...wording, tags: [] }, { limit, maxTags: 0, measure: slackLength });
    const parts = partsOf(fitted.text, titleLength(fitted.text, snippet));
    const image = imageOf(snippet);
    return {
      ...fitted,
      request: {
        // What a notification shows, and who reads no blocks.
        text: escaped(fitted.text),
        blocks: [
          { type: "rich_text", elements: [{ type: "rich_text_section", elements: parts.map(elementOf) }] },
          ...(image === undefined ? [] : [image]),
        ],
        // The picture and the link are there.
        unfurl_links: false,
        unfurl_media: false,
      },
    };
  },
  key: (seed, copy) => `${seed}-${copy}`,
  connect: (login) => connectSlack(login),
});

/** An address is ASCII; what the author wrote is what readers see. */
const linkTo = (text: string) => {
  const url = URL.parse(text)?.href ?? text;
  return [text, `${text}/`].includes(url) ? { type: "link", url: text } : { type: "link", url, text };
};

/** Nothing in a rich text is read as Markdown, as an emoji or as a mention. */
const elementOf = ({ text, isLink, isTitle }: ReturnType<typeof partsOf>[number]) => {
  if (isLink) return linkTo(text);
  return isTitle ? { type: "text", text, style: { bold: true } } : { type: "text", text };
};

const imageOf = ({ image, title, content: { social } }: Snippet) => {
  const isHidden = social.sensitive || social.contentWarning !== undefined;
  if (image === undefined || isHidden || image.url.length > maxImageUrl) return undefined;
  return { type: "image", image_url: image.url, alt_text: shortAlt(image.alt || title, maxAlt) };
};
