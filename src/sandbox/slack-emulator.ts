import * as z from "zod";
import { type Emulator, fieldsOf, secretOf } from "./emulator.ts";
import type { TimelinePost } from "./timeline.ts";

const limit = 3000;
const slackLength = (text: string): number => [...text].length;

const url = z.url({ protocol: /^https?$/ }).max(3000);
const element = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("text"),
    text: z.string().min(1),
    style: z.strictObject({ bold: z.boolean().optional() }).optional(),
  }),
  z.strictObject({ type: z.literal("link"), url, text: z.string().min(1).optional() }),
]);

/** docs.slack.dev, "Rich text block" and "Image block". */
const block = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("rich_text"),
    elements: z.array(z.strictObject({ type: z.literal("rich_text_section"), elements: z.array(element).min(1) })),
  }),
  z.strictObject({ type: z.literal("image"), image_url: url, alt_text: z.string().min(1).max(2000) }),
]);

const message = z.strictObject({
  text: z.string().min(1).max(40_000),
  blocks: z.array(block).max(50),
  unfurl_links: z.boolean().optional(),
  unfurl_media: z.boolean().optional(),
});

/** Slack's incoming webhooks (docs.slack.dev, "Sending messages using incoming webhooks"): they answer in plain text. */
export const slack: Emulator = {
  network: "slack",
  title: "Slack",
  style: "--accent: light-dark(#611f69, #d9a3e0); --on: light-dark(#fff, #2a0f2e); --round: .4rem",
  length: slackLength,
  limit: () => limit,
  failure: (status) => {
    if (status === 429) return say(429, "rate_limited", { "retry-after": "60" });
    return status === 401 ? say(403, "invalid_token") : say(status, "rollup_error");
  },
  addRoutes: (api, context) => {
    api.post(
      "/services/:workspace/:webhook/:token",
      context.write(async (c, account) => {
        if (c.req.param("token") !== secretOf(account)) return say(403, "invalid_token");
        const body = await fieldsOf(c);
        if (body === undefined) return say(400, "invalid_payload");
        const { data, error } = message.safeParse(body);
        if (error !== undefined) return say(400, error.issues[0]?.path[0] === "text" ? "no_text" : "invalid_blocks");
        const text = data.blocks.map(shown).join("");
        if (slackLength(text) > limit) return say(400, "msg_too_long");
        // Slack would notify the channel or a person.
        if (/<[!@#]/.test(data.text)) return say(400, "mention_in_text");
        const post = { id: context.nextId(), text, url: "https://app.slack.com/", request: data };
        await context.save(account, { ...post, ...pictureIn(data.blocks) });
        return say(200, "ok");
      }),
    );
  },
};

const say = (status: number, word: string, headers: Readonly<Record<string, string>> = {}): Response =>
  new Response(word, { status, headers: { "content-type": "text/plain", ...headers } });

const pictureIn = (blocks: readonly z.infer<typeof block>[]): Pick<TimelinePost, "picture"> => {
  const image = blocks.find(({ type }) => type === "image");
  return image?.type === "image" ? { picture: { path: image.image_url, alt: image.alt_text } } : {};
};

const shown = (one: z.infer<typeof block>): string =>
  one.type === "image"
    ? ""
    : one.elements
        .flatMap(({ elements }) => elements)
        .map((part) => (part.type === "link" ? (part.text ?? part.url) : part.text))
        .join("");
