/** A site as one of the generators reads it. */
export interface GeneratorSite {
  readonly generator: "hugo" | "jekyll" | "eleventy" | "hexo" | "astro";
  /** What is particular about its addresses. */
  readonly about: string;
  /** The folder that Crier reads, below that of the site. */
  readonly content: string;
  /** The file that the generator builds with the addresses of its pages. */
  readonly list: string;
  /** The configuration and the templates. */
  readonly files: Readonly<Record<string, string>>;
  /** The documents below `content`: their front matter. */
  readonly documents: Readonly<Record<string, string>>;
  /** A post that is written later. The doctor does not see it. */
  readonly next: readonly [path: string, frontMatter: string];
}

export const siteUrl = "https://blog.example.com/";

const at = (day: number): string => `2026-${day % 2 === 0 ? "03" : "11"}-${String(day).padStart(2, "0")}`;

/** The front matter of a post of this day. */
const post = (title: string, day: number, more = ""): string =>
  `title: "${title}"\ndate: ${at(day)}T12:00:00Z${more === "" ? "" : `\n${more}`}`;

export const documentText = (frontMatter: string): string => `---\n${frontMatter}\n---\n\nA text.\n`;

const hugo = (more: string) => ({
  "hugo.toml": `baseURL = "${siteUrl}"\ntitle = "A blog"\ndisableKinds = ["taxonomy", "term", "RSS"]\n${more}`,
  "layouts/_default/single.html": "{{ .Content }}",
  "layouts/_default/list.html": "{{ .Content }}",
});

const jekyll = (more: string) => ({
  "_config.yml": `title: A blog\nurl: ${siteUrl.slice(0, -1)}\ntimezone: UTC\nfuture: true\n${more}`,
  "map.xml": `---\n---\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
{% for c in site.collections %}{% for p in c.docs %}<url><loc>{{ p.url | absolute_url | xml_escape }}</loc></url>
{% endfor %}{% endfor %}</urlset>\n`,
});

const eleventy = {
  "eleventy.config.mjs": 'export default () => ({ dir: { input: "content", output: "public" } });\n',
  "content/map.njk": `---\npermalink: /map.xml\neleventyExcludeFromCollections: true\n---
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
{% for p in collections.all %}<url><loc>${siteUrl.slice(0, -1)}{{ p.url }}</loc></url>
{% endfor %}</urlset>\n`,
};

const hexo = (permalink: string) => ({
  "_config.yml": `title: A blog\nurl: ${siteUrl.slice(0, -1)}\ntimezone: UTC\nfuture: true\npermalink: ${permalink}\npretty_urls:\n  trailing_index: false\nfeed:\n  type: atom\n  path: atom.xml\n  limit: 0\n`,
});

const astro = (more: string, collections: string, pages: Readonly<Record<string, string>>) => ({
  "astro.config.mjs": `import sitemap from "@astrojs/sitemap";\nexport default { site: "${siteUrl}", integrations: [sitemap()], ${more} };\n`,
  "src/content.config.mjs": `import { defineCollection } from "astro:content";\nimport { glob } from "astro/loaders";
const posts = (base) => defineCollection({ loader: glob({ pattern: "**/*.md", base }) });
export const collections = { ${collections} };\n`,
  ...Object.fromEntries(
    Object.entries(pages).map(([path, collection]) => [
      path,
      `---\nimport { getCollection, render } from "astro:content";
export const getStaticPaths = async () =>
  (await getCollection("${collection}")).map((post) => ({ params: { slug: post.id }, props: { post } }));
const { Content } = await render(Astro.props.post);
---\n<html><body><Content /></body></html>\n`,
    ]),
  ),
});

export const generatorSites: Readonly<Record<string, GeneratorSite>> = {
  "hugo-folders": {
    generator: "hugo",
    about: "Hugo's own addresses: the folders and the file's name",
    content: "content",
    list: "sitemap.xml",
    files: hugo(""),
    documents: {
      "posts/first.md": post("The first one", 2),
      "posts/2026-03-04-dated.md": post("With a date", 4),
      "posts/Upper-Case.md": post("Upper case", 6),
      "posts/bundle/index.md": post("A bundle", 8),
      "posts/own.md": post("With a slug", 10, "slug: its-own-slug"),
      "posts/_index.md": 'title: "Posts"',
      "notes/one.md": post("A note", 12),
      "notes/two.md": post("Another note", 14),
      "about.md": post("About", 16),
    },
    next: ["posts/2026-11-21-The-Next.md", post("The next one", 21)],
  },
  "hugo-sections": {
    generator: "hugo",
    about: "permalinks for two of three sections",
    content: "content",
    list: "sitemap.xml",
    files: hugo('[permalinks.page]\nposts = "/:year/:month/:slug/"\npodcast = "/listen/:filename/"\n'),
    documents: {
      "posts/first.md": post("The title of the first", 2, "categories: [web]"),
      "posts/second.md": post("The title of the second", 5, "categories: [web]"),
      "posts/third.md": post("It's the third", 8, "categories: [garden]"),
      "posts/fourth.md": post("The fourth", 11),
      "podcast/episode-1.md": post("An episode", 3, "categories: [podcast]"),
      "podcast/episode-2.md": post("Another episode", 10, "categories: [podcast]"),
      "notes/one.md": post("A note", 12),
      "notes/two.md": post("Another note", 14),
    },
    next: ["posts/next.md", post("What is next", 21, "categories: [podcast]")],
  },
  "hugo-ugly": {
    generator: "hugo",
    about: "uglyURLs",
    content: "content/posts",
    list: "sitemap.xml",
    files: hugo("uglyURLs = true\n"),
    documents: {
      "first.md": post("The first one", 2),
      "second.md": post("The second one", 3),
      "2026-03-04-dated.md": post("With a date", 4),
      "own.md": post("With a slug", 10, "slug: its-own-slug"),
    },
    next: ["2026-11-21-next.md", post("The next one", 21)],
  },
  "jekyll-date": {
    generator: "jekyll",
    about: "Jekyll's own addresses, with categories",
    content: "_posts",
    list: "map.xml",
    files: jekyll(""),
    documents: {
      "2026-03-02-first.md": post("The first one", 2, "categories: web"),
      "2026-11-05-Second.md": post("The second one", 5, "categories: [web, css]"),
      "2026-03-08-third.md": post("The third one", 8, "categories: garden"),
      "2026-11-11-fourth.md": post("The fourth one", 11),
      "2026-03-12-fifth.md": post("The fifth one", 12, "categories: web"),
    },
    next: ["2026-11-21-next.md", post("The next one", 21, "categories: react")],
  },
  "jekyll-collections": {
    generator: "jekyll",
    about: "permalink: pretty, and a collection",
    content: "",
    list: "map.xml",
    files: jekyll("permalink: pretty\ncollections:\n  recipes:\n    output: true\n    permalink: /cook/:name\n"),
    documents: {
      "_posts/2026-03-02-first.md": post("The first one", 2),
      "_posts/2026-11-05-second.md": post("The second one", 5),
      "_posts/2026-03-08-third.md": post("The third one", 8),
      "_recipes/soup.md": post("A soup", 10),
      "_recipes/green-salad.md": post("A salad", 12),
      "_recipes/bread.md": post("A bread", 13),
    },
    next: ["_recipes/apple-pie.md", post("An apple pie", 21)],
  },
  "jekyll-title": {
    generator: "jekyll",
    about: "/blog/:title, and two folders with posts, which Jekyll takes for categories",
    content: "",
    list: "map.xml",
    files: jekyll("permalink: /:categories/:title\n"),
    documents: {
      "blog/_posts/2026-03-02-first.md": post("The first one", 2),
      "blog/_posts/2026-11-05-second.md": post("The second one", 5),
      "news/_posts/2026-03-08-third.md": post("The third one", 8),
      "news/_posts/2026-03-10-fourth.md": post("The fourth one", 10),
    },
    next: ["news/_posts/2026-11-21-next.md", post("The next one", 21)],
  },
  "eleventy-folders": {
    generator: "eleventy",
    about: "Eleventy's own addresses",
    content: "content",
    list: "map.xml",
    files: eleventy,
    documents: {
      "blog/first.md": post("The first one", 2),
      "blog/2026-03-04-dated.md": post("With a date", 4),
      "blog/Upper-Case.md": post("Upper case", 6),
      "blog/deep/er.md": post("In a folder", 8),
      "notes/one.md": post("A note", 12),
    },
    next: ["blog/deep/2026-11-21-Next.md", post("The next one", 21)],
  },
  "eleventy-data": {
    generator: "eleventy",
    about: "a permalink for a folder, and a category that has the name of another folder",
    content: "content",
    list: "map.xml",
    files: {
      ...eleventy,
      "content/posts/posts.json": `{ "permalink": "/{{ page.inputPath | split: '/' | last | remove: '.md' }}/" }\n`,
    },
    documents: {
      "posts/first.md": post("The first one", 2),
      "posts/2026-11-05-second.md": post("The second one", 5),
      "posts/third.md": post("The third one", 8),
      "posts/2026-11-11-fourth.md": post("The fourth one", 11),
      "podcast/episode-1.md": post("An episode", 3, "categories: [podcast]"),
      "podcast/episode-2.md": post("Another episode", 10, "categories: [podcast]"),
    },
    next: ["posts/2026-11-21-next.md", post("The next one", 21, "categories: [react]")],
  },
  "eleventy-date": {
    generator: "eleventy",
    about: "a permalink with the date, for all posts",
    content: "content/posts",
    list: "map.xml",
    files: {
      ...eleventy,
      "content/posts/posts.json":
        '{ "permalink": "/journal/{{ page.date | date: \'%Y/%m\' }}/{{ page.fileSlug }}/index.html" }\n',
    },
    documents: {
      "2026-03-02-first.md": post("The first one", 2, "tags: [a]"),
      "2026-11-05-second.md": post("The second one", 5, "tags: [a]"),
      "third.md": post("The third one", 8),
      "deep/fourth.md": post("The fourth one", 11),
    },
    next: ["deep/2026-11-21-next.md", post("The next one", 21)],
  },
  "hexo-date": {
    generator: "hexo",
    about: "Hexo's own addresses, with a folder",
    content: "source/_posts",
    list: "atom.xml",
    files: hexo(":year/:month/:day/:title/"),
    documents: {
      "first.md": post("The first one", 2, "categories: web"),
      "Second.md": post("The second one", 5, "categories: web"),
      "third.md": post("The third one", 8),
      "trips/2026-lisbon.md": post("To Lisbon", 11, "categories: trips"),
      "trips/porto.md": post("To Porto", 12, "categories: trips"),
    },
    next: ["trips/next.md", post("The next one", 21, "categories: react")],
  },
  "hexo-category": {
    generator: "hexo",
    about: "the category in the address, not the folder",
    content: "source/_posts",
    list: "atom.xml",
    files: hexo(":category/:title/"),
    documents: {
      "first.md": post("The first one", 2, "categories: web"),
      "second.md": post("The second one", 5, "categories: web"),
      "third.md": post("The third one", 8, "categories: garden"),
      "fourth.md": post("The fourth one", 11, "categories: garden"),
    },
    next: ["next.md", post("The next one", 21, "categories: react")],
  },
  "hexo-abbrlink": {
    generator: "hexo",
    about: "a key of the front matter in the address",
    content: "source/_posts",
    list: "atom.xml",
    files: hexo("posts/:abbrlink.html"),
    documents: {
      "first.md": post("The first one", 2, "abbrlink: 4a17b156\nlayout: post"),
      "second.md": post("The second one", 5, "abbrlink: 1f0c9d22\nlayout: post"),
      "third.md": post("The third one", 8, "abbrlink: 93627810\nlayout: post"),
      "fourth.md": post("The fourth one", 11, "abbrlink: c0ffee12\nlayout: post"),
    },
    next: ["next.md", post("The next one", 21, "abbrlink: 7be1d3a9\nlayout: post")],
  },
  "astro-blog": {
    generator: "astro",
    about: "src/pages/blog/[...slug].astro, trailingSlash: never",
    content: "src/content/blog",
    list: "sitemap-0.xml",
    files: astro('trailingSlash: "never", build: { format: "file" }', 'blog: posts("./src/content/blog")', {
      "src/pages/blog/[...slug].astro": "blog",
    }),
    documents: {
      "first.md": post("The first one", 2),
      "2026-03-04-dated.md": post("With a date", 4),
      "Upper Case.md": post("Upper case", 6),
      "deep/er.md": post("In a folder", 8),
      "own.md": post("With a slug", 10, "slug: its-own-slug"),
    },
    next: ["deep/Next One.md", post("The next one", 21)],
  },
  "astro-collections": {
    generator: "astro",
    about: "two collections, one of them at the root",
    content: "src/content",
    list: "sitemap-0.xml",
    files: astro("", 'blog: posts("./src/content/blog"), notes: posts("./src/content/notes")', {
      "src/pages/[...slug].astro": "blog",
      "src/pages/n/[...slug].astro": "notes",
    }),
    documents: {
      "blog/first.md": post("The first one", 2),
      "blog/second.md": post("The second one", 5),
      "blog/third.md": post("The third one", 8),
      "notes/one.md": post("A note", 11, "tags: [n]"),
      "notes/two.md": post("Another note", 12, "tags: [n]"),
    },
    next: ["notes/next.md", post("The next one", 21, "tags: [react]")],
  },
};
