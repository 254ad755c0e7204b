import { readFileSync } from "node:fs";
import { glob } from "node:fs/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import * as z from "zod";
import { alarmDefinitions, countedMetrics } from "../../infra/alarm-definitions.ts";
import { readersEvery } from "../../src/app/render/render-feed.ts";
import { failureKinds } from "../../src/domain/notice.ts";
import { minute, second } from "../../src/domain/time.ts";
import { functionLog } from "../../src/runtimes/lambda/function-log.ts";
import { emittedIn } from "../support/emf.ts";
import { type Resource, synthesised } from "./synthesised.ts";

const email = "ada@example.com";
const { ofType, functions } = synthesised({ deployment: { monthlyBudget: 25, logDays: 30, alarmEmail: email } });
const alarms = ofType("AWS::CloudWatch::Alarm");
const [topic] = ofType("AWS::SNS::Topic");
const text = (value: unknown) => JSON.stringify(value);

const Configured = z.object({ Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }) });
const environments = functions.map(({ id, properties }) => ({
  id,
  env: Object.fromEntries(
    Object.entries(Configured.parse(properties).Environment.Variables).filter(
      (pair): pair is [string, string] => typeof pair[1] === "string",
    ),
  ),
}));

/** The metrics that CloudWatch reads from the log of a function that counts this. */
const emitted = (env: Readonly<Record<string, string>>, name: string) => {
  const printed: string[] = [];
  const written = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    printed.push(String(text));
    return true;
  });
  onTestFinished(() => written.mockRestore());
  functionLog(env).count(name);
  written.mockRestore();
  return emittedIn(printed.join(""));
};

const Dimensions = z.array(z.object({ Name: z.string(), Value: z.string() }));

test.each(alarmDefinitions)("one alarm fires on $name, whichever function counts it", ({ name, threshold }) => {
  const [own, ...others] = alarms.filter(({ properties }) => properties.MetricName === name);
  expect(others).toEqual([]);
  expect(own?.properties).toMatchObject({ Statistic: "Sum", Threshold: threshold?.count ?? 1, EvaluationPeriods: 1 });
  const watches = {
    namespace: own?.properties.Namespace,
    metric: name,
    dimensions: Object.fromEntries(
      Dimensions.parse(own?.properties.Dimensions).map(({ Name, Value }) => [Name, Value]),
    ),
    value: 1,
  };
  for (const { env } of environments) expect(emitted(env, name)).toEqual([watches]);
  expect(environments).toHaveLength(9);
});

test("the alarm for a feed that readers do not get lasts until it was asked for again", () => {
  const own = alarms.find(({ properties }) => properties.MetricName === "unreachable");
  expect(Number(own?.properties.Period)).toBeGreaterThanOrEqual((2 * readersEvery * minute) / second);
});

test("two stages in one account have separate counts", () => {
  const metrics = (stage: string) =>
    text(
      synthesised({ stage })
        .ofType("AWS::CloudWatch::Alarm")
        .find(({ properties }) => properties.MetricName === "step"),
    );
  expect(metrics("preview")).not.toBe(metrics("production"));
});

/** The names in the calls of this method of the log, over all code that functions run. */
const namesIn = async (method: string): Promise<readonly string[]> => {
  const names = new Set<string>();
  for await (const file of glob("src/{app,api,console,runtimes/lambda}/**/*.ts", {
    cwd: new URL("../..", import.meta.url),
  })) {
    const code = readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
    for (const [, name = ""] of code.matchAll(new RegExp(`\\b${method}\\(\\s*"([a-z-]+)"`, "g"))) names.add(name);
  }
  return [...names];
};

test("every alarm in the code has a definition, and every other count is on the dashboard", async () => {
  const raised = await namesIn("alarm");
  const known = [...alarmDefinitions.map(({ name }) => name), ...countedMetrics];
  expect(raised.filter((name) => !known.includes(name))).toEqual([]);
  expect(raised.length).toBeGreaterThan(4);
  expect([...failureKinds, ...(await namesIn("log\\.count")), "web", "console"]).toEqual(countedMetrics);
});

const [silent, ...reported] = alarms.toSorted(
  (a, b) => Number(b.properties.MetricName === "Invocations") - Number(a.properties.MetricName === "Invocations"),
);

test("no alarm fires at rest: missing data is not a failure", () => {
  for (const { properties } of reported) expect(properties.TreatMissingData).toBe("notBreaching");
});

test("an alarm fires when the relay has not run for 15 minutes, also where nothing is known of it", () => {
  expect(silent?.properties).toMatchObject({
    Namespace: "AWS/Lambda",
    MetricName: "Invocations",
    Statistic: "Sum",
    ComparisonOperator: "LessThanThreshold",
    Threshold: 1,
    Period: 900,
    EvaluationPeriods: 1,
    TreatMissingData: "breaching",
  });
  expect(text(silent?.properties.Dimensions)).toContain('"FunctionsRelay');
});

test("it is created after the distribution, which takes longer than the first sweep", () => {
  const [distribution] = ofType("AWS::CloudFront::Distribution");
  expect(silent?.dependsOn).toContain(distribution?.id);
});

test("there are at most ten alarms, which are free", () => {
  expect(alarms.length).toBeLessThanOrEqual(10);
});

test("the dead-letter queue has an alarm", () => {
  const [dead, ...others] = ofType("AWS::SQS::Queue").filter(({ id }) => id.includes("Failures"));
  expect(others).toEqual([]);
  const heard = alarms.filter(({ properties }) => properties.Namespace === "AWS/SQS");
  expect(heard).toHaveLength(1);
  expect(text(heard[0]?.properties.Dimensions)).toContain(`"${dead?.id}"`);
});

test("the API has an alarm after three responses with a 5xx within 15 minutes, a function that fails among them", () => {
  const [own, ...others] = alarms.filter(({ properties }) => properties.Namespace === "AWS/ApiGateway");
  expect(others).toEqual([]);
  expect(own?.properties).toMatchObject({ MetricName: "5xx", Statistic: "Sum", Threshold: 3, Period: 900 });
  expect(text(own?.properties.Dimensions)).toContain(`"${ofType("AWS::ApiGatewayV2::Api")[0]?.id}"`);
});

test.each([
  ["Relay", 3, 900],
  ["Reconcile", 2, 7200],
])("%s, which no queue invokes, has an alarm after %i errors within %i seconds", (name, Threshold, Period) => {
  const [own, ...others] = alarms.filter(
    ({ properties }) => properties.MetricName === "Errors" && text(properties.Dimensions).includes(`"Functions${name}`),
  );
  expect(others).toEqual([]);
  expect(own?.properties).toMatchObject({ MetricName: "Errors", Statistic: "Sum", Threshold, Period });
  expect(own?.properties.EvaluationPeriods).toBe(1);
});

test("every alarm notifies the topic, with its meaning and the place in the guide", () => {
  for (const { properties } of alarms) {
    expect(properties.AlarmActions).toEqual([{ Ref: topic?.id }]);
    expect(properties.AlarmDescription).toMatch(/\. What to do: docs\/operations\.md, "[a-z-]+"\.$/);
  }
});

const headings = [
  ...readFileSync(new URL("../../docs/operations.md", import.meta.url), "utf8").matchAll(/^### `([^`]+)`/gm),
].map(([, name]) => name);
/** All functions share one heading. */
const general = (name: string) => name.replace(/^errors-.*$/, "errors");

test("what the owner is told by mail has no alarm, which would be a second mail that says less", () => {
  const metrics = alarms.map(({ properties }) => String(properties.MetricName));
  expect(failureKinds.filter((kind) => metrics.includes(kind))).toEqual([]);
});

test("docs/operations.md has a heading for every alarm and every mail, and no other", () => {
  const named = alarms.map(({ properties }) => /operations\.md, "([^"]+)"/.exec(String(properties.AlarmDescription)));
  expect(new Set(headings)).toEqual(new Set([...named.map((match) => general(match?.[1] ?? "")), ...failureKinds]));
});

const principals = ({ properties }: Resource) =>
  z
    .object({ PolicyDocument: z.object({ Statement: z.array(z.record(z.string(), z.unknown())) }) })
    .parse(properties)
    .PolicyDocument.Statement.filter(({ Effect }) => Effect === "Allow")
    .map(({ Principal, Action, Condition }) => text([Principal, Action, Condition]));

test("only alarms and the budget of this account may publish, and only encrypted", () => {
  const [policy] = ofType("AWS::SNS::TopicPolicy");
  if (policy === undefined) throw new Error("the topic has no policy");
  const allowed = principals(policy);
  const services = new Set(allowed.flatMap((one) => one.match(/[a-z]+\.amazonaws\.com/g) ?? []));
  expect(services).toEqual(new Set(["cloudwatch.amazonaws.com", "budgets.amazonaws.com"]));
  for (const one of allowed) expect(one).toMatch(/"sns:Publish".*aws:SourceAccount/);
  expect(text(policy.properties)).toContain('"aws:SecureTransport":"false"');
});

test("what sends the mails is told the topic by its ARN", () => {
  const told = functions.map(({ properties }) => Configured.parse(properties).Environment.Variables);
  expect(told.flatMap(({ ALARM_TOPIC }) => (ALARM_TOPIC === undefined ? [] : [ALARM_TOPIC]))).toEqual([
    { Ref: topic?.id },
  ]);
});

test("a configured address gets e-mails; without one there is no subscription", () => {
  expect(ofType("AWS::SNS::Subscription")[0]?.properties).toMatchObject({ Protocol: "email", Endpoint: email });
  expect(synthesised().ofType("AWS::SNS::Subscription")).toEqual([]);
});

test("the budget is the configured one, and warns by the topic at 80 percent, and where more than all is forecast", () => {
  const [budget] = ofType("AWS::Budgets::Budget");
  expect(budget?.properties.Budget).toMatchObject({ BudgetLimit: { Amount: 25, Unit: "USD" }, TimeUnit: "MONTHLY" });
  expect(text(budget?.properties.NotificationsWithSubscribers)).toContain(`{"Ref":"${topic?.id}"}`);
  expect(budget?.properties.NotificationsWithSubscribers).toMatchObject([
    { Notification: { NotificationType: "ACTUAL", Threshold: 80, ThresholdType: "PERCENTAGE" } },
    { Notification: { NotificationType: "FORECASTED", Threshold: 100, ThresholdType: "PERCENTAGE" } },
  ]);
});

test("production has one dashboard, with every alarm and every count; another stage, which would pay for it, has none", () => {
  const production = synthesised({ stage: "production" });
  const [dashboard, ...others] = production.ofType("AWS::CloudWatch::Dashboard");
  expect(others).toEqual([]);
  expect(ofType("AWS::CloudWatch::Dashboard")).toEqual([]);
  for (const name of [...alarmDefinitions.map((one) => one.name), ...countedMetrics])
    expect(text(dashboard?.properties)).toContain(text(`"Crier","${name}","stage","production"`).slice(1, -1));
  for (const { id } of production.ofType("AWS::CloudWatch::Alarm"))
    expect(text(dashboard?.properties)).toContain(`"${id}"`);
});

test("the dashboard has at most 50 metrics, which are free", () => {
  const [dashboard] = synthesised({ stage: "production" }).ofType("AWS::CloudWatch::Dashboard");
  const Joined = z.object({ DashboardBody: z.object({ "Fn::Join": z.tuple([z.string(), z.array(z.unknown())]) }) });
  const parts = Joined.parse(dashboard?.properties).DashboardBody["Fn::Join"][1];
  const Widgets = z.object({
    widgets: z.array(z.object({ properties: z.object({ metrics: z.array(z.unknown()).default([]) }) })),
  });
  const body = Widgets.parse(JSON.parse(parts.map((part) => (typeof part === "string" ? part : "X")).join("")));
  const count = body.widgets.reduce((sum, { properties }) => sum + properties.metrics.length, 0);
  expect(count).toBeGreaterThan(30);
  expect(count).toBeLessThanOrEqual(50);
});

test("logs are kept for the configured time", () => {
  for (const { properties } of ofType("AWS::Logs::LogGroup")) expect(properties.RetentionInDays).toBe(30);
});
