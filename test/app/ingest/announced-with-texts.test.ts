import { describe, expect, test } from "vitest";
import { announceWithTexts } from "../../../src/app/ingest/announce-with-texts.ts";
import { postTag, UnexpectedPost } from "../../../src/domain/expected-post.ts";
import { hour, minute } from "../../../src/domain/time.ts";
import { anAccount } from "../../support/builders.ts";
import { aDocument, aWorld, type World, type WorldOptions } from "../../support/world.ts";

const paper = (name: string, more: object = {}) => anAccount({ name, network: "paper", ...more });

/** A post that is on both accounts since an hour, and what posts it once more there with these texts. */
const aPostedTea = async (options: WorldOptions = {}) => {
  const world = await aWorld({ accounts: [paper("one"), paper("two")], offers: "refuse", ...options });
  await world.plan("tea", aDocument({ title: "Tea" }));
  await world.sweep();
  world.turn(hour);
  const [{ site, ports }] = world.app.sites;
  const again = (texts: Readonly<Record<string, string>>, more: { readonly expected?: readonly string[] } = {}) =>
    announceWithTexts(
      site,
      "tea",
      { accounts: Object.keys(texts), by: "Ada", texts: new Map(Object.entries(texts)), ...more },
      ports,
    );
  return { world, site, ports, again };
};

const newestOf = async (world: World, account: string) =>
  (await world.deliveries("tea")).filter((one) => one.account === account).at(-1);

const settled = async (world: World) => {
  world.turn(2 * minute);
  await world.sweep();
};

describe("a post that is announced once more with a text for an account", () => {
  test("goes out there with that text, on a network that refuses an equal one, and nowhere else", async () => {
    const { world, again } = await aPostedTea();
    expect(await again({ one: "Tea, once more" })).toMatchObject({ result: "updated" });
    await settled(world);
    expect(world.paper.posts.filter(({ account }) => account === "one").map(({ text }) => text.split("\n")[0])).toEqual(
      ["Tea", "Tea, once more"],
    );
    expect(world.paper.posts.filter(({ account }) => account === "two")).toHaveLength(1);
    expect(await newestOf(world, "one")).toMatchObject({ state: "posted", generation: 2, text: { by: "Ada" } });
  });

  test("is refused with the document's text, which the network has", async () => {
    const { world, again } = await aPostedTea();
    expect(await again({ one: "Tea" })).toEqual({
      result: "refused",
      problem: expect.stringMatching(/^one refuses a post with an equal text/),
    });
    expect(await newestOf(world, "one")).toMatchObject({ generation: 1 });
  });

  test("is refused with the document's text in the sandbox, too, whose network refuses what the real one does", async () => {
    const { world, ports, again } = await aPostedTea();
    const [row] = (await world.deliveries("tea")).filter(({ account }) => account === "one");
    if (row !== undefined) await ports.deliveries.save({ ...row, sandbox: true });
    world.paper.reach.now = "sandbox";
    expect(await again({ one: "Tea" })).toMatchObject({ result: "refused" });
    world.paper.reach.now = "real";
    expect(await again({ one: "Tea" })).toMatchObject({ result: "updated" });
  });

  test("is refused with a text that is too long or empty, and nothing is planned", async () => {
    const { world, again } = await aPostedTea();
    expect(await again({ one: "x".repeat(5_000) })).toEqual({
      result: "refused",
      problem: expect.stringMatching(/^the text has [\d,]+ characters too many for one$/),
      isInvalid: true,
    });
    expect(await again({ one: " " })).toMatchObject({ result: "refused", problem: "the text is empty" });
    expect(await again({ nobody: "Tea, once more" })).toMatchObject({
      problem: "there is no account nobody: name one of one, two",
    });
    expect(await newestOf(world, "one")).toMatchObject({ generation: 1 });
  });

  test("is refused where the post is another one than the person saw", async () => {
    const { world, again } = await aPostedTea();
    await expect(again({ one: "Tea, once more" }, { expected: ["another"] })).rejects.toThrow(UnexpectedPost);
    expect(await newestOf(world, "one")).toMatchObject({ generation: 1 });
  });

  test("is not sent where the post is saved by another worker in between, and goes out with the next try", async () => {
    const { world, ports, site, again } = await aPostedTea();
    const post = await world.post("tea");
    const { create } = ports.deliveries;
    const stale = {
      ...ports,
      deliveries: {
        ...ports.deliveries,
        create: async (row: Parameters<typeof create>[0]) => {
          const created = await create(row);
          await ports.posts.save({ ...(await world.post("tea")), trending: true, hash: "another" });
          return created;
        },
      },
    };
    const texts = new Map([["one", "Tea, once more"]]);
    await expect(
      announceWithTexts(site, "tea", { accounts: ["one"], by: "Ada", texts, expected: [postTag(post)] }, stale),
    ).rejects.toThrow(UnexpectedPost);
    await settled(world);
    expect(await newestOf(world, "one")).toMatchObject({ state: "held", generation: 2 });
    expect(await again({ one: "Tea, after all" })).toMatchObject({ result: "updated" });
    await settled(world);
    expect(await newestOf(world, "one")).toMatchObject({ state: "posted", text: { value: "Tea, after all" } });
  });

  test("waits for an approval where the account asks for one", async () => {
    const { world, again } = await aPostedTea({ accounts: [paper("one", { approve: true })], offers: "key" });
    await world.app.actOnPost("approve", "tea");
    await settled(world);
    await again({ one: "Tea, once more" });
    await settled(world);
    expect(await newestOf(world, "one")).toMatchObject({ hold: "approval", text: { value: "Tea, once more" } });
  });

  test("is unknown where there is no such post", async () => {
    const { site, ports } = await aPostedTea();
    const texts = new Map([["one", "Words"]]);
    expect(await announceWithTexts(site, "nothing", { accounts: ["one"], texts }, ports)).toBeUndefined();
    expect(await announceWithTexts(site, "nothing", { texts: new Map() }, ports)).toBeUndefined();
  });

  test("is refused where one of its accounts is not connected any more, and what was planned for the others is held", async () => {
    const { world, ports, again } = await aPostedTea({ offers: "key" });
    Object.assign(ports.networks, {
      destination: async ({ name }: { readonly name: string }) => (name === "two" ? "none" : "real"),
    });
    expect(await again({ one: "Tea, once more", two: "Tea again" })).toEqual({
      result: "refused",
      problem: "not all of one, two can post tea now",
    });
    await settled(world);
    expect(await newestOf(world, "one")).toMatchObject({ state: "held" });
    expect(world.paper.posts).toHaveLength(2);
  });

  test("is refused where its account is not connected", async () => {
    const { world, again } = await aPostedTea({ offers: "key" });
    world.paper.reach.now = "none";
    expect(await again({ one: "Tea, once more" })).toMatchObject({ result: "refused" });
    expect(await newestOf(world, "one")).toMatchObject({ generation: 1 });
  });
});
