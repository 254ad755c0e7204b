import { expect, test } from "vitest";
import { withoutMentions } from "../../src/domain/snippet.ts";
import { mastodon } from "../../src/networks/mastodon.ts";
import { x } from "../../src/networks/x.ts";
import { aConfiguredAccount } from "../support/configured-account.ts";
import { aSnippet } from "../support/snippets.ts";

const titled = (title: string) => withoutMentions(aSnippet({ title })).title;

test("a mention in a title or a summary notifies nobody", () => {
  expect(titled("Thanks, @dependabot (@ada@server.example)")).toBe(
    "Thanks, @\u200Bdependabot (@\u200Bada@server.example)",
  );
  expect(titled("npm i @scope/package")).toBe("npm i @\u200Bscope/package");
  expect(withoutMentions(aSnippet({ summary: "By @ada." })).summary).toBe("By @\u200Bada.");
});

test.each(["me@mail.example", "https://server.example/@ada", "3 @ 4", "a.@b", "@", "C@ffee"])(
  "%s mentions nobody",
  (text) => {
    expect(titled(text)).toBe(text);
  },
);

test("what the author wrote for networks keeps its mentions", () => {
  expect(withoutMentions(aSnippet({ text: "With @ada" })).text).toBe("With @ada");
});

test.each([x, mastodon])("$name is sent no mention that the author did not write for it", (network) => {
  const account = aConfiguredAccount({ network: network.name });
  const textOf = (text: string | undefined) =>
    network.compose(aSnippet({ text, title: "@dependabot updates", summary: "See @renovate." }), account).text;
  expect(textOf(undefined)).toContain("@\u200Bdependabot updates\n\nSee @\u200Brenovate.");
  expect(textOf("With @ada")).toContain("With @ada");
});
