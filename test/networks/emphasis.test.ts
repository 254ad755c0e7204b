import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { noteText } from "../../src/domain/note-text.ts";
import { snippetFor } from "../../src/domain/snippet.ts";
import { sanitiseBody } from "../../src/markdown/sanitise.ts";
import { discord } from "../../src/networks/discord.ts";
import { telegram } from "../../src/networks/telegram.ts";
import { aContent, start } from "../support/builders.ts";
import { aConfiguredAccount } from "../support/configured-account.ts";
import { runs } from "../support/runs.ts";
import { aSandbox } from "../support/sandbox-requests.ts";

const aNote = (html: string, more = {}) => {
  const share = noteText(html, "en");
  return aContent({
    isNote: true,
    html,
    summary: share,
    social: { off: false, useSummary: false, texts: {}, share, ...more },
  });
};
const composeOn = (network: typeof discord, html: string, more = {}, settings = {}) => {
  const account = aConfiguredAccount({ name: network.name, network: network.name, settings });
  return network.compose(snippetFor(aNote(html, more), account, start), account);
};

const styled =
  '<p>A <strong>bold <em>and</em></strong> <a href="https://h.example/a?b=1">nam<em>ed</em></a>, <del>no</del> <code>a*b</code>.</p>';

describe("a note on Telegram", () => {
  const entitiesOf = (html: string, more = {}, settings = {}) => {
    const { text, request } = composeOn(telegram, html, more, settings);
    const entities = Array.isArray(request.entities) ? request.entities : [];
    const whole = String(request.text);
    return {
      text,
      entities: entities.map(({ offset, length, ...one }) => [whole.slice(offset, offset + length), one]),
    };
  };

  test("has its links at their words, and what its author emphasised", () => {
    expect(entitiesOf(styled)).toEqual({
      text: "A bold and named, no a*b.",
      entities: [
        ["bold and", { type: "bold" }],
        ["and", { type: "italic" }],
        ["named", { type: "text_link", url: "https://h.example/a?b=1" }],
        ["ed", { type: "italic" }],
        ["no", { type: "strikethrough" }],
        ["a*b", { type: "code" }],
      ],
    });
  });

  test("has code only where nothing else is around it or within it", () => {
    expect(entitiesOf("<p><strong>a <code>b</code></strong> <code>c</code></p>").entities).toEqual([
      ["a b", { type: "bold" }],
      ["c", { type: "code" }],
    ]);
    expect(entitiesOf("<p><em>a</em> <code>c</code></p>", { contentWarning: "W" }).entities).toEqual([
      ["a c", { type: "spoiler" }],
      ["a", { type: "italic" }],
    ]);
  });

  test("keeps both before the link to its page", () => {
    const { text, entities } = entitiesOf(styled, {}, { notes: { link: "always", hashtags: false } });
    expect(text).toMatch(/^A bold and named, no a\*b\.\n\nhttps:\/\/blog\.example\.com\//);
    expect(entities).toHaveLength(6);
  });
});

describe("a note on Discord", () => {
  const contentOf = (html: string, more = {}) => composeOn(discord, html, more).request.content;

  test("has its links at their words, and what its author emphasised", () => {
    expect(contentOf(styled)).toBe("A **bold *and*** [nam*ed*](<https://h.example/a?b=1>), ~~no~~ `a*b`.");
  });

  test.each([
    ["<p><code>a `b` c</code></p>", "`` a `b` c ``"],
    ["<pre><code>a\n  b();\n</code></pre>", "```\na\n  b();\n```"],
    ["<pre><code>a\n```\nb</code></pre>", "````\na\n```\nb\n````"],
    ["<p><strong> a </strong>b<strong> </strong></p>", "**a** b"],
    ["<p>2 * 3 and <em>_a_</em></p>", "2 \\* 3 and *\\_a\\_*"],
    [
      '<p><a href="https://h.example/a&gt;b">see https://other.example/</a></p>',
      "see https://other.example/ (<https://h.example/a%3Eb>)",
    ],
    ['<p><a href="https://h.example/">h.example</a></p>', "https://h.example/"],
  ])("writes %s as %s", (html, content) => {
    expect(contentOf(html)).toBe(content);
  });

  test("has code without its signs behind a warning, where a bar of it could end what is hidden", () => {
    expect(contentOf("<p><code>a||b</code></p>", { contentWarning: "W" })).toBe("W\n\n||a\\|\\|b||");
  });
});

describe.each([telegram, discord])("a note on $name", (network) => {
  test.each([
    ["has the addresses where its text is cut", `<p>${"Many words. ".repeat(400)}</p>${styled}`],
    [
      "has the address of a mail, to which it has no link",
      '<p><em>Write</em> <a href="mailto:ada@h.example">to me</a></p>',
    ],
  ])("%s", (_, html) => {
    const { request, text } = composeOn(network, html);
    expect(JSON.stringify(request)).not.toMatch(/text_link|\]\(|italic/);
    expect(text).toMatch(/^Many words|Write to me \(mailto:ada@h\.example\)/);
  });

  test("that begins with a quotation mark has them once", () => {
    const html = "<blockquote><p><strong>“Feeds”</strong></p></blockquote>";
    expect(composeOn(network, html).text).toBe("“Feeds”");
  });

  const address = "https://h.example/(a)_*b*";
  const inline = fc.letrec<{ node: string; nodes: string }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc
        .string({ unit: fc.constantFrom(..."ab *_`~|[]()<>&\\#-1.\n😀"), maxLength: 8 })
        .map((text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")),
      fc
        .tuple(fc.constantFrom("strong", "em", "del", "code"), tie("nodes"))
        .map(([name, inner]) => `<${name}>${inner}</${name}>`),
      tie("nodes").map((inner) => ` <a href="${address}">${inner}</a> `),
    ),
    nodes: fc.array(tie("node"), { maxLength: 4 }).map((nodes) => nodes.join("")),
  })).nodes;

  test("is a request that its network takes, and shows its readers the text, whatever is emphasised in it", async () => {
    const { send, timeline } = aSandbox(network.name);
    await fc.assert(
      fc.asyncProperty(inline, async (inner) => {
        const html = sanitiseBody(`<p>Text ${inner}</p>`, "https://blog.example.com/");
        const { request, text } = composeOn(network, html);
        // A backslash behind an address is a part of it.
        fc.pre(!/:\/\/\S*\\/.test(text));
        const { status } =
          network === telegram
            ? await send("POST", "/bot1:sandbox-telegram/sendMessage", { chat_id: "@sandbox", ...request })
            : await send("POST", "/api/v10/webhooks/100000000000000001/sandbox-discord?wait=true", request);
        expect(status).toBe(200);
        // Discord shows the address where no link can be at the words.
        const withoutAddress = (shown = "") => shown.replaceAll(` (${address})`, "");
        expect(withoutAddress(timeline.all().at(-1)?.text)).toBe(withoutAddress(text));
      }),
      { numRuns: runs(300) },
    );
  });
});
