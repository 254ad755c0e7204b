import * as z from "zod";
import type { Line, Part } from "./at-rest.ts";
import type { Use } from "./prices.ts";

/** Seconds of a month of 30 days. */
const seconds = 30 * 24 * 60 * 60;

const Throttled = z.object({
  RouteSettings: z.record(z.string(), z.object({ ThrottlingRateLimit: z.number() })),
});
const Route = z.object({ RouteKey: z.string(), AuthorizationType: z.string().optional() });
const isOfConsole = (route: string): boolean => /^ANY \/console(?:\/|$)/.test(route);
const Sized = z.object({ MemorySize: z.number().default(128) });

/**
 * The seconds that a refused request takes: estimates. The app compares the token with one that it has in memory, and logs
 * nothing; the console makes a page of 2 KB; what stands before the app looks at nothing. Lambda counts a millisecond at
 * least.
 */
const time = { web: 0.005, console: 0.01, headerCheck: 0.001 };

/**
 * Counts from the template what a flood of requests at the API and the console uses in a month, each as fast as its throttle allows. Each has
 * another forged token, so that nothing is remembered of it. They come straight to the API, or through CloudFront, which is
 * paid besides.
 */
export const worstMonth = (resources: readonly Part[]): readonly Line[] => {
  const ofType = (type: string) => resources.filter((one) => one.type === type);
  const [stage] = ofType("AWS::ApiGatewayV2::Stage");
  const { RouteSettings } = Throttled.parse(stage?.properties);
  const memoryOf = (part: string): number =>
    Sized.parse(ofType("AWS::Lambda::Function").find(({ id }) => id.includes(part))?.properties).MemorySize / 1_024;
  return ofType("AWS::ApiGatewayV2::Route").map(({ properties }) => {
    const { RouteKey, AuthorizationType } = Route.parse(properties);
    const requests = (RouteSettings[RouteKey]?.ThrottlingRateLimit ?? Number.NaN) * seconds;
    const checks = AuthorizationType === "CUSTOM" ? requests : 0;
    const isConsole = isOfConsole(RouteKey);
    const own = isConsole ? time.console * memoryOf("Console") : time.web * memoryOf("Web");
    const use: Use = {
      apiRequest: requests,
      invocation: requests + checks,
      gbSecond: requests * own + checks * time.headerCheck * memoryOf("HeaderCheck"),
      cdnRequest: requests,
      cdnGb: (requests * (isConsole ? 2_500 : 500)) / 1e9,
    };
    return { name: `${RouteKey}, ${requests.toLocaleString("en")} requests`, use };
  });
};
