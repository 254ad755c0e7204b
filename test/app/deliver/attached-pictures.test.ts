import { expect, onTestFinished, test } from "vitest";
import { claimPicture, markPrepared, type Picture, type PictureRecord } from "../../../src/domain/picture.ts";
import { hour, minute } from "../../../src/domain/time.ts";
import { connectNetworks } from "../../../src/networks/connect-networks.ts";
import type { Pictures } from "../../../src/ports/pictures.ts";
import { composeTestedApp } from "../../support/app.ts";
import { aConfiguredAccount } from "../../support/configured-account.ts";
import { startSandbox } from "../../support/sandbox-server.ts";
import { aDocument, aWorld } from "../../support/world.ts";

const image = "https://blog.example.com/press.jpg";
const bytes = new Uint8Array(Buffer.from("not decoded by anybody here"));
const picture: Picture = { hash: "ab", mediaType: "image/jpeg", size: bytes.length, width: 20, height: 10 };

/** An account that attaches pictures, in the sandbox. */
const anApp = async (network: string) => {
  const accounts = [aConfiguredAccount({ name: "ada", network, settings: { image: true } })];
  const world = await aWorld({ accounts });
  world.paper.reach.now = "sandbox";
  world.outside.files.set(image, { mediaType: "image/jpeg", length: 100 });
  const sandbox = await startSandbox(accounts, world.clock);
  onTestFinished(() => sandbox.close());
  const networks = connectNetworks({
    secrets: async () => undefined,
    sandbox: sandbox.url,
    fetch,
    clock: world.clock,
    readPicture: async () => bytes,
  });
  const records = new Map<string, PictureRecord>();
  const pictures: Pictures = {
    find: async (url) => records.get(url),
    prepare: async (url, caps) => {
      const claimed = claimPicture(url, caps, records.get(url), world.clock());
      const prepared = caps.map((cap) => ({ cap, picture }));
      if (claimed !== undefined) records.set(url, markPrepared(claimed, prepared, world.clock()));
      return records.get(url);
    },
  };
  const app = composeTestedApp({ ...world.parts(), networks, pictures });
  const step = async () => {
    for (const ref of await world.store.due.before(world.clock(), 100)) await app.work(ref);
  };
  const rest = async (times = 10) => {
    for (let round = 0; round < times; round += 1) {
      await step();
      world.turn(minute);
    }
  };
  const publish = async (fields = {}) => {
    await world.plan("s", aDocument({ slug: "s", image, imageAlt: "A hand press", ...fields }));
    await app.work(await world.postRef("s"));
    await rest();
  };
  const only = async () => (await world.deliveries("s"))[0];
  return { sandbox, publish, only, rest };
};

test.each(["mastodon", "x"])("a post on %s goes out once, with its picture", async (network) => {
  const { sandbox, publish, only } = await anApp(network);
  await publish();
  expect(await only()).toMatchObject({ state: "posted", remotes: [{ id: expect.any(String) }], note: undefined });
  expect(sandbox.posts("ada")).toMatchObject([{ pictures: [{ alt: "A hand press" }] }]);
});

test.each(["mastodon", "x"])("an upload on %s that fails holds no post up", async (network) => {
  const { sandbox, publish, only } = await anApp(network);
  await sandbox.fault("ada", "500");
  await publish();
  expect(await only()).toMatchObject({
    state: "posted",
    note: expect.stringMatching(/^it went without its picture: .*500/),
  });
  expect(sandbox.posts("ada").map((post) => post.pictures)).toEqual([[]]);
});

test("an edit of the post on Mastodon keeps the picture", async () => {
  const { sandbox, publish } = await anApp("mastodon");
  await publish();
  const [before] = sandbox.posts("ada");
  await publish({ title: "Another title" });
  expect(sandbox.posts("ada")).toMatchObject([
    { text: expect.stringContaining("Another title"), pictures: before?.pictures },
  ]);
  expect(before?.pictures).toHaveLength(1);
});

test("a post with a picture on X whose answer is lost is not sent again: a person says what became of it", async () => {
  const { sandbox, publish, only, rest } = await anApp("x");
  // The copy with the picture's id is the post, and not the upload.
  sandbox.answerTo("media_ids", "");
  await publish();
  await rest(Math.ceil(hour / minute) * 3);
  expect(await only()).toMatchObject({ state: "unknown" });
  expect(sandbox.posts("ada")).toEqual([]);
});
