import { describe, expect, test } from "vitest";
import { linksToPage, snippetFor } from "../../src/domain/snippet.ts";
import { networks } from "../../src/networks/index.ts";
import { aContent, start } from "../support/builders.ts";
import { aConfiguredAccount } from "../support/configured-account.ts";

const external = "https://other.example/looms?a=1&b=2";
const linked = (more: Partial<ReturnType<typeof aContent>> = {}) =>
  aContent({ title: "Looms", summary: "They counted first.", external, ...more });
const accountOn = (network: string, settings = {}) => aConfiguredAccount({ name: "me", network, settings });
const compose = (name: string, content = linked(), settings = {}) => {
  const network = networks.find((one) => one.name === name);
  const account = accountOn(name);
  const used = { ...account, settings: { ...account.settings, ...settings } };
  if (network === undefined) throw new Error(`there is no network ${name}`);
  return network.compose(snippetFor(content, used, start), used);
};
const wordsOf = (count: number) => "Many words are here. ".repeat(count).trim();
const long = (limit: number) => {
  const share = wordsOf(Math.ceil(limit / 20) + 1);
  return linked({ social: { off: false, useSummary: false, texts: {}, share } });
};
/** What a reader sees: on Nostr the tag `r` says what page a note is of. */
const shownIn = ({ tags: _, ...request }: Readonly<Record<string, unknown>>) => request;

describe.each(["x", "mastodon", "bluesky", "telegram", "slack", "discord", "nostr"])("a link post on %s", (name) => {
  test("has the link of the other page, and not of its own", () => {
    const { request } = compose(name);
    expect(linksToPage(request, external)).toBe(true);
    expect(linksToPage(shownIn(request), linked().url)).toBe(false);
    expect(JSON.stringify(request)).toContain("Looms");
    expect(JSON.stringify(request)).toContain("They counted first.");
  });

  test("has both links where the text is cut, and fits", () => {
    const { limit } = compose(name);
    const composed = compose(name, long(limit));
    expect(composed.isCut).toBe(true);
    expect(linksToPage(composed.request, external)).toBe(true);
    expect(linksToPage(shownIn(composed.request), linked().url)).toBe(true);
    expect(composed.length).toBeLessThanOrEqual(limit);
  });

  test("has no parameters of the account on the link of another site", () => {
    if (name === "nostr") return;
    const settings = { utm: { source: "crier" } };
    expect(JSON.stringify(compose(name, linked(), settings).request)).not.toContain("utm_");
    const { limit } = compose(name);
    expect(JSON.stringify(compose(name, long(limit), settings).request)).toContain(`${linked().url}?utm_source=crier`);
  });

  test("is what a note says, and the link", () => {
    const note = linked({
      isNote: true,
      title: "They counted",
      summary: "They counted first.",
      social: { off: false, useSummary: false, texts: {} },
    });
    const { request, text } = compose(name, { ...note, categories: [{ name: "Weaving" }] });
    expect(text).toContain("They counted first.");
    expect(text).not.toContain("#Weaving");
    expect(linksToPage(request, external)).toBe(true);
    expect(linksToPage(shownIn(request), note.url)).toBe(false);
  });

  test("has the hashtags of its categories, as an article has them", () => {
    const tagged = { categories: [{ name: "Looms" }, { name: "Weaving" }] };
    const asArticle = compose(name, aContent({ title: "Looms", ...tagged })).text;
    const { text } = compose(name, linked(tagged));
    expect(text.match(/#\w+/g)).toEqual(asArticle.match(/#\w+/g));
  });

  test("names the link of a note by where it leads", () => {
    const note = linked({ isNote: true, title: "They counted", summary: "They counted first." });
    expect(snippetFor(note, accountOn(name), start).title).toBe("other.example");
    expect(JSON.stringify(compose(name, note).request)).not.toContain('"They counted"');
  });

  test("names the link once where the author wrote it into the text", () => {
    const share = `See ${external} for looms.`;
    const { text } = compose(name, linked({ social: { off: false, useSummary: false, texts: {}, share } }));
    expect(text.match(/other\.example/g)).toHaveLength(1);
  });
});

test("an account without links sends none of them", () => {
  const { request } = compose("mastodon", linked(), { link: "never" });
  expect(JSON.stringify(request)).not.toContain("https://");
});

test("a link in a reply is the other page's", () => {
  const { request } = compose("mastodon", linked(), { link: "reply" });
  expect(request).toMatchObject({ replies: [{ status: external }] });
});

test("an article on DEV names its own page as the original, and leads to the other one", () => {
  const { request } = compose("devto");
  expect(request.canonical_url).toBe(linked().url);
  expect(request.body_markdown).toContain(external);
});

test("an article on Nostr leads to the other page", () => {
  expect(compose("nostr", linked(), { post: "article" }).request.content).toContain(external);
});

test("a webhook gets both addresses", () => {
  expect(compose("webhook").request).toMatchObject({ url: linked().url, external_url: external });
});

test("a post of Nostr is found by its own page", () => {
  expect(compose("nostr").request.tags).toContainEqual(["r", linked().url]);
});
