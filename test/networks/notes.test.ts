import { describe, expect, test } from "vitest";
import { anyPictures } from "../../src/app/deliver/desired-state.ts";
import type { Image, PostContent } from "../../src/domain/post.ts";
import { snippetFor } from "../../src/domain/snippet.ts";
import { getNetwork } from "../../src/networks/connect-networks.ts";
import { networks } from "../../src/networks/index.ts";
import { nostr } from "../../src/networks/nostr.ts";
import { aContent, start } from "../support/builders.ts";
import { aConfiguredAccount, takesSettings } from "../support/configured-account.ts";

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
    expect(composedWith({ notes: { link: "cut", hashtags: true }, hashtags: 1 }).text).toBe(
      takesSettings(network, { hashtags: 1 }) ? `${text}\n\n#Sea` : text,
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

const images = ["one", "two", "three", "four"].map((name) => ({
  url: `https://blog.example.com/${name}.jpg`,
  alt: `Press ${name}`,
}));
const anAlbum = (share: string, social: Partial<PostContent["social"]> = {}, shown: readonly Image[] = images) => {
  const note = aNote(share);
  return { ...note, images: shown, social: { ...note.social, ...social } };
};
/** Composes a note as it is sent once its pictures are prepared. */
const composedOn = (name: string, content = anAlbum(text), settings = {}) => {
  const network = getNetwork(name);
  const account = accountOn(name, settings);
  const isTaken = network.picture?.(account, content) !== undefined;
  const pictures = isTaken ? anyPictures(content.images) : [];
  return network.compose(snippetFor(content, account, start, pictures), account);
};

describe("the pictures of a note", () => {
  test.each(["x", "mastodon"])("are attached on %s", (name) => {
    expect(composedOn(name).request).toMatchObject({ pictures: images });
  });

  test("are images on Bluesky, and no card, also where the note is cut", () => {
    const long = anAlbum("Many words are here. ".repeat(30).trim());
    for (const composed of [composedOn("bluesky"), composedOn("bluesky", long)]) {
      expect(composed.card).toBeUndefined();
      expect(composed.request).toMatchObject({
        embed: { $type: "app.bsky.embed.images", images: images.map(({ alt }) => ({ alt })) },
      });
    }
  });

  test("are embeds on Discord, blocks on Slack, and the first of them the preview on Telegram", () => {
    expect(composedOn("discord").request).toMatchObject({ embeds: images.map(({ url }) => ({ image: { url } })) });
    expect(composedOn("slack").request).toMatchObject({
      blocks: [{}, ...images.map(({ url, alt }) => ({ type: "image", image_url: url, alt_text: alt }))],
    });
    expect(composedOn("telegram").request).toMatchObject({ link_preview_options: { url: images[0]?.url } });
  });

  test("are addresses below the text on Nostr, with what they show (NIP-92), and a list for a webhook", () => {
    const { request } = composedOn("nostr");
    expect(request.content).toBe(`${text}\n\n${images.map(({ url }) => url).join("\n")}`);
    expect(request.tags).toEqual(
      expect.arrayContaining(images.map(({ url, alt }) => ["imeta", `url ${url}`, `alt ${alt}`])),
    );
    expect(composedOn("webhook").request).toMatchObject({ images });
  });
});

describe("a note of pictures alone", () => {
  test.each(["x", "mastodon", "bluesky", "discord", "slack"])("has no text on %s", (name) => {
    const { text: shown, request } = composedOn(name, anAlbum(""));
    expect(shown).toBe("");
    expect(JSON.stringify(request)).not.toContain(anAlbum("").url);
  });

  test("is the addresses of its pictures on Nostr, and says in Slack's notifications what they show", () => {
    expect(composedOn("nostr", anAlbum("")).request.content).toBe(images.map(({ url }) => url).join("\n"));
    expect(composedOn("slack", anAlbum("")).request.text).toBe(images.map(({ alt }) => alt).join("\n"));
  });

  test("says what its first picture shows, and links to its page, where a network needs a text", () => {
    const { url } = anAlbum("");
    expect(composedOn("telegram", anAlbum("")).text).toBe(`Press one\n\n${url}`);
    const bare = images.map((image) => ({ url: image.url }));
    expect(composedOn("telegram", anAlbum("", {}, bare)).text).toBe(url);
  });

  test("says what the first picture that is described shows, where others are not", () => {
    const [one, two] = images.map(({ url }, at) => (at === 0 ? { url } : { url, alt: `Press ${at}` }));
    const album = anAlbum(
      "",
      {},
      [one, two].flatMap((image) => image ?? []),
    );
    expect(composedOn("telegram", album).text).toBe(`Press 1\n\n${album.url}`);
  });

  test.each(["x", "mastodon", "bluesky"])("says so on %s, too, where its pictures are not there", (name) => {
    const network = getNetwork(name);
    const account = accountOn(name);
    const { text: shown, request } = network.compose(snippetFor(anAlbum(""), account, start), account);
    expect(shown).toMatch(/^Press one\n\n/);
    expect(JSON.stringify(request)).toContain(anAlbum("").url);
  });

  test("has its label where the account sends no links and nothing says what it shows", () => {
    const bare = { ...aNote(""), images: [{ url: "https://blog.example.com/one.jpg" }] };
    const account = accountOn("mastodon", { link: "never" });
    expect(getNetwork("mastodon").compose(snippetFor(bare, account, start), account).text).toBe(bare.title);
  });

  test.each(["discord", "slack", "x", "bluesky"])("shows nothing below a content warning on %s but words", (name) => {
    const { request } = composedOn(name, anAlbum("", { contentWarning: "Spoilers" }));
    expect(JSON.stringify(request)).toContain("Press one");
    expect(JSON.stringify(request)).not.toContain("one.jpg");
  });
});
