/** A small valid feed of each media type, for tests of the schemas. */
export const samples = {
  "application/rss+xml": `<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:media="http://search.yahoo.com/mrss/">
<channel>
<title>A Blog</title>
<link>https://blog.example.com/</link>
<description>On looms.</description>
<lastBuildDate>Sun, 01 Mar 2026 09:30:00 GMT</lastBuildDate>
<docs>https://www.rssboard.org/rss-specification</docs>
<generator>Crier</generator>
<atom:link href="https://blog.example.com/feed.xml" rel="self" type="application/rss+xml"/>
<item>
<title>Looms</title>
<link>https://blog.example.com/looms/</link>
<guid isPermaLink="false">tag:blog.example.com,2026:blog/p1</guid>
<pubDate>Sun, 01 Mar 2026 08:00:00 GMT</pubDate>
<description>Words.</description>
<content:encoded>More words.</content:encoded>
<dc:creator>Ada</dc:creator>
<dcterms:modified>2026-03-01T09:30:00.000Z</dcterms:modified>
<enclosure url="https://blog.example.com/loom.png" length="0" type="image/png"/>
<itunes:duration xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd">3784</itunes:duration>
<media:thumbnail url="https://blog.example.com/loom.png"/>
</item>
</channel>
</rss>`,
  "application/atom+xml": `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/">
<id>tag:blog.example.com,2026:blog/feeds/main</id>
<title>A Blog</title>
<updated>2026-03-01T09:30:00.000Z</updated>
<author><name>Ada</name></author>
<link rel="self" href="https://blog.example.com/atom.xml" type="application/atom+xml"/>
<entry>
<id>tag:blog.example.com,2026:blog/p1</id>
<title>Looms</title>
<updated>2026-03-01T09:30:00.000Z</updated>
<link rel="alternate" href="https://blog.example.com/looms/"/>
<summary>Words.</summary>
<category term="Crafts"/>
<media:thumbnail url="https://blog.example.com/loom.png"/>
</entry>
</feed>`,
  "application/feed+json": JSON.stringify({
    version: "https://jsonfeed.org/version/1.1",
    title: "A Blog",
    home_page_url: "https://blog.example.com/",
    feed_url: "https://blog.example.com/feed.json",
    authors: [{ name: "Ada" }],
    items: [
      {
        id: "tag:blog.example.com,2026:blog/p1",
        url: "https://blog.example.com/looms/",
        title: "Looms",
        content_html: "<p>Words.</p>",
        date_published: "2026-03-01T08:00:00.000Z",
        date_modified: "2026-03-01T09:30:00.000Z",
        _crier: { image_alt: "A loom" },
      },
    ],
  }),
  "text/x-opml": `<opml version="2.0">
<head><title>Feeds of A Blog</title></head>
<body><outline type="rss" text="A Blog" xmlUrl="https://blog.example.com/feed.xml"/></body>
</opml>`,
} as const;

type Fault = readonly [fault: string, part: RegExp, replacement: string];

/** Faults that each schema must find: a part of its sample, and its replacement. */
export const faults: Readonly<Record<keyof typeof samples, readonly Fault[]>> = {
  "application/rss+xml": [
    ["its content before its description", /(<description>Words.*)\n(<content.*)/, "$2\n$1"],
    ["a year of two digits", /Mar 2026/, "Mar 26"],
    ["a date of another standard", /<pubDate>.*</, "<pubDate>2026-03-01T08:00:00Z<"],
    ["a guid that is a link", /isPermaLink="false"/, 'isPermaLink="true"'],
    ["neither a title nor a description", /<title>Looms[\s\S]*?<link>([\s\S]*)<description>.*/, "<link>$1"],
    ["a second enclosure", /<enclosure.*/, "$&$&"],
    ["an enclosure without a length", /length="0" /, ""],
    ["an enclosure that is a page", /image\/png/, "text/html"],
    ["a duration that is not in seconds", />3784</, ">01:03:04<"],
    ["a relative link", /https:\/\/blog.example.com\/looms/, "/looms"],
    ["a link with a space", /\/looms\//, "/the looms/"],
    ["no link to itself", /<atom:link.*/, ""],
    ["an author that is not an e-mail address", /<dc:creator>.*/, "<author>Ada</author>"],
    ["an unknown element", /<\/item>/, '<x xmlns="urn:x"/></item>'],
    ["an empty title", /Looms/, " "],
    ["a title with a bidirectional override", /Looms/, "\u202eLooms"],
    ["an item twice", /<item>[\s\S]*<\/item>/, "$&$&"],
  ],
  "application/atom+xml": [
    ["no author anywhere", /<author>.*/, ""],
    ["no date of change", /<updated>.*/, ""],
    ["an invalid date", /<updated>.*</, "<updated>yesterday<"],
    ["a second title", /<title>.*/, "$&$&"],
    ["an entry with neither link nor content", /<link rel="alternate".*/, ""],
    ["no link to itself", /<link rel="self".*/, ""],
    ["a category without a term", /term="Crafts"/, ""],
    ["an element that Atom does not have", /<summary>/, "<description/><summary>"],
    ["an entry twice", /<entry>[\s\S]*<\/entry>/, "$&$&"],
  ],
  "application/feed+json": [
    ["version 1", /version\/1.1/, "version/1"],
    ["a number as an id", /"id":"[^"]*"/, '"id":1'],
    ["no content", /"content_html":"[^"]*",/, ""],
    ["an extension without an underscore", /_crier/, "crier"],
    ["a relative address", /https:\/\/blog.example.com\/looms/, "/looms"],
    ["a date without a zone", /T08:00:00.000Z/, "T08:00:00"],
    ["an empty title", /Looms/, " "],
    ["a NUL", /Looms/, "\\u0000"],
    ["the author of version 1", /"authors":\[(.*?)\]/, '"author":$1'],
    ["an item twice", /(\{"id".*\})\]/, "$1,$1]"],
  ],
  "text/x-opml": [
    ["a feed without an address", /xmlUrl="[^"]*"/, ""],
    ["a feed without a name", /text="[^"]*"/, ""],
    ["no feed", /<outline.*\/>/, ""],
  ],
};
