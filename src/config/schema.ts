import * as z from "zod";
import { categoryFeed, categorySlug, type FeedKey, feedParts, inLanguage, parseFeedKey } from "../domain/feed-key.ts";
import { fieldKeys, isFieldName } from "../domain/field-keys.ts";
import { namesThePost, permalinkTokens, unknownTokens } from "../domain/permalink.ts";
import { suggestion } from "../domain/suggestion.ts";
import { feedFiles } from "../feeds/index.ts";
import { accountSchema } from "./account-schema.ts";
import { deploymentSchema } from "./deployment-schema.ts";
import { sourceSchema } from "./source-schema.ts";
import { duration, isLanguage, language, localPath, name, timeZone, webUrl } from "./values.ts";

const tokens = permalinkTokens.map((name) => `:${name}`);

const unknownToken = (permalink: string): string => {
  const [unknown = ""] = unknownTokens(permalink).map((name) => `:${name}`);
  const hint = suggestion(unknown, tokens);
  const others = hint.startsWith("use") ? "" : ` Known are ${tokens.join(", ")}`;
  return `there is no token ${JSON.stringify(unknown)}: ${hint}${others}`;
};

const permalink = z
  .string()
  .regex(/^\/(?![/\\])[^?#\s\\]*$/, "use a path that begins with one slash: /:year/:month/:slug/")
  .refine((given) => unknownTokens(given).length === 0, {
    error: ({ input }) => unknownToken(String(input)),
    abort: true,
  })
  .refine(namesThePost, "put :slug, :title, :filename or :path into it, so that each post has its own address");

const formatId = z.string().refine((id) => Object.hasOwn(feedFiles, id), {
  error: ({ input }) =>
    `there is no format ${JSON.stringify(input)}: ${suggestion(String(input), Object.keys(feedFiles))}`,
});

const fieldNames = Object.keys(fieldKeys);

const fieldName = z.string().refine(isFieldName, {
  error: ({ input }) => `there is no field ${JSON.stringify(input)}: ${suggestion(String(input), fieldNames)}`,
});

const fieldPath = z
  .string()
  .regex(/^[^\s.]+(?:\.[^\s.]+){0,3}$/, 'use a key of the documents, with dots for one inside others: "hero.src"');

const content = z.enum(["full", "summary"]);

const feedNames = ["default", "main", "featured", "categories/<slug>", "languages/<tag>"];

/** The key as it is in the feed's address; undefined where there is no such feed. */
const normaliseFeedKey = (given: string): FeedKey | "default" | undefined => {
  if (given === "default") return given;
  const parsed = parseFeedKey(given);
  if (parsed === undefined) return undefined;
  const parts = feedParts(parsed);
  if (parts.kind === "archive" || (parts.kind === "category" && categorySlug(parts.slug) === "")) return undefined;
  const key = parts.kind === "category" ? categoryFeed(parts.slug) : parts.kind;
  if (parts.language === undefined) return key;
  return isLanguage(parts.language) ? inLanguage(parts.language, key) : undefined;
};

const feedKey = z.string().refine((given) => normaliseFeedKey(given) === given, {
  error: ({ input }) => {
    const [given, key] = [String(input), normaliseFeedKey(String(input))];
    return key === undefined
      ? `there is no feed ${JSON.stringify(given)}: ${suggestion(given, feedNames)}`
      : `write the feed as in its address: ${JSON.stringify(key)}`;
  },
});

/** Limited in length, because it is a part of a row's key. */
const hub = z
  .url({ protocol: /^https?$/, error: "use the absolute URL of a WebSub hub: https://hub.example.com/" })
  .max(500, "this is longer than 500 characters: use the hub's plain address")
  // Every feed shows its hubs.
  .refine((url) => !/^https?:\/\/[^/?#]*@/.test(url), "remove the user name and the password");

const webhookUrl = z
  .url({ protocol: /^https?$/, error: "use the absolute URL of an address of your own: https://example.com/crier" })
  .refine((url) => !/^https?:\/\/[^/?#]*@/.test(url), "remove the user name and the password: messages are signed");

export const siteSchema = z.strictObject({
  id: name,
  title: z.string().trim().min(1, "give the site a title"),
  url: webUrl,
  description: z.string().optional(),
  author: z
    .strictObject({ name: z.string().trim().min(1), url: z.url().optional(), email: z.email().optional() })
    .optional(),
  language: language.default("en"),
  timeZone: timeZone.default("UTC"),
  /** RFC 4151 §2.1: a domain that belonged to the owner on that date. */
  authority: z
    .string()
    .regex(
      /^[^\s,/:]+,\d{4}(?:-\d{2}(?:-\d{2})?)?$/,
      "use a domain and a date on which it was yours: example.com,2026-01-01",
    )
    .optional(),
  permalink: permalink.default("/:slug/"),
  /** By folder or language. */
  permalinks: z
    .record(
      z
        .string()
        .regex(
          /^(?:(?!\.{1,2}\/)[^/\\]+\/)+$/,
          "use a folder of the documents or a language, with a slash at its end: de/",
        ),
      permalink,
    )
    .optional(),
  /** Of what comes from the names of files and folders. */
  permalinkCase: z.enum(["keep", "lower"]).optional(),
  sources: z.array(sourceSchema).default([]),
  feedsUrl: webUrl.optional(),
  /** By the field: the key of the documents, with dots for one inside others. */
  fields: z.partialRecord(fieldName, fieldPath).default({}),
  publishStatuses: z
    .array(z.string().trim().toLowerCase().min(1))
    .default(["new", "published", "publish", "live", "public"]),
  /** Besides the site's own. A language that is not named has a feed once it has a post. */
  languages: z.array(language).default([]),
  licence: z.strictObject({ name: z.string().trim().min(1), url: z.url({ protocol: /^https?$/ }) }).optional(),
  hubs: z.array(hub).default([]),
  webhook: z.strictObject({ url: webhookUrl }).optional(),
  movedIn: z.strictObject({ before: z.iso.date(), ids: z.enum(["guid", "url"]) }).optional(),
  feeds: z
    .strictObject({
      main: z.enum(["all", "site-language"]).default("site-language"),
      entries: z.int().min(1).max(100).default(20),
      content: z
        .union([content, z.record(feedKey, content)], {
          error: 'use "full" or "summary", or one of them for each feed: { main: "summary", default: "full" }',
        })
        .default("full"),
      categoryTypes: z.array(z.string().trim().toLowerCase().min(1)).optional(),
      paths: z.record(formatId, localPath).default({}),
    })
    .prefault({}),
});

export const configSchema = z.strictObject({
  sites: z.array(siteSchema).min(1, "name at least one site: { id, title, url }"),
  accounts: z.array(accountSchema).default([]),
  policies: z
    .strictObject({
      maxAge: duration.prefault("7d"),
      burst: z.int().min(1).default(5),
      settle: duration.prefault("2m"),
      live: z.enum(["wait", "ignore"]).default("wait"),
      /** For the accounts that do not say it themselves. */
      approve: z.boolean().default(false),
    })
    .prefault({}),
  deployment: deploymentSchema.prefault({}),
});
