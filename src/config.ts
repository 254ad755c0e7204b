import * as z from "zod";
import type { Account, Policies } from "./domain/account.ts";
import type { FeedContent, Site } from "./domain/site.ts";
import { day, hour, minute, second } from "./domain/time.ts";
import { feedFiles } from "./feeds/index.ts";
import { networks } from "./networks/index.ts";

export interface Config {
  readonly sites: readonly Site[];
  readonly accounts: readonly Account[];
  readonly policies: Policies;
  readonly deployment: z.output<typeof deploymentSchema>;
}

/** The configuration holds mistakes: one line each, with the place. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
    this.problems = problems;
  }
}

const units = { s: second, m: minute, h: hour, d: day };

const isUnit = (text: string | undefined): text is keyof typeof units => text !== undefined && text in units;

/** A time span as people write it, in milliseconds inside. */
const span = z
  .templateLiteral([z.number().nonnegative(), z.enum(["s", "m", "h", "d"])], {
    error: "use a number and s, m, h or d, for example 90s or 7d",
  })
  .transform((text) => {
    const unit = text.at(-1);
    return Number.parseFloat(text) * (isUnit(unit) ? units[unit] : 1);
  });

const name = z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, "use lower-case letters, digits and single dashes");

const withSlash = (url: string): string => (url.endsWith("/") ? url : `${url}/`);

const webUrl = z
  .url({ protocol: /^https?$/, error: "use an absolute URL, for example https://blog.example.com/" })
  .refine((url) => !/[?#]/.test(url), "leave out the query and the fragment")
  .transform(withSlash);

const matches = (make: () => unknown): boolean => {
  try {
    return make() !== undefined;
  } catch {
    return false;
  }
};

const timeZone = z.string().refine((zone) => matches(() => new Intl.DateTimeFormat("en", { timeZone: zone })), {
  error: ({ input }) => `there is no time zone ${JSON.stringify(input)}; use an IANA name such as Europe/Berlin`,
});

const language = z.string().refine((tag) => matches(() => new Intl.Locale(tag)), {
  error: ({ input }) => `${JSON.stringify(input)} is no language tag; use one such as en or pt-BR (BCP 47)`,
});

/** As it stands in a request, percent-encoded; not `//host`, which is another host (RFC 3986 §4.2). */
const localPath = z
  .string()
  .regex(
    /^\/(?![/\\])(?:(?![?#])[!-~])*$/,
    "use a percent-encoded path that begins with one slash, without query and fragment: /rss.xml",
  );

const formatId = z.string().refine((id) => Object.hasOwn(feedFiles, id), {
  error: ({ input }) => `there is no format ${JSON.stringify(input)}; use ${Object.keys(feedFiles).join(", ")}`,
});

const content = z.enum(["full", "summary"]);

/** It is part of a row's key. */
const hub = z
  .url({ protocol: /^https?$/, error: "use the absolute URL of a WebSub hub: https://hub.example.com/" })
  .max(500, "this is longer than 500 characters: use the hub's plain address");

const siteSchema = z.strictObject({
  id: name,
  title: z.string().trim().min(1, "give the site a title"),
  url: webUrl,
  description: z.string().optional(),
  author: z
    .strictObject({ name: z.string().trim().min(1), url: z.url().optional(), email: z.email().optional() })
    .optional(),
  language: language.default("en"),
  timeZone: timeZone.default("UTC"),
  /** RFC 4151 §2.1: a name that the owner held on that date. */
  authority: z
    .string()
    .regex(
      /^[^\s,/:]+,\d{4}(?:-\d{2}(?:-\d{2})?)?$/,
      "use a domain and a date on which it was yours: example.com,2026-01-01",
    )
    .optional(),
  permalink: z
    .string()
    .regex(/^\/.*:slug/, "use a path with :slug, for example /posts/:slug/")
    .default("/:slug/"),
  feedsUrl: webUrl.optional(),
  publishStatuses: z
    .array(z.string().trim().toLowerCase().min(1))
    .default(["new", "published", "publish", "live", "public"]),
  /** Besides the site's own. With more than one in all, each language has a feed. */
  languages: z.array(language).default([]),
  licence: z.strictObject({ name: z.string().trim().min(1), url: z.url({ protocol: /^https?$/ }) }).optional(),
  hubs: z.array(hub).default([]),
  movedIn: z.strictObject({ before: z.iso.date(), ids: z.enum(["guid", "url"]) }).optional(),
  feeds: z
    .strictObject({
      entries: z.int().min(1).max(100).default(20),
      content: z.union([content, z.record(z.string(), content)]).default("full"),
      categoryTypes: z.array(z.string().trim().toLowerCase().min(1)).optional(),
      paths: z.record(formatId, localPath).default({}),
    })
    .prefault({}),
});

const accountSchema = z.looseObject({
  name,
  network: z.string(),
  site: z.string().optional(),
  pacing: z.strictObject({ interval: span.prefault("1m"), dailyCap: z.int().min(1).default(50) }).prefault({}),
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

/** What CloudWatch Logs can keep (PutRetentionPolicy). */
const logDays = z.literal([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827], {
  error: "use a number of days that CloudWatch knows: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731 …",
});

/** What only a deployment on AWS asks for. */
const deploymentSchema = z.strictObject({
  /** The own host of one stage; the other stages keep the host that CloudFront gives them. */
  domain: z
    .strictObject({
      name: z
        .string()
        .regex(
          /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/,
          "use a host without scheme and path, in lower case: feeds.example.com",
        ),
      certificateArn,
      stage: z.string().default("production"),
    })
    .optional(),
  alarmEmail: z.email("use an e-mail address, for example me@example.com").optional(),
  /** In US dollars, for the whole AWS account. */
  monthlyBudget: z.number().positive("use an amount in US dollars above 0").default(10),
  logDays: logDays.default(90),
  /** Old paths of the host and the new ones, answered with 301. A CloudFront Function holds 10 KB in all. */
  redirects: z
    .record(localPath, localPath)
    .refine((redirects) => JSON.stringify(redirects).length <= 6_000, "these are too many: 6,000 characters in all")
    .default({}),
});

const configSchema = z.strictObject({
  sites: z.array(siteSchema).min(1, "name at least one site: { id, title, url }"),
  accounts: z.array(accountSchema).default([]),
  policies: z.strictObject({ maxAge: span.prefault("7d"), burst: z.int().min(1).default(5) }).prefault({}),
  deployment: deploymentSchema.prefault({}),
});

/** What `crier.config.ts` holds: a site needs `id`, `title` and `url`, an account `name` and `network`. */
export type ConfigInput = z.input<typeof configSchema>;

export const defineConfig = (config: ConfigInput): ConfigInput => config;

const place = (path: readonly PropertyKey[]): string =>
  path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
    .join("")
    .replace(/^\./, "");

/** Of a key that is wrong zod says only that it is. */
const words = (issue: z.core.$ZodIssue): string =>
  issue.code === "invalid_key" ? issue.issues.map(({ message }) => message).join("; ") : issue.message;

const lines = (error: z.ZodError, below: readonly PropertyKey[] = []): readonly string[] =>
  error.issues.map((issue) => `${place([...below, ...issue.path]) || "config"}: ${words(issue)}`);

const contents = (
  content: FeedContent | Readonly<Record<string, FeedContent>>,
): Readonly<Record<string, FeedContent>> => (typeof content === "string" ? { default: content } : content);

type SiteInput = z.output<typeof siteSchema>;

/** The first site has the root to itself; another one shares its host unless it names a place of its own. */
const readSite = (site: SiteInput, index: number, [first = site]: readonly SiteInput[]): Site => {
  const folder = index === 0 ? "" : `sites/${site.id}/`;
  const { languages, movedIn, feeds } = site;
  return {
    ...site,
    description: site.description ?? site.title,
    author: site.author ?? { name: site.title },
    authority: site.authority ?? `${new URL(site.url).hostname},2026`,
    folder,
    feedsUrl: site.feedsUrl ?? new URL(folder, first.feedsUrl ?? first.url).href,
    languages: [...new Set([site.language, ...languages])],
    movedIn: movedIn && { before: Date.parse(movedIn.before), ids: movedIn.ids },
    feeds: { ...feeds, content: contents(feeds.content), paths: { ...feeds.paths } },
  };
};

type Read<T> = { readonly value: T } | { readonly problems: readonly string[] };

const readAccount = (
  { name, network, site, pacing, ...settings }: z.output<typeof accountSchema>,
  index: number,
  sites: readonly Site[],
): Read<Account> => {
  const at = ["accounts", index];
  const known = networks.find((candidate) => candidate.name === network);
  const owner = site ?? sites[0]?.id ?? "";
  const read = known?.settings.safeParse(settings);
  const problems = [
    ...(known === undefined
      ? [`${place([...at, "network"])}: there is no network ${JSON.stringify(network)}; use ${list(networks)}`]
      : []),
    ...(sites.some(({ id }) => id === owner)
      ? []
      : [`${place([...at, "site"])}: there is no site ${JSON.stringify(owner)} under sites`]),
    ...(read?.success === false ? lines(read.error, at) : []),
  ];
  return problems.length === 0 && read?.success === true
    ? { value: { name, network, site: owner, settings: { ...read.data }, pacing } }
    : { problems };
};

const list = (known: readonly { readonly name: string }[]): string => known.map(({ name }) => name).join(", ");

const repeated = (values: readonly string[], path: (index: number) => readonly PropertyKey[]): readonly string[] =>
  values.flatMap((value, index) =>
    values.indexOf(value) < index
      ? [`${place(path(index))}: ${JSON.stringify(value)} is used twice; each needs its own`]
      : [],
  );

/** Own paths of main feeds → the files that stand there: what whoever serves the files has to know. */
export const servedPaths = ({ sites }: Pick<Config, "sites">): Readonly<Record<string, string>> =>
  Object.fromEntries(
    sites.flatMap(({ folder, feeds }) =>
      Object.entries(feeds.paths).map(([id, path]) => [path, `/${folder}${feedFiles[id]}`]),
    ),
  );

/** Checks all of it, so that one run shows every mistake. Throws `ConfigError`. */
export const loadConfig = (input: unknown): Config => {
  const parsed = configSchema.safeParse(input);
  if (!parsed.success) throw new ConfigError(lines(parsed.error));
  const sites = parsed.data.sites.map(readSite);
  const accounts = parsed.data.accounts.map((account, index) => readAccount(account, index, sites));
  const problems = [
    ...repeated(
      sites.map(({ id }) => id),
      (index) => ["sites", index, "id"],
    ),
    ...repeated(
      sites.flatMap(({ feeds }) => Object.values(feeds.paths)),
      () => ["sites", "feeds", "paths"],
    ),
    ...repeated(
      parsed.data.accounts.map(({ name }) => name),
      (index) => ["accounts", index, "name"],
    ),
    ...accounts.flatMap((account) => ("problems" in account ? account.problems : [])),
  ];
  if (problems.length > 0) throw new ConfigError(problems);
  return {
    sites,
    accounts: accounts.flatMap((account) => ("value" in account ? [account.value] : [])),
    policies: parsed.data.policies,
    deployment: parsed.data.deployment,
  };
};
