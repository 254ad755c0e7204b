import * as z from "zod";
import type { SourcePlace } from "../domain/site.ts";

/** Limited in length, because it is a part of a row's key. */
const maxPlace = 500;

const feed = z
  .url({ protocol: /^https?$/, error: "use the absolute URL of a feed: https://blog.example.com/feed.xml" })
  .max(maxPlace, `this is longer than ${maxPlace} characters: use the feed's plain address`)
  .refine((url) => !url.includes("#"), "leave out the fragment")
  // The place of a source is printed, and is part of its rows.
  .refine((url) => !/^https?:\/\/[^/?#]*@/.test(url), "remove the user name and the password");

/** `./content/posts/` → `content/posts`: one folder has one name. */
const withoutDots = (path: string): string => path.replace(/^(?:\.\/+)+(?=.)/, "").replace(/(?<=[^/])\/+$/, "");

const folder = z
  .string()
  .trim()
  .min(1, 'name a folder: "content/posts"')
  .max(maxPlace, `this is longer than ${maxPlace} characters: use a shorter path`)
  .transform(withoutDots);

const globs = z
  .array(
    z
      .string()
      .trim()
      .min(1, 'use a pattern such as "**/*.md"')
      .refine((glob) => !/^[/!]|(?:^|\/)\.\.(?:\/|$)/.test(glob), {
        error: 'use a pattern within the folder, without "!", ".." and a slash at its beginning: "drafts/**"',
      })
      .transform(withoutDots),
  )
  .default([]);

/** One entry of `sites[].sources`. */
export const sourceSchema = z
  .strictObject({ feed: feed.optional(), folder: folder.optional(), include: globs, exclude: globs })
  .refine(({ feed, folder }) => feed !== undefined || folder !== undefined, "use { feed: URL } or { folder: PATH }")
  .refine(({ feed, folder }) => feed === undefined || folder === undefined, {
    error: "this is a feed and a folder: write two sources, { feed: … } and { folder: … }",
    abort: true,
  })
  .refine(
    ({ feed, include, exclude }) => feed === undefined || include.length + exclude.length === 0,
    "include and exclude are for folders only: remove them",
  )
  .transform(
    ({ feed, folder = "", ...globs }): SourcePlace =>
      feed === undefined ? { kind: "folder", place: folder, ...globs } : { kind: "feed", place: feed, ...globs },
  );
