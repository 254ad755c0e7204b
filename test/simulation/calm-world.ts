import type { Account } from "../../src/domain/account.ts";
import { connectAccount } from "./accounts.ts";
import { type ChooseFate, createChaos, none } from "./chaos.ts";
import { checkCopies, checkSaid, watchCopies } from "./invariants/copies.ts";
import { checkRest } from "./invariants/rest.ts";
import { readPairs } from "./invariants/rows-of-world.ts";
import { seededRandom } from "./random.ts";
import { createWorld } from "./world.ts";

interface Options {
  readonly networks: readonly string[];
  readonly pacing: Account["pacing"];
  readonly fate?: ChooseFate;
  readonly isListed?: boolean;
}

/** A world in which only the requests go wrong that a test chooses. */
export const aCalmWorld = async ({ networks, pacing, fate = () => "answered", isListed = true }: Options) => {
  const random = seededRandom(1);
  const world = createWorld({
    random,
    chaos: createChaos(random, none, fate),
    accounts: networks.map((network) => connectAccount(network, network, { pacing })),
    workers: 3,
    policies: { burst: 1_000 },
    isListed,
  });
  watchCopies(world);
  await world.prepare();
  const write = (slug: string, published: number): void => {
    const document = { title: `Title of ${slug}`, slug, date: new Date(published).toISOString() };
    world.files.set(`${slug}.md`, `---\n${JSON.stringify(document)}\n---\nSome words about ${slug}.\n`);
    world.reportFile(`${slug}.md`);
  };
  /** Returns the current violations, as they are seen from outside. */
  const violations = async (): Promise<readonly string[]> => {
    checkRest(world);
    const said = { exact: new Set<string>(), different: new Map<string, string>() };
    for (const pair of await readPairs(world)) checkCopies(pair, world, said);
    checkSaid(said, world);
    return world.violations;
  };
  const states = async (): Promise<readonly string[]> =>
    (await readPairs(world)).flatMap(({ rows }) => rows.map(({ network, state }) => `${network} ${state}`));
  return { ...world, scheduler: world.scheduler, write, violations, states };
};
