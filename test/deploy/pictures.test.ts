import sharp from "sharp";
import { afterAll, beforeAll, expect } from "vitest";
import { aServer } from "../outside/loopback.ts";
import { halves } from "../pictures/files.ts";
import { aDocument, anAccount, type Deployment, type Inhabited, inhabit } from "./deployment.ts";
import { stepwise } from "./steps.ts";
import { patience } from "./until.ts";

const { step, table } = stepwise(() => account.emulator.printed());
const large = await halves(2400, 1200).png().toBuffer();
let account: Deployment;
let stack: Inhabited;

beforeAll(async () => {
  account = await anAccount();
  await account.cdk.bootstrapAlone();
  await account.cdk.deploy();
  stack = await inhabit(account);
}, patience);

afterAll(async () => {
  table();
  await account?.stop();
});

step("a post with a picture has a thumbnail on Bluesky, which the deployed function made of it", async () => {
  const files = await aServer((_, response) => response.writeHead(200, { "content-type": "image/png" }).end(large));
  const reached = { EMULATOR_PUBLIC: `93.184.216.34:80=${new URL(files.url).port}` };
  const back = [await stack.configure("Publish", reached), await stack.configure("Media", reached)];
  const fields = "image: http://93.184.216.34/press.png\nimageAlt: A hand press\ndate:";
  const card = (title: string) =>
    account.sandbox
      .posts("bluesky")
      .flatMap((post) => post.card ?? [])
      .find((one) => one.title === title);
  // The first documents of a bucket are history until it is listed.
  await stack.write("before.md", aDocument("Before"));
  await stack.untilTitles(["Before"]);
  await stack.write("picture.md", aDocument("A press").replace("date:", fields));
  // The sandbox waits for no picture: the emulator ends an asynchronous invocation before it answers.
  await stack.until(() => card("A press")?.picture !== undefined, true);
  await stack.settled();
  const thumbnail = card("A press")?.picture;
  const image = await sharp(await (await fetch(new URL(thumbnail ?? "", account.sandbox.url))).bytes()).metadata();
  expect(image).toMatchObject({ format: "jpeg", width: 2000, height: 1000 });
  // The headers for the feeds, and the file: once, for all accounts.
  expect(files.requests.map(({ method }) => method)).toEqual(["HEAD", "GET"]);
  const { Environment } = await account.aws.configuration(stack.functionOf("Media"));
  expect(Object.keys(Environment.Variables).filter((name) => /TABLE|SECRET|QUEUE/.test(name))).toEqual([]);
  await Promise.all(back.map((put) => put()));
  return `${image.width} × ${image.height}, ${image.format}`;
});

step("every request of a function was allowed by its role", async () => {
  await stack.settled();
  expect((await account.aws.rights()).denied).toEqual([]);
  return "none denied";
});
