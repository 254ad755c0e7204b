import * as z from "zod";
import { shorten } from "../domain/shorten.ts";
import { fit, withTitle } from "../domain/snippet.ts";
import { minute } from "../domain/time.ts";
import { defineNetwork, serverAddress } from "./define.ts";
import { connectDevto } from "./devto-api.ts";
import { withMark } from "./devto-mark.ts";
import { htmlToMarkdown } from "./html-to-markdown.ts";

/** Of the text that announces the article in `crier plan`: what is sent is the article. */
const limit = 5000;
const maxTitle = 128;
/** Two of them fit into a delivery's row: what was sent, and an edit. */
const maxBody = 128 * 1024;

/** Code points. */
const devtoLength = (text: string): number => [...text].length;

/** A tag is letters and digits (forem/forem, `Tag`). */
const isTag = (name: string): boolean => /^[\p{L}\p{N}]{1,30}$/u.test(name);

/** Articles on dev.to, and on other servers of Forem: the whole post, which names the page that it comes from. */
export const devto = defineNetwork({
  name: "devto",
  // An article with the same canonical_url: "Canonical url has already been taken".
  offers: "refuse",
  settle: minute,
  settings: z.strictObject({
    server: serverAddress.default("https://dev.to"),
    hashtags: z.int().min(0).max(4).default(4),
    /** The number of an organisation in whose name it is published. */
    organization: z.int().positive().optional(),
  }),
  credentials: z.object({ apiKey: z.string().min(1) }),
  server: ({ settings }) => settings.server,
  length: devtoLength,
  compose: (snippet, { hashtags, organization }) => {
    const fitted = fit({ ...snippet, ...withTitle(snippet), tags: [] }, { limit, maxTags: 0, measure: devtoLength });
    const { content, image } = snippet;
    const body = htmlToMarkdown(content.html);
    const isWhole = Buffer.byteLength(JSON.stringify(body)) <= maxBody;
    const tags = snippet.tags.map((tag) => tag.replaceAll(/[#_]/g, "").toLowerCase()).filter(isTag);
    const text = withMark(isWhole ? body : `${content.summary}\n\n[${snippet.url}](${snippet.url})`);
    return {
      ...fitted,
      article: devtoLength(text),
      request: {
        title: shorten({ text: snippet.title, isCut: false }, (text) => devtoLength(text) <= maxTitle),
        body_markdown: text,
        canonical_url: snippet.url,
        description: content.summary,
        tags: [...new Set(tags)].slice(0, hashtags),
        ...(image === undefined ? {} : { main_image: image.url }),
        ...(organization === undefined ? {} : { organization_id: organization }),
      },
    };
  },
  key: (seed, copy) => `${seed}-${copy}`,
  connect: (login) => connectDevto(login),
});
