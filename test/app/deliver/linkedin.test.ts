import { beforeEach, describe, expect, test } from "vitest";
import { hour, minute } from "../../../src/domain/time.ts";
import { connectNetworks } from "../../../src/networks/connect-networks.ts";
import { composeTestedApp } from "../../support/app.ts";
import { aConfiguredAccount } from "../../support/configured-account.ts";
import { aDocument, aWorld } from "../../support/world.ts";

/** What LinkedIn does with the requests, the next one first. Afterwards it takes each post. */
type Answer = (commentary: string) => Response;

const urn = "urn:li:share:7431329065766260736";
const address = `https://www.linkedin.com/feed/update/${urn}/`;
const refuses =
  (status: number, message: string): Answer =>
  () =>
    Response.json({ status, message }, { status });
const takes: Answer = () => new Response(null, { status: 201, headers: { "x-restli-id": urn } });
const duplicate = refuses(422, `Content is a duplicate of ${urn}`);

const sent: string[] = [];
beforeEach(() => void sent.splice(0));

/** One post on LinkedIn, an hour later. `reads`: what LinkedIn says to who asks for the post that it calls equal. */
const afterAnHour = async (answers: readonly Answer[], reads: Answer = refuses(403, "Not enough permissions")) => {
  const world = await aWorld({ accounts: [aConfiguredAccount({ name: "linkedin", network: "linkedin" })] });
  const left = [...answers];
  let commentary = "";
  const networks = connectNetworks({
    secrets: async () => ({ accessToken: "t" }),
    fetch: async (url, { method, body }) => {
      if (url.endsWith("/v2/userinfo")) return Response.json({ sub: "AbC_12", name: "Ada" });
      if (method === "GET") return reads(commentary);
      commentary = JSON.parse(String(body)).commentary;
      sent.push(commentary);
      return (left.shift() ?? takes)(commentary);
    },
    clock: world.clock,
  });
  const app = composeTestedApp({ ...world.parts(), networks });
  const live = async (minutes: number) => {
    for (let passed = 0; passed < minutes; passed += 1) {
      for (const ref of await world.store.due.before(world.clock(), 100)) await app.work(ref);
      world.turn(minute);
    }
  };
  await world.plan("s", aDocument({ slug: "s" }));
  await live(hour / minute);
  const [delivery] = await world.deliveries("s");
  return { delivery, live, world };
};

describe("a send to LinkedIn that was answered 500", () => {
  test("though it posted is the post that LinkedIn calls equal, if that can be read", async () => {
    const { delivery } = await afterAnHour([refuses(500, "Internal Server Error"), duplicate], (commentary) =>
      Response.json({ id: urn, commentary }),
    );
    expect(delivery).toMatchObject({ state: "posted", remotes: [{ id: urn, url: address }] });
    expect(sent).toHaveLength(2);
    expect(sent[1]).toBe(sent[0]);
  });

  test.each([
    ["may not be read", refuses(403, "Not enough permissions"), `which Crier may not read: look at ${address}`],
    ["is deleted", refuses(404, "Could not find entity"), "which is deleted"],
  ])("is unknown, and sent no third time, if the post that LinkedIn calls equal %s", async (_, reads, reason) => {
    const { delivery } = await afterAnHour([refuses(500, "Internal Server Error"), duplicate], reads);
    expect(delivery).toMatchObject({ state: "unknown", reason: expect.stringContaining(reason) });
    expect(sent).toHaveLength(2);
  });

  test("and was not applied goes out once", async () => {
    const { delivery } = await afterAnHour([refuses(500, "Internal Server Error")]);
    expect(delivery).toMatchObject({ state: "posted", remotes: [{ id: urn }] });
    expect(sent).toHaveLength(2);
  });
});

test("a text that LinkedIn refuses though its post is deleted has failed, and was not posted", async () => {
  const { delivery } = await afterAnHour([duplicate], refuses(404, "Could not find entity"));
  expect(delivery).toMatchObject({
    state: "failed",
    reason: expect.stringContaining("which is deleted: LinkedIn refuses"),
  });
});

test("a version that LinkedIn has switched off pauses the account: the post waits, and goes out when another one is taken", async () => {
  const off = refuses(426, "Requested version 202610 is not active");
  const { delivery, live, world } = await afterAnHour([off, off]);
  expect(delivery).toMatchObject({
    state: "pending",
    reason: expect.stringMatching(
      /linkedin is paused: LinkedIn answered 426: .*; update Crier, or name a newer version/,
    ),
  });
  expect(world.alarms).toEqual([expect.stringMatching(/^unauthorised: linkedin is paused: .*; update Crier, or/)]);
  await live((2 * hour) / minute);
  expect(await world.deliveries("s")).toMatchObject([{ state: "posted" }]);
});

test("an app that its owner has revoked pauses the account, and names the command", async () => {
  const { delivery } = await afterAnHour([refuses(401, "The token used in the request has been revoked by the user")]);
  // The login was good when it was checked: the same credentials are tried each hour.
  expect(delivery).toMatchObject({
    state: "pending",
    reason: expect.stringMatching(
      /revoked by the user; set new credentials with "npx crier accounts connect linkedin"/,
    ),
  });
});
