import { expect, test } from "vitest";
import type { TranslationMember } from "../../../src/ports/store.ts";
import type { Empty } from "./empty.ts";

const place = (post: string, language: string): TranslationMember => ({
  post,
  language,
  file: `${language}/hello.md`,
  path: "hello",
});

export const translationsContract = (empty: Empty): void => {
  test("each language has one place, which belongs to its first claim", async () => {
    const { store } = await empty();
    expect(await store.translations.all("blog", "a#b")).toEqual([]);
    const posts = ["a", "b", "c"].map((post) => place(post, "de"));
    const holders = await Promise.all(posts.map((one) => store.translations.claim("blog", "a#b", one)));
    expect(new Set(holders.map(({ post }) => post)).size).toBe(1);
    expect(await store.translations.claim("blog", "a#b", place("d", "pt-BR"))).toEqual(place("d", "pt-BR"));
    expect(await store.translations.claim("blog", "a#b", place("e", "PT-br"))).toEqual(place("d", "pt-BR"));
    expect(await store.translations.all("blog", "a#b")).toEqual([holders[0], place("d", "pt-BR")]);
    expect(await store.translations.all("notes", "a#b")).toEqual([]);
  });

  test("a place is taken over only from the post that it belongs to", async () => {
    const { store } = await empty();
    const key = "long".repeat(1_000);
    await store.translations.claim("blog", key, place("a", "de"));
    expect(await store.translations.takeOver("blog", key, "b", place("c", "de"))).toBe(false);
    expect(await store.translations.takeOver("blog", key, "a", place("c", "de"))).toBe(true);
    expect(await store.translations.all("blog", key)).toEqual([place("c", "de")]);
    expect(await store.translations.takeOver("blog", key, "a", place("c", "fr"))).toBe(false);
  });
};
