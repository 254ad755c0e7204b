import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Snippet } from "../../src/domain/snippet.ts";
import { networks } from "../../src/networks/index.ts";
import { emulators } from "../../src/sandbox/index.ts";
import { aConfiguredAccount, takesSettings } from "../support/configured-account.ts";
import { runs } from "../support/runs.ts";
import { aSnippet, snippets } from "../support/snippets.ts";

/**
 * Returns the letters that a reader sees of a text. Networks put characters between them to defuse mentions, and leave
 * out those that they refuse.
 */
const lettersOf = (text: string): string => text.normalize("NFC").replaceAll(/[\s\p{C}]/gu, "");

/** In lower case, one by one: a sigma at the end of a word has a form of its own. */
const inLowerCase = (text: string): string => text.replaceAll(/\p{L}/gu, (letter) => letter.toLowerCase());

/** A cut leaves the first sentence, or at least this much of it. */
const startOf = (text: string): string => /^.{0,9}?\p{Sentence_Terminal}|^.{0,10}/su.exec(lettersOf(text))?.[0] ?? "";

const linkAndTags = /\n\n(?:https:\/\/)?blog\.example\.com\/\S*(?:\s+#\S+)*$/u;

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Returns the position at which two texts begin to differ, in UTF-16 units. */
const samePart = (one: string, other: string): number => {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  return at;
};

/** True if the words that a post keeps end within a character of them. */
const cutsCharacter = (shown: string, words: string): boolean => {
  const whole = words.trim().normalize("NFC");
  const end = samePart(shown, whole);
  const ends = new Set([0, ...[...graphemes.segment(whole)].map(({ index, segment }) => index + segment.length)]);
  // The ellipsis of a cut may be a sign of the text as well.
  return !ends.has(end) && !(shown.charAt(end - 1) === "…" && ends.has(end - 1));
};

const wordSegmenter = new Intl.Segmenter("en", { granularity: "word" });

const wordsIn = (text: string): readonly string[] =>
  [...wordSegmenter.segment(text.toLowerCase())].filter(({ isWordLike }) => isWordLike).map(({ segment }) => segment);

/** True if a summary may be left out: it has words of the title, is not much longer, and has not the whole title. */
const mayRepeat = ({ title, summary }: Pick<Snippet, "title" | "summary">): boolean =>
  summary.length <= title.length * 2 &&
  !inLowerCase(lettersOf(summary)).includes(inLowerCase(lettersOf(title))) &&
  wordsIn(summary).some((word) => wordsIn(title).includes(word));

/** Returns what a whole post contains. A title and a summary that differ in a full stop are one. */
const textsOf = (snippet: Pick<Snippet, "text" | "title" | "summary">): readonly string[] => {
  const { text, title, summary } = snippet;
  if (text !== undefined) return [text];
  return mayRepeat(snippet) ? [title] : [title, summary.replace(/[.。]$/u, "")];
};

/** The kinds of text that an account may ask for, where its network has them. */
const kindsOfText = [
  {},
  { link: "never" },
  { link: "reply" },
  { thread: true },
  { template: "{summary}: {title} · {link}" },
];

const cases = networks.flatMap((network) =>
  kindsOfText
    .filter((settings) => takesSettings(network, settings))
    .map((settings) => ({ name: network.name, network, settings, kind: JSON.stringify(settings) })),
);

describe.each(cases)("a post composed for $name with $kind", ({ name, network, settings }) => {
  const account = aConfiguredAccount({ network: name, settings });
  const emulator = emulators.find((one) => one.network === name);

  test("is within the limit, as the sandbox counts by other means, and contains the whole link", () => {
    fc.assert(
      fc.property(snippets, (snippet) => {
        const { text, length, limit, request, replies = [] } = network.compose(aSnippet(snippet), account);
        expect(limit).toBe(emulator?.limit(account));
        for (const post of [{ text, length }, ...replies]) {
          expect(post.length).toBeLessThanOrEqual(limit);
          expect(emulator?.length(post.text)).toBeLessThanOrEqual(post.length);
        }
        if (settings.link === "never") expect(text).not.toContain(snippet.url);
        else expect(JSON.stringify(request).replaceAll("&amp;", "&")).toContain(snippet.url);
      }),
      { numRuns: runs(400) },
    );
  });

  test("contains the author's own text, or else the title, cut in no character", () => {
    fc.assert(
      fc.property(snippets, (given) => {
        const text = given.text?.trim() || undefined;
        const snippet = aSnippet({ ...given, text });
        const { replies = [], isCut, ...composed } = network.compose(snippet, account);
        // A card that is in a reply is not in the post.
        const card = settings.link === "reply" ? undefined : composed.card;
        const [first = "", ...others] = [composed.text, ...replies.map((reply) => reply.text)];
        // The link and the hashtags of the first part are between the parts of a thread.
        const texts = [others.length === 0 ? first : first.replace(linkAndTags, ""), ...others].join("");
        const shown = lettersOf([texts, card?.title, card?.description].join(""));
        // A title and a summary that differ in their case are said once. An author's own text stays as it is.
        const compared = text === undefined ? inLowerCase : (letters: string): string => letters;
        for (const words of textsOf(snippet)) if (!isCut) expect(compared(shown)).toContain(compared(lettersOf(words)));
        expect(compared(shown)).toContain(compared(startOf(text ?? snippet.title)));
        if (text !== undefined) expect(cutsCharacter(composed.text, text)).toBe(false);
      }),
      { numRuns: runs(400) },
    );
  });

  test("is the same for the same post", () => {
    fc.assert(
      fc.property(snippets, (snippet) => {
        const compose = () => JSON.stringify(network.compose(aSnippet(structuredClone(snippet)), account));
        expect(compose()).toBe(compose());
      }),
      { numRuns: runs(100) },
    );
  });
});

test.each(networks)("contains title and summary on $name where the author wrote no text", (network) => {
  const account = aConfiguredAccount({ network: network.name });
  const { text, request } = network.compose(aSnippet({ text: undefined }), account);
  expect(JSON.stringify(request)).toContain("A Hundred Feeds");
  expect(text).toContain("Dates are the first thing that goes wrong.");
});
