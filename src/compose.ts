import { createHash, randomUUID } from "node:crypto";
import type { App, Desk, Ingested } from "./app/app.ts";
import { deliver } from "./app/deliver.ts";
import { ingest } from "./app/ingest.ts";
import { plan } from "./app/plan.ts";
import { publish } from "./app/publish.ts";
import { reconcile } from "./app/reconcile.ts";
import { advance, sweep } from "./app/relay.ts";
import { remove } from "./app/remove.ts";
import { render } from "./app/render.ts";
import { resolve, retry } from "./app/resolve.ts";
import { listAccounts, listDeliveries, listPosts, listRefused, postStatus } from "./app/status.ts";
import type { Config } from "./config.ts";
import type { Site } from "./domain/site.ts";
import { formats } from "./feeds/index.ts";
import { encode } from "./objects/encodings.ts";
import type {
  Clock,
  DeliveryRef,
  FeedRef,
  Hash,
  Log,
  Networks,
  Objects,
  Parse,
  PostRef,
  Queue,
  Ref,
  Source,
  Store,
} from "./ports.ts";
import { parseDocument } from "./sources/document.ts";
import { onePost } from "./sources/one-post.ts";

/** What differs between a machine, a deployment and a test. */
export interface Parts {
  readonly config: Pick<Config, "sites" | "accounts" | "policies">;
  readonly store: Store;
  readonly log: Log;
  readonly clock: Clock;
}

const hash: Hash = (content) => createHash("sha256").update(content).digest("hex");

const siteOf =
  ({ sites }: Pick<Config, "sites">) =>
  (id: string): Site => {
    const site = sites.find((one) => one.id === id);
    if (site === undefined)
      throw new Error(`there is no site "${id}" in the configuration: put it back, or remove its posts first`);
    return site;
  };

const ports = ({ config, store, log, clock }: Parts) => ({
  ...store,
  accountStates: store.accounts,
  accounts: config.accounts,
  policies: config.policies,
  site: siteOf(config),
  hash,
  log,
  clock,
});

/** Documents in: the only function that carries Markdown and the sanitiser. */
export const composeIngest = (parts: Parts, sources: readonly Source[]) => {
  const named = new Map(sources.map((source) => [source.name, source]));
  const common = { ...ports(parts), accounts: parts.store.accounts, sources: named, parse: parseDocument };
  const read = (site: Site, source: Source, path: string) => ingest({ site, source, path }, {}, common);
  const sourceOf = (name: string): Source => {
    const source = named.get(name);
    if (source === undefined) throw new Error(`there is no source "${name}"`);
    return source;
  };
  const one = async (site: Site, name: string, path: string): Promise<Ingested> => {
    const source = sourceOf(name);
    const answer = await read(site, source, path);
    // A slug may be free now: the refused documents that waited for it are tried at once (interleaving 6).
    if (answer.result === "deleted") {
      for await (const { path: other, refusal } of parts.store.documents.all(site.id, name))
        if (refusal !== undefined) await read(site, source, other);
    }
    return answer;
  };
  return {
    ingest: one,
    reconcile: (site: Site, name: string) =>
      reconcile(site, sourceOf(name), { ...common, ingest: (path) => read(site, sourceOf(name), path) }),
    /** A document that was handed over, under the slug in its address. */
    put: (
      site: Site,
      slug: string,
      bytes: Uint8Array,
      word: { readonly again?: boolean | undefined; readonly byHand?: boolean | undefined },
    ) => {
      const path = `${slug}.md`;
      const parse: Parse = (document, at, of) => underSlug(parseDocument(document, at, of), slug);
      return ingest(
        { site, source: onePost("api", path, bytes), path },
        { byHand: true, ...word },
        { ...common, parse },
      );
    },
  };
};

const underSlug = (parsed: ReturnType<Parse>, slug: string): ReturnType<Parse> =>
  parsed.kind === "refused" || parsed.content.slug === slug
    ? parsed
    : {
        kind: "refused",
        reasons: [
          {
            code: "slug-differs",
            field: "slug",
            message: `the document's slug is "${parsed.content.slug}", the address says "${slug}": make them the same`,
          },
        ],
      };

export const composePublish = (parts: Parts, networks: Pick<Networks, "reach">) => (ref: PostRef) =>
  publish(ref, { ...ports(parts), networks });

export const composeRender = (parts: Parts, objects: Objects) => (ref: FeedRef) =>
  render(ref, { ...ports(parts), objects, formats, encode, unique: randomUUID });

export const composeDeliver = (parts: Parts, networks: Networks) => (ref: DeliveryRef) =>
  deliver(ref, { ...ports(parts), networks, deadline: (milliseconds) => AbortSignal.timeout(milliseconds) });

export interface DeskParts extends Parts {
  readonly networks: Networks;
  readonly sources: readonly Source[];
}

/** What people and their tools ask for. */
export const composeDesk = (parts: DeskParts): Desk => {
  const [site] = parts.config.sites;
  if (site === undefined) throw new Error("the configuration names no site");
  const common = { ...ports(parts), networks: parts.networks, parse: parseDocument };
  const documents = composeIngest(parts, parts.sources);
  return {
    site,
    put: (slug, bytes, word = {}) => documents.put(site, slug, bytes, word),
    remove: (slug) => remove(site.id, slug, common),
    plan: (bytes, name) => plan(bytes, name, site, common),
    status: (slug) => postStatus(site.id, slug, common),
    list: (from) => listPosts(site.id, from, common),
    refused: () => listRefused(site.id, [...parts.sources.map(({ name }) => name), "api"], common),
    deliveries: (state, from) => listDeliveries(state, from, common),
    accounts: () => listAccounts(common),
    retry: (id) => retry(site.id, id, common),
    resolve: (id, as) => resolve(site.id, id, as, common),
  };
};

export interface AppParts extends DeskParts {
  readonly objects: Objects;
  readonly queue: Queue;
}

/** Everything in one process: the local runtime and the tests. */
export const composeApp = (parts: AppParts): App => {
  const desk = composeDesk(parts);
  const documents = composeIngest(parts, parts.sources);
  const [publishes, renders, delivers] = [
    composePublish(parts, parts.networks),
    composeRender(parts, parts.objects),
    composeDeliver(parts, parts.networks),
  ];
  const step = (ref: Ref): Promise<void> => {
    if (ref.kind === "post") return publishes(ref);
    return ref.kind === "feed" ? renders(ref) : delivers(ref);
  };
  const rows = { ...parts.store, ...parts };
  return {
    ...desk,
    ingest: (source, path) => documents.ingest(desk.site, source, path),
    reconcile: (source) => documents.reconcile(desk.site, source),
    work: (ref) => advance(ref, () => step(ref), rows),
    sweep: (overdueBy) => sweep(overdueBy, rows),
  };
};
