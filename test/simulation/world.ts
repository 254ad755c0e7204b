import type { Policies } from "../../src/domain/account.ts";
import type { Site } from "../../src/domain/site.ts";
import { type Instant, minute, second } from "../../src/domain/time.ts";
import { networks } from "../../src/networks/index.ts";
import type { Key } from "../../src/store/keys.ts";
import type { Change } from "../../src/store/table.ts";
import { useCases } from "../support/app.ts";
import { aSite, notes, start } from "../support/builders.ts";
import type { Connected } from "./accounts.ts";
import type { Chaos } from "./chaos.ts";
import type { Variant } from "./crier-process.ts";
import { createInstallation, type Installation, type Surroundings } from "./installation.ts";
import { internet } from "./network/internet.ts";
import { createModels } from "./network/models.ts";
import type { Copy, Ledger, Login } from "./network/network-model.ts";
import type { XRules } from "./network/x-model.ts";
import { simulatedPictures } from "./pictures.ts";
import type { Random } from "./random.ts";
import { createScheduler } from "./scheduler.ts";

export interface WorldOptions {
  readonly random: Random;
  readonly chaos: Chaos;
  readonly accounts: readonly Connected[];
  readonly workers: number;
  readonly policies?: Partial<Policies>;
  /** False: what the folder holds at first is history. */
  readonly isListed?: boolean;
  /** False: feeds are leased and released, not rendered. */
  readonly renders?: boolean;
  /** True: translations, listings, audits, messages, hubs and tokens leave their rows, too. */
  readonly hasEveryRow?: boolean;
  /** The number of the kind of row that is damaged, where there is one. By default any kind is. */
  readonly damages?: number;
  /** True: people write notes and answers, too. */
  readonly hasNotes?: boolean;
  /** False: no note gets another text. */
  readonly rewordsNotes?: boolean;
  /** True: there is a second site, with its own folder of documents. */
  readonly hasSecondSite?: boolean;
  /** True: another installation with the same configuration runs beside the first one. */
  readonly hasSecondInstallation?: boolean;
  readonly x?: Partial<XRules>;
  readonly variant?: Variant;
  readonly trace?: (line: string) => void;
}

/** A row that was damaged, and how. */
export interface DamagedRow {
  readonly kind: string;
  readonly key: Key;
  readonly change: Change;
}

const aSiteWithEverything = aSite({
  feeds: { ...aSite().feeds, main: "all" },
  hubs: ["https://hub.example/"],
  languages: ["en", "de"],
  webhook: { url: "https://blog.example.com/hooks/crier" },
});

export interface Request {
  readonly network: string;
  readonly method: string;
  readonly path: string;
  readonly at: Instant;
  /** The number of other workers that wait for an answer of the same server. */
  readonly others: number;
  /** The time since this configuration was deployed. */
  readonly deployedFor: number;
}

/** Everything outside of Crier, and Crier's functions in processes that crash: documents, the table, queues, networks and people. */
export const createWorld = ({
  random,
  chaos,
  accounts,
  workers,
  policies,
  isListed = true,
  renders = false,
  hasEveryRow = false,
  damages,
  hasNotes = false,
  rewordsNotes = true,
  hasSecondSite = false,
  hasSecondInstallation = false,
  x: xRules,
  variant = {},
  trace = () => {},
}: WorldOptions) => {
  const counts = new Map<string, number>();
  const count = (name: string, by = 1): void => void counts.set(name, (counts.get(name) ?? 0) + by);
  const violations: string[] = [];
  const damaged: DamagedRow[] = [];
  const violate = (text: string): void => {
    violations.push(`${new Date(scheduler.now).toISOString()} ${text}`);
    trace(`VIOLATION ${text}`);
  };

  const scheduler = createScheduler({
    random,
    start,
    crashes: ({ name }, label) => {
      const isHit = chaos.crashes();
      if (isHit) count(`crash ${name.split(" ")[0]}`);
      if (isHit) trace(`crash at ${label}`);
      return isHit;
    },
    latency: chaos.latency,
    trace: (line) => trace(`${new Date(scheduler.now).toISOString().slice(8, 23)} ${line}`),
  });

  // Documents.
  const files = new Map<string, string>();
  const site = hasEveryRow ? aSiteWithEverything : aSite();
  const configured: { accounts: readonly Connected[]; sites: readonly Site[]; version: number; since: Instant } = {
    accounts,
    sites: hasSecondSite ? [site, aSite(notes)] : [site],
    version: 0,
    since: start,
  };

  // Networks.
  let ids = 0;
  const nextId = (): string => {
    ids += 1;
    return String(1_000 + ids);
  };
  const copies: Copy[] = [];
  const logins: Login[] = accounts.map(({ login }) => login);
  const secrets = new Map<string, Login>(accounts.map(({ account, login }) => [account.name, login]));
  const onCopies: ((copy: Copy) => void)[] = [];
  const ledger: Ledger = {
    logins,
    copies,
    nextId,
    onCopy: (copy) => {
      count("copies");
      for (const check of onCopies) check(copy);
    },
  };
  const requests: Request[] = [];
  const settleOf = new Map(networks.map(({ name, settle }) => [name, settle]));
  const net = internet({
    scheduler,
    random,
    modelAt: createModels(ledger, xRules),
    fateOf: chaos.fateOf,
    // Clocks may be half a minute apart, so what a network still takes later must be that much earlier.
    maxLag: (network) => Math.max(second, (settleOf.get(network) ?? minute) - 30 * second),
    onSend: ({ method, url, sentAt }, { network }, fate, others) => {
      count(`request ${network} ${fate}`);
      requests.push({
        network,
        method,
        path: url.pathname,
        at: sentAt,
        others,
        deployedFor: scheduler.now - configured.since,
      });
    },
  });

  const surroundings: Surroundings = {
    random,
    scheduler,
    chaos,
    workers,
    files,
    pictures: simulatedPictures(random),
    configured,
    secrets,
    copies,
    damaged,
    policies: policies ?? {},
    fetchOf: net.fetchOf,
    asksForApproval: (name) => accounts.some(({ account }) => account.name === name && account.approve === true),
    nextId,
    count,
    violate,
    trace,
    renders,
    hasEveryRow,
    variant,
  };
  const installations = Array.from({ length: hasSecondInstallation ? 2 : 1 }, (_, at) =>
    createInstallation(at + 1, surroundings),
  );

  /** A document changed: the source reports it, late, twice or not at all. */
  const reportFile = (path: string): void => {
    for (const { runOnce } of installations) {
      if (chaos.losesEvent()) continue;
      const times = chaos.repeatsEvent() ? 2 : 1;
      for (let time = 0; time < times; time += 1)
        scheduler.at(scheduler.now + random.between(0, 3_000), `event: ${path} changed`, () =>
          runOnce("ingest", ({ app }) => app.ingest("folder", path)),
        );
    }
  };

  const common = {
    scheduler,
    random,
    chaos,
    counts,
    count,
    violations,
    violate,
    files,
    reportFile,
    configured,
    copies,
    logins,
    secrets,
    requests,
    pictures: surroundings.pictures,
    onCopy: (check: (copy: Copy) => void): void => void onCopies.push(check),
    /** Deliveries of which it was lost what they sent: a person looks at the network. */
    lostSends: new Set<string>(),
    /** The rows that were damaged. */
    damaged,
    damages,
    hasEveryRow,
    hasNotes,
    rewordsNotes,
    renders,
    prepare: async (): Promise<void> => {
      for (const { begin } of installations) await begin();
      for (const { noteListed } of isListed ? installations : [])
        for (const site of configured.sites) await noteListed(site);
    },
  };
  const siteOf = new Map(accounts.map(({ account }) => [account.name, account.site]));
  /** The world as one installation sees it, with the use cases of one of its sites. */
  const viewOf = (site: Site, installation: Installation) => {
    type Crier = Parameters<Parameters<Installation["runOnce"]>[1]>[0];
    const ofSite = ({ app, relay }: Crier): Crier => {
      const context = app.sites.find((one) => one.site.id === site.id);
      return { app: context === undefined ? app : { ...app, ...useCases(context) }, relay };
    };
    const runOnce: Installation["runOnce"] = (name, task, then) =>
      installation.runOnce(name, (crier) => task(ofSite(crier)), then);
    const others = installations.filter((one) => one !== installation);
    /** A person or another installation has deleted the copy: this one finds out when it changes it the next time. */
    const isGoneUntold = (copy: Copy): boolean =>
      copy.byPerson || (copy.deleted && others.some(({ owners }) => owners.hasRemoved(copy)));
    /** Another installation has made or edited the copy. */
    const isOfOther = (copy: Copy): boolean =>
      others.some(({ owners }) => owners.isOwn(copy) || owners.hasEdited(copy));
    return {
      ...common,
      ...installation,
      isGoneUntold,
      isOfOther,
      site,
      isOfSite: (name: string) => siteOf.get(name) === site.id,
      runOnce,
    };
  };
  const views = installations.flatMap((installation) => configured.sites.map((site) => viewOf(site, installation)));
  const [first] = views;
  if (first === undefined) throw new Error("the world has no installation");
  return { ...first, installations, views };
};

/** The world as one installation and one of its sites see it. */
export type SimulatedSite = Omit<SimulatedWorld, "installations" | "views">;

/** The first view of a world, and all of them. */
export type SimulatedWorld = ReturnType<typeof createWorld>;
