import { describe, expect, test } from "vitest";
import { type Resource, synthesised } from "./synthesised.ts";
import {
  environmentProblems,
  missingFileProblems,
  notificationProblems,
  pathProblems,
  streamProblems,
  throttleProblems,
  unnamedProblems,
  writeProblems,
} from "./template-problems.ts";

const { resources } = synthesised();

/** The template with a text of one resource replaced. Throws if the text is not there. */
const replaced = (id: RegExp, from: string, to: string): readonly Resource[] => {
  const found = resources.filter((one) => id.test(one.id) && JSON.stringify(one.properties).includes(from));
  if (found.length !== 1) throw new Error(`${found.length} resources with ${from}`);
  return resources.map((one) =>
    found.includes(one) ? { ...one, properties: JSON.parse(JSON.stringify(one.properties).replaceAll(from, to)) } : one,
  );
};

describe("the template", () => {
  test.each([
    ["each function's environment names only what its role may use", environmentProblems],
    ["each function's environment names what its role may send to", unnamedProblems],
    ["a bucket tells only queues that take its messages", notificationProblems],
    ["each route of the API has a throttle of its own", throttleProblems],
    ["the functions that write objects may, and no others", writeProblems],
    ["the relay hears of every row that is due, and of no other", streamProblems],
    ["a missing file is answered with a page of ours", missingFileProblems],
    ["the API's paths lead to the API, and all others to the files", pathProblems],
  ])("%s", (_, judge) => {
    expect(judge(resources)).toEqual([]);
  });
});

describe("a planted fault is found:", () => {
  test("another path of the secrets", () => {
    const broken = replaced(
      /^FunctionsDeliverFunction/,
      '"SECRETS_PATH":"/crier/test"',
      '"SECRETS_PATH":"/crier/tset"',
    );
    expect(environmentProblems(broken)).toContainEqual(
      expect.stringMatching(/Deliver.*may read \/crier\/test\/accounts\/\*, and SECRETS_PATH is \/crier\/tset/),
    );
  });

  test("a queue that the relay may not send to", () => {
    const broken = replaced(/^FunctionsRelayRole.*Policy/, '"sqs:SendMessage"', '"sqs:SendMessages"');
    expect(environmentProblems(broken)).toContainEqual(
      expect.stringMatching(/Relay.*PUBLISH_QUEUE.*may not sqs:SendMessage/),
    );
  });

  test.each([
    ["the action", '"sqs:SendMessage"', '"sqs:ReceiveMessage"'],
    ["its principal", '"s3.amazonaws.com"', '"sns.amazonaws.com"'],
  ])("the queue of the bucket takes no message of S3: %s is another", (_, from, to) => {
    expect(notificationProblems(replaced(/^ContentChangesQueuePolicy/, from, to))).toEqual([
      expect.stringMatching(/^ContentBucket\w+ tells ContentChangesQueue\w+, which takes no message of S3$/),
    ]);
  });

  test("the topic of the alarms, which deliver is not told", () => {
    const topic = JSON.stringify({ Ref: resources.find(({ type }) => type === "AWS::SNS::Topic")?.id });
    const broken = replaced(/^FunctionsDeliverFunction/, `"ALARM_TOPIC":${topic}`, '"ALARM_TOPIC":"arn:aws:sns"');
    expect(unnamedProblems(broken)).toEqual([
      expect.stringMatching(/Deliver\w+: the role may sns:Publish on NotificationsTopic\w+, which its environment/),
    ]);
  });

  test.each([
    ["the API", /"ANY \/api\/\{proxy\+\}":\{[^}]*\},/, ""],
    ["the first page of the console", /"ANY \/console":\{[^}]*\},/, ""],
    ["every other page of the console", /,"ANY \/console\/\{proxy\+\}":\{[^}]*\}/, ""],
    ["every other route", /"DefaultRouteSettings":\{[^}]*\}/, '"DetailedMetricsEnabled":false'],
    ["the health check, which has a high one", /(?<="ANY \/healthz":\{"ThrottlingRateLimit":)\d+/, "5000"],
  ])("no throttle for %s", (_, pattern, to) => {
    const [stage] = resources.filter(({ type }) => type === "AWS::ApiGatewayV2::Stage");
    const [from = "nothing"] = pattern.exec(JSON.stringify(stage?.properties)) ?? [];
    const [found, ...others] = throttleProblems(
      resources.map((one) =>
        one === stage ? { ...one, properties: JSON.parse(JSON.stringify(one.properties).replace(pattern, to)) } : one,
      ),
    );
    expect(from).not.toBe("nothing");
    expect(found).toContain("has no throttle, or one above");
    expect(others).toEqual([]);
  });

  test.each(["Render", "Publish", "Deliver"])("%s has lost s3:PutObject", (name) => {
    const broken = replaced(new RegExp(`^Functions${name}RoleDefaultPolicy`), '"s3:PutObject"', '"s3:GetObject"');
    expect(writeProblems(broken)).toContainEqual(expect.stringMatching(new RegExp(`^${name} may not write`)));
  });

  test.each([
    ["another attribute", "dueAt", "dueAtt"],
    ["no changed rows", ',\\"MODIFY\\"', ""],
    ["every row", '\\"exists\\":true', '\\"exists\\":false'],
  ])("the stream's filter names %s", (_, from, to) => {
    expect(streamProblems(replaced(/^RelayStream/, from, to))).not.toEqual([]);
  });

  test.each([
    ["no page", '"ErrorCode":403', '"ErrorCode":404'],
    ["the status of S3", '"ResponseCode":404', '"ResponseCode":403'],
    ["another page", '"ResponsePagePath":"/404.html"', '"ResponsePagePath":"/index.html"'],
  ])("a missing file has %s", (_, from, to) => {
    expect(missingFileProblems(replaced(/^CdnDistribution/, from, to))).toEqual([
      "the answer of S3 for a missing file, 403, is not /404.html with 404",
    ]);
  });

  test("CloudFront may list the bucket of the feeds", () => {
    expect(missingFileProblems(replaced(/^FeedsBucketPolicy/, '"s3:GetObject"', '"s3:ListBucket"'))).toEqual([
      expect.stringMatching(/^FeedsBucketPolicy\w+ lets CloudFront list the bucket/),
    ]);
  });

  test.each([
    ["/api/*", "/apis/*", "/api/posts is not answered by execute-api"],
    ["/api/*", "/api*", "/apis.xml is not answered by FeedsBucket"],
    ["/healthz", "/health", "/healthz is not answered by execute-api"],
    ["/console", "/consoles", "/console is not answered by execute-api"],
    ["/console/*", "/console*", "/consolefeed.xml is not answered by FeedsBucket"],
  ])("the behaviour for %s is for %s", (from, to, problem) => {
    expect(pathProblems(replaced(/^CdnDistribution/, `"${from}"`, `"${to}"`))).toContain(problem);
  });
});
