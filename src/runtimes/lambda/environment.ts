import type { Dependencies } from "../../compose.ts";
import type { Deployment } from "../../domain/installation.ts";
import { type Site, sourceName } from "../../domain/site.ts";
import type { Source } from "../../ports/content.ts";
import type { LambdaSourceKind } from "../../sources/source-kind.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export const requireVariable = (env: Environment, name: string): string => {
  const value = env[name];
  if (value === undefined || value === "")
    throw new Error(`the environment variable ${name} is missing: deploy the stack again`);
  return value;
};

/** The API is at the same host as the feeds, `FEEDS_HOST`, which only some functions know. */
export const readDeployment = (env: Environment, { posts }: Pick<Deployment, "posts">): Deployment => ({
  posts,
  stage: requireVariable(env, "STAGE"),
  region: requireVariable(env, "AWS_REGION"),
  url: env.FEEDS_HOST === undefined ? undefined : `https://${env.FEEDS_HOST}`,
});

type Configured = Dependencies["config"] & {
  /** The addresses that the configuration itself contains, by their path: `{ "sites[0].feedsUrl": "https://…/" }`. */
  readonly ownFeedsUrls: Readonly<Record<string, string>>;
};

/**
 * Adds the addresses of feeds that only a deployment knows. Each site that configures none is below `host`, the name of the
 * CloudFront distribution or its domain. If the first site configures an address, the others have one below it already.
 */
export const withFeedsHost = <Given extends Configured>(config: Given, host: string | undefined): Given => {
  const isConfigured = (index: number): boolean => config.ownFeedsUrls[`sites[${index}].feedsUrl`] !== undefined;
  if (host === undefined || isConfigured(0)) return config;
  const sites = config.sites.map((site, index) =>
    isConfigured(index) ? site : { ...site, feedsUrl: `https://${host}/${site.folder}` },
  );
  return { ...config, sites };
};

/** The sources of all sites: the locations that they share, and those that the configuration names for one site. */
export const openDeployedSources = (
  kinds: readonly LambdaSourceKind[],
  sites: readonly Pick<Site, "id" | "sources">[],
  requireVariable: (name: string) => string,
): readonly Source[] =>
  kinds.flatMap(({ name, variable, open }) =>
    variable !== undefined
      ? [open(requireVariable(variable))]
      : sites.flatMap((site) =>
          site.sources
            .filter(({ kind }) => kind === name)
            .map((one) => ({ ...open(one.location), name: sourceName(one), site: site.id })),
        ),
  );
