import { describe, expect } from "vitest";
import type { Account } from "../../src/domain/account.ts";
import type { DefinedNetwork } from "../../src/networks/define.ts";
import { aContent } from "../support/builders.ts";
import { contractContext, isSentWhole } from "./context.ts";
import { makeSender } from "./sender.ts";
import type { TestServer } from "./server.ts";

/** Texts that are hard to count, to find links in, or to store. */
const texts = {
  "in Japanese": "日本語のブログを書きました。フィードの日付は難しい。",
  "with emoji of several characters": "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 🇦🇹",
  "with combining marks": "Cafe\u0301, man\u0303ana, नमस्ते, ที่นี่, Z͑ͫ",
  "from right to left": "مرحبا بالعالم, שלום",
  "with an international link": "See https://bücher.example/straße?q=ü for more.",
  "with a link before Japanese": "https://other.example.com/aを見てください。",
  "with names that look like links": "Read README.md, then deploy.sh, socket.io and ASP.NET.",
  "with the signs of HTML": `R&D <now> "quoted" 'single' </script><b>bold</b>`,
  "with mentions": "Thanks to @ada, @ada.example and @ada@social.example.",
  "with lines": "One\n\nTwo\nThree",
} as const;

/** Makes words with this many letters. */
const wordsOf = (length: number): string =>
  Array.from({ length }, (_, at) => (at % 6 === 5 && at < length - 1 ? " " : "w")).join("");

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

const asHtml = (text: string): string => `<p>${text.replaceAll(/[&<>]/g, (sign) => entities[sign] ?? sign)}</p>`;

/** Letters and digits, in the form in which a network may store them. */
const lettersOf = (text: string): string =>
  text
    .normalize("NFC")
    .replaceAll(/&(?:amp|lt|gt|#\d+);/g, "")
    .replaceAll(/[^\p{L}\p{M}\p{N}]/gu, "");

/** Rules for texts of all kinds. */
export const textContract = (
  network: DefinedNetwork,
  server: TestServer,
  label: string,
  settings: Account["settings"],
): void => {
  describe(`${label} on ${server.name} keeps the contract of texts`, () => {
    const context = contractContext(network, server, "text", { label, settings });
    const { rule } = context;
    const { aPost, sent, copiesOf } = makeSender(network, context);

    const composed = (text: string) => aPost({ text, tags: [] });
    const isWhole = () => isSentWhole(network, context.account());
    const stored = async (post: ReturnType<typeof aPost>): Promise<string> => {
      await sent(post);
      const [copy, ...others] = await copiesOf(post);
      expect(others).toEqual([]);
      return copy?.text ?? "";
    };

    for (const [name, text] of Object.entries(texts))
      rule(`a text ${name} is there as it was sent`, [], async () => {
        const post = aPost({ text, content: aContent({ html: asHtml(text) }) });
        const sentText = lettersOf(isWhole() ? text : post.text);
        expect(lettersOf(await stored(post))).toContain(sentText);
      });

    const longest = (ofLength: (length: number) => string): number => {
      const { limit } = composed("");
      let [fits, isCut] = [0, 2 * limit];
      while (isCut - fits > 1) {
        const middle = Math.floor((fits + isCut) / 2);
        if (composed(ofLength(middle)).isCut) isCut = middle;
        else fits = middle;
      }
      return fits;
    };

    const lengths = [
      ["letters", wordsOf],
      ["emoji", (length: number) => "👩‍👩‍👧‍👦 ".repeat(length).trim()],
    ] as const;
    for (const [name, ofLength] of lengths) {
      const post = (more: number) => composed(ofLength(longest(ofLength) + more));
      rule(`a text of ${name} as long as the network allows is taken whole`, ["cut"], async () => {
        const whole = post(0);
        expect(lettersOf(await stored(whole))).toBe(lettersOf(whole.text));
      });
      rule(`a text of ${name} that is longer is cut, and taken`, ["cut"], async () => {
        const cut = post(1);
        expect(cut.isCut).toBe(true);
        expect(lettersOf(await stored(cut))).toBe(lettersOf(cut.text));
      });
    }

    rule("a content warning goes with the text", [], async () => {
      const social = { off: false, useSummary: false, texts: {}, contentWarning: "Spoilers ahead", sensitive: true };
      const text = "The gardener is the thief.";
      const post = aPost({ text, tags: [], content: aContent({ social, html: asHtml(text) }) });
      await sent(post);
      const [copy] = await copiesOf(post);
      const request = JSON.stringify(copy?.request);
      expect(request).toContain(social.contentWarning);
      const isAbove = request.indexOf(social.contentWarning) < request.indexOf(text);
      expect(isAbove || network.contentWarning === "field").toBe(true);
    });
  });
};
