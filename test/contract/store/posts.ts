import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { BadCursor } from "../../../src/domain/errors.ts";
import { minute, second } from "../../../src/domain/time.ts";
import { aPost, start } from "../../support/builders.ts";
import { type Empty, present } from "./empty.ts";

export const postsContract = (empty: Empty): void => {
  test("a post is read as it was saved, with the next version", async () => {
    const { store } = await empty();
    const post = aPost({
      id: "日本#語%23",
      slug: "ja/こんにちは",
      guid: "urn:1",
      categories: [{ name: "C#", type: "exact" }, { name: "Rust" }],
      authors: [{ name: "Ada", url: "https://a.example/" }],
      image: { url: "https://a.example/i.png", alt: "" },
      social: { off: false, useSummary: false, lead: "A lead.", share: "Look", texts: { "a#b": "for b" } },
      gone: { at: start, by: "source" },
      enclosure: { url: "https://a.example/i.png", mediaType: "image/png", length: 12 },
      listed: [{ feed: "categories/c-sharp", published: start }],
      audience: { accounts: ["mastodon"], note: "one", baseline: "it is old" },
      hold: "draft",
      due: start + second,
    });
    expect(await store.posts.save(post)).toBe(true);
    expect(await store.posts.read("blog", post.id)).toEqual({ ...post, version: 1 });
  });

  test("a post that was not saved does not exist", async () => {
    const { store } = await empty();
    expect(await store.posts.read("blog", "nobody")).toBeUndefined();
  });

  test("of two saves over one version only one succeeds", async () => {
    const { store } = await empty();
    expect(await store.posts.save(aPost())).toBe(true);
    expect(await store.posts.save(aPost({ title: "again, from nothing" }))).toBe(false);
    const read = present(await store.posts.read("blog", "id-of-hello-world"));
    const saves = await Promise.all(["a", "b"].map((title) => store.posts.save({ ...read, title })));
    expect(saves.filter(Boolean)).toHaveLength(1);
    expect((await store.posts.read("blog", read.id))?.version).toBe(2);
  });

  test("an empty body is read as empty", async () => {
    const { store } = await empty();
    await store.posts.save(aPost({ html: "" }));
    expect((await store.posts.read("blog", "id-of-hello-world"))?.html).toBe("");
  });

  test("a body that is too long for a row is read completely", async () => {
    const { store } = await empty();
    const html = randomBytes(400 * 1024).toString("base64");
    expect(await store.posts.save(aPost({ html }))).toBe(true);
    expect((await store.posts.read("blog", "id-of-hello-world"))?.html).toBe(html);
    expect(await store.posts.save({ ...aPost({ html }), version: 1 })).toBe(true);
  });

  test("lists the posts of a site, the most recently changed first, in pages", async () => {
    const { store } = await empty();
    for (let index = 0; index < 60; index += 1)
      await store.posts.save(aPost({ slug: `post-${index}`, updated: start + index * minute }));
    await store.posts.save(aPost({ site: "other", slug: "elsewhere" }));
    const first = await store.posts.newest("blog");
    const second = await store.posts.newest("blog", first.next);
    const slugs = [...first.rows, ...second.rows].map(({ slug }) => slug);
    expect(first.rows.length).toBeLessThan(60);
    expect(slugs).toEqual(Array.from({ length: 60 }, (_, index) => `post-${59 - index}`));
    expect(second.next).toBeUndefined();
  });

  test("refuses a cursor of another list", async () => {
    const { store } = await empty();
    for (let index = 0; index < 51; index += 1) await store.posts.save(aPost({ slug: `post-${index}` }));
    const { next } = await store.posts.newest("blog");
    await expect(store.posts.newest("blog", "nonsense")).rejects.toThrow(BadCursor);
    await expect(store.posts.newest("other", next)).rejects.toThrow(BadCursor);
  });
};
