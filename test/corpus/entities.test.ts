import { detectFacets } from "@atproto/api/dist/rich-text/detection.js";
import { UnicodeString } from "@atproto/api/dist/rich-text/unicode.js";
import extractHashtags from "twitter-text/dist/extractHashtags.js";
import parseTweet from "twitter-text/dist/parseTweet.js";
import { beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { parseDocument } from "../../src/documents/parse-document.ts";
import type { PostContent } from "../../src/domain/post.ts";
import { type Snippet, snippetFor } from "../../src/domain/snippet.ts";
import { textOfHtml } from "../../src/markdown/sanitise.ts";
import { mentionsIn } from "../../src/networks/bluesky/bluesky-record.ts";
import { networks } from "../../src/networks/index.ts";
import { weightedLength } from "../../src/networks/x.ts";
import { folderSource } from "../../src/sources/folder-source.ts";
import { theSite } from "../documents/sample-documents.ts";
import { aConfiguredAccount } from "../support/configured-account.ts";
import { detectedByBluesky, detectedByCrier, linksAndTags } from "../support/detected-facets.ts";
import { mentionedOnMastodon, mentionedOnX } from "../support/mentioned.ts";
import { blogs, contentRoot } from "./blogs.ts";

interface Post {
  readonly path: string;
  readonly content: PostContent;
}

const postsOf = async (blog: string): Promise<readonly Post[]> => {
  const source = folderSource(await contentRoot(blog));
  const posts: Post[] = [];
  for (const path of await source.list()) {
    const parsed = parseDocument((await source.read(path)) ?? new Uint8Array(), path, theSite());
    if (parsed.kind === "post") posts.push({ path: `${blog}/${path}`, content: parsed.content });
  }
  return posts;
};

/** The texts that people wrote: titles, summaries, and each paragraph of the bodies. */
const writtenIn = ({ content: { title, summary, html } }: Post): readonly string[] => [
  title,
  summary,
  ...html.split(/(?<=<\/(?:p|li|h\d)>)/).map((block) => textOfHtml(block).slice(0, 2_000)),
];

const composedFor = (network: (typeof networks)[number]["name"], { content }: Post) => {
  const account = aConfiguredAccount({ name: network, network });
  const snippet: Snippet = snippetFor(content, account, 0);
  const composed = networks.find(({ name }) => name === network)?.compose(snippet, account);
  if (composed === undefined) throw new Error(`There is no network ${network}.`);
  return { snippet, ...composed };
};

const record = z.looseObject({
  text: z.string(),
  facets: z
    .array(
      z.object({
        index: z.object({ byteStart: z.int(), byteEnd: z.int() }),
        features: z.array(z.looseObject({ uri: z.string().optional(), tag: z.string().optional() })),
      }),
    )
    .default([]),
});

const mentionedOnBluesky = (text: string): readonly string[] =>
  (detectFacets(new UnicodeString(text)) ?? []).flatMap(({ features }) =>
    features.flatMap((feature) => ("did" in feature ? [String(feature.did).toLowerCase()] : [])),
  );

// The posts of others are not in this repository: see `blogs`.
describe.skipIf(blogs.length === 0)("the links, hashtags and mentions of real posts", () => {
  const posts: Post[] = [];
  const texts: string[] = [];
  beforeAll(async () => {
    for (const blog of blogs) posts.push(...(await postsOf(blog)));
    texts.push(...new Set(posts.flatMap(writtenIn)));
    console.log(`${posts.length} posts with ${texts.length} texts`);
  });

  it("are found in what people wrote at the same bytes by Crier and by @atproto/api", () => {
    expect(texts.length).toBeGreaterThan(posts.length);
    const found = texts.map((text) => [detectedByCrier(text), detectedByBluesky(text)] as const);
    expect(found.flatMap(([own]) => own).length).toBeGreaterThan(0);
    expect(found.filter(([own, theirs]) => JSON.stringify(own) !== JSON.stringify(theirs))).toEqual([]);
  });

  it("mention on Bluesky nobody whom @atproto/api would not", () => {
    const added = texts.flatMap((text) => {
      const theirs = new Set(mentionedOnBluesky(text));
      return mentionsIn(text).flatMap(({ handle }) => (theirs.has(handle) ? [] : [[handle, text]]));
    });
    expect(added).toEqual([]);
  });

  it("are the facets of what goes out to Bluesky: the post's own link, and what @atproto/api finds with a scheme or a #", () => {
    for (const post of posts) {
      const { request, snippet } = composedFor("bluesky", post);
      const { text, facets } = record.parse(request);
      const own = linksAndTags(text, facets).filter(([, , target]) => target !== snippet.url);
      const theirs = detectedByBluesky(text).filter(
        ([, covered, target]) => /^(?:https?:|[#＃])/.test(covered) && target !== snippet.url,
      );
      expect([post.path, ...own]).toEqual([post.path, ...theirs]);
    }
  });

  it("have the length on X that twitter-text counts, which does not know the emoji since 2020", () => {
    const isKnown = (emoji: string) => parseTweet(emoji).weightedLength === 2;
    const known = (text: string) => text.replaceAll(/\p{RGI_Emoji}/gv, (emoji) => (isKnown(emoji) ? emoji : "😀"));
    const differing = [...texts, ...posts.map((post) => composedFor("x", post).text)].filter(
      (text) => weightedLength(text) !== parseTweet(known(text)).weightedLength,
    );
    expect(differing).toEqual([]);
  });

  it("are hashtags to twitter-text, too, and mention nobody on X and Mastodon where the author wrote no text for networks", () => {
    for (const post of posts) {
      const { text, snippet } = composedFor("x", post);
      const last = text.split("\n\n").at(-1) ?? "";
      const added = /^#/.test(last) ? last.split(" ") : [];
      expect(extractHashtags(last).map((tag) => `#${tag}`)).toEqual(added);
      if (snippet.text !== undefined) continue;
      expect([post.path, ...mentionedOnX(text)]).toEqual([post.path]);
      expect([post.path, ...mentionedOnMastodon(composedFor("mastodon", post).text)]).toEqual([post.path]);
    }
  });
});
