import * as z from "zod";
import { defaultStage, isStage } from "../domain/deployment-stage.ts";
import { categoryFeed, categorySlug, type FeedKey, feedParts, inLanguage, parseFeedKey } from "../domain/feed-key.ts";
import { namesThePost, permalinkTokens, unknownTokens } from "../domain/permalink.ts";
import { suggestion } from "../domain/suggestion.ts";
import { day, hour, minute, second } from "../domain/time.ts";
import { feedFiles } from "../feeds/index.ts";
import { networks } from "../networks/index.ts";
import { errorMessages } from "./messages.ts";
import { sourceSchema } from "./source-schema.ts";

const units = { s: second, m: minute, h: hour, d: day };

const isUnit = (text: string | undefined): text is keyof typeof units => text !== undefined && text in units;

/** For example 90s or 7d; parsed to milliseconds. */
const duration = z
  .templateLiteral([z.number().nonnegative(), z.enum(["s", "m", "h", "d"])], {
    error: "use a number and s, m, h or d, for example 90s or 7d",
  })
  .transform((text) => {
    const unit = text.at(-1);
    return Number.parseFloat(text) * (isUnit(unit) ? units[unit] : 1);
  });

const networkNames = networks.map((network) => network.name);

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

/** Percent-encoded, as in a request. Not `//host`, which is another host (RFC 3986 §4.2). */
const localPath = z
  .string()
  .regex(
    /^\/(?![/\\])(?:(?![?#])[!-~])*$/,
    "use a percent-encoded path that begins with one slash, without query and fragment: /rss.xml",
  );

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
  publishStatuses: z
    .array(z.string().trim().toLowerCase().min(1))
    .default(["new", "published", "publish", "live", "public"]),
  /** Besides the site's own. A language that is not named has a feed once it has a post. */
  languages: z.array(language).default([]),
  licence: z.strictObject({ name: z.string().trim().min(1), url: z.url({ protocol: /^https?$/ }) }).optional(),
  hubs: z.array(hub).default([]),
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

const accountKeys = {
  name,
  network: z.string().refine((given) => networks.some((known) => known.name === given), {
    error: ({ input }) => `there is no network ${JSON.stringify(input)}: ${suggestion(String(input), networkNames)}`,
  }),
  site: z.string().optional(),
  pacing: z.strictObject({ interval: duration.prefault("1m"), dailyCap: z.int().min(1).default(50) }).prefault({}),
};

/** The other keys of an account are parsed by its network's schema. */
const accountSchema = z.looseObject(accountKeys).transform(({ name, network, site, pacing, ...others }, context) => {
  const parsed = networks
    .find((known) => known.name === network)
    ?.settings.safeParse(others, { error: errorMessages(Object.keys(accountKeys)) });
  for (const issue of parsed?.error?.issues ?? [])
    context.addIssue({ code: "custom", path: [...issue.path], message: issue.message });
  return { name, network, site, pacing, settings: { ...parsed?.data } };
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

/** Settings of a deployment on AWS. */
export const deploymentSchema = z.strictObject({
  /** The own host of one stage. The other stages have the host that CloudFront gives them. */
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
        .refine(isStage, "use the name of a stage as in -c stage=preview: lower-case letters, digits and dashes")
        .default(defaultStage),
    })
    .optional(),
  alarmEmail: z.email("use an e-mail address, for example me@example.com").optional(),
  /** In US dollars, for the whole AWS account. */
  monthlyBudget: z.number().positive("use an amount in US dollars above 0").default(10),
  logDays: logDays.default(90),
  /** Old paths and their new ones, answered with 301. A CloudFront Function has at most 10 KB. */
  redirects: z
    .record(localPath, localPath)
    .refine(
      (redirects) => JSON.stringify(redirects).length <= 6_000,
      "these are too many: use at most 6,000 characters in all",
    )
    .default({}),
});

export const configSchema = z.strictObject({
  sites: z.array(siteSchema).min(1, "name at least one site: { id, title, url }"),
  accounts: z.array(accountSchema).default([]),
  policies: z.strictObject({ maxAge: duration.prefault("7d"), burst: z.int().min(1).default(5) }).prefault({}),
  deployment: deploymentSchema.prefault({}),
});
