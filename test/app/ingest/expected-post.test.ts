import { describe, expect, test } from "vitest";
import { postTag, UnexpectedPost } from "../../../src/domain/expected-post.ts";
import type { Post } from "../../../src/domain/post.ts";
import { composeTestedApp } from "../../support/app.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const bytesOf = (title: string) => new TextEncoder().encode(aDocument({ slug: "s", title }));

const aPublishedPost = async () => {
  const world = await aWorld();
  await world.app.put("s", bytesOf("First"));
  await world.sweep();
  return { world, expected: [postTag(await world.post("s"))] };
};

/** A machine on which `act` happens just before the first save of a post, or whose first save has no answer. */
const disturbed = (world: World, act: (post: Post) => Promise<boolean>) => {
  let isFirst = true;
  const save = async (post: Post): Promise<boolean> => {
    if (!isFirst) return world.store.posts.save(post);
    isFirst = false;
    return act(post);
  };
  return composeTestedApp({ ...world.parts(), store: { ...world.store, posts: { ...world.store.posts, save } } });
};

describe("a change of the post that was read", () => {
  test("is refused where another one was saved between its check and its save", async () => {
    const { world, expected } = await aPublishedPost();
    const app = disturbed(world, async (post) => {
      await world.app.put("s", bytesOf("Second"));
      return world.store.posts.save(post);
    });
    const refused = await app.put("s", bytesOf("Third"), { expected }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(UnexpectedPost);
    expect(refused).toMatchObject({ post: { title: "Second" } });
    expect(await world.post("s")).toMatchObject({ title: "Second" });
  });

  test.each(["announce", "remove"] as const)("is refused for %s, too", async (act) => {
    const { world, expected } = await aPublishedPost();
    const app = disturbed(world, async (post) => {
      await world.app.put("s", bytesOf("Second"));
      return world.store.posts.save(post);
    });
    await expect(app[act]("s", { expected, again: true })).rejects.toThrow(
      "The post s was changed since you read it, and is left as it is",
    );
    expect(await world.post("s")).toMatchObject({ title: "Second", generation: 1, gone: undefined });
  });

  test.each([
    [
      "put",
      (app: World["app"], expected: readonly string[]) => app.put("s", bytesOf("Second"), { expected }),
      "Second",
      1,
    ],
    [
      "put with again",
      (app: World["app"], expected: readonly string[]) => app.put("s", bytesOf("First"), { expected, again: true }),
      "First",
      2,
    ],
    [
      "announce",
      (app: World["app"], expected: readonly string[]) => app.announce("s", { expected, again: true }),
      "First",
      2,
    ],
  ] as const)(
    "is made once by %s where the save is applied and its answer is lost",
    async (_, act, title, generation) => {
      const { world, expected } = await aPublishedPost();
      const app = disturbed(world, async (post) => {
        await world.store.posts.save(post);
        return false;
      });
      expect(await act(app, expected)).toMatchObject({ post: { title, generation } });
      expect(await world.post("s")).toMatchObject({ title, generation });
    },
  );

  test("is not refused for what Crier does with the post itself", async () => {
    const { world, expected } = await aPublishedPost();
    const { version } = await world.post("s");
    await world.store.posts.save({ ...(await world.post("s")), syndication: ["https://paper.example/p1"] });
    expect((await world.post("s")).version).toBeGreaterThan(version);
    expect(await world.app.put("s", bytesOf("Second"), { expected })).toMatchObject({ result: "updated" });
  });
});
