import { expect, test } from "vitest";
import {
  claimPicture,
  markFailed,
  markPrepared,
  type Picture,
  type PictureRecord,
} from "../../../src/domain/picture.ts";
import { minute, second } from "../../../src/domain/time.ts";
import type { Networks } from "../../../src/ports/networks.ts";
import type { Pictures } from "../../../src/ports/pictures.ts";
import { composeTestedApp } from "../../support/app.ts";
import { aDocument, aWorld } from "../../support/world.ts";

const cap = { maxBytes: 1_000_000, maxSide: 2000 };
const picture: Picture = { hash: "ab", mediaType: "image/jpeg", size: 2, width: 20, height: 10 };
const image = "https://blog.example.com/a.png";

/** A network whose requests name the picture, and pictures that the test prepares. */
const aWorldWithPictures = async (sandbox = false, problemOfFile?: Pictures["problemOfFile"]) => {
  const world = await aWorld();
  if (sandbox) world.paper.reach.now = "sandbox";
  world.outside.files.set(image, { mediaType: "image/png", length: 100 });
  const records = new Map<string, PictureRecord>();
  const answers = new Map<string, Picture | "never">();
  const asked: string[] = [];
  const pictures: Pictures = {
    find: async (url) => records.get(url),
    ...(problemOfFile && { problemOfFile }),
    prepare: async (url, caps) => {
      asked.push(url);
      const now = world.clock();
      const claimed = claimPicture(url, caps, records.get(url), now);
      const answer = answers.get(url);
      if (answer === "never") return undefined;
      if (claimed !== undefined)
        records.set(
          url,
          answer === undefined
            ? markFailed(claimed, { problem: "blog.example.com answered 404", isFinal: false }, now)
            : markPrepared(claimed, [{ cap, picture: answer }], now),
        );
      return records.get(url);
    },
  };
  const { networks } = world.paper;
  const withPictures: Networks = {
    ...networks,
    get: (name) => {
      const network = networks.get(name);
      return {
        ...network,
        picture: () => cap,
        compose: (snippet, account) => {
          const composed = network.compose(snippet, account);
          const text = `${composed.text} [${snippet.pictures.map(({ hash }) => hash).join(" ") || "no picture"}]`;
          return { ...composed, request: { ...composed.request, text } };
        },
      };
    },
  };
  const app = composeTestedApp({ ...world.parts(), networks: withPictures, pictures });
  const work = async () => {
    for (const ref of await world.store.due.before(world.clock(), 100)) await app.work(ref);
  };
  return { world, answers, asked, work };
};

const document = (fields = {}) => aDocument({ slug: "s", image, ...fields });

test("a post goes out with its picture", async () => {
  const { world, answers, work } = await aWorldWithPictures();
  answers.set(image, picture);
  await world.plan("s", document());
  await work();
  expect(world.paper.visible()).toEqual([expect.stringContaining("[ab]")]);
  expect(await world.deliveries("s")).toMatchObject([{ state: "posted", note: undefined }]);
});

test("a post waits for its picture, says so, and goes out when it is there", async () => {
  const { world, answers, work } = await aWorldWithPictures();
  await world.plan("s", document());
  await work();
  expect(world.paper.requests).toEqual([]);
  expect(await world.deliveries("s")).toMatchObject([
    { state: "pending", reason: "waits for its picture: blog.example.com answered 404" },
  ]);
  answers.set(image, picture);
  world.turn(10 * second);
  await work();
  expect(world.paper.visible()).toEqual([expect.stringContaining("[ab]")]);
});

test("a post goes out without its picture after two minutes, and says so", async () => {
  const { world, work } = await aWorldWithPictures();
  await world.plan("s", document());
  for (let passed = 0; passed < 2 * minute; passed += 10 * second) {
    await work();
    expect(world.paper.requests).toEqual([]);
    world.turn(10 * second);
  }
  await work();
  expect(world.paper.visible()).toEqual([expect.stringContaining("[no picture]")]);
  expect(await world.deliveries("s")).toMatchObject([
    { state: "posted", note: "it went without its picture: blog.example.com answered 404" },
  ]);
});

test("a post whose picture cannot be prepared at all goes out at once", async () => {
  const { world, answers, work } = await aWorldWithPictures();
  answers.set(image, "never");
  await world.plan("s", document());
  await work();
  expect(await world.deliveries("s")).toMatchObject([
    { state: "posted", note: "it went without its picture: it cannot be prepared now" },
  ]);
});

test("a copy is not edited for a picture that is ready later, and gets it with the next edit of its post", async () => {
  const { world, answers, work } = await aWorldWithPictures();
  answers.set(image, "never");
  await world.plan("s", document());
  await work();
  answers.set(image, picture);
  await world.plan("s", document());
  await work();
  expect(world.paper.requests).toHaveLength(1);
  await world.plan("s", document({ title: "Another title" }));
  await work();
  expect(world.paper.visible()).toEqual([expect.stringMatching(/^Another title.*\[ab\]$/s)]);
});

test("an edit waits for another picture", async () => {
  const { world, answers, work } = await aWorldWithPictures();
  answers.set(image, picture);
  await world.plan("s", document());
  await work();
  const other = "https://blog.example.com/b.png";
  await world.plan("s", document({ image: other }));
  await work();
  expect(world.paper.requests).toHaveLength(1);
  answers.set(other, { ...picture, hash: "cd" });
  world.turn(10 * second);
  await work();
  expect(world.paper.visible()).toEqual([expect.stringContaining("[cd]")]);
});

test("the sandbox does not wait, and does not ask for what could not be found before", async () => {
  const { world, asked, work } = await aWorldWithPictures(true);
  await world.plan("s", document());
  await work();
  expect(await world.deliveries("s")).toMatchObject([
    { state: "posted", note: "it went without its picture: blog.example.com answered 404" },
  ]);
  expect(asked).toEqual([image]);
  await world.plan("t", aDocument({ slug: "t", image: "https://blog.example.com/missing.png" }));
  await work();
  expect(await world.deliveries("t")).toMatchObject([
    { state: "posted", note: "it went without its picture: it could not be found when the post was published" },
  ]);
  expect(asked).toEqual([image]);
});

test("a post goes out at once without a picture that its site builds, where the files of the site are not there", async () => {
  const { world, asked, work } = await aWorldWithPictures();
  await world.plan("s", document({ image: "~/assets/a.png" }));
  await work();
  expect(await world.deliveries("s")).toMatchObject([
    {
      state: "posted",
      note: "it went without its picture: its file is among the site's sources, which are not here",
    },
  ]);
  expect(asked).toEqual([]);
});

test("the sandbox says what is wrong with the file of a picture, which it does not ask for", async () => {
  const { world, asked, work } = await aWorldWithPictures(true, async () => "its file a.png is a link");
  await world.plan("s", document({ image: "https://blog.example.com/missing.png" }));
  await work();
  expect(await world.deliveries("s")).toMatchObject([
    { state: "posted", note: "it went without its picture: its file a.png is a link" },
  ]);
  expect(asked).toEqual([]);
});

const otherImage = "https://blog.example.com/b.png";
const aNote = () => aDocument({ slug: "s", title: undefined }, `Two presses.\n\n![A](${image}) ![B](${otherImage})`);

test("a note waits for all of its pictures, and goes out with them in their order", async () => {
  const { world, answers, work } = await aWorldWithPictures();
  answers.set(otherImage, { ...picture, hash: "cd" });
  await world.plan("s", aNote());
  await work();
  expect(world.paper.requests).toEqual([]);
  expect(await world.deliveries("s")).toMatchObject([
    { state: "pending", reason: "waits for its picture: blog.example.com answered 404" },
  ]);
  answers.set(image, picture);
  world.turn(10 * second);
  await work();
  expect(world.paper.visible()).toEqual([expect.stringContaining("[ab cd]")]);
});

test("a note goes out without the picture that cannot be had, and says which", async () => {
  const { world, answers, work } = await aWorldWithPictures();
  answers.set(image, picture);
  answers.set(otherImage, "never");
  await world.plan("s", aNote());
  await work();
  expect(world.paper.visible()).toEqual([expect.stringContaining("[ab]")]);
  expect(await world.deliveries("s")).toMatchObject([
    { state: "posted", note: `it went without its picture ${otherImage}: it cannot be prepared now` },
  ]);
});
