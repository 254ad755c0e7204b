import * as z from "zod";
import type { Outcome, StoredRequest } from "../domain/delivery.ts";
import { maxPictures } from "../domain/post.ts";
import { fit, type Snippet, withTitle } from "../domain/snippet.ts";
import { minute } from "../domain/time.ts";
import type { Connection } from "../ports/networks.ts";
import { shortAlt } from "./attached-pictures.ts";
import { defineNetwork, type ParsedLogin } from "./define.ts";
import { answerReason, commonOutcome, type JsonResponse, readRetryAt, toOutcome } from "./http.ts";
import { linkedBy, textParts, textSettings, titleLength, warningLine, wordingBy } from "./network-text.ts";

/** The limit of a section (docs.slack.dev, "Blocks"). It is used for rich text, too. */
const limit = 3000;
const maxAlt = 2000;
const maxImageUrl = 3000;

/** Slack counts UTF-16 units. */
const slackLength = (text: string): number => text.length;

/** With these three escaped there is no link, no `<!channel>`, no `<@U1>` (docs.slack.dev, "Formatting message text"). */
const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** A channel of a Slack workspace, which an incoming webhook writes to. */
export const slack = defineNetwork({
  name: "slack",
  placeBy: "credentials",
  keepsCopies: true,
  keepsTexts: true,
  // A second request makes a second message, and a webhook reads no channel.
  offers: "none",
  contentWarning: "text",
  settle: minute,
  settings: z.strictObject({ ...textSettings }),
  credentials: z.object({
    /** Grants access to the channel. It is in your app's settings under "Incoming Webhooks". */
    url: z.string().regex(/^https:\/\/hooks\.slack(?:-gov)?\.com\/services\/\w+\/\w+\/[\w%-]+$/),
  }),
  sandboxCredentials: ({ name }) => ({
    url: `https://hooks.slack.com/services/T0SANDBOX/B0SANDBOX/sandbox-${encodeURIComponent(name)}`,
  }),
  server: () => "hooks.slack.com",
  length: slackLength,
  compose: (given, settings) => {
    const snippet = linkedBy(given, settings);
    const rules = { limit, maxTags: 0, measure: slackLength };
    const warning = warningLine(snippet, rules);
    const wording = { ...wordingBy(snippet, settings, withTitle), warning };
    const fitted = fit({ ...snippet, ...wording, tags: [] }, rules);
    const above = warning === "" ? "" : `${warning}\n\n`;
    const below = fitted.text.slice(above.length);
    const parts = [...textParts(above, 0), ...textParts(below, titleLength(below, snippet))];
    const images = makeImages(snippet);
    const section = { type: "rich_text_section", elements: parts.map(makeElement) };
    return {
      ...fitted,
      ...(images.length > 0 && { pictures: images.length }),
      request: {
        // Shown in notifications, and by clients that do not show blocks. A note of pictures alone says what they show.
        text: escaped(fitted.text || images.map((image) => image.alt_text).join("\n")),
        blocks: [...(parts.length > 0 ? [{ type: "rich_text", elements: [section] }] : []), ...images],
        // The message has its own picture and link.
        unfurl_links: false,
        unfurl_media: false,
      },
    };
  },
  connect: (login) => connectSlack(login),
});

/** The address is ASCII, and readers see the link as the author wrote it. */
const linkTo = (text: string) => {
  const url = URL.parse(text)?.href ?? text;
  return [text, `${text}/`].includes(url) ? { type: "link", url: text } : { type: "link", url, text };
};

/** Slack reads no Markdown, emoji or mention in rich text. */
const makeElement = ({ text, isLink, isTitle }: ReturnType<typeof textParts>[number]) => {
  if (isLink) return linkTo(text);
  return isTitle ? { type: "text", text, style: { bold: true } } : { type: "text", text };
};

/** The pictures, unless they are hidden. */
const makeImages = ({ images, title, content: { social } }: Snippet) => {
  if (social.sensitive || social.contentWarning !== undefined) return [];
  return images
    .slice(0, maxPictures)
    .flatMap(({ url, alt }) =>
      url.length > maxImageUrl ? [] : [{ type: "image", image_url: url, alt_text: shortAlt(alt || title, maxAlt) }],
    );
};

interface Credentials {
  readonly url: string;
}

const connectSlack = ({ credentials, sandbox, fetchJson }: ParsedLogin<unknown, Credentials>): Connection => {
  const { origin, pathname } = new URL(credentials.url);
  const [, , workspace = ""] = pathname.split("/");
  const post = (json: StoredRequest, signal: AbortSignal) =>
    fetchJson((sandbox ?? origin) + pathname, { method: "POST", json, signal });
  return {
    // A webhook has no identity endpoint. The workspace is part of its URL, and is not a secret.
    whoAmI: async () => ({ kind: "identity", id: `${origin}, workspace ${workspace}` }),
    send: async (request, _key, signal) => {
      const result = await post(request, signal);
      const withoutImage = withoutImages(request);
      // Slack loads the pictures before it accepts the message. A picture must never prevent a post.
      const isRetried = result.kind === "response" && isRefusedBlock(result.response) && withoutImage !== undefined;
      return toOutcome(isRetried ? await post(withoutImage, signal) : result, outcomeOf);
    },
  };
};

const blockList = z.array(z.looseObject({ type: z.string() }));

/** The same message without its pictures: its text is what is left, if it has no other. Undefined if it has none. */
const withoutImages = (request: StoredRequest): StoredRequest | undefined => {
  const blocks = blockList.safeParse(request.blocks).data ?? [];
  const kept = blocks.filter(({ type }) => type !== "image");
  if (kept.length === blocks.length) return undefined;
  const { blocks: _, ...plain } = request;
  return kept.length === 0 ? plain : { ...request, blocks: kept };
};

const isRefusedBlock = ({ status, text }: JsonResponse): boolean => status === 400 && text.trim() === "invalid_blocks";

/** Slack answers with a short text: `ok`, `no_service`. An HTML page does not come from Slack. */
const answerText = ({ text }: JsonResponse): string | undefined => /^[\w .,:-]{1,200}$/.exec(text.trim())?.[0];

/** The webhook or its channel is refused (docs.slack.dev, "Sending messages using incoming webhooks", "Handling errors"). */
const refused: ReadonlySet<number> = new Set([401, 403, 404, 410]);

const outcomeOf = (answer: JsonResponse): Outcome => {
  const word = answerText(answer);
  // The answer has no message id, so the message can be neither edited nor deleted.
  if (answer.status === 200 && word === "ok") return { kind: "posted", remote: { id: null, url: null, public: false } };
  const reason = answerReason("Slack", answer.status, word);
  const common = commonOutcome(answer, reason, readRetryAt(answer));
  if (common !== undefined) return common;
  return refused.has(answer.status) || word === "invalid_token"
    ? { kind: "unauthorised", reason }
    : { kind: "rejected", reason };
};
