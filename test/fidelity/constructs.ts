export const generators = ["hugo", "jekyll", "eleventy", "astro", "hexo"] as const;
export type Generator = (typeof generators)[number];

/** The source of one construct in the documents of each generator that has it. */
export interface Construct {
  readonly group: "content" | "addresses" | "summaries";
  /** The title of its documents, and the name of their files. */
  readonly name: string;
  readonly bodies: Readonly<Partial<Record<Generator, string>>>;
  /** More lines of front matter. */
  readonly fields?: Readonly<Partial<Record<Generator, Readonly<Record<string, string>>>>>;
  /** A moment in UTC. */
  readonly date?: string;
  /** The path of the document below the folder of posts. */
  readonly paths?: Readonly<Partial<Record<Generator, string>>>;
}

const inAll = (body: string) => ({ hugo: body, jekyll: body, eleventy: body, astro: body, hexo: body });

const fields = (one: Readonly<Record<string, string>>) => ({
  hugo: one,
  jekyll: one,
  eleventy: one,
  astro: one,
  hexo: one,
});

/** An alternative text that describes a whole picture. */
const longTitle = "A talk about feeds, in which nobody is in a hurry. ".repeat(14).trim();

const content: readonly Omit<Construct, "group">[] = [
  {
    name: "basics",
    bodies: inAll(
      '## A heading\n\nText with *emphasis*, **strength**, ~~a deletion~~, `code` and [a link](https://example.org/a "Title").\nA second line.  \nA line after a break.\n\n- One\n- Two\n  1. Three\n\n> A quotation.\n\n| A | B |\n|---|--:|\n| 1 | 2 |\n\n```js\nconst a = "<b>";\n```\n\n---\n\n![A picture](https://example.org/a.png)\n\nThe end.',
    ),
  },
  {
    name: "typography",
    bodies: inAll('It\'s "quoted" -- and so on... &copy; 2026, 5 &lt; 6 & 7.'),
  },
  { name: "tasks", bodies: inAll("- [x] Done\n- [ ] To do") },
  {
    name: "footnotes",
    bodies: inAll("A claim.[^a] Another.[^b]\n\n[^a]: The *proof*.\n[^b]: Its proof."),
  },
  { name: "definition list", bodies: inAll("Feed\n: A list of entries.\n\nEntry\n: A post.\n: A member of a feed.") },
  {
    name: "picture in an HTML block",
    bodies: inAll('<div class="wide">\n![A picture](https://example.org/a.png)\n</div>\n\nText.'),
  },
  {
    name: "attribute list",
    bodies: {
      jekyll:
        '# Contents\n{:.no_toc}\n\n* toc\n{:toc}\n\n## First\n\nA paragraph.\n{: .note\n   #here }\n\n![A picture](https://example.org/a.png){: width="200"}',
    },
  },
  {
    name: "maths and prices",
    bodies: inAll("With $N - 1$ and $ N_1 * N_2 * 2 $ it costs $5, or $10 a month.\n\n$$\na_1 + b_1\n$$\n\nText."),
  },
  {
    name: "bare URLs",
    bodies: inAll("See https://example.org/a. 见https://example.org/b。然后，https://example.org/c：好的。"),
  },
  { name: "emphasis in Chinese", bodies: inAll("这是**「重要」**的。**注意：**不要。他说**“好”**了。") },
  {
    name: "shortcode with a source",
    bodies: {
      hugo: '{{< video src="https://example.org/talk.mp4" title="The talk" >}}\n\nText.',
      jekyll: '{% include video.html src="https://example.org/talk.mp4" title="The talk" %}\n\nText.',
      eleventy: '{% video "https://example.org/talk.mp4", "The talk" %}\n\nText.',
      astro:
        'import Video from "../../components/Video.astro";\n\n<Video src="https://example.org/talk.mp4" title="The talk" />\n\nText.',
      hexo: "{% video https://example.org/talk.mp4 The talk %}\n\nText.",
    },
    paths: { astro: "shortcode-with-a-source.mdx" },
  },
  {
    name: "long shortcode over several lines",
    bodies: {
      hugo: `{{< video\n  src="https://example.org/talk.mp4"\n  title="${longTitle}"\n>}}\n\nText.`,
      jekyll: `{% include video.html\n  src="https://example.org/talk.mp4"\n  title="${longTitle}"\n%}\n\nText.`,
      eleventy: `{% video "https://example.org/talk.mp4", "${longTitle}" %}\n\nText.`,
      astro: `import Video from "../../components/Video.astro";\n\n<Video\n  src="https://example.org/talk.mp4"\n  title="${longTitle}"\n/>\n\nText.`,
      hexo: `{% video https://example.org/talk.mp4 ${longTitle} %}\n\nText.`,
    },
    paths: { astro: "long-shortcode-over-several-lines.mdx" },
  },
  {
    name: "element over several lines",
    bodies: {
      ...inAll('With <a\n  href="https://example.org/a"\n  title="The place">the place</a>.\n\nText.'),
      // As Prettier writes it.
      astro:
        '<p>\n  With{" "}\n  <a\n    href="https://example.org/a"\n    title="The place"\n  >\n    the place\n  </a>\n</p>\n\nText.',
    },
    paths: { astro: "element-over-several-lines.mdx" },
  },
  {
    name: "links in brackets",
    bodies: inAll(
      "A claim ([Item #1](https://example.org/1)), [[2]](https://example.org/2) and [a\\[0\\]](https://example.org/3_(4)).",
    ),
  },
  {
    name: "table with a short header",
    bodies: inAll("| A | B |\n| --- | --- | --- |\n| 1 | 2 | 3 |\n\nText."),
  },
  {
    name: "picture in its address",
    bodies: inAll(
      "![A dot](data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==)\n\nText.",
    ),
  },
  {
    name: "elements that HTML does not nest",
    bodies: inAll(
      '<a href="https://example.org/a">One <a href="https://example.org/b">two</a></a>\n\n<div>\n<p>Three <p>four</p></p>\n</div>\n\nText.',
    ),
  },
  {
    name: "nothing but a film",
    bodies: inAll('<iframe src="https://www.youtube.com/embed/dQw4w9WgXcQ" title="A film"></iframe>'),
  },
  {
    name: "text in a wrong encoding",
    bodies: inAll("Caf&Atilde;&copy; au lait."),
  },
  { name: "admonition", bodies: inAll('!!! note "Take care"\n    It is hot.\n\nText.') },
  { name: "alert", bodies: inAll("> [!NOTE]\n> It is hot.\n\nText.") },
  { name: "emoji", bodies: inAll("A :smile: at 10:30:45, and `:smile:`.") },
  { name: "mark and subscript", bodies: inAll("It is ==important==: H~2~O and x^2^ in 2020~2021.") },
  {
    name: "film",
    bodies: {
      ...inAll('<iframe src="https://www.youtube.com/embed/dQw4w9WgXcQ" title="A film"></iframe>\n\nText.'),
      hugo: '{{< youtube id="dQw4w9WgXcQ" title="A film" >}}\n\nText.',
      hexo: "{% youtube dQw4w9WgXcQ %}\n\nText.",
    },
  },
  {
    name: "template values",
    bodies: {
      hugo: "SIZE: {{< param size >}}\n\nMail: <{{< param mail >}}>\n\nText.",
      jekyll: "SIZE: {{ page.size }}\n\nMail: <{{ page.mail }}>\n\nText.",
      eleventy: "SIZE: {{ size }}\n\nMail: <{{ mail }}>\n\nText.",
      astro: "SIZE: {frontmatter.size}\n\nMail: {frontmatter.mail}\n\nText.",
      hexo: "SIZE: {{ page.size }}\n\nMail: <{{ page.mail }}>\n\nText.",
    },
    fields: fields({ size: "3 m", mail: "https://example.org/mail" }),
    paths: { astro: "template-values.mdx" },
  },
  {
    name: "templates in code",
    bodies: {
      hugo: "Write `{{ .Title }}`:\n\n```html\n{{ range .Pages }}<b>{{ .Title }}</b>{{ end }}\n```",
      jekyll:
        "{% raw %}\nWrite `{{ page.title }}`:\n\n```html\n{% for a in b %}<b>{{ a }}</b>{% endfor %}\n```\n{% endraw %}",
      eleventy:
        "{% raw %}\nWrite `{{ page.title }}`:\n\n```html\n{% for a in b %}<b>{{ a }}</b>{% endfor %}\n```\n{% endraw %}",
      astro: "Write `{{ title }}`:\n\n```html\n{% for a in b %}<b>{{ a }}</b>{% endfor %}\n```",
      hexo: "Write `{{ page.title }}`:\n\n```html\n{% for a in b %}<b>{{ a }}</b>{% endfor %}\n```",
    },
  },
];

const addresses: readonly Omit<Construct, "group">[] = [
  { name: "date near midnight", bodies: inAll("Text."), date: "2026-03-01T23:30:00Z" },
  {
    name: "own address",
    bodies: { hugo: "Text.", jekyll: "Text.", eleventy: "Text.", hexo: "Text." },
    fields: {
      hugo: { url: "/own/place/" },
      jekyll: { permalink: "/own/place/" },
      eleventy: { permalink: "/own/{{ page.fileSlug }}/" },
      hexo: { permalink: "own/place/" },
    },
    paths: { eleventy: "place.md" },
  },
  {
    name: "own slug",
    bodies: { hugo: "Text.", jekyll: "Text." },
    fields: { hugo: { slug: "own" }, jekyll: { slug: "own" } },
  },
  {
    name: "category in the address",
    bodies: { jekyll: "Text." },
    fields: { jekyll: { categories: "[Open Web, Notes]" } },
  },
  {
    name: "folder",
    bodies: inAll("Text."),
    paths: {
      hugo: "sub/Deep Folder/in-it.md",
      eleventy: "sub/Deep Folder/in-it.md",
      astro: "sub/Deep Folder/in-it.md",
      hexo: "sub/Deep Folder/in-it.md",
      jekyll: "sub/2026-03-01-in-it.md",
    },
  },
  {
    name: "Größe & Länge",
    bodies: inAll("Text."),
    paths: {
      hugo: "Größe und Länge.md",
      eleventy: "Größe und Länge.md",
      astro: "Größe und Länge.md",
      hexo: "Größe und Länge.md",
      jekyll: "2026-03-01-Größe und Länge.md",
    },
  },
  {
    name: "bundle",
    bodies: {
      hugo: "![A picture](images/1.png) and [basics](../basics/), [its file](images/1.png).",
      eleventy: "![A picture](images/1.png) and [basics](../basics/), [its file](images/1.png).",
      astro: "![A picture](./images/1.png) and [basics](../basics/).",
    },
    paths: { hugo: "bundle/index.md", eleventy: "bundle/index.md", astro: "bundle/index.md" },
  },
  {
    name: "links to files",
    bodies: {
      hugo: "To [basics](basics.md), [a part](./basics.md#a-heading) and [another](../posts/tasks.md).",
      jekyll: "To [basics](2026-03-01-basics.md) and [a part](./2026-03-01-basics.md#a-heading).",
      eleventy: "To [basics](basics.md), [a part](./basics.md#a-heading) and [another](../posts/tasks.md).",
      astro: "To [basics](basics.md) and [a part](./basics.md#a-heading).",
      hexo: "To [basics](basics.md) and [a part](./basics.md#a-heading).",
    },
  },
  {
    name: "references",
    bodies: {
      hugo: 'To [basics]({{< ref "basics.md" >}}), [a part]({{< relref "basics#a-heading" >}}) and [bundle]({{< ref "/posts/bundle" >}}).',
      jekyll:
        "To [basics]({% link _posts/2026-03-01-basics.md %}), [tasks]({% post_url 2026-03-01-tasks %}) and [all]({{ site.baseurl }}{% post_url 2026-03-01-basics %}).",
      hexo: "To {% post_link basics %} and {% post_link tasks 'the tasks' %}.",
    },
  },
  {
    name: "link to nothing",
    bodies: { ...inAll("To [nothing](missing.md)."), hugo: 'To [nothing]({{< relref "missing.md" >}}).' },
  },
  {
    name: "picture in the sources",
    bodies: { astro: '<img src="/src/assets/1.png" alt="A picture">\n\nText.' },
  },
  { name: "translation", bodies: { hugo: "Text." }, paths: { hugo: "translation.ja.md" } },
  {
    name: "links in the site",
    bodies: inAll("To [about](/about/), [a part](#here) and [a file](/files/a.pdf).\n\n## Here"),
  },
];

const summaries: readonly Omit<Construct, "group">[] = [
  {
    name: "description",
    bodies: inAll("The first paragraph.\n\nThe second."),
    fields: fields({ description: "What it is about." }),
  },
  {
    name: "summary by another key",
    bodies: inAll("The first paragraph.\n\nThe second."),
    fields: fields({ spoiler: "What it is about." }),
  },
  { name: "fold", bodies: inAll("The first paragraph.\n\nThe *second*.\n\n<!--more-->\n\nThe third.") },
  { name: "fold below a list", bodies: inAll("This is new:\n\n- It is fast.\n- It is small.\n\n<!--more-->\n\nMore.") },
  { name: "first paragraph", bodies: inAll("The first paragraph says what it is about.\n\nThe second one says more.") },
  { name: "stub", bodies: inAll("This is new:\n\n- It is fast\n- It is small\n\nMore.") },
  { name: "greeting", bodies: inAll("Hi all,\n\nwe have released the second version.\n\nMore.") },
];

export const constructs: readonly Construct[] = [
  ...content.map((one) => ({ ...one, group: "content" as const })),
  ...addresses.map((one) => ({ ...one, group: "addresses" as const })),
  ...summaries.map((one) => ({ ...one, group: "summaries" as const })),
];
