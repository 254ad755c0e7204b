import { expect, test } from "vitest";
import { bluesky } from "../../src/networks/bluesky/bluesky.ts";
import { devto } from "../../src/networks/devto.ts";
import { mastodon } from "../../src/networks/mastodon.ts";
import { withoutMentions } from "../../src/networks/network-text.ts";
import { telegram } from "../../src/networks/telegram.ts";
import { x } from "../../src/networks/x.ts";
import { aContent } from "../support/builders.ts";
import { aConfiguredAccount } from "../support/configured-account.ts";
import { mentionedOnMastodon, mentionedOnX } from "../support/mentioned.ts";
import { aSnippet } from "../support/snippets.ts";

const titled = (title: string) => withoutMentions(aSnippet({ title })).title;

/** The texts that a mention may follow or precede: each with each makes the samples below. */
const before = ["", " ", "(", "“", "秋から", "é", "я", ".", "/", "=", "-", "+", "~", "!", "#", "$", "%", "&", "*", "@"];
const beforeAscii = ["a", "9", "_", "RT", "rt", "Rt:", "xRT", "+RT", ".rt ", "RT @"];
const after = ["", " ", "と", ",", "é", "@", "@server.example", "://", "/list", ".example", "-b", "_"];
const samples = ["@", "＠"].flatMap((sign) =>
  [...before, ...beforeAscii].flatMap((start) => after.map((end) => `${start}${sign}ada${end}`)),
);

test("no title mentions anybody on X or Mastodon, whatever is around the handle", () => {
  expect(samples).toHaveLength(720);
  const mentioning = samples.filter((text) => mentionedOnX(text).length + mentionedOnMastodon(text).length > 0);
  expect(mentioning.length).toBeGreaterThan(400);
  expect(samples.map(titled).flatMap((text) => [...mentionedOnX(text), ...mentionedOnMastodon(text)])).toEqual([]);
});

test("a title that mentions nobody stays as it is", () => {
  const others = samples.filter((text) => mentionedOnX(text).length + mentionedOnMastodon(text).length === 0);
  expect(others.length).toBeGreaterThan(50);
  expect(others.filter((text) => titled(text) !== text)).toEqual([]);
});

test("a mention in a title, a summary or the name of an author notifies nobody", () => {
  expect(titled("Thanks, @dependabot (@ada@server.example)")).toBe(
    "Thanks, @\u200Bdependabot (@\u200Bada@server.example)",
  );
  expect(titled("npm i @scope/package")).toBe("npm i @\u200Bscope/package");
  expect(titled("秋から@exampleと働く")).toBe("秋から@\u200Bexampleと働く");
  const authors = [{ name: "@ada", url: "https://ada.example/" }];
  const { summary, content } = withoutMentions(aSnippet({ summary: "By @ada.", content: aContent({ authors }) }));
  expect(summary).toBe("By @\u200Bada.");
  expect(content.authors).toEqual([{ name: "@\u200Bada", url: "https://ada.example/" }]);
});

test.each([
  "me@mail.example",
  "https://mastodon.social/@ada",
  "Read medium.com/@ada/a-post, and ada.dev/?by=@ada",
  "3 @ 4",
  "@",
  "C@ffee",
])("%s mentions nobody", (text) => {
  expect(mentionedOnX(text)).toEqual([]);
  expect(titled(text)).toBe(text);
});

test("what the author wrote for networks keeps its mentions", () => {
  expect(withoutMentions(aSnippet({ text: "With @ada" })).text).toBe("With @ada");
});

test.each([x, mastodon, telegram])("$name is sent no mention that the author did not write for it", (network) => {
  const account = aConfiguredAccount({ network: network.name, settings: {} });
  const textOf = (text: string | undefined) =>
    network.compose(aSnippet({ text, title: "秋から@example", summary: "See @renovate." }), account).text;
  expect(textOf(undefined)).toContain("秋から@\u200Bexample\n\nSee @\u200Brenovate.");
  expect(textOf("With @ada")).toContain("With @ada");
});

test("Bluesky has no facet for a mention in a title or a summary", () => {
  const { request } = bluesky.compose(
    aSnippet({ text: undefined, title: "By @ada.example", summary: "See @ada.example now." }),
    aConfiguredAccount({ network: "bluesky" }),
  );
  expect(JSON.stringify(request)).not.toContain("#mention");
});

test("an article on DEV that is only a summary and a link mentions nobody", () => {
  const content = aContent({ html: `<p>${"long ".repeat(40_000)}</p>`, summary: "See @renovate, not *now*." });
  const { request } = devto.compose(aSnippet({ content }), aConfiguredAccount({ network: "devto" }));
  expect(request.body_markdown).toMatch(/^See @\u200Brenovate, not \\\*now\\\*\.\n\n\[https:/);
});
