import { expect, test } from "vitest";
import { keepWithinSize, makeEntries } from "../../../src/app/render/make-feed.ts";
import { formats } from "../../../src/feeds/index.ts";
import { aFeed } from "../../feeds/builders.ts";
import { aPost, aSite } from "../../support/builders.ts";

/** Each ampersand has five bytes: the body has 1.2 MB. */
const html = `<p>${"&amp; ".repeat(195_000)}</p>`;

test("a feed of long documents keeps the bodies of the newest, and the others are summaries", () => {
  const posts = Array.from({ length: 5 }, (_, number) => aPost({ slug: `p${number}`, html }));
  const entries = makeEntries(aSite(), posts.map(keepWithinSize()));
  expect(entries.map(({ isShortened = false }) => isShortened)).toEqual([false, false, false, true, true]);

  const feed = aFeed({ entries });
  const rendered = formats.render(feed);
  expect(formats.gate(rendered, feed)).toEqual([]);
  for (const { text } of rendered) expect(text.length).toBeLessThan(5_500_000);
  const json: { items: { content_html?: string; content_text?: string; url: string }[] } = JSON.parse(
    rendered.find(({ file }) => file === "feed.json")?.text ?? "",
  );
  for (const { content_html, content_text = "", url } of json.items.slice(3)) {
    expect(content_html).toBeUndefined();
    expect([content_text, url]).not.toContain("");
  }
});
