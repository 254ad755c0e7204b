import { describe, expect, test } from "vitest";
import { snippetFor } from "../../src/domain/snippet.ts";
import { networks } from "../../src/networks/index.ts";
import { nostr } from "../../src/networks/nostr.ts";
import { aContent, start } from "../support/builders.ts";
import { aConfiguredAccount } from "../support/configured-account.ts";

const text = "At the harbour (https://h.example/a).\n\nSecond paragraph,\nwith a line and #ships.";
const aNote = (share = text) =>
  aContent({
    title: "At the harbour",
    isNote: true,
    summary: share,
    html: "<p>The body.</p>",
    categories: [{ name: "Sea" }],
    social: { off: false, useSummary: false, texts: {}, share },
  });
const accountOn = (network: string, settings = {}) => aConfiguredAccount({ name: "me", network, settings });
const noteNetworks = networks.filter(
  (network) => network.needsTitle?.(accountOn(network.name)) !== true && network.name !== "webhook",
);

describe.each(noteNetworks.map((network) => [network.name, network] as const))("a note on %s", (name, network) => {
  const account = accountOn(name);

  test("is its text, without a link to its page, a hashtag or a card", () => {
    const composed = network.compose(snippetFor(aNote(), account, start), account);
    expect(composed).toMatchObject({ text, isCut: false });
    expect(composed.card).toBeUndefined();
    // On Nostr the tag `r` says what page a note is of: it is not shown.
    const { tags: _, ...shown } = composed.request;
    expect(JSON.stringify(shown)).not.toContain(aNote().url);
  });

  test.each([{ utm: { source: "crier" } }, { link: "reply" }, { link: "never" }])("is the same with %j", (settings) => {
    const other = { ...account, settings: { ...account.settings, ...settings } };
    const composed = network.compose(snippetFor(aNote(), other, start), other);
    expect(composed.text).toBe(text);
    expect(composed.replies ?? []).toEqual([]);
  });

  const composedWith = (settings: object, note = aNote()) => {
    const other = { ...account, settings: { ...account.settings, ...settings } };
    return network.compose(snippetFor(note, other, start), other);
  };

  test("has the link to its page and its categories, where its account says so", () => {
    const linked = composedWith({ notes: { link: "always", hashtags: false } });
    expect(JSON.stringify(linked.request)).toContain(aNote().url);
    expect(linked.text).toContain(text);
    expect(composedWith({ notes: { link: "cut", hashtags: true }, hashtags: 3 }).text).toBe(
      ["discord", "slack"].includes(name) ? text : `${text}\n\n#Sea`,
    );
  });

  test("has no link where it is cut, if its account wants none", () => {
    const { limit } = network.compose(snippetFor(aNote(), account, start), account);
    const long = aNote("Many words are here. ".repeat(Math.ceil(limit / 20) + 1).trim());
    expect(composedWith({ notes: { link: "never", hashtags: false } }, long).text).not.toContain("blog.example.com");
  });

  test("ends with the link to its page, where it is cut", () => {
    const { limit } = network.compose(snippetFor(aNote(), account, start), account);
    const long = aNote("Many words are here. ".repeat(Math.ceil(limit / 20) + 1).trim());
    const composed = network.compose(snippetFor(long, account, start), account);
    expect(composed.isCut).toBe(true);
    expect(composed.text).toContain("Many words are here.");
    expect(JSON.stringify(composed.request)).toContain(long.url);
    expect(composed.length).toBeLessThanOrEqual(limit);
  });
});

test.each(["x", "bluesky", "mastodon"])("a note on %s goes on in four replies at most, and is cut then", (name) => {
  const account = accountOn(name, { thread: true });
  const network = networks.find((one) => one.name === name);
  const composed = (count: number) =>
    network?.compose(snippetFor(aNote("Many words are here. ".repeat(count).trim()), account, start), account);
  const limit = composed(1)?.limit ?? 0;
  expect(composed(Math.floor((limit * 4) / 21))).toMatchObject({ isCut: false, replies: { length: 4 } });
  const cut = composed(Math.ceil((limit * 6) / 21));
  expect(cut).toMatchObject({ isCut: true, replies: { length: 4 } });
  expect(cut?.text).toContain("blog.example.com");
});

test("a note for a webhook is the whole post, without a title and with its address", () => {
  const webhook = networks.find(({ name }) => name === "webhook");
  const account = accountOn("webhook");
  expect(webhook?.compose(snippetFor(aNote(), account, start), account).request).toMatchObject({
    kind: "note",
    title: null,
    url: aNote().url,
    content_html: "<p>The body.</p>",
  });
});

test("an account that publishes articles takes no notes: DEV, and articles on Nostr", () => {
  const leaveOut = networks.filter((network) => network.needsTitle?.(accountOn(network.name)) === true);
  expect(leaveOut.map(({ name }) => name)).toEqual(["devto"]);
  expect(nostr.needsTitle?.(accountOn("nostr", { format: "article" }))).toBe(true);
});

test("a picture alone is announced by its label and its link", () => {
  const account = accountOn("mastodon");
  const mastodon = networks.find(({ name }) => name === "mastodon");
  const picture = aNote("");
  expect(mastodon?.compose(snippetFor(picture, account, start), account).text).toBe(`At the harbour\n\n${picture.url}`);
});
