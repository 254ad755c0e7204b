import type { PostContent } from "../../src/domain/post.ts";
import { snippetFor } from "../../src/domain/snippet.ts";
import { networks } from "../../src/networks/index.ts";
import { aConfiguredAccount } from "../support/configured-account.ts";
import { parseFaults } from "../support/parse-faults.ts";

/** Patterns that no reader should see outside of code. */
const syntax: Readonly<Record<string, RegExp>> = {
  "`{%`": /\{%/,
  "`{{`": /\{\{/,
  "`{:`": /\{:/,
  "`:::`": /(?:^|>):::/m,
  "`{/*`": /\{\/\*/,
  "`![](`": /!\[[^\]\n]*\]\(/,
};

const inHtml: Readonly<Record<string, RegExp>> = {
  ...syntax,
  "an `a` that is printed": /&lt;a\s/,
  "an `a` without href": /<a(?![^<>]* href="[^"<>]+")[^<>]*>/,
  "an empty `<>`": /&lt;&gt;/,
};

const withoutCode = (html: string): string => html.replaceAll(/<(pre|code)\b[\s\S]*?<\/\1>/g, "");

const found = (what: string, text: string, patterns: Readonly<Record<string, RegExp>>): readonly string[] =>
  Object.entries(patterns).flatMap(([name, pattern]) => {
    const at = text.search(pattern);
    return at < 0 ? [] : [`${name} in the ${what}: ${JSON.stringify(text.slice(Math.max(0, at - 40), at + 60))}`];
  });

/** Returns the syntax that a post shows to a reader in its body, title and summary. */
export const leftoversIn = ({ html, title, summary }: PostContent): readonly string[] => [
  ...found("body", withoutCode(html), inHtml),
  ...found("title", title, syntax),
  ...found("summary", summary, syntax),
  ...parseFaults(html).map((fault) => `its tree is another: ${fault}`),
];

/** Returns the syntax in its texts for the networks. */
export const leftoversInTexts = (content: PostContent): readonly string[] =>
  networks.flatMap((network) => {
    const account = aConfiguredAccount({ name: network.name, network: network.name });
    const { text } = network.compose(snippetFor(content, account, 0), account);
    return found(`text on ${network.name}`, text.replaceAll(/`[^`]*`/g, ""), syntax);
  });
