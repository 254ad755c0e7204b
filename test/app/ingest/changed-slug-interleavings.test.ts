import { describe, expect, test } from "vitest";
import { hour } from "../../../src/domain/time.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

/** Where a worker that makes a post of a new document is stopped, in the order of its steps. */
const places = [
  "documents.read",
  "source.read",
  "aliases.claim",
  "documents.replace",
  "posts.save",
  "after posts.save",
] as const;

/** The workers that go on, in their order. One that does not go on has crashed. */
const goingOn = [
  { order: ["first", "second"] },
  { order: ["second", "first"] },
  { order: ["first"] },
  { order: ["second"] },
  { order: [] },
] as const;

const pairs = places.flatMap((first) => places.map((second) => [first, second] as const));

const living = async ({ store }: World) =>
  (await store.posts.newest("blog")).rows.filter(({ gone }) => gone === undefined);

describe.each(goingOn)(
  "a document whose slug changes while two workers make its post is one post: $order",
  ({ order }) => {
    test.each(pairs)("the first one is stopped at %s, the second one at %s", async (first, second) => {
      const world = await aWorld();
      const start = async (place: string, slug: string) => {
        world.write("a.md", aDocument({ title: slug, slug }, `Words about ${slug} and nothing else.`));
        const worker = world.worker(place);
        const running = worker.app.ingest("folder", "a.md");
        await Promise.race([worker.stopped, running]);
        return { go: worker.go, running };
      };
      const workers = { first: await start(first, "before"), second: await start(second, "after") };
      for (const name of order) {
        workers[name].go();
        await workers[name].running;
      }
      // Nobody waits an hour for the end of the other post.
      if (order.length === 2) expect(await living(world)).toMatchObject([{ slug: "after" }]);

      await world.sweep();
      await world.app.reconcile();
      await world.sweep();
      world.turn(hour);
      await world.app.reconcile();
      await world.sweep();
      const posts = await living(world);
      expect(posts).toMatchObject([{ slug: "after", title: "after" }]);
      expect(await world.store.documents.read("blog", "folder", "a.md")).toMatchObject({ post: posts[0]?.id });
      expect(await world.titles()).toEqual(["after"]);
      expect(world.paper.visible()).toHaveLength(1);
    });
  },
);
