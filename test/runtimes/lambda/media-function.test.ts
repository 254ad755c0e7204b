import { LambdaClient } from "@aws-sdk/client-lambda";
import { expect, test } from "vitest";
import { PictureJobSchema, requestByInvocation } from "../../../src/runtimes/lambda/media-function.ts";
import { anAws } from "../../support/aws-double.ts";

const job = {
  url: "https://blog.example.com/a.png",
  caps: [{ maxBytes: 1_000_000, maxSide: 2000 }],
  attempts: 1,
  next: 45_000,
};

test("deliver hands a picture to the function that prepares it, and waits only until Lambda has taken it", async () => {
  const aws = await anAws();
  const received: unknown[] = [];
  aws.functions.set("media", async (event) => void received.push(PictureJobSchema.parse(event)));
  await requestByInvocation({ client: new LambdaClient(aws.client), media: "media" })(job);
  expect(received).toEqual([job]);
  expect(aws.invocationTypes).toEqual(["Event"]);
});

test("a function that is not there is an error", async () => {
  const aws = await anAws();
  await expect(requestByInvocation({ client: new LambdaClient(aws.client), media: "media" })(job)).rejects.toThrow();
});

test("an event that is not from deliver is refused", () => {
  expect(() => PictureJobSchema.parse({ Records: [] })).toThrow("url");
});
