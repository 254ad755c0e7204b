import * as z from "zod";
import { parseQuietHours } from "../domain/account.ts";
import { keyTokens, meantToken, namesThePost, permalinkTokens } from "../domain/address.ts";
import { categoryFeed, categorySlug, type FeedKey, feedParts, inLanguage, parseFeedKey } from "../domain/feed-key.ts";
import { fieldKeys, isFieldName } from "../domain/field-keys.ts";
import { suggestion } from "../domain/findings.ts";
import { defaultStage, isStage, stageRule } from "../domain/installation.ts";
import type { SourceLocation } from "../domain/site.ts";
import { day, hour, minute, second } from "../domain/time.ts";
import { feedFiles } from "../feeds/reader-files.ts";
import { networks } from "../networks/index.ts";
import { errorMessages } from "./messages.ts";

const units = { s: second, m: minute, h: hour, d: day };

const isUnit = (text: string | undefined): text is keyof typeof units => text !== undefined && text in units;

/** A duration such as 90s or 7d, which is parsed to milliseconds. */
const duration = z
  .templateLiteral([z.number().nonnegative(), z.enum(["s", "m", "h", "d"])], {
    error: "use a number and s, m, h or d, for example 90s or 7d",
  })
  .transform((text) => {
    const unit = text.at(-1);
    return Number.parseFloat(text) * (isUnit(unit) ? units[unit] : 1);
  });

/** Quiet hours such as 22:00-08:00. */
const quietHours = z.string().transform((text, context) => {
  const hours = parseQuietHours(text);
  if (hours !== undefined) return hours;
  const message = 'use two different times of day in the time zone of the site: "22:00-08:00"';
  context.addIssue({ code: "custom", message });
  return z.NEVER;
});

const name = z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, "use lower-case letters, digits and single dashes");

const withSlash = (url: string): string => (url.endsWith("/") ? url : `${url}/`);

const webUrl = z
  .url({ protocol: /^https?$/, error: "use an absolute URL, for example https://blog.example.com/" })
  .refine((url) => !/[?#]/.test(url), "leave out the query and the fragment")
  .transform(withSlash);

const succeeds = (make: () => unknown): boolean => {
  try {
    return make() !== undefined;
  } catch {
    return false;
  }
};

const timeZone = z.string().refine((zone) => succeeds(() => new Intl.DateTimeFormat("en", { timeZone: zone })), {
  error: ({ input }) => `there is no time zone ${JSON.stringify(input)}; use an IANA name such as Europe/Berlin`,
});

const isLanguage = (tag: string): boolean => succeeds(() => new Intl.Locale(tag));

const language = z.string().refine(isLanguage, {
  error: ({ input }) => `${JSON.stringify(input)} is not a language tag; use one such as en or pt-BR (BCP 47)`,
});

/** A percent-encoded path, as in a request. It must not begin with `//host`, which is another host (RFC 3986 §4.2). */
const localPath = z
  .string()
  .regex(
    /^\/(?![/\\])(?:(?![?#])[!-~])*$/,
    "use a percent-encoded path that begins with one slash, without query and fragment: /rss.xml",
  );

/** The length is limited, because a source's location is a part of a row's key. */
const maxLocation = 500;

const feed = z
  .url({ protocol: /^https?$/, error: "use the absolute URL of a feed: https://blog.example.com/feed.xml" })
  .max(maxLocation, `this is longer than ${maxLocation} characters: use the feed's plain address`)
  .refine((url) => !url.includes("#"), "leave out the fragment")
  // The location of a source is printed, and is a part of its rows.
  .refine((url) => !/^https?:\/\/[^/?#]*@/.test(url), "remove the user name and the password");

/** Normalises a path, so that one folder has one name: `./content/posts/` → `content/posts`. */
const withoutDots = (path: string): string => path.replace(/^(?:\.\/+)+(?=.)/, "").replace(/(?<=[^/])\/+$/, "");

const folder = z
  .string()
  .trim()
  .min(1, 'name a folder: "content/posts"')
  .max(maxLocation, `this is longer than ${maxLocation} characters: use a shorter path`)
  .transform(withoutDots);

const globs = z
  .array(
    z
      .string()
      .trim()
      .min(1, 'use a pattern such as "**/*.md"')
      .refine((glob) => !/^[/!]|(?:^|\/)\.\.(?:\/|$)/.test(glob), {
        error: 'use a pattern within the folder, without "!", ".." and a slash at its beginning: "drafts/**"',
      })
      .transform(withoutDots),
  )
  .default([]);

/** One entry of `sites[].sources`. */
const sourceSchema = z
  .strictObject({ feed: feed.optional(), folder: folder.optional(), include: globs, exclude: globs })
  .refine(({ feed, folder }) => feed !== undefined || folder !== undefined, "use { feed: URL } or { folder: PATH }")
  .refine(({ feed, folder }) => feed === undefined || folder === undefined, {
    error: "this is a feed and a folder: write two sources, { feed: … } and { folder: … }",
    abort: true,
  })
  .refine(
    ({ feed, include, exclude }) => feed === undefined || include.length + exclude.length === 0,
    "include and exclude are for folders only: remove them",
  )
  .transform(
    ({ feed, folder = "", ...globs }): SourceLocation =>
      feed === undefined ? { kind: "folder", location: folder, ...globs } : { kind: "feed", location: feed, ...globs },
  );

export const networkNames = networks.map((network) => network.name);

/** The row of an account has every post of a day. */
const count = z.int().min(1).max(1_000);

const accountKeys = {
  name,
  network: z.string().refine((given) => networks.some((known) => known.name === given), {
    error: ({ input }) => `there is no network ${JSON.stringify(input)}: ${suggestion(String(input), networkNames)}`,
  }),
  site: z.string().optional(),
  language: language.optional(),
  pacing: z
    .strictObject({
      interval: duration.prefault("1m"),
      dailyCap: count.default(50),
      quietHours: quietHours.optional(),
    })
    .prefault({}),
  spend: z.strictObject({ monthly: z.number().positive() }).optional(),
  images: z.literal("all").optional(),
  approve: z.boolean().optional(),
  sharesLogin: z.boolean().optional(),
};

/** The other keys of an account are parsed by its network's schema. */
const accountSchema = z
  .looseObject(accountKeys)
  .transform(({ name, network, site, language, pacing, spend, images, approve, sharesLogin, ...others }, context) => {
    const parsed = networks
      .find((known) => known.name === network)
      ?.settings.safeParse(others, { error: errorMessages(Object.keys(accountKeys)) });
    for (const issue of parsed?.error?.issues ?? [])
      context.addIssue({ code: "custom", path: [...issue.path], message: issue.message });
    return {
      name,
      network,
      site,
      language,
      pacing,
      spend,
      images,
      approve,
      sharesLogin,
      settings: { ...parsed?.data },
    };
  });

const certificateArn = z
  .string("name the certificate of the domain: request one in us-east-1 (AWS Certificate Manager) and put its ARN here")
  .regex(
    /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[a-zA-Z0-9-]+$/,
    "use the ARN of a certificate: arn:aws:acm:us-east-1:123456789012:certificate/…",
  )
  // Amazon CloudFront Developer Guide, "Requirements for using SSL/TLS certificates with CloudFront".
  .refine((arn) => !arn.includes(":acm:") || arn.split(":")[3] === "us-east-1", {
    error: ({ input }) =>
      `the certificate is in ${String(input).split(":")[3]}, and CloudFront takes one from us-east-1 only: request it there`,
  });

/** The retention times of CloudWatch Logs (PutRetentionPolicy). */
const logDays = z.literal([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827], {
  error: "use a number of days that CloudWatch knows: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731 …",
});

/** In US dollars a month, of the first stage with 1,000 documents: a test compares it with `npm run cost`. */
const costAtRest = { least: 0.21, most: 0.68 };

/** Settings of a deployment on AWS. */
export const deploymentSchema = z.strictObject({
  /** The configured host of one stage. The other stages use the host of their CloudFront distribution. */
  domain: z
    .strictObject({
      name: z
        .string()
        .regex(
          /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/,
          "use a host without scheme and path, in lower case: feeds.example.com",
        ),
      certificateArn,
      stage: z
        .string()
        .refine(isStage, `use the name of a stage as in -c stage=preview: ${stageRule}`)
        .default(defaultStage),
    })
    .optional(),
  /** The stages that post to networks. The others make feeds only. */
  posts: z
    .array(z.string().refine(isStage, `use the name of a stage as in -c stage=preview: ${stageRule}`))
    .default([defaultStage]),
  alarmEmail: z.email("use an e-mail address, for example me@example.com").optional(),
  /** The budget of the whole AWS account, in US dollars. */
  monthlyBudget: z
    .number()
    .min(
      costAtRest.most,
      `use 1 US dollar or more: a month at rest costs ${costAtRest.least} to ${costAtRest.most} (docs/deploy.md, What it costs), and a smaller budget would warn of that alone`,
    )
    .default(10),
  logDays: logDays.default(90),
  /** Old paths and their new ones, which are answered with 301. */
  redirects: z.record(localPath, localPath).default({}),
});

const tokens = permalinkTokens.map((name) => `:${name}`);

const mistypedToken = (permalink: string): string | undefined =>
  keyTokens(permalink).find((name) => meantToken(name) !== undefined);

const mistypedMessage = (permalink: string): string => {
  const mistyped = mistypedToken(permalink) ?? "";
  return `there is no token ":${mistyped}": did you mean ":${meantToken(mistyped)}"? Known are ${tokens.join(", ")}, and the keys of your documents`;
};

const permalink = z
  .string()
  .regex(/^\/(?![/\\])[^?#\s\\]*$/, "use a path that begins with one slash: /:year/:month/:slug/")
  .refine((given) => mistypedToken(given) === undefined, {
    error: ({ input }) => mistypedMessage(String(input)),
    abort: true,
  })
  .refine(
    namesThePost,
    "put :slug, :title, :filename, :path or a key of the documents into it, so that each post has its own address",
  );

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

const feedNames = ["default", "main", "featured", "notes", "articles", "categories/<slug>", "languages/<tag>"];

/** Returns the key as it is in the feed's address; undefined if there is no such feed. */
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

/** The length is limited, because a hub is a part of a row's key. */
const hub = z
  .url({ protocol: /^https?$/, error: "use the absolute URL of a WebSub hub: https://hub.example.com/" })
  .max(500, "this is longer than 500 characters: use the hub's plain address")
  // Every feed shows its hubs to readers.
  .refine((url) => !/^https?:\/\/[^/?#]*@/.test(url), "remove the user name and the password");

const webhookUrl = z
  .url({ protocol: /^https?$/, error: "use the absolute URL of an address of your own: https://example.com/crier" })
  .refine((url) => !/^https?:\/\/[^/?#]*@/.test(url), "remove the user name and the password: messages are signed");

const documentFolder = (what: string, example: string) =>
  z.string().regex(/^(?:(?!\.{1,2}\/)[^/\\]+\/)+$/, `use ${what}, with a slash at its end: ${example}`);

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
  /** A domain that belonged to the owner on that date (RFC 4151 §2.1). */
  authority: z
    .string()
    .regex(
      /^[^\s,/:]+,\d{4}(?:-\d{2}(?:-\d{2})?)?$/,
      "use a domain and a date on which it was yours: example.com,2026-01-01",
    )
    .optional(),
  permalink: permalink.default("/:slug/"),
  /** Keyed by folder or language. */
  permalinks: z.record(documentFolder("a folder of the documents or a language", "de/"), permalink).optional(),
  notes: z.array(documentFolder("a folder of the documents", "notes/")).optional(),
  /** The case of the values that come from the names of files and folders. */
  permalinkCase: z.enum(["keep", "lower"]).optional(),
  sources: z.array(sourceSchema).default([]),
  feedsUrl: webUrl.optional(),
  /** Maps a field to the key of the documents, with dots for a key inside others. */
  fields: z.partialRecord(fieldName, fieldPath).default({}),
  publishStatuses: z
    .array(z.string().trim().toLowerCase().min(1))
    .default(["new", "published", "publish", "live", "public"]),
  /** The languages besides the site's own. A language that is not named gets a feed with its first post. */
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
      categoryMinimum: z.int().min(1).max(100).default(3),
      /** The title of a link post leads to its own page, or to the page that it is about. */
      linkPosts: z.enum(["page", "target"]).default("page"),
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
      burst: count.default(5),
      noteBurst: count.default(20),
      settle: duration.prefault("2m"),
      removeCopiesAfter: duration.prefault("1d"),
      live: z.enum(["wait", "ignore"]).default("wait"),
      /** The default for accounts that do not set it. */
      approve: z.boolean().default(false),
    })
    .prefault({}),
  deployment: deploymentSchema.prefault({}),
});
