import { describe, expect, it } from "vitest";
import type { Post } from "../../src/domain/post.ts";
import { formats } from "../../src/feeds/index.ts";
import { child, elements, parseXml, textIn } from "../../src/feeds/tree.ts";
import { makeView } from "../../src/feeds/view.ts";
import { aFeed, anEntry, aSite } from "./builders.ts";

const external = "https://other.example/looms?a=1&b=2";
const page = "https://ada.example/the-engine/";

/** What the formats say of a feed with one post, after they have passed the gate. */
const written = (linkPosts: "page" | "target", post: Partial<Post> = {}) => {
  const site = aSite();
  const feed = aFeed({
    site: { ...site, feeds: { ...site.feeds, linkPosts } },
    entries: [anEntry({ external, html: "<p>Words.</p>", ...post })],
  });
  const rendered = formats.render(feed);
  expect(formats.gate(rendered, feed)).toEqual([]);
  const text = (file: string): string => rendered.find((one) => one.file === file)?.text ?? "";
  const item = child(child(parseXml(text("feed.xml")), "channel"), "item");
  const entry = child(parseXml(text("atom.xml")), "entry");
  const links = elements(entry, "link").map(({ attributes: { rel, href } }) => `${rel} ${href}`);
  return {
    rss: {
      link: textIn(child(item, "link")),
      guid: textIn(child(item, "guid")),
      body: textIn(child(item, "content:encoded")),
    },
    atom: { links, id: textIn(child(entry, "id")) },
    json: JSON.parse(text("feed.json")).items[0],
    html: text("index.html"),
  };
};

describe("a link post", () => {
  it("leads to its page, and names the other one in Atom and JSON Feed", () => {
    const { rss, atom, json } = written("page");
    expect(rss).toMatchObject({ link: page, body: "<p>Words.</p>" });
    expect(atom.links).toEqual([`alternate ${page}`, `related ${external}`]);
    expect(json).toMatchObject({ url: page, external_url: external, content_html: "<p>Words.</p>" });
  });

  it("leads to the other page where the site wants it, with a way back and the same id", () => {
    const { rss, atom, json } = written("target");
    const body = `<p>Words.</p>\n<p><a href="${page}">∞</a></p>`;
    expect(rss).toMatchObject({ link: external, guid: written("page").rss.guid, body });
    expect(atom.links).toEqual([`alternate ${external}`, `related ${page}`]);
    expect(atom.id).toBe(written("page").atom.id);
    expect(json).toMatchObject({ url: page, external_url: external, content_html: body, id: written("page").json.id });
  });

  it("leads to the other page only where there is a way back", () => {
    const site = aSite();
    const entries = [anEntry({ external, html: "<p>Words.</p>", url: "not an address" })];
    const feed = aFeed({ site: { ...site, feeds: { ...site.feeds, linkPosts: "target" } }, entries });
    expect(makeView(feed).entries).toMatchObject([{ link: undefined, html: "<p>Words.</p>" }]);
  });

  it("has a way back to an address with every sign", () => {
    expect(written("target", { url: `${page}?a=1&b=2` }).rss.body).toContain(`<a href="${page}?a=1&amp;b=2">∞</a>`);
  });

  it("keeps the links of its translations", () => {
    const translations = [{ post: "p9", language: "de", url: "https://ada.example/de/" }];
    expect(written("target", { translations }).atom.links).toEqual([
      `alternate ${external}`,
      "alternate https://ada.example/de/",
      `alternate ${external}`,
      `related ${page}`,
    ]);
  });

  it("shows the other page to people", () => {
    expect(written("page").html).toContain('<a class="u-bookmark-of" href="https://other.example/looms?a=1&amp;b=2">');
    expect(written("page", { external: undefined }).html).not.toContain("u-bookmark-of");
  });

  it.each(["page", "target"] as const)("is an ordinary post without a valid address (%s)", (linkPosts) => {
    const { rss, atom, json } = written(linkPosts, { external: "javascript:alert(1)" });
    expect(rss).toMatchObject({ link: page, body: "<p>Words.</p>" });
    expect(atom.links).toEqual([`alternate ${page}`]);
    expect(json.external_url).toBeUndefined();
  });
});
