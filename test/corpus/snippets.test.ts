import { describe, expect, it } from "vitest";
import { parseDocument } from "../../src/documents/parse-document.ts";
import type { PostContent } from "../../src/domain/post.ts";
import { snippetFor } from "../../src/domain/snippet.ts";
import { networks } from "../../src/networks/index.ts";
import type { Composed } from "../../src/ports/networks.ts";
import { folderSource } from "../../src/sources/folder-source.ts";
import { theSite } from "../documents/sample-documents.ts";
import { aConfiguredAccount } from "../support/configured-account.ts";
import { blogs, contentRoot } from "./blogs.ts";

interface Planned {
  readonly path: string;
  readonly network: string;
  readonly content: PostContent;
  /** Before the link and the hashtags. */
  readonly words: string;
  readonly composed: Composed;
}

/** The link as a network shows it, and what follows. */
const linkAndTags = /\s*(?:https?:\/\/blog\.example\.org\/|blog\.example\.org\/)\S*(?:\s+(?:#\S+\s*)+)?$/u;

const plansOf = async (blog: string): Promise<readonly Planned[]> => {
  const source = folderSource(await contentRoot(blog));
  const plans: Planned[] = [];
  for (const path of await source.list()) {
    const parsed = parseDocument((await source.read(path)) ?? new Uint8Array(), path, theSite());
    if (parsed.kind !== "post") continue;
    const { content } = parsed;
    for (const network of networks) {
      const account = aConfiguredAccount({ name: network.name, network: network.name });
      const composed = network.compose(snippetFor(content, account, 0), account);
      plans.push({ path, network: network.name, content, composed, words: composed.text.replace(linkAndTags, "") });
    }
  }
  return plans;
};

const ownText = ({ content: { social } }: Planned): string | undefined => social.share ?? social.snippet;

const bare = (text: string): string => text.replaceAll(/[@\u200B]/g, "");

/** The title is in the text, or in the card below it. */
const hasTitle = (planned: Planned): boolean => {
  const { title } = planned.content;
  return bare(planned.words).includes(bare(title).slice(0, 200)) || planned.composed.card?.title === title;
};

/** What an editor would send back. */
const faults: Readonly<Record<string, (planned: Planned) => boolean>> = {
  "is longer than its limit": ({ composed }) => composed.length > composed.limit,
  "has neither the title nor the author's words": (planned) => ownText(planned) === undefined && !hasTitle(planned),
  "ends in a colon or a comma before the link": ({ words, content: { title } }) =>
    /[:,：，、;]$/u.test(words) && words !== title,
  "is shorter than its title": (planned) =>
    ownText(planned) === undefined &&
    planned.composed.card === undefined &&
    planned.words.length < planned.content.title.length,
  "has a card that repeats the text": ({ words, composed: { card } }) =>
    card !== undefined && card.description !== "" && words.includes(card.description),
  "says a sentence twice": ({ words }) => {
    const lines = words.split("\n\n").map((line) => line.trim().toLowerCase());
    return new Set(lines).size < lines.length;
  },
  "has Markdown in it": ({ words }) => /\*\*\S|\]\(|^#{1,6} |`[^`\n]+`|~~/mu.test(words),
  "has a shortcode or a template in it": ({ words }) => /\{\{|\{%|%\}|\[\/?[a-z]+ [a-z]+=/u.test(words),
  "has an emoji code in it": ({ words }) => /(?<![\w:]):[a-z][a-z0-9_+-]+:(?!\w)/u.test(words),
  "has a character reference in it": ({ words }) => /&(?:[a-z]+|#\d+|#x[\da-f]+);/iu.test(words),
  "has a tag that loses a sign": ({ composed: { text } }) => /#C(?=\s|$)/u.test(text),
};

/** The more, the odder: what a reader stumbles over although no rule forbids it. */
const oddness = ({ words, content: { title, summary, social }, composed }: Planned): number =>
  (words.includes("…") ? 1 : 0) +
  (/https?:|www\./u.test(words) ? 2 : 0) +
  (/["“(][^"”)]*$/u.test(words) ? 2 : 0) +
  (social.useSummary && summary.length < 40 ? 1 : 0) +
  (words.length < 30 ? 1 : 0) +
  (/^(?:this|it|he|she|they|these|as|in this)\b/iu.test(words.slice(title.length).trim()) ? 1 : 0) +
  (/\b(?:below|above|following)\b/iu.test(words) ? 1 : 0) +
  (composed.length < composed.limit / 5 ? 1 : 0);

describe("what real posts say on networks", () => {
  const all: Planned[] = [];

  it.each(blogs)("%s: each text is one that an editor would send", async (blog) => {
    const plans = await plansOf(blog);
    expect(plans.length).toBeGreaterThan(0);
    all.push(...plans);
    for (const [what, isFault] of Object.entries(faults)) {
      const found = plans
        .filter(isFault)
        .map(({ path, network, composed: { text } }) => `${path} on ${network}: ${text}`);
      console.log(`${blog}: ${plans.length} texts, ${found.length} of them: ${what}`);
      expect.soft(found, what).toEqual([]);
    }
  });

  it("and the twenty oddest are printed, to be read", () => {
    const posts = Map.groupBy(all, ({ path }) => path);
    const oddest = [...posts.values()]
      .flatMap(([first]) => (first === undefined ? [] : [first]))
      .toSorted((a, b) => oddness(b) - oddness(a))
      .slice(0, 20);
    for (const planned of oddest)
      console.log(`${oddness(planned)} ${planned.path} on ${planned.network}: ${JSON.stringify(planned.words)}`);
    expect(oddest.length).toBeGreaterThan(0);
  });
});
