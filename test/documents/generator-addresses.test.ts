import { expect, test } from "vitest";
import type { Site } from "../../src/domain/site.ts";
import { contentOf, theSite } from "./sample-documents.ts";

/** Front matter by path, below `posts/`. The titles and names are chosen to differ from each other in each generator's rules. */
const documents = {
  "2020-01-02-hello-World.md":
    'title: "It\'s a Title & More"\ndate: 2020-01-02T23:30:00-05:00\ncategories: [Web Dev, News]',
  "bundle/index.md": "title: Bundle\ndate: 2020-03-05",
  "sub/deep/nested.v1.0.md": "title: Nested\ndate: 2020-03-06\ncategory: One Two",
  "日本語.md": "title: 日本の記事\ndate: 2020-03-07",
  "slugged.md": "title: A slug\ndate: 2020-03-08\nslug: My-Slug",
  "urled.md": "title: A path\ndate: 2020-03-09\nurl: /Some/Where",
  "jekyll.md": "title: Words\ndate: 2020-03-10\ncategories: jekyll update",
} as const;

type Addresses = Partial<Record<keyof typeof documents, string>>;

const lower = { permalinkCase: "lower" } as const;

/**
 * The addresses that Hugo 0.131, Jekyll 4.3, Hexo 8.1, Eleventy 3.1 and Astro 7.3 gave these documents. Documents that
 * they name by rules of their own are left out: Hugo counts days in a date's own offset, Astro leaves the dots out of
 * names and keeps the case of `slug`, and only Hugo reads `url`.
 */
const generators: readonly (readonly [name: string, folder: string, site: Partial<Site>, addresses: Addresses])[] = [
  [
    "Hugo, without permalinks",
    "posts/",
    { permalink: "/:path/", ...lower },
    {
      "2020-01-02-hello-World.md": "/posts/2020-01-02-hello-world/",
      "bundle/index.md": "/posts/bundle/",
      "sub/deep/nested.v1.0.md": "/posts/sub/deep/nested.v1.0/",
      "日本語.md": "/posts/日本語/",
      "slugged.md": "/posts/my-slug/",
      "urled.md": "/Some/Where/",
    },
  ],
  [
    "Hugo's /:year/:slug/",
    "posts/",
    { permalink: "/:year/:post_title/", ...lower },
    {
      "2020-01-02-hello-World.md": "/2020/its-a-title-more/",
      "bundle/index.md": "/2020/bundle/",
      "日本語.md": "/2020/日本の記事/",
      "slugged.md": "/2020/my-slug/",
      "urled.md": "/Some/Where/",
    },
  ],
  [
    "Hugo's /:section/:filename/",
    "posts/",
    { permalink: "/:section/:filename/", ...lower },
    {
      "2020-01-02-hello-World.md": "/posts/2020-01-02-hello-world/",
      "sub/deep/nested.v1.0.md": "/posts/nested.v1.0/",
      "slugged.md": "/posts/slugged/",
    },
  ],
  [
    "Jekyll's default",
    "_posts/",
    { permalink: "/:categories/:year/:month/:day/:title.html", timeZone: "Asia/Tokyo" },
    {
      "2020-01-02-hello-World.md": "/web dev/news/2020/01/03/hello-World.html",
      "日本語.md": "/2020/03/07/日本語.html",
      "slugged.md": "/2020/03/08/My-Slug.html",
      "jekyll.md": "/jekyll/update/2020/03/10/jekyll.html",
    },
  ],
  [
    "Jekyll's pretty, with a folder above the posts",
    "sports/_posts/",
    { permalink: "/:categories/:year/:month/:day/:title/" },
    { "sub/deep/nested.v1.0.md": "/sports/one two/2020/03/06/nested.v1.0/" },
  ],
  [
    "Hexo's default, with folders",
    "_posts/",
    { permalink: "/:year/:month/:day/:path/" },
    {
      "2020-01-02-hello-World.md": "/2020/01/03/2020-01-02-hello-World/",
      "sub/deep/nested.v1.0.md": "/2020/03/06/sub/deep/nested.v1.0/",
      "日本語.md": "/2020/03/07/日本語/",
    },
  ],
  [
    "Eleventy's default",
    "",
    { permalink: "/:path/" },
    {
      "2020-01-02-hello-World.md": "/2020-01-02-hello-World/",
      "bundle/index.md": "/bundle/",
      "sub/deep/nested.v1.0.md": "/sub/deep/nested.v1.0/",
      "日本語.md": "/日本語/",
    },
  ],
  [
    "Astro's /blog/[...slug]",
    "",
    { permalink: "/blog/:path/", ...lower },
    {
      "2020-01-02-hello-World.md": "/blog/2020-01-02-hello-world/",
      "bundle/index.md": "/blog/bundle/",
      "日本語.md": "/blog/日本語/",
    },
  ],
];

test.each(generators)("%s gives the addresses that Crier gives", (_, folder, settings, addresses) => {
  const site = theSite({ timeZone: "UTC", ...settings });
  const given = Object.entries(documents)
    .filter(([path]) => path in addresses)
    .map(([path, lines]) => {
      const { url } = contentOf(`---\n${lines}\n---\nText.\n`, folder + path, site);
      return [path, decodeURI(new URL(url).pathname)];
    });
  expect(Object.fromEntries(given)).toEqual(addresses);
});
