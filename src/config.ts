import * as z from "zod";
import { pathProblems, redirectProblems } from "./config/addresses.ts";
import { configSchema, type deploymentSchema, type siteSchema } from "./config/schema.ts";
import { lines, place, suggestion, words } from "./config/words.ts";
import type { Account, Policies } from "./domain/account.ts";
import type { FeedContent, Site } from "./domain/site.ts";
import { feedFiles } from "./feeds/index.ts";

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

/** What `crier.config.ts` holds: a site needs `id`, `title` and `url`, an account `name` and `network`. */
export type ConfigInput = z.input<typeof configSchema>;

export const defineConfig = (config: ConfigInput): ConfigInput => config;

const contents = (content: FeedContent | Readonly<Record<string, FeedContent>>): Site["feeds"]["content"] =>
  typeof content === "string" ? { default: content } : content;

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

const repeated = (
  values: readonly (string | undefined)[],
  path: (index: number) => readonly PropertyKey[],
): readonly string[] =>
  values.flatMap((value, index) =>
    value !== undefined && values.indexOf(value) < index
      ? [`${place(path(index))}: ${JSON.stringify(value)} is used twice: give each its own`]
      : [],
  );

const word = z.string().optional().catch(undefined);

/** The names alone, however wrong the rest is. */
const namesSchema = z.object({
  sites: z.array(z.object({ id: word }).catch({})).catch([]),
  accounts: z.array(z.object({ name: word, site: word }).catch({})).catch([]),
});

/** Names that do not fit each other: seen whatever else is wrong, so that one run shows every mistake. */
const nameProblems = (input: unknown): readonly string[] => {
  const { data } = namesSchema.safeParse(input);
  if (data === undefined) return [];
  const ids = data.sites.flatMap(({ id }) => id ?? []);
  return [
    ...repeated(
      data.sites.map(({ id }) => id),
      (index) => ["sites", index, "id"],
    ),
    ...repeated(
      data.accounts.map(({ name }) => name),
      (index) => ["accounts", index, "name"],
    ),
    ...data.accounts.flatMap(({ site }, index) =>
      site === undefined || ids.length === 0 || ids.includes(site)
        ? []
        : [
            `${place(["accounts", index, "site"])}: there is no site ${JSON.stringify(site)} under sites: ${suggestion(site, ids)}`,
          ],
    ),
  ];
};

/** Own paths of main feeds → the files that are served there. */
export const servedPaths = ({ sites }: Pick<Config, "sites">): Readonly<Record<string, string>> =>
  Object.fromEntries(
    sites.flatMap(({ folder, feeds }) =>
      Object.entries(feeds.paths).map(([id, path]) => [path, `/${folder}${feedFiles[id]}`]),
    ),
  );

/** Checks all of it, so that one run shows every mistake. Throws `ConfigError`. */
export const loadConfig = (input: unknown): Config => {
  const { data, error } = configSchema.safeParse(input, { error: words() });
  if (data === undefined) throw new ConfigError([...lines(error.issues), ...nameProblems(input)]);
  const { policies, deployment } = data;
  const sites = data.sites.map(readSite);
  const problems = [
    ...nameProblems(input),
    ...repeated(
      sites.map(({ feedsUrl }) => feedsUrl),
      (index) => ["sites", index, "feedsUrl"],
    ),
    ...pathProblems(sites),
    ...redirectProblems(deployment.redirects, sites),
  ];
  if (problems.length > 0) throw new ConfigError(problems);
  const accounts = data.accounts.map((account) => ({ ...account, site: account.site ?? sites[0]?.id ?? "" }));
  return { sites, accounts, policies, deployment };
};
