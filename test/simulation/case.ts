import { deliveryId } from "../../src/domain/delivery.ts";
import { day, hour, minute, second } from "../../src/domain/time.ts";
import { notes } from "../support/builders.ts";
import { type Connected, connectAccount, simulatedNetworks, type Traits, traitsOn } from "./accounts.ts";
import { type ActName, type Acts, actsOfSite, actsWithNotes, createActs } from "./acts.ts";
import { createChaos } from "./chaos.ts";
import type { Variant } from "./crier-process.ts";
import { checkCaps } from "./invariants/caps.ts";
import { checkClaims, checkCopies, checkSaid, watchCopies } from "./invariants/copies.ts";
import { checkDamage } from "./invariants/damage.ts";
import { checkDocuments } from "./invariants/documents.ts";
import { checkNotes } from "./invariants/notes.ts";
import { checkServers } from "./invariants/one-worker.ts";
import { checkRest } from "./invariants/rest.ts";
import { type Pair, readPairs } from "./invariants/rows-of-world.ts";
import { checkLost, checkSilence } from "./invariants/silence.ts";
import { checkSyndication } from "./invariants/syndication.ts";
import { type Random, seededRandom } from "./random.ts";
import { createWorld, type SimulatedSite, type SimulatedWorld } from "./world.ts";

/** An `unknown` that is left when everything works again. */
export interface Unknown {
  readonly network: string;
  readonly reason: string;
}

export interface CaseResult {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly counts: ReadonlyMap<string, number>;
  readonly unknown: readonly Unknown[];
  readonly steps: number;
}

interface CaseOptions {
  readonly variant?: Variant;
  /** The networks of the accounts. By default they may be on any network. */
  readonly networks?: readonly string[];
  readonly trace?: (line: string) => void;
}

/** In one of so many cases a second account has the login of the first one, which is a mistake: it is not used. */
const casesForTwin = 12;

/** One of so many cases has a second site; in half of those an account of each of the sites has the same login. */
const casesForSites = 15;

/** In one of so many cases a second installation with the same configuration runs beside the first, as a forgotten one does. */
const casesForInstallations = 15;

/** The second one is off for such a time, as a laptop is: then the first one is ahead. */
const sleeps = [minute, 20 * minute, 2 * hour];

/** In two of so many cases people write notes, too, and answers. */
const casesForNotes = 7;

/** One of so many cases has every kind of row and object, each of which may be damaged. */
const casesOfDamage = 10;

const isOfDamage = (seed: number): boolean => seed % casesOfDamage === 5;

/** Yields the seeds of so many of these cases. */
export function* seedsOfDamage(from: number, cases: number): Generator<number, void> {
  for (let [seed, found] = [from, 0]; found < cases; seed += 1)
    if (isOfDamage(seed)) {
      found += 1;
      yield seed;
    }
}

/** The acts in such a case. */
const damageTheme: readonly ActName[] = [
  "damageRow",
  "damageRow",
  "damageRow",
  "damageRow",
  "damageObject",
  "damageObject",
  "damage",
  "write",
  "write",
  "edit",
  "edit",
  "changeSlug",
  "erase",
  "restore",
  "rename",
  "hold",
  "release",
  "stop",
  "resume",
  "moveAway",
  "moveBack",
];

/** The acts of people in one case: all acts, or mostly those of one part. */
const themes: readonly (readonly ActName[])[] = [
  ["edit", "edit", "edit", "erase", "restore", "removePost", "rewrite"],
  ["write", "changeSlug", "changeSlug", "edit", "erase", "restore"],
  ["write", "write", "edit", "erase", "restore", "again"],
  ["edit", "removeAccount", "returnAccount", "moveAccount", "revoke", "removePost", "restore"],
  ["write", "approve", "approve", "edit", "edit", "erase", "restore", "release", "editText"],
  ["write", "stop", "edit", "resume", "erase", "hold", "release", "approve", "editText", "editText", "decideText"],
  ["write", "redate", "hold", "dismiss", "withdrawCopy", "edit", "again", "approve", "editText"],
  ["stop", "write", "editText", "editText", "edit", "decideText", "documentText", "resume", "approve", "write", "stop"],
  ["damageRow", "damageRow", "damageObject", "damage", "edit", "write", "erase", "rewrite"],
];

/** The acts where there are two sites or two installations: the accounts stay as they are. */
const themesOfSeveral = [...themes.slice(0, 3), ...themes.slice(4, 7)];

/**
 * The acts of people in a case that restores an earlier table: the networks that can be read are searched for posts
 * that it does not know.
 */
const restored = {
  theme: ["backUp", "backUp", "write", "write", "write", "rename", "redate", "retitle", "revoke", "putBack", "putBack"],
  networks: ["bluesky", "mastodon", "threads", "matrix", "micropub", "devto", "nostr"],
  pacing: { interval: minute, dailyCap: 50 },
} as const satisfies { readonly theme: readonly ActName[]; readonly [more: string]: unknown };

/** In half of those cases, the networks are those that cannot be searched: what they are sent since is not known. */
const unsearched = ["x", "linkedin", "discord", "slack", "telegram", "webhook"];

/**
 * Traits with which an earlier table always finds a post on its network. This is not so on Mastodon if the reply with
 * the link was never sent (decision 33), nor on one of two relays that does not answer (decision 37).
 */
const restoredTraits = (network: string): readonly Traits[] => {
  const all = traitsOn(network);
  if (network === "mastodon") return all.filter(({ link }) => link !== "reply");
  return network === "nostr" ? all.map((traits) => ({ ...traits, relays: ["wss://relay1.example"] })) : all;
};

/** Three at most, so that a case takes about as long whatever the number of networks. */
const severalOf = (all: readonly string[], random: Random): readonly string[] => {
  const left = [...all];
  return Array.from({ length: Math.min(3, all.length) }, () =>
    left.splice(random.between(0, left.length - 1), 1),
  ).flat();
};

/** The time in which a world comes to rest: longer than any wait of a delivery. */
const longest = 90 * 24 * hour;
/** Steps after which a world that does not come to rest is called stuck. */
const maxSteps = 60_000;

/** True where a document is refused, which may be over in an hour. */
const hasRefused = async ({ views }: SimulatedWorld): Promise<boolean> => {
  for (const { site, truth } of views)
    for await (const { refusal } of truth.documents.reported(site.id)) if (refusal !== undefined) return true;
  return false;
};

/** Runs on until nothing is due. Feeds, posts and deliveries that are due much later come to their time, too. */
export const comeToRest = async ({ scheduler, violate, installations }: SimulatedWorld): Promise<void> => {
  const [end, last] = [scheduler.now + longest, scheduler.steps + maxSteps];
  await scheduler.runWhile(() => scheduler.now < end && scheduler.steps < last);
  if (scheduler.steps >= last) violate(`STUCK: ${maxSteps} steps are not enough to come to rest`);
  for (const { earliestDue } of installations) {
    const due = earliestDue();
    if (due !== undefined) violate(`STUCK: a row is due ${new Date(due).toISOString()}, and nothing happens`);
  }
};

/**
 * A person reports once, for each delivery that waits for confirmation, whether it is on the network. Returns true if
 * there was one.
 */
const resolveAll = async (world: SimulatedWorld, ofSites: Iterable<Acts>): Promise<boolean> => {
  const resolved = new Set<string>();
  for (const acts of ofSites)
    for (;;) {
      const next = (await acts.undecided()).map(deliveryId).find((id) => !resolved.has(id));
      if (next === undefined) break;
      resolved.add(next);
      acts.resolve((id) => id === next);
      await comeToRest(world);
    }
  return resolved.size > 0;
};

/**
 * Days after a restore, and after its owner has dismissed what the restored accounts would send and has resumed them: each
 * post has one copy (`watchCopies` counts them), and nothing is stuck.
 */
const endRestored = async (world: SimulatedWorld, acts: Acts): Promise<void> => {
  const { scheduler, runOnce, truth } = world;
  runOnce("reconcile", ({ app }) => app.reconcile());
  await scheduler.runUntil(scheduler.now + 2 * day);
  const stops = Object.values((await truth.stops.read()).accounts);
  if (stops.some(({ isRestored }) => isRestored)) world.count("end stopped after a restore");
  const waiting = (await acts.deliveries()).filter(({ state }) => state === "pending" || state === "held");
  for (const one of waiting) runOnce("web dismiss", ({ app }) => app.act("dismiss", deliveryId(one)));
  await scheduler.runUntil(scheduler.now + hour);
  runOnce("web resume", ({ app }) => app.resume(undefined, { isConfirmed: true }));
  await comeToRest(world);
};

/**
 * Runs one case: people act while everything goes wrong, then everything works, and the result is checked from outside.
 */
export const runCase = async (seed: number, { variant, networks, trace }: CaseOptions = {}): Promise<CaseResult> => {
  const random = seededRandom(seed);
  const isRestored = random.chance(0.1);
  const isUnsearched = isRestored && (networks?.every((name) => unsearched.includes(name)) ?? random.chance(0.5));
  const pacing = isRestored
    ? restored.pacing
    : { interval: random.pick([1, 5, 20]) * minute, dailyCap: random.pick([3, 50, 50]) };
  const known = networks ?? (isUnsearched ? unsearched : isRestored ? restored.networks : simulatedNetworks);
  const chosen = random.chance(0.5) ? [random.pick(known)] : severalOf(known, random);
  const connect = (name: string, network: string): Connected => {
    const all = isRestored ? restoredTraits(network) : traitsOn(network);
    const [usual = {}] = all;
    const traits = random.chance(0.5) ? usual : random.pick(all);
    const connected = connectAccount(name, network, { pacing, traits });
    const approve = !isRestored && random.chance(0.25);
    return approve ? { ...connected, account: { ...connected.account, approve } } : connected;
  };
  const accounts = chosen.map((network) => connect(network, network));
  const [first] = accounts;
  const twin = `${first?.account.network}9`;
  const hasTwin = seed % casesForTwin === 0 && !isRestored && first !== undefined;
  // It has the settings of the first one, as a line of the configuration that was copied.
  if (hasTwin) {
    const { pacing: own, network, name: as } = first.account;
    accounts.push(connectAccount(twin, network, { pacing: own, traits: first.traits, as }));
  }
  const hasSecondSite = seed % casesForSites === 4 && !isRestored && first !== undefined;
  let sharesLogin = false;
  if (hasSecondSite) {
    const { network, pacing: own, name } = first.account;
    sharesLogin = Math.floor(seed / casesForSites) % 2 === 0;
    if (sharesLogin) accounts[0] = { ...first, account: { ...first.account, sharesLogin } };
    const traits = sharesLogin ? first.traits : random.pick(traitsOn(network));
    const as = sharesLogin ? name : `${network}8`;
    accounts.push(
      connectAccount(`${network}8`, network, { pacing: own, traits, as, configured: { site: notes.id, sharesLogin } }),
    );
  }
  const hasSecondInstallation = seed % casesForInstallations === 7 && !isRestored;
  // Two people on one server.
  if (random.chance(0.3)) {
    const network = random.pick(chosen);
    accounts.push(connect(`${network}2`, network));
  }
  const hasNotes = seed % casesForNotes < 2;
  const hasEveryRow = isOfDamage(seed) && !isRestored && !hasTwin;
  const chaos = createChaos(random);
  const world = createWorld({
    random,
    chaos,
    accounts,
    workers: random.between(2, 3),
    renders: random.chance(hasEveryRow ? 0.6 : 0.1),
    hasEveryRow,
    ...(hasEveryRow && { damages: Math.floor(seed / casesOfDamage) }),
    hasNotes,
    // A note has no link by which an earlier table could find another text of it on Mastodon (decision 27).
    rewordsNotes: !isRestored || !["mastodon", "threads", "matrix"].some((name) => chosen.includes(name)),
    hasSecondSite,
    hasSecondInstallation,
    policies: {
      burst: isRestored ? 100 : random.pick([2, 100, 100]),
      settle: random.pick([0, 0, 2 * minute]),
      live: random.pick(["ignore", "wait"]),
    },
    x: { refusesFor: random.pick([7, 12, 48]) * hour },
    ...(variant && { variant }),
    ...(trace && { trace }),
  });
  const { scheduler, violations, configured, copies } = world;
  const ofSites = new Map(
    world.views.filter(({ installation }) => installation === 1).map((view) => [view.site.id, createActs(view)]),
  );
  const acts = ofSites.get(world.site.id) ?? createActs(world);
  const actsOfNotes = ofSites.get(notes.id);
  watchCopies(world);
  await world.prepare();

  const loosest = new Map(accounts.map(({ account }) => [account.name, account.pacing]));
  const notePacing = (): void => {
    for (const { account } of configured.accounts) {
      const known = loosest.get(account.name) ?? account.pacing;
      const { interval, dailyCap } = account.pacing;
      loosest.set(account.name, {
        interval: Math.min(known.interval, interval),
        dailyCap: Math.max(known.dailyCap, dailyCap),
      });
    }
  };

  // The folder always holds a document, so that a deleted one does not leave it empty.
  world.files.set("about.md", `---\n{"title":"About","layout":"page"}\n---\nA page.\n`);
  acts.perform("write");
  if (actsOfNotes !== undefined) {
    world.files.set(`${notes.folder}about.md`, `---\n{"title":"About","layout":"page"}\n---\nA page.\n`);
    actsOfNotes.perform("write");
    world.count(sharesLogin ? "case two sites share a login" : "case two sites");
  }
  if (hasSecondInstallation) world.count("case two installations");
  const general = random.chance(0.35) ? acts.names : random.pick(themes);
  // No account leaves or gets another login: then the second one would be the only one that has it.
  const ofAny = hasTwin ? random.pick([themes[0] ?? [], ...themes.slice(4, 7)]) : general;
  const ofSeveral = hasSecondSite || hasSecondInstallation ? random.pick(themesOfSeveral) : ofAny;
  const usual = hasEveryRow ? damageTheme : ofSeveral;
  const articles = isRestored ? restored.theme : usual;
  // An earlier table does not know the copy of what has become a document without one (decision 27).
  const theme = hasNotes && !isRestored ? [...articles, ...actsWithNotes] : articles;
  if (hasNotes) world.count("case notes");
  const rounds = isRestored || hasEveryRow ? random.between(8, 14) : random.between(2, 10);
  const pauses = random.pick([
    [0, 200, 2_000],
    [0, second, 30 * second, 3 * minute],
    [second, 2 * minute, 20 * minute, 2 * hour],
  ]);
  // A request is answered before the next act, most often.
  const between = isRestored ? [30 * second, 3 * minute, 2 * hour] : pauses;
  for (let round = 0; round < rounds && violations.length === 0; round += 1) {
    await scheduler.runUntil(scheduler.now + random.between(0, random.pick(between)));
    const act = random.pick(theme);
    const isOfNotes = actsOfNotes !== undefined && actsOfSite.has(act) && random.chance(0.5);
    (isOfNotes ? actsOfNotes : acts).perform(act);
    notePacing();
    const slept = hasSecondInstallation && random.chance(0.3) && world.installations.at(-1)?.sleep(random.pick(sleeps));
    if (slept === true) world.count("act sleep of the second installation");
    if (random.chance(0.1)) world.runOnce("reconcile", ({ app }) => app.reconcile());
  }
  if (hasEveryRow) acts.perform("damageRow");
  await scheduler.runUntil(scheduler.now + random.pick(pauses) + minute);

  chaos.end();
  if (variant?.fleet !== undefined) {
    variant.fleet.end();
    world.configured.version += 1;
  }
  for (const login of world.logins) login.valid = true;
  if (isUnsearched) {
    if (violations.length === 0) await endRestored(world, acts);
    return { seed, violations, counts: world.counts, unknown: [], steps: scheduler.steps };
  }
  if (violations.length === 0) {
    acts.resumeAll();
    acts.repairDamaged();
    if (hasTwin) {
      await scheduler.runUntil(scheduler.now + hour);
      if (copies.some(({ account }) => account === twin)) world.violate(`SHARED: ${twin} has made a copy`);
      acts.separateLogin(twin);
      world.count("act separate login");
    }
    // A person has every document read where rows of all kinds were damaged (docs/operations.md).
    for (const { runOnce } of world.installations)
      runOnce("reconcile", ({ app }) => app.reconcile({ everything: hasEveryRow }));
    await comeToRest(world);
    // Each hour it lists the documents: one whose address a crashed worker had claimed is read an hour after its refusal.
    if (await hasRefused(world)) {
      await scheduler.runUntil(scheduler.now + hour);
      for (const { runOnce } of world.installations) runOnce("reconcile", ({ app }) => app.reconcile());
      await comeToRest(world);
    }
    for (const { runOnce } of world.installations) {
      // Each hour Crier looks again for deliveries whose result is unknown.
      runOnce("reconcile", ({ app }) => app.wakeUnknown());
      // Each week it looks whether every file of the feeds is as it should be.
      runOnce("relay", ({ app }) => app.audit());
    }
    await comeToRest(world);
  }
  const readAll = async (): Promise<readonly (readonly [SimulatedSite, readonly Pair[]])[]> => {
    const all: [SimulatedSite, readonly Pair[]][] = [];
    for (const view of world.views) all.push([view, await readPairs(view)]);
    return all;
  };
  const pairs = violations.length === 0 ? await readAll() : [];
  const rows = pairs.flatMap(([, ofSite]) => ofSite.flatMap((pair) => pair.rows));
  const unknown = rows.flatMap(({ state, network, reason = "" }) => (state === "unknown" ? [{ network, reason }] : []));
  const check = async (found: typeof pairs): Promise<void> => {
    checkServers(world);
    for (const { installation } of world.installations)
      checkClaims(
        found.flatMap(([view, ofSite]) => (view.installation === installation ? ofSite : [])),
        world,
      );
    const said = { exact: new Set<string>(), different: new Map<string, string>() };
    for (const [view, ofSite] of found) {
      checkRest(view);
      for (const pair of ofSite) {
        checkCopies(pair, view, said);
        checkSilence(pair, view);
      }
      await checkLost(view);
      await checkDocuments(view, ofSites.get(view.site.id) ?? acts);
      if (hasNotes) await checkNotes(view, ofSites.get(view.site.id) ?? acts);
      await checkSyndication(view);
      checkCaps(loosest, view);
    }
    checkSaid(said, world);
  };
  for (const { alarms, wasPutBack, installation } of world.installations)
    if (!wasPutBack() && alarms.some(({ name }) => name === "restored"))
      world.violate(`STOPPED: installation ${installation} was never restored, and has stopped an account for that`);
  if (violations.length === 0) {
    await check(pairs);
    for (const { state } of rows) world.count(`end ${state}`);
  }
  if (violations.length === 0 && (await resolveAll(world, ofSites.values()))) await check(await readAll());
  if (violations.length === 0 && hasEveryRow) checkDamage(world);
  return { seed, violations, counts: world.counts, unknown, steps: scheduler.steps };
};
