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
  /** The text before the link and the hashtags. */
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

/** A summary may begin with the title in other case. */
const bare = (text: string): string => text.replaceAll(/[@\u200B]/g, "").toLowerCase();

/** The title is in the text, or in the card below it. */
const hasTitle = (planned: Planned): boolean => {
  const { title } = planned.content;
  return bare(planned.words).includes(bare(title).slice(0, 200)) || planned.composed.card?.title === title;
};

/** Texts that an editor would send back. */
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
  "points to what only the page has": (planned) =>
    ownText(planned) === undefined && /\b(?:read|see|found|described|listed) (?:below|here)\b/iu.test(planned.words),
  "has a tag that loses a sign": ({ composed: { text } }) => /#C(?=\s|$)/u.test(text),
};

/** Texts that are odd to a reader although no rule forbids them. */
const oddities: Readonly<Record<string, (planned: Planned) => boolean>> = {
  cut: ({ words }) => words.includes("…"),
  "a link in the text": ({ words }) => /https?:|www\./u.test(words),
  "an open bracket": ({ words }) => /["“(][^"”)]*$/u.test(words),
  "a short summary": ({ content: { summary, social } }) => social.useSummary && (social.lead ?? summary).length < 40,
  "the title alone": ({ words, content }) => words === content.title,
  "a pronoun first": ({ words, content: { title } }) =>
    /^(?:this|it|he|she|they|these|as|in this)\b/iu.test(words.slice(title.length).trim()),
  "a place on the page": ({ words }) => /\b(?:below|above|following)\b/iu.test(words),
  "no full stop": ({ words, content: { title } }) =>
    words !== title && !/[\p{Sentence_Terminal}…)"”\p{So}]$/u.test(words),
};

const oddityOf = (planned: Planned): readonly string[] =>
  Object.entries(oddities).flatMap(([name, isOdd]) => (isOdd(planned) ? [name] : []));

/** Networks that are sent a short text. */
const isShort = ({ composed: { limit } }: Planned): boolean => limit <= 500;

const row = ({ path, network, words, ...planned }: Planned): string =>
  `| ${path} | ${network} | ${oddityOf({ path, network, words, ...planned }).join(", ")} | ${words.replaceAll("|", "\\|").replaceAll("\n", " ↵ ")} |`;

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

  it("and the twenty oddest are printed as a table, to be read", () => {
    const posts = Map.groupBy(all.filter(isShort), ({ path }) => path);
    const byOddity = (a: Planned, b: Planned) => oddityOf(b).length - oddityOf(a).length;
    const oddest = [...posts.values()]
      .flatMap((plans) => plans.toSorted(byOddity).slice(0, 1))
      .toSorted(byOddity)
      .slice(0, 20);
    console.log(["| document | network | odd | text |", "|---|---|---|---|", ...oddest.map(row)].join("\n"));
    expect(oddest).toHaveLength(20);
  });
});
