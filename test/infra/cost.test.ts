import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { polling } from "../../bench/cost/assumptions.ts";
import { atRest, ofAnEditor, ofReads, readsOfView } from "../../bench/cost/at-rest.ts";
import { totalsOf, worstMonth } from "../../bench/cost/attack.ts";
import { addUse, dollarsOf, mostDollarsOf, pricesWrittenOn, sumOf } from "../../bench/cost/prices.ts";
import { loadConfig } from "../../src/config.ts";
import { polled, synthesised } from "./synthesised.ts";

const { resources } = synthesised({ stage: "production" });
const another = synthesised({ stage: "another" }).resources;
const use = (parts = resources, documents = 10) => addUse(atRest(parts, { documents }).map((line) => line.use));

const textOf = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
const page = textOf("docs/deploy.md");
const decision = textOf("docs/decisions/0045-what-bounds-the-bill.md");

test("a queue is polled by two connections of 20 seconds, with a maximum concurrency by five", () => {
  expect(use().sqsRequest).toBe((5 + 3 * 2) * 3 * 43_200);
});

test("the sweep of each minute, the reading of each hour and the checks of logins are in the invocations, and the polls of a feed", () => {
  expect(Math.round(use().invocation ?? 0)).toBe(43_200 + 720 + 43 + 120);
  expect(Math.round(use(synthesised({ site: polled }).resources).invocation ?? 0)).toBe(
    43_200 + 720 + 43 + 120 + 8_640,
  );
});

test("the alarms and the dashboard cost nothing", () => {
  const { alarm, dashboard } = dollarsOf(use());
  expect([alarm, dashboard]).toEqual([0, 0]);
});

test("production has a dashboard; another stage has none, whose fourth one would cost more than all else of it", () => {
  expect([use().dashboard, use(another).dashboard]).toEqual([1, 0]);
});

test("a dashboard with more than 50 metrics is none of the free ones", () => {
  const widgets = [{ properties: { metrics: Array.from({ length: 51 }, () => []) } }];
  const changed = resources.map((one) =>
    one.type === "AWS::CloudWatch::Dashboard"
      ? { ...one, properties: { DashboardBody: JSON.stringify({ widgets }) } }
      : one,
  );
  expect(dollarsOf(use(changed)).dashboard).toBe(3);
});

test("a second stage has what the first left of what is free, and a thousand more documents cost less than a cent", () => {
  const dollars = (documents: number) => sumOf(dollarsOf(use(resources, documents)));
  expect(sumOf(dollarsOf(use(another), use()))).toBeGreaterThan(dollars(10));
  expect(dollars(10_010) - dollars(10)).toBeLessThan(10 * 0.01);
});

test("the first stage costs less than 25 cents a month at rest with as few polls as AWS promises, and less than 70 with five", () => {
  const polled = (polls: number) =>
    sumOf(dollarsOf(addUse(atRest(resources, { documents: 10, polls }).map((line) => line.use))));
  expect(polled(polling.least)).toBeLessThanOrEqual(0.25);
  expect(polled(polling.limited)).toBeLessThanOrEqual(0.7);
});

test("a budget below what the first stage costs at rest is refused before anything is made, with the cost and the next step", () => {
  const polled = (polls: number) =>
    sumOf(dollarsOf(addUse(atRest(resources, { documents: 1_000, polls }).map((line) => line.use)))).toFixed(2);
  const [least, most] = [polled(polling.least), polled(polling.limited)];
  const withBudget = (monthlyBudget: number) => () =>
    loadConfig({ sites: [{ id: "blog", title: "Ada", url: "https://ada.example/" }], deployment: { monthlyBudget } });
  expect(withBudget(Number(most) - 0.01)).toThrow(
    `deployment.monthlyBudget: use 1 US dollar or more: a month at rest costs ${least} to ${most} (docs/deploy.md, What it costs), and a smaller budget would warn of that alone`,
  );
  expect(withBudget(Number(most))).not.toThrow();
});

test("docs/deploy.md and decision 45 have what a flood at the throttles costs", () => {
  const floods = worstMonth(resources);
  expect(floods.length).toBe(5);
  // To two digits: an answer that grows by some bytes changes no page.
  const [small, smallThroughCdn, dearest, dearestThroughCdn] = totalsOf(floods).map((dollars) =>
    Number(dollars.toPrecision(2)).toLocaleString("en"),
  );
  expect(page).toContain(`costs about ${small} dollars a month straight to the API, and ${dearest} with`);
  expect(page).toContain(`through CloudFront ${smallThroughCdn} and ${dearestThroughCdn} dollars`);
  expect(decision).toContain(`${small} to ${dearest} dollars straight to the API`);
  expect(decision).toContain(`${smallThroughCdn} to ${dearestThroughCdn} through CloudFront`);
});

test("a body counts as a request for each 512 KB, and CloudFront asks for each byte that it sends to the API", () => {
  const [api] = worstMonth(resources);
  expect(api?.route).toBe("ANY /api/{proxy+}");
  const requests = 5 * 30 * 86_400;
  expect(api?.attacks.map(({ body, direct }) => [body, (direct.apiRequest ?? 0) / requests])).toEqual([
    ["small", 1],
    ["100 KB", 1],
    ["6 MB", 12],
    ["10 MB", 20],
  ]);
  const largest = api?.attacks.at(-1);
  expect(largest?.throughCdn.cdnOriginGb).toBeCloseTo((requests * 10 * 2 ** 20) / 1e9);
  // The function is not run for a body that it could not take: only what looks at the header is.
  expect(largest?.direct.invocation).toBe(requests);
});

test("a flood at a route without a throttle has no bound", () => {
  const unbound = resources.map((one) =>
    one.type === "AWS::ApiGatewayV2::Stage" ? { ...one, properties: { RouteSettings: {} } } : one,
  );
  expect(worstMonth(unbound).map(({ requests }) => requests)).toEqual(Array(5).fill(Number.NaN));
});

test("the main feed of each site is asked for 2,880 times a month, through CloudFront, its function and the bucket", () => {
  const asked = (sites: number) =>
    addUse(
      atRest(resources, { documents: 10, sites })
        .filter(({ name }) => name.startsWith("the main feed"))
        .map((line) => line.use),
    );
  for (const sites of [1, 10, 1_000])
    expect(asked(sites)).toMatchObject({
      cdnRequest: 2_880 * sites,
      cdnFunction: 2_880 * sites,
      bucketGet: 2_880 * sites,
    });
  // A relay of half a GB waits in each minute for 67 answers, 20 at a time.
  expect(asked(1_000).gbSecond).toBeCloseTo((43_200 * 4 * 0.4) / 2);
});

test("each further stage costs less than two dollars, whatever the number of stages", () => {
  const most = sumOf(mostDollarsOf(use(another)));
  expect(most).toBeLessThanOrEqual(2);
  for (const others of [0, 1, 2, 3, 10, 100]) {
    const before = addUse([use(), ...Array.from({ length: others }, () => use(another))]);
    expect(sumOf(dollarsOf(use(another), before))).toBeLessThanOrEqual(most + 1e-9);
  }
});

test("docs/deploy.md has these prices, with 1,000 documents, and their day", () => {
  const [own, further] = [use(resources, 1_000), use(another, 1_000)];
  const five = addUse(atRest(resources, { documents: 1_000, polls: polling.limited }).map((line) => line.use));
  const [first, second, most] = [dollarsOf(own), dollarsOf(further, own), mostDollarsOf(further)].map(sumOf);
  expect(page).toContain(
    `${((first ?? 0) * 100).toFixed()} to ${(sumOf(dollarsOf(five)) * 100).toFixed()} US cents a month at rest, and ${second?.toFixed(2)} dollars or more for a second stage`,
  );
  expect(page).toContain(`for free, ${sumOf(mostDollarsOf(own)).toFixed(2)} dollars, 3 of them for the dashboard`);
  const used = sumOf(
    mostDollarsOf(addUse(atRest(resources, { documents: 100_000, sites: 1_000 }).map((line) => line.use))),
  );
  const grown = [10, 100, 1_000].map((sites) =>
    sumOf(dollarsOf(addUse(atRest(resources, { documents: 100 * sites, sites }).map((line) => line.use)))),
  );
  expect(page).toContain(
    `it is ${((grown[0] ?? 0) * 100).toFixed()} cents, with a hundred ${((grown[1] ?? 0) * 100).toFixed()} cents, with a thousand ${grown[2]?.toFixed(2)} dollars, and ${used.toFixed(2)} where`,
  );
  expect(page).toContain(`written down on ${pricesWrittenOn}`);
  expect(page).toContain(`no further stage costs more than ${most?.toFixed(2)} dollars.`);
});

test("the README has the range at rest, the cost without what AWS gives for free, and that of a thousand sites", () => {
  const dollars = (content: Parameters<typeof atRest>[1], price = dollarsOf) =>
    sumOf(price(addUse(atRest(resources, content).map((line) => line.use))));
  const cents = [polling.least, polling.limited].map((polls) => (dollars({ documents: 1_000, polls }) * 100).toFixed());
  const [used, grown] = [
    dollars({ documents: 1_000 }, mostDollarsOf),
    dollars({ documents: 100_000, sites: 1_000 }),
  ].map((one) => one.toFixed(2));
  expect(textOf("README.md")).toContain(
    `a month costs ${cents.join(" to ")} US cents, ${used} dollars where AWS's free allowances are used up; with 1,000 sites ${grown}.`,
  );
});

test("the changelog has the price with a thousand and with ten thousand documents", () => {
  const cents = (documents: number) => (sumOf(dollarsOf(use(resources, documents))) * 100).toFixed();
  expect(textOf("CHANGELOG.md")).toContain(
    `${cents(1_000)} US cents a month at rest with a thousand documents and ${cents(10_000)} with ten thousand`,
  );
});

test("an editor at the console costs less than 20 cents a month, and docs/deploy.md says how much", () => {
  const cents = sumOf(dollarsOf(addUse([use(), ofAnEditor()]))) * 100 - sumOf(dollarsOf(use())) * 100;
  expect(cents).toBeLessThan(20);
  expect(page).toContain(`costs ${cents.toFixed()} cents a month`);
  expect(textOf("test/console/reads.test.ts")).toContain(`[12, 300, ${readsOfView}, true]`);
});

test("readers pay for what CloudFront asks the bucket, which nothing gives for free, and docs/deploy.md says how much", () => {
  const cents = sumOf(dollarsOf(ofReads(1_000_000))) * 100;
  expect(cents).toBeCloseTo(40);
  expect(page).toContain(`a million requests of readers cost ${cents.toFixed()} cents at most`);
  const most = sumOf(mostDollarsOf(ofReads(1_000_000))).toFixed(2);
  expect(decision).toContain(`a million requests for feeds as readers send them cost ${most} dollars`);
});
