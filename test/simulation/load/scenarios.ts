import type { Account } from "../../../src/domain/account.ts";
import { day, hour, type Instant, iso, minute, second } from "../../../src/domain/time.ts";
import { anAccount, aSite, start } from "../../support/builders.ts";
import { loadWorld } from "./load-world.ts";

export interface Measured {
  readonly name: string;
  readonly quota: number;
  /** Requests to SQS and runs of functions in the busiest minute. */
  readonly sqs: number;
  readonly runs: number;
  /** Requests to the networks in the busiest minute. */
  readonly network: number;
  /** The longest time for which the oldest due row had been due, in ms. */
  readonly oldest: Instant;
  /** The percentage of requests to the API that would have found no function. */
  readonly refused: number;
  readonly done: string;
  /** The number of rows that had been due for a minute or longer at the end. */
  readonly left: number;
}

const unpaced = { interval: 0, dailyCap: 1_000_000 };
const account = (name: string, network: string, more: Partial<Account> = {}): Account =>
  anAccount({ name, network, pacing: unpaced, ...more });

const documentAt = (slug: string, at: Instant): string =>
  `---\n${JSON.stringify({ title: `Title of ${slug}`, slug, date: iso(at) })}\n---\nSome words about ${slug}.\n`;

type World = ReturnType<typeof loadWorld>;

const measure = async (name: string, quota: number, world: World, done: string): Promise<Measured> => ({
  name,
  quota,
  sqs: world.lambda.requests.most(),
  runs: world.lambda.runs.most(),
  network: Math.max(0, ...world.networkRequests.values()),
  oldest: world.oldest.due,
  refused: Math.round((100 * world.probes.refused) / Math.max(1, world.probes.asked)),
  done,
  left: await world.overdue(),
});

/** Uploads this many documents evenly within a time, each to a path that the index names. */
const uploadOver = (world: World, count: number, length: number, pathOf: (index: number) => string): void => {
  const from = world.clock.now();
  for (let index = 0; index < count; index += 1) {
    const at = from + Math.floor((index * length) / count);
    world.clock.at(at, () => world.upload(pathOf(index), documentAt(`p${index}`, at - minute)));
  }
};

const percentile = (numbers: readonly number[], share: number): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length * share)] ?? 0;
const seconds = (milliseconds: number): string => `${Math.round(milliseconds / second)} s`;

export const manySites = async (count: number): Promise<Measured> => {
  const sites = Array.from({ length: count }, (_, index) =>
    aSite({ id: `s${index}`, folder: index === 0 ? "" : `sites/s${index}/` }),
  );
  const accounts = sites.map(({ id }, index) => account(`a${index}`, `network${index % 10}`, { site: id }));
  const world = loadWorld({ sites, accounts, quota: 1_000, most: 2 });
  await world.prepare();
  await world.run(hour);
  uploadOver(world, count, day, (index) => `${sites[index]?.folder}post.md`);
  await world.run(day + 10 * minute);
  const done = `${world.posted.length} of ${count} posts announced`;
  return measure(`${count.toLocaleString("en")} sites, one post a day each`, 1_000, world, done);
};

export const busySite = async (count: number, quota: number): Promise<Measured> => {
  const accounts = ["x", "bluesky", "mastodon"].map((name) => anAccount({ name, network: name }));
  const world = loadWorld({ sites: [aSite()], accounts, quota, most: 2, burst: 5 });
  await world.prepare();
  uploadOver(world, count, hour, (index) => `p${index}.md`);
  await world.run(hour + 10 * minute);
  const done = `${world.posted.length} copies, the breaker holds the others`;
  return measure(`${count.toLocaleString("en")} posts in an hour on one site, three accounts`, quota, world, done);
};

/** Posts for a network that does not answer, and for another one that does. */
const besideDeadNetwork = async (
  name: string,
  {
    count,
    quota,
    end,
    length,
  }: { readonly count: number; readonly quota: number; readonly end: number; readonly length: number },
): Promise<Measured> => {
  const accounts = [account("dead", "dead"), account("well", "well")];
  const world = loadWorld({
    sites: [aSite()],
    accounts,
    quota,
    most: 2,
    answersAfter: (network, now) => (network === "dead" && now < start + end ? undefined : 300),
  });
  await world.prepare();
  uploadOver(world, count, 10 * minute, (index) => `p${index}.md`);
  await world.run(15 * minute);
  const waits: number[] = [];
  // Posts that come while the others wait.
  for (let index = 0; index < 5; index += 1) {
    const before = world.posted.filter((one) => one.account === "well").length;
    const at = world.clock.now();
    world.upload(`later${index}.md`, documentAt(`later${index}`, at - minute));
    await world.run(3 * minute);
    const after = world.posted.filter((one) => one.account === "well")[before];
    waits.push((after?.at ?? Number.POSITIVE_INFINITY) - at);
  }
  const isOpen = world.clock.now() < start + end;
  await world.run(length - (world.clock.now() - start));
  const dead = world.posted.filter((one) => one.account === "dead").length;
  const rest = isOpen ? `; ${dead} of ${count + 5} on it afterwards` : "";
  return measure(name, quota, world, `posts to others wait ${seconds(percentile(waits, 0.99))} at most${rest}`);
};

export const outage = (count: number, days: number): Promise<Measured> =>
  besideDeadNetwork(`a network down for ${days} days, ${count.toLocaleString("en")} deliveries wait`, {
    count,
    quota: 1_000,
    end: days * day,
    length: (days + 1) * day,
  });

export const hangingNetwork = (count: number, quota: number): Promise<Measured> =>
  besideDeadNetwork(`a network that hangs, ${count} deliveries`, { count, quota, end: hour, length: 2 * hour });

export const bulkUpload = async (count: number, quota: number, most: number | undefined): Promise<Measured> => {
  const world = loadWorld({ sites: [aSite()], accounts: [account("well", "well")], quota, most });
  await world.prepare();
  for (let index = 0; index < count; index += 1)
    world.upload(`p${index}.md`, documentAt(`p${index}`, start - 30 * day));
  for (let minutes = 0; minutes < 120; minutes += 1) {
    await world.run(minute);
    if (minutes > 1 && (await world.overdue()) === 0 && world.lambda.hasFunction()) break;
  }
  const limit = most === undefined ? "no limit" : `at most ${most} at a time`;
  const took = Math.round((world.clock.now() - start) / minute);
  return measure(
    `an upload of ${count.toLocaleString("en")} documents at once, documents ${limit}`,
    quota,
    world,
    `ingested and published within ${took} min`,
  );
};
