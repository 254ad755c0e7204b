import { categorySlug } from "./feed-key.ts";
import type { Category, Post } from "./post.ts";

/** Names by slug: `Web Dev`, `web dev` and `Web-Dev` are one category. */
export type CategoryNames = ReadonlyMap<string, string>;

/** The most used spelling of each category; of equally used ones that of the oldest post. The newest post is first. */
export const categoryNames = (posts: readonly Pick<Post, "categories">[]): CategoryNames => {
  const names = posts.toReversed().flatMap(({ categories }) => categories.map(({ name }) => name));
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const chosen = new Map<string, string>();
  for (const [name, count] of counts) {
    const slug = categorySlug(name);
    if (count > (counts.get(chosen.get(slug) ?? "") ?? 0)) chosen.set(slug, name);
  }
  return chosen;
};

/** Categories without letters and digits have no slug, and keep their names. */
export const withCategoryNames = (categories: readonly Category[], names: CategoryNames): readonly Category[] => {
  const named = new Map<string, Category>();
  for (const category of categories) {
    const slug = categorySlug(category.name);
    const name = slug === "" ? category.name : (names.get(slug) ?? category.name);
    if (!named.has(slug || name)) named.set(slug || name, { ...category, name });
  }
  return [...named.values()];
};
