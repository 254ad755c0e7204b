import { describe, expect, onTestFinished, test } from "vitest";
import { composePictures, hash } from "../../../src/compose.ts";
import { hour, minute } from "../../../src/domain/time.ts";
import { connectNetworks } from "../../../src/networks/connect-networks.ts";
import type { DefinedNetwork } from "../../../src/networks/define.ts";
import { networks } from "../../../src/networks/index.ts";
import { prepare } from "../../../src/pictures/prepare.ts";
import { storedPictures } from "../../../src/pictures/stored-pictures.ts";
import { halves, makePng } from "../../pictures/files.ts";
import { composeTestedApp } from "../../support/app.ts";
import { aConfiguredAccount, methodsOf, takesSettings } from "../../support/configured-account.ts";
import { startSandbox } from "../../support/sandbox-server.ts";
import { aDocument, aWorld } from "../../support/world.ts";

const image = "https://blog.example.com/press.png";

/** How many pictures of a post a network shows. A new one shows none; Nostr's notes have addresses in their text. */
const mostShown: Readonly<Record<string, number>> = {
  ...{ x: 4, bluesky: 4, mastodon: 4, linkedin: 4, discord: 4, slack: 4, micropub: 4, webhook: 4 },
  ...{ telegram: 1, threads: 1, devto: 1 },
};

/** It attaches pictures where that is a setting. */
const settingsOf = (network: DefinedNetwork) => (takesSettings(network, { image: true }) ? { image: true } : {});

/** An account of the sandbox, and a document that it announces, as the whole of Crier does. `file`: its picture. */
const anAnnouncement = async (network: DefinedNetwork, file?: Buffer) => {
  const accounts = [aConfiguredAccount({ name: "ada", network: network.name, settings: settingsOf(network) })];
  const world = await aWorld({ accounts });
  world.paper.reach.now = "sandbox";
  const sandbox = await startSandbox(accounts, world.clock);
  onTestFinished(() => sandbox.close());
  if (file !== undefined) world.outside.files.set(image, { mediaType: "image/png", length: file.length });
  const pictureStore = storedPictures(world.objects, hash);
  const pictures = composePictures({
    pictureStore,
    fetchPicture: async () =>
      file === undefined ? { kind: "failed", reason: "it is not there" } : { kind: "fetched", bytes: file },
    scalePicture: prepare,
    clock: world.clock,
  });
  const connected = connectNetworks({
    secrets: async () => undefined,
    sandbox: sandbox.url,
    fetch,
    clock: world.clock,
    readPicture: pictureStore.read,
  });
  const app = composeTestedApp({ ...world.parts(), networks: connected, pictures });
  const rest = async () => {
    for (let round = 0; round < 10; round += 1) {
      for (const ref of await world.store.due.before(world.clock(), 100)) await app.work(ref);
      world.turn(minute);
    }
  };
  const publish = async (title: string, fields = {}) => {
    await world.plan("s", aDocument({ slug: "s", title, ...fields }));
    await app.work(await world.postRef("s"));
    await rest();
  };
  const remove = async () => {
    await app.remove("s");
    world.turn(hour);
    await rest();
  };
  const delivery = async () => (await world.deliveries("s"))[0];
  return { publish, remove, delivery, posts: () => sandbox.posts("ada") };
};

test.each(networks)(
  "a post is announced on $name once, and its edit and its deletion reach the copy or are said of it",
  async (network) => {
    const { publish, remove, delivery, posts } = await anAnnouncement(network);
    await publish("First words");
    expect(await delivery()).toMatchObject({ state: "posted", reason: undefined });
    await publish("Other words");
    const edited = await delivery();
    const isEdited = JSON.stringify(posts()).includes("Other words");
    expect(edited).toMatchObject({ state: "posted", stale: !isEdited });
    await remove();
    expect(posts()).toHaveLength(1);
    const isDeleted = posts().every(({ deletedAt }) => deletedAt !== null);
    expect(isDeleted).toBe(methodsOf(network).remove);
    expect(await delivery()).toMatchObject({ state: isDeleted ? "deleted" : "posted" });
  },
);

const isForArticles = (network: DefinedNetwork) =>
  network.needsTitle?.(aConfiguredAccount({ network: network.name })) === true;

describe.each(networks.filter(isForArticles))("$name, which publishes articles,", (network) => {
  const leftOut = "it is a note, and this account publishes articles";

  test("leaves a note out, and publishes it when it gets a title", async () => {
    const { publish, delivery, posts } = await anAnnouncement(network);
    await publish("");
    expect(await delivery()).toMatchObject({ state: "cancelled", reason: leftOut });
    expect(posts()).toEqual([]);
    await publish("First words");
    expect(await delivery()).toMatchObject({ state: "posted" });
    expect(posts()).toHaveLength(1);
  });

  test("keeps the copy of an article that becomes a note, as it was", async () => {
    const { publish, delivery, posts } = await anAnnouncement(network);
    await publish("First words");
    const before = posts();
    await publish("");
    expect(await delivery()).toMatchObject({ state: "posted" });
    expect(posts()).toEqual(before);
    expect(posts()).toMatchObject([{ deletedAt: null }]);
  });

  test("says of a deleted copy that its article is back as a note", async () => {
    const { publish, remove, delivery } = await anAnnouncement(network);
    await publish("First words");
    await remove();
    await publish("");
    expect(await delivery()).toMatchObject({ state: "deleted", reason: leftOut });
  });
});

describe.each(networks)("on $name", (network) => {
  const sends = network.picture?.(aConfiguredAccount({ network: network.name, settings: settingsOf(network) }), {});

  test.each([
    ["is a PNG of 40,000 × 40,000 pixels", makePng(40_000, 40_000), /more than 50 million pixels/],
    ["is an HTML page", Buffer.from("<html><body>Not found</body></html>"), /an HTML page/],
    ["is not there", undefined, /could not be found/],
  ])("a post whose picture %s goes out once, and says that it has none", async (_, file, reason) => {
    const { publish, delivery, posts } = await anAnnouncement(network, file);
    await publish("First words", { image, imageAlt: "A hand press" });
    const note = sends === undefined ? undefined : expect.stringMatching(reason);
    expect(await delivery()).toMatchObject({ state: "posted", note });
    expect(posts()).toHaveLength(1);
  });

  test("a post goes out with its picture, whatever the length of the alternative text", async () => {
    const { publish, delivery, posts } = await anAnnouncement(network, await halves(60, 30).png().toBuffer());
    await publish("First words", { image, imageAlt: "👩‍👩‍👧‍👦 in the press room. ".repeat(400) });
    expect(await delivery()).toMatchObject({ state: "posted", note: undefined });
    expect(posts()).toHaveLength(1);
    const [post] = posts();
    const picture = post?.pictures?.[0] ?? post?.card?.picture;
    if (sends !== undefined) expect(picture).toBeDefined();
  });

  test.each([2, 4, 5])(
    "a post with %i pictures goes out with at most four of them, and keeps them in an edit",
    async (count) => {
      const { publish, delivery, posts } = await anAnnouncement(network, await halves(60, 30).png().toBuffer());
      const images = Array.from({ length: count }, (_, at) => ({
        url: at === 0 ? image : `/${at}.png`,
        alt: `No. ${at}`,
      }));
      for (const title of ["First words", "Other words"]) {
        await publish(title, { images });
        expect(await delivery()).toMatchObject({ state: "posted", note: undefined });
        const [post] = posts();
        const shown = [post?.card?.picture ?? [], ...(post?.pictures ?? [])].flat();
        expect(shown).toHaveLength(Math.min(count, mostShown[network.name] ?? 0));
      }
    },
  );
});
