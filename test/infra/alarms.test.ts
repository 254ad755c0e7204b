import { readFileSync } from "node:fs";
import { glob } from "node:fs/promises";
import { expect, test } from "vitest";
import * as z from "zod";
import { watched } from "../../infra/watched.ts";
import { deployment, type Resource, synthesised } from "./synthesised.ts";

const email = "ada@example.com";
const { ofType } = synthesised({ deployment: { ...deployment, monthlyBudget: 25, logDays: 30, alarmEmail: email } });
const alarms = ofType("AWS::CloudWatch::Alarm");
const [topic] = ofType("AWS::SNS::Topic");
const text = (value: unknown) => JSON.stringify(value);

const Filter = z.object({
  FilterPattern: z.string(),
  LogGroupName: z.object({ Ref: z.string() }),
  MetricTransformations: z.tuple([
    z.object({ MetricName: z.string(), MetricNamespace: z.string(), DefaultValue: z.number().optional() }),
  ]),
});
const filters = ofType("AWS::Logs::MetricFilter").map(({ properties }) => Filter.parse(properties));

test.each(watched)("the logs of $logs are searched for $name, and one alarm rings on it", ({ name, logs }) => {
  const own = filters.filter(({ MetricTransformations: [{ MetricName }] }) => MetricName === name);
  expect(own.map(({ FilterPattern }) => FilterPattern)).toEqual(logs.map(() => `{ $.alarm = "${name}" }`));
  for (const log of logs)
    expect(own.some(({ LogGroupName }) => LogGroupName.Ref.toLowerCase().startsWith(`functions${log}`))).toBe(true);
  const rings = alarms.filter(({ properties }) => properties.MetricName === name);
  expect(rings).toHaveLength(1);
  expect(rings[0]?.properties).toMatchObject({
    Namespace: own[0]?.MetricTransformations[0].MetricNamespace,
    Statistic: "Sum",
  });
});

test("every name that the code raises as an alarm is watched", async () => {
  const raised = new Set<string>();
  for await (const file of glob("src/{app,web}/**/*.ts", { cwd: new URL("../..", import.meta.url) })) {
    const code = readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
    for (const [, name] of code.matchAll(/\balarm\(\s*"([a-z-]+)"/g)) raised.add(name ?? "");
  }
  expect([...raised].filter((name) => !watched.some((one) => one.name === name))).toEqual([]);
  expect(raised.size).toBeGreaterThan(4);
});

test("nothing rings at rest: what is not measured is not wrong, and no filter invents zeros that cost", () => {
  for (const { properties } of alarms) expect(properties.TreatMissingData).toBe("notBreaching");
  for (const { MetricTransformations } of filters) expect(MetricTransformations[0].DefaultValue).toBeUndefined();
});

test("every dead-letter queue has an alarm", () => {
  const dead = ofType("AWS::SQS::Queue").filter(({ id }) => id.includes("Failures"));
  const heard = alarms.filter(({ properties }) => properties.Namespace === "AWS/SQS");
  expect(dead.length).toBeGreaterThan(0);
  for (const { id } of dead)
    expect(heard.filter(({ properties }) => text(properties.Dimensions).includes(`"${id}"`))).toHaveLength(1);
});

test.each([
  ["Relay", 3, 900],
  ["Web", 3, 900],
  ["Reconcile", 2, 7200],
])("%s, whose failures no queue keeps, rings after %i errors within %i seconds", (name, Threshold, Period) => {
  const [own, ...others] = alarms.filter(
    ({ properties }) =>
      properties.Namespace === "AWS/Lambda" && text(properties.Dimensions).includes(`"Functions${name}`),
  );
  expect(others).toEqual([]);
  expect(own?.properties).toMatchObject({ MetricName: "Errors", Statistic: "Sum", Threshold, Period });
  expect(own?.properties.EvaluationPeriods).toBe(1);
});

test("every alarm tells the topic, and says what it means and where to read on", () => {
  for (const { properties } of alarms) {
    expect(properties.AlarmActions).toEqual([{ Ref: topic?.id }]);
    expect(properties.AlarmDescription).toMatch(/\. What to do: docs\/operations\.md, "[a-z-]+"\.$/);
  }
});

const headings = [
  ...readFileSync(new URL("../../docs/operations.md", import.meta.url), "utf8").matchAll(/^### `([^`]+)`/gm),
].map(([, name]) => name);
/** One heading for all queues, one for all functions. */
const general = (name: string) => name.replace(/^(left-over|errors)-.*$/, "$1");

test("every alarm has its place in docs/operations.md, and no place is left over", () => {
  const named = alarms.map(({ properties }) => /operations\.md, "([^"]+)"/.exec(String(properties.AlarmDescription)));
  expect(new Set(headings)).toEqual(new Set(named.map((match) => general(match?.[1] ?? ""))));
});

const principals = ({ properties }: Resource) =>
  z
    .object({ PolicyDocument: z.object({ Statement: z.array(z.record(z.string(), z.unknown())) }) })
    .parse(properties)
    .PolicyDocument.Statement.filter(({ Effect }) => Effect === "Allow")
    .map(({ Principal, Action, Condition }) => text([Principal, Action, Condition]));

test("alarms and the budget may publish, from this account only, and nobody may in the clear", () => {
  const [policy] = ofType("AWS::SNS::TopicPolicy");
  if (policy === undefined) throw new Error("the topic has no policy");
  const allowed = principals(policy);
  const services = new Set(allowed.flatMap((one) => one.match(/[a-z]+\.amazonaws\.com/g) ?? []));
  expect(services).toEqual(new Set(["cloudwatch.amazonaws.com", "budgets.amazonaws.com"]));
  for (const one of allowed) expect(one).toMatch(/"sns:Publish".*aws:SourceAccount/);
  expect(text(policy.properties)).toContain('"aws:SecureTransport":"false"');
});

test("who gave an address is told by e-mail, and nobody is where none is given", () => {
  expect(ofType("AWS::SNS::Subscription")[0]?.properties).toMatchObject({ Protocol: "email", Endpoint: email });
  expect(synthesised().ofType("AWS::SNS::Subscription")).toEqual([]);
});

test("the budget is the configuration's, and warns by the topic before and at the end of the money", () => {
  const [budget] = ofType("AWS::Budgets::Budget");
  expect(budget?.properties.Budget).toMatchObject({ BudgetLimit: { Amount: 25, Unit: "USD" }, TimeUnit: "MONTHLY" });
  expect(text(budget?.properties.NotificationsWithSubscribers)).toContain(`{"Ref":"${topic?.id}"}`);
});

test("there is one dashboard, with every alarm on it", () => {
  const [dashboard, ...others] = ofType("AWS::CloudWatch::Dashboard");
  expect(others).toEqual([]);
  for (const { id } of alarms) expect(text(dashboard?.properties)).toContain(`"${id}"`);
});

test("logs are kept as long as the configuration says", () => {
  for (const { properties } of ofType("AWS::Logs::LogGroup")) expect(properties.RetentionInDays).toBe(30);
});
