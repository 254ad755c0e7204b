import * as z from "zod";
import type { Outcome, StoredRequest } from "../domain/delivery.ts";
import { fit, type Snippet, withTitle } from "../domain/snippet.ts";
import { minute } from "../domain/time.ts";
import type { Connection } from "../ports/networks.ts";
import { shortAlt } from "./attached-picture.ts";
import { defineNetwork, type ParsedLogin } from "./define.ts";
import { commonOutcome, type JsonResponse, reasonOf, retryAt } from "./http.ts";
import { linkedBy, partsOf, textSettings, titleLength, wordingBy } from "./network-text.ts";

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

interface Credentials {
  readonly url: string;
}

const connectSlack = ({ credentials, sandbox, fetchJson }: ParsedLogin<unknown, Credentials>): Connection => {
  const { origin, pathname } = new URL(credentials.url);
  const [, , workspace = ""] = pathname.split("/");
  const post = async (json: StoredRequest, signal: AbortSignal) => {
    const result = await fetchJson((sandbox ?? origin) + pathname, { method: "POST", json, signal });
    return result.kind === "response" ? result.response : result;
  };
  return {
    // A webhook says nothing of itself. The workspace is in its address, and no secret.
    whoAmI: async () => ({ kind: "identity", id: `${origin}, workspace ${workspace}` }),
    send: async (request, _key, signal) => {
      const answer = await post(request, signal);
      const withoutImage = withoutImages(request);
      // Slack loads the picture before it takes the message. A picture is never the reason why a post does not go out.
      const isRetried = "status" in answer && isRefusedBlock(answer) && withoutImage !== undefined;
      return outcomeOf(isRetried ? await post(withoutImage, signal) : answer);
    },
  };
};

const blocksOf = z.array(z.looseObject({ type: z.string() }));

/** The same message without its picture; undefined where it has none. */
const withoutImages = (request: StoredRequest): StoredRequest | undefined => {
  const blocks = blocksOf.safeParse(request.blocks).data ?? [];
  const kept = blocks.filter(({ type }) => type !== "image");
  return kept.length === blocks.length ? undefined : { ...request, blocks: kept };
};

const isRefusedBlock = ({ status, text }: JsonResponse): boolean => status === 400 && text.trim() === "invalid_blocks";

/** Slack answers in a word: `ok`, `no_service`. A page of HTML comes from elsewhere. */
const wordOf = ({ text }: JsonResponse): string | undefined => /^[\w .,:-]{1,200}$/.exec(text.trim())?.[0];

/** docs.slack.dev, "Sending messages using incoming webhooks", "Handling errors": these are about the webhook or its channel. */
const refused: ReadonlySet<number> = new Set([401, 403, 404, 410]);

const outcomeOf = (answer: JsonResponse | Outcome): Outcome => {
  if ("kind" in answer) return answer;
  const word = wordOf(answer);
  // It names no message, which can be neither edited nor deleted.
  if (answer.status === 200 && word === "ok") return { kind: "posted", remote: { id: null, url: null, public: false } };
  const reason = reasonOf("Slack", answer.status, word);
  const common = commonOutcome(answer, reason, retryAt(answer));
  if (common !== undefined) return common;
  return refused.has(answer.status) || word === "invalid_token"
    ? { kind: "unauthorised", reason }
    : { kind: "rejected", reason };
};
