import { describe, expect, test } from "vitest";
import { parseEntry } from "../../src/documents/parse-entry.ts";
import type { EntryDocument, PolledEntry } from "../../src/domain/polled-feed.ts";
import type { Site } from "../../src/domain/site.ts";
import { formats } from "../../src/feeds/index.ts";
import { sanitiseBody, withDirection } from "../../src/markdown/sanitise.ts";
import { atomEntry, entryOf, feedOf, jsonFeed, rss, rssItem } from "../feed-reader/reading.ts";
import { aFullFeed } from "../feeds/builders.ts";
import { aSite, start } from "../support/builders.ts";

const anEntry = (more: Partial<PolledEntry> = {}): PolledEntry => ({
  guid: "tag:example.org,2026:1",
  url: "https://blog.example.com/2026/03/one/",
  title: { text: "One" },
  published: "2026-03-01T08:00:00Z",
  updated: undefined,
  summary: undefined,
  content: { html: "<p>The text of the post is here.</p>" },
  base: undefined,
  authors: [],
  categories: [],
  images: [],
  attachments: [],
  language: undefined,
  ...more,
});

const parsed = (entry: PolledEntry, site: Site = aSite(), more: Partial<EntryDocument> = {}) => {
  const result = parseEntry({ entry, known: undefined, seen: start, ...more }, site);
  if (result.kind !== "post") throw new Error(JSON.stringify(result));
  return { ...result.content, warnings: result.warnings.map(({ code }) => code) };
};

const refusal = (entry: PolledEntry) => {
  const result = parseEntry({ entry, known: undefined, seen: start }, aSite());
  return result.kind === "refused" ? result.reasons.map(({ code }) => code) : result.kind;
};

describe("an entry becomes a post", () => {
  test("with its own address, guid, date and text", () => {
    expect(parsed(anEntry())).toMatchObject({
      url: "https://blog.example.com/2026/03/one/",
      slug: "one",
      guid: "tag:example.org,2026:1",
      title: "One",
      published: start,
      html: "<p>The text of the post is here.</p>",
      summary: "The text of the post is here.",
      language: "en",
      hold: undefined,
      warnings: [],
    });
  });

  test.each([
    ["https://blog.example.com/?p=12", "p-12"],
    ["https://blog.example.com/post.php?id=7", "post-id-7"],
    ["https://blog.example.com/2026/one.html", "one"],
    ["https://blog.example.com/one/index.html", "one"],
    ["https://blog.example.com/%E6%97%A5%E6%9C%AC/", "日本"],
    ["https://blog.example.com/sandbox", "post"],
    ["https://blog.example.com/", "post"],
    ["https://blog.example.com/%ff%fe/", "ff-fe"],
  ])("with a short name from its address: %s", (url, slug) => {
    expect(parsed(anEntry({ url })).slug).toBe(slug);
  });

  test("not without an address or any text", () => {
    expect(refusal(anEntry({ url: undefined }))).toEqual(["address-missing"]);
    expect(refusal(anEntry({ content: { html: "<div>".repeat(20_000) } }))).toEqual(["body-too-deep"]);
    expect(refusal(anEntry({ url: `https://blog.example.com/${"a/".repeat(1_050)}` }))).toEqual(["url-too-long"]);
    expect(refusal(anEntry({ title: undefined, content: { html: "<hr>" } }))).toEqual(["title-missing"]);
    expect(refusal(anEntry({ content: { html: "x".repeat(5_300_000) } }))).toEqual(["entry-too-large"]);
  });

  test("without a title, a summary or a guid that is too long, or the categories after the fiftieth, which are named", () => {
    const deep = { html: "<div>".repeat(20_000) };
    const categories = Array.from({ length: 52 }, (_, at) => `c${at}`);
    const post = parsed(anEntry({ title: deep, summary: deep, guid: "x".repeat(501), categories }));
    expect(post).toMatchObject({
      title: "The text of the post is here.",
      summary: "The text of the post is here.",
      guid: undefined,
      warnings: ["text-dropped", "text-dropped", "guid-too-long", "categories-cut"],
    });
    expect(post.categories).toHaveLength(50);
  });

  test("with the first blocks of a content that is too long, and a link to the page", () => {
    const { html, warnings } = parsed(anEntry({ content: { html: `<p>${"word ".repeat(20_000)}</p>`.repeat(25) } }));
    expect([html.length < 2_000_200, warnings]).toEqual([true, ["body-cut"]]);
    expect(html).toMatch(/<p>word .*<\/p>\n<p><a href="https:\/\/blog.example.com\/2026\/03\/one\/">/s);
  });
});

describe("the HTML of an entry", () => {
  test("is sanitised like any body", () => {
    const html =
      '<p onclick="x()">a<script>alert(1)</script><a href="javascript:x">b</a><iframe src="https://www.youtube.com/embed/abc"></iframe></p>';
    expect(parsed(anEntry({ content: { html } })).html).toBe(
      '<p>ab<a href="https://www.youtube.com/watch?v=abc">https://www.youtube.com/watch?v=abc</a></p>',
    );
  });

  test("has links relative to the entry, or to its base", () => {
    const content = { html: '<p><a href="../b/">b</a><img alt="c" src="c.png" /></p>' };
    expect(parsed(anEntry({ content })).html).toBe(
      '<p><a href="https://blog.example.com/2026/03/b/">b</a><img alt="c" src="https://blog.example.com/2026/03/one/c.png" /></p>',
    );
    expect(parsed(anEntry({ content, base: "https://cdn.example/x/" })).html).toContain("https://cdn.example/b/");
  });

  test("is made of plain text by paragraphs", () => {
    expect(parsed(anEntry({ content: { text: "a < b\nc\n\n  d" } })).html).toBe("<p>a &lt; b<br />\nc</p>\n<p>d</p>");
  });
});

describe("the title of an entry", () => {
  test.each([
    [{ text: "The <b> element" }, "The <b> element"],
    [{ html: "It&#8217;s <em>here</em> &amp; now" }, "It’s here & now"],
    [{ html: "<code>&amp;eacute;</code> and &amp;nbsp;" }, "&eacute; and &nbsp;"],
    [{ html: "Caf&eacute;\n  noir" }, "Café noir"],
  ])("is plain text: %j", (title, expected) => {
    expect(parsed(anEntry({ title })).title).toBe(expected);
  });

  test("is its first words where it has none, and its text is what the networks get", () => {
    const html = "<p>Just landed in Łódź! The weather is better than they said, and the trams run on time.</p>";
    const post = parsed(anEntry({ title: undefined, content: { html } }));
    expect(post.title).toBe("Just landed in Łódź!");
    expect(post).toMatchObject({
      isNote: true,
      summary: "Just landed in Łódź! The weather is better than they said, and the trams run on time.",
    });
  });

  test("is cut where it is longer than 500 characters, and the post is not lost", () => {
    expect(parsed(anEntry({ title: { text: "word ".repeat(200) } })).title.length).toBeLessThanOrEqual(500);
  });
});

describe("the summary of an entry", () => {
  const content = { html: "<p>The first sentence of it. The second sentence of it.</p><p>More.</p>" };

  test.each([
    ["is the feed's beside the content", { html: "<p>What it is <em>about</em>.</p>" }, "What it is about."],
    [
      "is Crier's where the feed's repeats the beginning",
      { html: "The first sentence of it." },
      "The first sentence of it. The second sentence of it.",
    ],
    [
      "is Crier's where the feed's is cut off",
      { html: "<p>The first sentence of it. The [&#8230;]</p>" },
      "The first sentence of it. The second sentence of it.",
    ],
    [
      "leaves out what WordPress adds",
      {
        html: '<p>What it is about.</p><p>The post <a href="https://blog.example.com/2026/03/one/">One</a> appeared first on <a href="https://blog.example.com">A Blog</a>.</p>',
      },
      "What it is about.",
    ],
    [
      "leaves out a link to the post",
      {
        html: 'What it is about. <a href="https://blog.example.com/2026/03/one/#more">Continue reading <span>&rarr;</span></a>',
      },
      "What it is about.",
    ],
    ["is read once", { html: "<p>What <code>&amp;nbsp;</code> and &amp;shy; mean</p>" }, "What &nbsp; and &shy; mean"],
    [
      "is plain text as it is written",
      { text: "How &eacute; and &amp;eacute; differ" },
      "How &eacute; and &amp;eacute; differ",
    ],
  ])("%s", (_, summary, expected) => {
    expect(parsed(anEntry({ content, summary })).summary).toBe(expected);
  });
});

describe("the date of an entry", () => {
  test("without a zone is in the zone of the site", () => {
    const site = aSite({ timeZone: "Europe/Berlin" });
    expect(parsed(anEntry({ published: "01 Mar 2026 09:00:00" }), site).published).toBe(start);
  });

  test("that is missing is the one of its post, the last change, or the moment when it was first seen", () => {
    const undated = anEntry({ published: undefined, updated: "2026-02-01T00:00:00Z" });
    expect(parsed(undated, aSite(), { known: start - 1 }).published).toBe(start - 1);
    expect(parsed(undated).published).toBe(Date.UTC(2026, 1, 1));
    expect(parsed(anEntry({ published: undefined })).published).toBe(start);
  });

  test("that cannot be read is a warning", () => {
    expect(parsed(anEntry({ published: "last Tuesday" }))).toMatchObject({
      published: start,
      warnings: ["date-impossible"],
    });
  });
});

describe("the people, categories and pictures of an entry", () => {
  test("are kept", () => {
    const post = parsed(
      anEntry({
        authors: [{ name: "Doe, Jane", url: "https://jane.example/" }],
        categories: ["Open, Web", "open, web", "Feeds"],
        images: [{ url: "https://blog.example.com/a.jpg", mediaType: "image/jpeg", length: 5, alt: "A press" }],
      }),
    );
    expect(post.authors).toEqual([{ name: "Doe, Jane", url: "https://jane.example/" }]);
    expect(post.categories.map(({ name }) => name)).toEqual(["Open, Web", "Feeds"]);
    expect(post.image).toEqual({ url: "https://blog.example.com/a.jpg", alt: "A press" });
  });

  test("include a recording, one whose type is known first", () => {
    const recording = { url: "https://blog.example.com/1.mp3", mediaType: "audio/mpeg", length: 5, alt: undefined };
    const unknown = { ...recording, mediaType: undefined };
    expect(parsed(anEntry({ attachments: [unknown, recording] })).attachment).toEqual({
      url: "https://blog.example.com/1.mp3",
      mediaType: "audio/mpeg",
      length: 5,
    });
    expect(parsed(anEntry({ attachments: [unknown] })).attachment).toEqual({
      url: "https://blog.example.com/1.mp3",
      mediaType: undefined,
      length: 5,
    });
    const html = '<p>Listen:</p><audio controls src="/2.mp3"></audio>';
    expect(parsed(anEntry({ content: { html } })).attachment?.url).toBe("https://blog.example.com/2.mp3");
  });

  test("include what a podcast says of an episode", () => {
    const episode = { duration: "01:03:04", episode: "7", season: "soon", explicit: "clean" };
    const attachments = [{ url: "https://blog.example.com/1.mp3", mediaType: "audio/mpeg", length: 5, alt: undefined }];
    expect(parsed(anEntry({ attachments, episode }))).toMatchObject({
      episode: { duration: 3784, number: 7, season: undefined, explicit: false },
      warnings: ["value-unknown"],
    });
    expect(parsed(anEntry({ episode })).episode).toBeUndefined();
  });

  test("do not include the site's own name", () => {
    expect(parsed(anEntry({ authors: [{ name: "A Blog" }] })).authors).toEqual([]);
    expect(parsed(anEntry({ authors: [{ name: "Ada Example" }] })).authors).toEqual([]);
  });

  test("include the first picture of the text, but no pixel that counts readers", () => {
    const html = '<p><img src="/pixel.gif" width="1" height="1"><img src="/a.jpg?x=1&amp;y=2" alt="A press"></p>';
    expect(parsed(anEntry({ content: { html } })).image).toEqual({
      url: "https://blog.example.com/a.jpg?x=1&y=2",
      alt: "A press",
    });
  });

  test("are the pictures of a note, which it may have beside its text: with a type, they are no thumbnails", () => {
    const file = (name: string, mediaType?: string) => ({
      url: `https://blog.example.com/${name}`,
      mediaType,
      length: undefined,
      alt: name,
    });
    const images = [file("a.jpg", "image/jpeg"), file("b.png", "image/png"), file("small.jpg")];
    const note = parsed(anEntry({ title: undefined, content: undefined, images }));
    expect(note).toMatchObject({ isNote: true, title: "a.jpg", summary: "" });
    expect(note.images?.map(({ url, alt }) => [url, alt])).toEqual([
      ["https://blog.example.com/a.jpg", "a.jpg"],
      ["https://blog.example.com/b.png", "b.png"],
    ]);
    expect(note.image).toEqual(note.images?.[0]);
    const shown = parsed(anEntry({ title: undefined, content: { html: '<p><img src="/b.png" alt="B"></p>' }, images }));
    expect(shown.image).toEqual({ url: "https://blog.example.com/b.png", alt: "B" });
    expect(parsed(anEntry({ images })).images).toBeUndefined();
  });

  test("are not refused for their number", () => {
    const categories = Array.from({ length: 80 }, (_, index) => `tag ${index}`);
    expect(parsed(anEntry({ categories })).categories).toHaveLength(50);
  });
});

test.each([
  ["en_us", "en", "en-US"],
  ["de", "en", "de"],
  ["pt-BR", "pt-PT", "pt-BR"],
  ["not a language", "en", "en"],
  [undefined, "ja", "ja"],
])("an entry in %s of a site in %s is in %s", (language, site, expected) => {
  expect(parsed(anEntry({ language }), aSite({ language: site })).language).toBe(expected);
});

describe("a feed as it is in the wild", () => {
  test("WordPress 6.8, which shows emoji as pictures and says that a post is in no category", () => {
    const emoji =
      '<img src="https://s.w.org/images/core/emoji/16.0.1/72x72/1f642.png" alt="🙂" class="wp-smiley" style="height: 1em; max-height: 1em;" />';
    const entry = anEntry({ content: { html: `<p>It is ${emoji} fine.</p>` }, categories: ["Uncategorized"] });
    expect(parsed(entry)).toMatchObject({
      html: '<p>It is <bdi dir="auto">🙂</bdi> fine.</p>',
      summary: "It is 🙂 fine.",
      categories: [],
      image: undefined,
    });
    const picture = '<img src="https://blog.example.com/a.png" alt="a cat 🙂" class="emoji" />';
    expect(parsed(anEntry({ content: { html: picture } }))).toMatchObject({
      image: { url: "https://blog.example.com/a.png" },
    });
  });

  test("WordPress 6.8, which has a smiley of its own that is not an emoji", () => {
    const smiley =
      '<img src="https://blog.example.com/wp-includes/images/smilies/mrgreen.png" alt=":mrgreen:" class="wp-smiley" style="height: 1em; max-height: 1em;" />';
    expect(parsed(anEntry({ title: undefined, content: { html: `<p>It is fine ${smiley}</p>` } }))).toMatchObject({
      html: '<p>It is fine <bdi dir="auto">:mrgreen:</bdi></p>',
      summary: "It is fine :mrgreen:",
      image: undefined,
      images: [],
    });
  });

  test("WordPress 6.8, which has a form in the place of a text that needs a password: it is not a post", () => {
    const form = `<form action="https://blog.example.com/wp-login.php?action=postpass" class="post-password-form" method="post"><input type="hidden" name="redirect_to" value="https://blog.example.com/2026/11/members/" /></p>
<p>This content is password protected. To view it please enter your password below:</p>
<p><label for="pwbox-73">Password: <input name="post_password" id="pwbox-73" type="password" spellcheck="false" required size="20" /></label> <input type="submit" name="Submit" value="Enter" /></p>
</form>
`;
    const entry = anEntry({ title: { text: "Protected: Members" }, content: { html: form } });
    expect(parseEntry({ entry, known: undefined, seen: start }, aSite())).toEqual({
      kind: "page",
      reason: "its text needs a password",
    });
    const about = anEntry({ content: { html: `<p>WordPress writes:</p><pre>${form.replaceAll("<", "&lt;")}</pre>` } });
    expect(parsed(about).title).toBe("One");
  });

  test("a feed whose note has a picture beside it, and a pixel that counts readers in its content", () => {
    const pixel = '<img src="https://h.example/p.gif" width="1" height="1">';
    const image = { url: "https://h.example/a.jpg", mediaType: "image/jpeg", length: undefined, alt: undefined };
    const note = { title: undefined, content: { html: `<p>Hello.</p>${pixel}` }, images: [image] };
    expect(parsed(anEntry(note)).images).toEqual([{ url: image.url }]);
  });

  test("Ghost 6.65, which calls a post without a title (Untitled)", () => {
    expect(parsed(anEntry({ title: { text: "(Untitled)" } }))).toMatchObject({
      isNote: true,
      title: "The text of the post is here.",
      summary: "The text of the post is here.",
    });
    expect(parsed(anEntry({ title: { text: "Untitled (1)" } })).title).toBe("Untitled (1)");
  });

  test("WordPress", () => {
    const entry = entryOf(
      rss(`<language>en-US</language><sy:updatePeriod>hourly</sy:updatePeriod><item>
        <title>Hello &#8220;world&#8221;</title><link>https://blog.example.com/2026/03/hello/</link>
        <dc:creator><![CDATA[jane]]></dc:creator><pubDate>Sun, 01 Mar 2026 08:00:00 +0000</pubDate>
        <category><![CDATA[Open &amp; Web]]></category><guid isPermaLink="false">https://blog.example.com/?p=1</guid>
        <description><![CDATA[<p>Welcome to the first post [&#8230;]</p>
<p>The post <a href="https://blog.example.com/2026/03/hello/">Hello</a> appeared first on <a href="https://blog.example.com">A Blog</a>.</p>
]]></description>
        <content:encoded><![CDATA[<p>Welcome to the first post of this blog.</p><figure class="wp-block-image"><img src="https://blog.example.com/a.jpg" alt="" class="x"/></figure>]]></content:encoded></item>`),
    );
    expect(parsed(entry)).toMatchObject({
      title: "Hello “world”",
      guid: "https://blog.example.com/?p=1",
      url: "https://blog.example.com/2026/03/hello/",
      published: start,
      summary: "Welcome to the first post of this blog.",
      authors: [{ name: "jane" }],
      categories: [{ name: "Open & Web" }],
      image: { url: "https://blog.example.com/a.jpg" },
    });
  });

  test("Ghost and Substack", () => {
    const entry = entryOf(
      rssItem(`<title><![CDATA[Coming soon]]></title><description><![CDATA[A short excerpt.]]></description>
        <link>https://blog.example.com/coming-soon/</link><guid isPermaLink="false">65f0c0ffee</guid>
        <dc:creator><![CDATA[Jane Doe]]></dc:creator><pubDate>Sun, 01 Mar 2026 08:00:00 GMT</pubDate>
        <media:content url="https://blog.example.com/cover.jpg" medium="image"/>
        <content:encoded><![CDATA[<img src="https://blog.example.com/cover.jpg" alt="Coming soon"><p>This is A Blog, a brand new site.</p>]]></content:encoded>`),
    );
    expect(parsed(entry)).toMatchObject({
      title: "Coming soon",
      guid: "65f0c0ffee",
      summary: "A short excerpt.",
      image: { url: "https://blog.example.com/cover.jpg" },
    });
  });

  test("Micro.blog", () => {
    const entry = entryOf(
      jsonFeed({
        id: "http://jane.micro.blog/2026/03/01/just-a-thought.html",
        url: "https://jane.micro.blog/2026/03/01/just-a-thought.html",
        content_html: "<p>Just a thought, without a title.</p>\n",
        date_published: "2026-03-01T09:00:00+01:00",
      }),
    );
    expect(parsed(entry)).toMatchObject({
      title: "Just a thought, without a title.",
      slug: "just-a-thought",
      published: start,
      isNote: true,
      summary: "Just a thought, without a title.",
    });
  });

  test("Blogger", () => {
    const entry = entryOf(
      atomEntry(`<id>tag:blogger.com,1999:blog-1.post-2</id><published>2026-03-01T00:00:00.001-08:00</published><updated>2026-03-02T00:00:00-08:00</updated>
        <category scheme="http://www.blogger.com/atom/ns#" term="Feeds"/><title type="text">Hello</title><content type="html">&lt;div&gt;Text.&lt;/div&gt;</content>
        <link rel="replies" href="https://jane.blogspot.com/feeds/2/comments/default"/><link rel="self" href="https://www.blogger.com/feeds/1/posts/default/2"/>
        <link rel="alternate" type="text/html" href="https://jane.blogspot.com/2026/03/hello.html"/><author><name>Jane</name><email>noreply@blogger.com</email></author>`),
    );
    expect(parsed(entry)).toMatchObject({
      url: "https://jane.blogspot.com/2026/03/hello.html",
      published: start + 1,
      slug: "hello",
    });
  });

  test("Medium", () => {
    const entry = entryOf(
      rssItem(`<title><![CDATA[Hello]]></title><link>https://medium.com/@jane/hello-1f?source=rss-5d------2</link>
        <guid isPermaLink="false">https://medium.com/p/1f</guid><content:encoded><![CDATA[<p>Text.</p><img src="https://medium.com/_/stat?event=post" width="1" height="1" alt="">]]></content:encoded>`),
    );
    expect(parsed(entry)).toMatchObject({ url: "https://medium.com/@jane/hello-1f", image: undefined });
  });

  test("YouTube", () => {
    const entry = entryOf(
      `<feed xmlns:media="http://search.yahoo.com/mrss/" xmlns="http://www.w3.org/2005/Atom"><entry><id>yt:video:abc</id><title>A talk</title>
        <link rel="alternate" href="https://www.youtube.com/watch?v=abc"/><published>2026-03-01T08:00:00+00:00</published>
        <media:group><media:thumbnail url="https://i.ytimg.com/vi/abc/hq.jpg" width="480"/><media:description>What it is about.
It has two lines.</media:description></media:group></entry></feed>`,
    );
    expect(parsed(entry)).toMatchObject({
      slug: "watch-v-abc",
      html: "<p>What it is about.<br />\nIt has two lines.</p>",
      image: { url: "https://i.ytimg.com/vi/abc/hq.jpg" },
    });
  });
});

describe("a feed that Crier wrote", () => {
  const written = aFullFeed();
  const entries = written.entries.map(({ post, ...entry }) => ({
    ...entry,
    post: {
      ...post,
      summary: post.summary || "Only a body.",
      attachment: { url: `${post.url}.mp3`, mediaType: "audio/mpeg", length: 5 },
      html: withDirection(sanitiseBody(post.html, post.url), post.language),
    },
  }));
  const files = formats
    .render({ ...written, entries })
    .filter(({ file }) => /^(?:feed|atom)\.(?:xml|json)$/.test(file));

  test.each(files)("is read as the posts that it was made of: $file", ({ text }) => {
    const posts = feedOf(text).entries.map((entry) => parsed(entry, written.site));
    expect(posts.map(({ url, title, published, html, summary }) => ({ url, title, published, html, summary }))).toEqual(
      entries.map(({ post: { url, title, published, html, summary } }) => ({ url, title, published, html, summary })),
    );
    expect(posts.map(({ guid }) => guid)).toEqual(entries.map(({ id }) => id));
    expect(posts.map(({ attachment }) => attachment)).toEqual(entries.map(({ post }) => post.attachment));
  });

  test("is written in three formats", () => {
    expect(files).toHaveLength(3);
  });
});
