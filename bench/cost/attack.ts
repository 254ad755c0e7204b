import { statSync } from "node:fs";
import * as z from "zod";
import type { Part } from "./at-rest.ts";
import { mostDollarsOf, sumOf, type Use } from "./prices.ts";

/** Seconds of a month of 30 days. */
const seconds = 30 * 24 * 60 * 60;
const mebibyte = 2 ** 20;
const gigabyte = 1e9;

/**
 * Bytes of one unit: "HTTP APIs are metered in 512 KB increments" (aws.amazon.com/api-gateway/pricing). What it asks for a
 * longer answer is not said: it is counted in the same way.
 */
const unit = 512 * 1024;

const Throttled = z.object({
  RouteSettings: z.record(z.string(), z.object({ ThrottlingRateLimit: z.number() })),
});
const Route = z.object({ RouteKey: z.string(), AuthorizationType: z.string().optional() });
const Sized = z.object({ MemorySize: z.number().default(128) });

interface Kind {
  readonly name: string;
  /** The size of the body. */
  readonly bytes: number;
  /** Seconds of the function, by the part of the app: estimates. 0 where none is run. */
  readonly web: number;
  readonly console: number;
}

/**
 * The app compares the token with one that it has in memory; the console makes a page. A larger event is read and parsed
 * before the app sees it.
 */
const small: Kind = { name: "small", bytes: 500, web: 0.005, console: 0.01 };
/** The page for signing in repeats what was typed (src/console/requests.ts, `longestForm`). */
const form: Kind = { name: "100 KB", bytes: 100_000, web: 0.01, console: 0.03 };
/** "Invocation payload: 6 MB each for request and response, synchronous" (Lambda quotas). */
const event: Kind = { name: "6 MB", bytes: 6 * mebibyte, web: 0.1, console: 0.2 };
/** "Payload size: 10 MB" (Quotas for an HTTP API). The function is not run: its event would be too large. */
const payload: Kind = { name: "10 MB", bytes: 10 * mebibyte, web: 0, console: 0 };

/** The time of what stands before the API's app and looks at nothing. It gets no body, and Lambda counts a millisecond at least. */
const headerCheck = 0.001;

/** Bytes of what Lambda writes itself into the log of each run. */
const logLines = 500;

/**
 * Bytes of the console's longest answers to a stranger, whose page for signing in repeats what was typed, and whose first
 * page the address: each `"` as `&quot;`, each `&` as `=&amp;`. The longest address has 10 KB, as a part of the headers.
 */
export const longestOfConsole = { form: 603_000, address: 75_000 } as const;

/** The longest answer, in bytes, to a stranger. */
const answerBytes = (route: string, { bytes }: Kind): number => {
  if (isOfConsole(route) && bytes === small.bytes) return longestOfConsole.address;
  if (isOfConsole(route) && bytes === form.bytes) return longestOfConsole.form;
  if (route === "ANY /api/openapi.json" && bytes !== payload.bytes)
    return statSync(new URL("../../src/api/openapi.json", import.meta.url)).size;
  return 3_000;
};

const isOfConsole = (route: string): boolean => /^ANY \/console(?:\/|$)/.test(route);

interface Attack {
  readonly body: string;
  readonly direct: Use;
  readonly throughCdn: Use;
}

/** In US dollars, with nothing left of what AWS gives for free. */
interface Cost {
  readonly body: string;
  readonly dollars: number;
}

export interface Flood {
  readonly route: string;
  readonly requests: number;
  /** The month with each kind of body, the small one first. */
  readonly attacks: readonly Attack[];
}

/**
 * Counts from the template what a flood of requests at the API and the console uses in a month, each route as fast as its
 * throttle allows. Each request has another forged token, so that nothing is remembered of it. They come straight to the
 * API, or through CloudFront, which is paid besides: "data transfer out to origin" is what it sends there. What is refused
 * above a throttle or without the header of a token is not in it: API Gateway charges nothing for that (its documents say
 * so of REST APIs), and CloudFront charges for it without a limit.
 */
export const worstMonth = (resources: readonly Part[]): readonly Flood[] => {
  const ofType = (type: string) => resources.filter((one) => one.type === type);
  const [stage] = ofType("AWS::ApiGatewayV2::Stage");
  const { RouteSettings } = Throttled.parse(stage?.properties);
  const memoryOf = (part: string): number =>
    Sized.parse(ofType("AWS::Lambda::Function").find(({ id }) => id.includes(part))?.properties).MemorySize / 1_024;
  return ofType("AWS::ApiGatewayV2::Route").map(({ properties }) => {
    const { RouteKey: route, AuthorizationType } = Route.parse(properties);
    const requests = (RouteSettings[route]?.ThrottlingRateLimit ?? Number.NaN) * seconds;
    const checks = AuthorizationType === "CUSTOM" ? requests : 0;
    const isConsole = isOfConsole(route);
    const attackWith = (kind: Kind): Attack => {
      const answer = answerBytes(route, kind);
      const duration = isConsole ? kind.console : kind.web;
      const runs = duration === 0 ? 0 : requests;
      const both: Use = {
        apiRequest: requests * Math.ceil(Math.max(kind.bytes, answer) / unit),
        invocation: runs + checks,
        gbSecond:
          runs * duration * memoryOf(isConsole ? "Console" : "Web") + checks * headerCheck * memoryOf("HeaderCheck"),
        logGb: (runs * logLines) / gigabyte,
      };
      return {
        body: kind.name,
        direct: { ...both, apiGb: (requests * answer) / gigabyte },
        throughCdn: {
          ...both,
          cdnRequest: requests,
          cdnGb: (requests * answer) / gigabyte,
          cdnOriginGb: (requests * kind.bytes) / gigabyte,
        },
      };
    };
    return { route, requests, attacks: [small, form, event, payload].map(attackWith) };
  });
};

/** Returns what a flood costs with small bodies, straight to the API and through CloudFront, and then with the dearest ones. */
export const costsOf = ({ attacks }: Flood): readonly Cost[] => {
  const inOneWay = (way: "direct" | "throughCdn"): readonly Cost[] =>
    attacks.map(({ body, [way]: use }) => ({ body, dollars: sumOf(mostDollarsOf(use)) }));
  const ways = [inOneWay("direct"), inOneWay("throughCdn")];
  const dearest = (costs: readonly Cost[]) => costs.toSorted((one, other) => other.dollars - one.dollars).slice(0, 1);
  return [...ways.flatMap((costs) => costs.slice(0, 1)), ...ways.flatMap(dearest)];
};

/** The same for all floods at once. */
export const totalsOf = (floods: readonly Flood[]): readonly number[] =>
  [0, 1, 2, 3].map((column) => floods.reduce((sum, flood) => sum + (costsOf(flood)[column]?.dollars ?? 0), 0));
