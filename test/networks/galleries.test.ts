import { describe, expect, test } from "vitest";
import { anyPictures } from "../../src/app/deliver/desired-state.ts";
import type { PostContent } from "../../src/domain/post.ts";
import { snippetFor } from "../../src/domain/snippet.ts";
import { getNetwork } from "../../src/networks/connect-networks.ts";
import { aContent, start } from "../support/builders.ts";
import { aConfiguredAccount } from "../support/configured-account.ts";

const images = ["a", "b", "c", "d", "e"].map((name) => ({
  url: `https://blog.example.com/${name}.png`,
  alt: `What ${name} shows`,
}));
const tags = images.map(({ url, alt }) => `<p><img src="${url}" alt="${alt}"></p>`);

/** An article whose front matter names this many pictures. */
const naming = (count: number, content: Partial<PostContent> = {}) =>
  aContent({ image: images[0], ...(count > 1 && { images: images.slice(0, Math.min(count, 4)) }), ...content });
/** An article whose body shows this many pictures, and whose front matter names none. */
const showing = (count: number) => aContent({ html: `<p>Words.</p>${tags.slice(0, count).join("")}` });

const composedOn = (name: string, content: PostContent, own: { images?: "all"; settings?: object } = {}) => {
  const network = getNetwork(name);
  const { settings = {}, ...keys } = own;
  const account = { ...aConfiguredAccount({ name: "me", network: name, settings: { ...settings } }), ...keys };
  const isTaken = network.picture?.(account, content) !== undefined;
  const snippet = snippetFor(content, account, start);
  const pictures = isTaken ? anyPictures(snippet.images) : [];
  return network.compose({ ...snippet, pictures }, account);
};
const names = (count: number) => images.slice(0, count).map(({ url, alt }) => ({ url, alt }));

describe("an article with several pictures", () => {
  test.each(["x", "mastodon"])("has them on %s, one only where the account says so, and four at most", (name) => {
    expect(composedOn(name, naming(1)).request.pictures).toBeUndefined();
    expect(composedOn(name, naming(1), { settings: { image: true } }).request.pictures).toHaveLength(1);
    for (const count of [2, 4, 5])
      expect(composedOn(name, naming(count)).request.pictures).toMatchObject(names(Math.min(count, 4)));
  });

  test("shows them on Bluesky in the place of the card, below its title, with what they show", () => {
    const one = composedOn("bluesky", naming(1));
    expect(one).toMatchObject({ text: expect.not.stringContaining("Hello"), card: { title: "Hello" } });
    for (const count of [2, 4, 5]) {
      const several = composedOn("bluesky", naming(count));
      expect(several.card).toBeUndefined();
      expect(several.text).toMatch(/^Hello\n\nThe first words\.\n\nblog\.example\.com\/hello/);
      const shown = names(Math.min(count, 4)).map(({ alt }) => ({ alt }));
      expect(several.request.embed).toMatchObject({ $type: "app.bsky.embed.images", images: shown });
    }
  });

  test("keeps its card on Bluesky where none of them could be prepared", () => {
    const account = aConfiguredAccount({ name: "me", network: "bluesky" });
    const composed = getNetwork("bluesky").compose(snippetFor(naming(3), account, start), account);
    expect(composed.request.embed).toMatchObject({ $type: "app.bsky.embed.external" });
  });

  test("is one card of all of them on Discord, whose embeds have one address", () => {
    const { url } = aContent();
    expect(composedOn("discord", naming(1)).request.embeds).toHaveLength(1);
    for (const count of [2, 4, 5]) {
      const { embeds } = composedOn("discord", naming(count)).request;
      expect(embeds).toMatchObject(names(Math.min(count, 4)).map((image) => ({ url, image: { url: image.url } })));
    }
  });

  test("is a block for each on Slack, and the preview of the first on Telegram", () => {
    for (const count of [2, 4, 5]) {
      const { blocks } = composedOn("slack", naming(count)).request;
      const shown = names(Math.min(count, 4)).map((image) => ({ image_url: image.url, alt_text: image.alt }));
      expect(blocks).toMatchObject([{}, ...shown]);
      const { link_preview_options } = composedOn("telegram", naming(count)).request;
      expect(link_preview_options).toMatchObject({ url: images[0]?.url });
    }
  });

  test("has the first as its cover on DEV, and the others below its text, each once", () => {
    const { html } = showing(2);
    const { main_image, body_markdown } = composedOn("devto", naming(4, { html })).request;
    expect(main_image).toBe(images[0]?.url);
    expect(body_markdown).toContain(`![What d shows](${images[3]?.url})`);
    expect(String(body_markdown).split("b.png")).toHaveLength(2);
    const warned = naming(4, { social: { off: false, useSummary: true, texts: {}, contentWarning: "Spoilers" } });
    expect(composedOn("devto", warned).request.body_markdown).not.toContain("d.png");
  });

  test("has their addresses below the text on Nostr (NIP-92), and a list for a webhook", () => {
    for (const count of [2, 4, 5]) {
      const shown = names(Math.min(count, 4));
      const { tags: described, content } = composedOn("nostr", naming(count)).request;
      expect(content).toContain(shown.map(({ url }) => url).join("\n"));
      expect(described).toEqual(
        expect.arrayContaining(shown.map(({ url, alt }) => ["imeta", `url ${url}`, `alt ${alt}`])),
      );
      expect(composedOn("webhook", naming(count)).request).toMatchObject({ image: images[0]?.url, images: shown });
    }
  });

  const hidden = naming(3, { social: { off: false, useSummary: true, texts: {}, contentWarning: "Spoilers" } });

  test.each(["x", "bluesky", "discord"])("shows none on %s of what its author hides", (name) => {
    const second = /b\.png|What b shows/;
    expect(JSON.stringify(composedOn(name, naming(3)).request)).toMatch(second);
    expect(JSON.stringify(composedOn(name, hidden).request)).not.toMatch(second);
  });

  test("has them on Mastodon below the warning of its author, which hides them", () => {
    expect(composedOn("mastodon", hidden).request).toMatchObject({ spoiler_text: "Spoilers", pictures: names(3) });
  });
});

describe("an account with `images: all`", () => {
  const all = { images: "all" } as const;

  test("gets the pictures of the body after those of the front matter, each once, and four at most", () => {
    const { request } = composedOn("mastodon", showing(5), all);
    expect(request.pictures).toMatchObject(names(4));
    const [cover, ...others] = names(3);
    const both = { ...showing(2), image: cover };
    expect(composedOn("mastodon", both, all).request.pictures).toMatchObject([cover, ...others.slice(0, 1)]);
    expect(composedOn("mastodon", both).request.pictures).toBeUndefined();
  });

  test("gets one picture as any other account does: in the card, or with `image: true`", () => {
    expect(composedOn("mastodon", showing(1), all).request.pictures).toBeUndefined();
    expect(composedOn("mastodon", showing(1), { ...all, settings: { image: true } }).request.pictures).toHaveLength(1);
    expect(composedOn("bluesky", showing(1), all).request.embed).toMatchObject({ external: { thumb: {} } });
  });
});
