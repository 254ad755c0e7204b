import { second } from "../../src/domain/time.ts";
import type { Fate } from "./network/fates.ts";
import { fates } from "./network/fates.ts";
import type { ModelRequest, NetworkModel } from "./network/network-model.ts";
import type { Random } from "./random.ts";

/** The rates of faults in one case. Probabilities are for each call, request, event or write. */
export interface Rates {
  readonly crash: number;
  readonly fault: number;
  /** A call that takes seconds. */
  readonly stall: number;
  readonly lostEvent: number;
  readonly repeatedEvent: number;
  readonly lostAnswer: number;
  /** The longest time that an index is late, in ms. */
  readonly lag: number;
  /** The largest error of a process's clock, in ms. */
  readonly skew: number;
}

/** Everything works, but what a test chooses for requests. */
export const none: Rates = {
  crash: 0,
  fault: 0,
  stall: 0,
  lostEvent: 0,
  repeatedEvent: 0,
  lostAnswer: 0,
  lag: 0,
  skew: 0,
};

const drawRates = (random: Random): Rates => ({
  crash: random.pick([0, 0.002, 0.01, 0.03]),
  fault: random.pick([0.1, 0.3, 0.6]),
  stall: random.pick([0, 0.005, 0.02]),
  lostEvent: random.pick([0, 0.1, 0.5]),
  repeatedEvent: random.pick([0, 0.2, 0.5]),
  lostAnswer: random.pick([0, 0.02]),
  lag: random.pick([0, 2 * second, 30 * second]),
  skew: random.pick([0, 2 * second, 15 * second]),
});

export type ChooseFate = (request: ModelRequest, model: NetworkModel) => Fate;

/** Injects faults until `end` is called. */
export const createChaos = (random: Random, given: Rates = drawRates(random), chooseFate?: ChooseFate) => {
  // There are few kinds of faults that change something without an answer, and they do the most harm.
  const pool: readonly Fate[] = random.chance(0.4) ? ["late", "applied-then-reset", "applied-then-hang"] : fates;
  let rates = given;
  let isOver = false;
  return {
    crashes: (): boolean => rates.crash > 0 && random.chance(rates.crash),
    latency: (): number => {
      if (rates.stall > 0 && random.chance(rates.stall)) return random.between(1, 40) * second;
      return random.chance(0.8) ? 0 : random.between(1, 20);
    },
    losesEvent: (): boolean => random.chance(rates.lostEvent),
    repeatsEvent: (): boolean => random.chance(rates.repeatedEvent),
    losesAnswer: (): boolean => rates.lostAnswer > 0 && random.chance(rates.lostAnswer),
    lag: (): number => (rates.lag === 0 || random.chance(0.5) ? 0 : random.between(0, rates.lag)),
    skew: (): number => (rates.skew === 0 ? 0 : random.between(-rates.skew, rates.skew)),
    /** The page of a post is there later than the post. */
    isPageMissing: (): boolean => !isOver && random.chance(rates.fault / 2),
    fateOf: (request: ModelRequest, model: NetworkModel): Fate => {
      if (isOver) return "answered";
      if (chooseFate !== undefined) return chooseFate(request, model);
      return random.chance(rates.fault) ? random.pick(pool) : "answered";
    },
    /** Ends all faults: from now on everything works. */
    end: (): void => {
      isOver = true;
      rates = none;
    },
  };
};

export type Chaos = ReturnType<typeof createChaos>;
