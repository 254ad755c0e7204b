import type { Generator } from "./constructs.ts";

/** The generators that npm has, and what they need. */
export const packages = [
  "@11ty/eleventy@3.1.8",
  "astro@7.3.5",
  "@astrojs/mdx@8.0.2",
  "hexo@8.1.2",
  "hexo-renderer-marked@7.0.1",
  "hexo-renderer-ejs@2.0.0",
  "hexo-tag-embed@1.0.0",
];

const page = (title: string, summary: string, content: string): string =>
  `<!doctype html><html><body><main data-name="${title}"><aside>${summary}</aside><article>${content}</article></main></body></html>\n`;

export interface Project {
  readonly files: Readonly<Record<string, string>>;
  readonly build: readonly [string, ...string[]];
  /** The folder of the pages after the build. */
  readonly output: string;
  readonly version: readonly [string, ...string[]];
}

export const projects: Readonly<Record<Generator, Project>> = {
  hugo: {
    files: {
      "hugo.toml": `baseURL = "https://blog.example.com/"
timeZone = "Europe/Vienna"
enableEmoji = true
disableKinds = ["taxonomy", "term", "RSS", "sitemap"]
refLinksErrorLevel = "warning"
defaultContentLanguage = "en"
[languages.en]
[languages.ja]
[permalinks]
posts = "/:year/:month/:day/:slug/"
[markup.goldmark.renderer]
unsafe = true
[markup.goldmark.renderHooks.link]
enableDefault = true
[markup.goldmark.renderHooks.image]
enableDefault = true
[markup.goldmark.extensions.extras.mark]
enable = true
[markup.goldmark.extensions.extras.subscript]
enable = true
[markup.goldmark.extensions.extras.superscript]
enable = true
[markup.goldmark.extensions.extras.delete]
enable = false
[markup.goldmark.extensions.passthrough]
enable = true
[markup.goldmark.extensions.passthrough.delimiters]
block = [["$$", "$$"]]
inline = [["\\\\(", "\\\\)"]]
`,
      "layouts/_default/single.html": page(
        "{{ .Title }}",
        "{{ with or .Description .Params.spoiler }}{{ . }}{{ else }}{{ .Summary }}{{ end }}",
        "{{ .Content }}",
      ),
      "layouts/_default/list.html": "",
      "layouts/index.html": "",
      "layouts/shortcodes/video.html": `<video src="{{ .Get "src" }}" title="{{ .Get "title" }}"></video>`,
    },
    build: ["hugo", "--quiet"],
    output: "public",
    version: ["hugo", "version"],
  },
  jekyll: {
    files: {
      "_config.yml":
        'url: https://blog.example.com\ntimezone: Europe/Vienna\npermalink: /:categories/:year/:month/:day/:title/\ndefaults:\n  - scope: { path: _posts }\n    values: { layout: post, excerpt_separator: <!--more--> }\n  - scope: { path: _posts/2026-03-01-first-paragraph.md }\n    values: { excerpt_separator: "\\n\\n" }\n',
      "_layouts/post.html": page(
        "{{ page.title | escape }}",
        "{{ page.description | default: page.spoiler | default: page.excerpt }}",
        "{{ content }}",
      ),
      "_includes/video.html": '<video src="{{ include.src }}" title="{{ include.title }}"></video>',
    },
    build: ["jekyll", "build", "--quiet"],
    output: "_site",
    version: ["jekyll", "--version"],
  },
  eleventy: {
    files: {
      "eleventy.config.js": `import { InputPathToUrlTransformPlugin } from "@11ty/eleventy";
export default (config) => {
  config.addPlugin(InputPathToUrlTransformPlugin);
  config.setFrontMatterParsingOptions({ excerpt: true, excerpt_separator: "<!--more-->" });
  config.addShortcode("video", (src, title) => \`<video src="\${src}" title="\${title}"></video>\`);
  config.addPassthroughCopy("posts/**/*.png");
};
`,
      "posts/posts.11tydata.js": 'export default { layout: "post.njk" };\n',
      "_includes/post.njk": page("{{ title }}", "{{ description or spoiler or page.excerpt }}", "{{ content | safe }}"),
    },
    build: ["node_modules/.bin/eleventy", "--quiet"],
    output: "_site",
    version: ["node_modules/.bin/eleventy", "--version"],
  },
  astro: {
    files: {
      "astro.config.mjs": `import mdx from "@astrojs/mdx";
import { defineConfig, passthroughImageService } from "astro/config";
export default defineConfig({ site: "https://blog.example.com", integrations: [mdx()], image: { service: passthroughImageService() } });
`,
      "src/content.config.ts": `import { defineCollection } from "astro:content";
import { glob } from "astro/loaders";
export const collections = { blog: defineCollection({ loader: glob({ pattern: "**/*.{md,mdx}", base: "./src/content/blog" }) }) };
`,
      "src/pages/blog/[...slug].astro": `---
import { getCollection, render } from "astro:content";
export const getStaticPaths = async () =>
  (await getCollection("blog")).map((post) => ({ params: { slug: post.id }, props: post }));
const post = Astro.props;
const { Content } = await render(post);
---
${page("__", "{post.data.description ?? post.data.spoiler}", "<Content />").replace('"__"', "{post.data.title}")}`,
      "src/components/Video.astro":
        "---\nconst { src, title } = Astro.props;\n---\n<video src={src} title={title}></video>\n",
    },
    build: ["node_modules/.bin/astro", "build", "--silent"],
    output: "dist",
    version: ["node_modules/.bin/astro", "--version"],
  },
  hexo: {
    files: {
      "_config.yml":
        "url: https://blog.example.com\ntimezone: Europe/Vienna\npermalink: :year/:month/:day/:title/\ntheme: plain\nsyntax_highlighter:\n",
      "themes/plain/layout/post.ejs": page(
        "<%- page.title %>",
        "<%- page.description || page.spoiler || page.excerpt %>",
        "<%- page.content %>",
      ),
      "themes/plain/layout/index.ejs": "",
      "scripts/video.js": `hexo.extend.tag.register("video", ([src, ...title]) => \`<video src="\${src}" title="\${title.join(" ")}"></video>\`);\n`,
    },
    build: ["node_modules/.bin/hexo", "generate"],
    output: "public",
    version: ["node_modules/.bin/hexo", "version"],
  },
};
