import { describe, expect, test } from "vitest";
import type { Post } from "../../../src/domain/post.ts";
import { minute } from "../../../src/domain/time.ts";
import { composeTestedApp } from "../../support/app.ts";
import { aDocument, aWorld, type World } from "../../support/world.ts";

const document = aDocument({ slug: "s", title: "A Title" });
const bytes = new TextEncoder().encode(document);

/**
 * A machine whose first save of a post is applied and its answer lost: the request is repeated, and by then another worker
 * has saved the row.
 */
const overtaken = (world: World) => {
  let isFirst = true;
  const save = async (post: Post): Promise<boolean> => {
    const { posts } = world.store;
    if (!isFirst) return posts.save(post);
    isFirst = false;
    await posts.save(post);
    const row = await posts.read(post.site, post.id);
    if (row !== undefined) await posts.save({ ...row, trending: true });
    return false;
  };
  return composeTestedApp({ ...world.parts(), store: { ...world.store, posts: { ...world.store.posts, save } } });
};

describe("a post that is announced once more is announced once, though the save is repeated over another worker's", () => {
  const announced = async (world: World) => {
    world.turn(minute);
    await world.sweep();
    return { count: world.paper.posts.length, generation: (await world.post("s")).generation };
  };

  test("where its document is sent", async () => {
    const world = await aWorld();
    await world.app.put("s", bytes);
    expect(await announced(world)).toEqual({ count: 1, generation: 1 });
    expect(await overtaken(world).put("s", bytes, { again: true })).toMatchObject({ result: "updated" });
    expect(await announced(world)).toEqual({ count: 2, generation: 2 });
  });

  test("where its document is new", async () => {
    const world = await aWorld();
    await overtaken(world).put("s", bytes, { again: true });
    expect(await announced(world)).toEqual({ count: 1, generation: 1 });
  });

  test("where it is named", async () => {
    const world = await aWorld();
    await world.app.put("s", bytes);
    await world.sweep();
    expect(await overtaken(world).announce("s", { again: true })).toMatchObject({ result: "updated" });
    expect(await announced(world)).toEqual({ count: 2, generation: 2 });
  });
});

test("a post that another worker saves first is announced once more all the same", async () => {
  const world = await aWorld();
  await world.app.put("s", bytes);
  await world.sweep();
  const { posts } = world.store;
  let isFirst = true;
  const save = async (post: Post): Promise<boolean> => {
    const row = isFirst ? await posts.read(post.site, post.id) : undefined;
    isFirst = false;
    if (row !== undefined) await posts.save({ ...row, trending: true });
    return posts.save(post);
  };
  const app = composeTestedApp({ ...world.parts(), store: { ...world.store, posts: { ...posts, save } } });
  await app.put("s", bytes, { again: true });
  expect((await world.post("s")).generation).toBe(2);
});
