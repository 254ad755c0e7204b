import * as z from "zod";
import { type Emulator, readFields, sandboxSecret } from "./emulator.ts";
import webhooks from "./schemas/slack.json" with { type: "json" };
import type { TimelinePost } from "./timeline.ts";

const limit = 3000;
const slackLength = (text: string): number => [...text].length;

/** The parts of a block that have text. Slack shows them one after the other. */
const textual = z.looseObject({
  text: z.unknown().optional(),
  url: z.unknown().optional(),
  elements: z.unknown().optional(),
});
const imageBlock = z.object({ type: z.literal("image"), image_url: z.string(), alt_text: z.string() });
const message = z.looseObject({ text: z.string().default(""), blocks: z.array(z.unknown()).optional() });

/** Slack's incoming webhooks (docs.slack.dev, "Sending messages using incoming webhooks"). They answer in plain text. */
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
  schema: webhooks,
  refuse: ({ location, path: [field] }) => {
    if (location !== "body") return say(404, "no_service");
    if (field === "text") return say(400, "no_text");
    return say(400, field === "blocks" ? "invalid_blocks" : "invalid_payload");
  },
  addRoutes: (api, context) => {
    const at = "/services/:workspace/:webhook/:token";
    api.use(at, (c, next) =>
      c.req.param("token") === sandboxSecret(c.get("account")) ? next() : Promise.resolve(say(403, "invalid_token")),
    );
    api.use(context.checked);
    api.post(
      at,
      context.write(async (c, account) => {
        const sent = message.parse(await readFields(c));
        const text = sent.blocks === undefined ? unescaped(sent.text) : sent.blocks.map(shown).join("");
        if (slackLength(text) > limit) return say(400, "msg_too_long");
        // This text would notify the channel or a person.
        if (/<[!@#]/.test(sent.text)) return say(400, "mention_in_text");
        const post = { id: context.nextId(), text, url: "https://app.slack.com/", request: sent };
        await context.save(account, { ...post, pictures: picturesIn(sent.blocks ?? []) });
        return say(200, "ok");
      }),
    );
  },
};

const say = (status: number, word: string, headers: Readonly<Record<string, string>> = {}): Response =>
  new Response(word, { status, headers: { "content-type": "text/plain", ...headers } });

const picturesIn = (blocks: readonly unknown[]): NonNullable<TimelinePost["pictures"]> =>
  blocks.flatMap((one) => {
    const { data: image } = imageBlock.safeParse(one);
    return image === undefined ? [] : [{ path: image.image_url, alt: image.alt_text }];
  });

const unescaped = (text: string): string =>
  text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

const shown = (given: unknown): string => {
  const { text, url, elements } = textual.safeParse(given).data ?? {};
  if (Array.isArray(elements)) return elements.map(shown).join("");
  return typeof text === "object" ? shown(text) : String(text ?? url ?? "");
};
