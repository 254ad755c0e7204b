import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { documentDate, documentName, makeDocument, writeDocuments } from "./bench-documents.ts";
import { canMeasure, endedChildrenCpu } from "./process-usage.ts";

export interface Generator {
  readonly name: string;
  /** A site with so many posts that was built once. The result adds a post, builds it again, and says how long that took in seconds of CPU. */
  readonly prepare: (folder: string, posts: number) => Promise<(() => Promise<number>) | undefined>;
}

const modules = join(import.meta.dirname, "node_modules");

const build = async (folder: string, command: readonly string[]): Promise<number> => {
  const [program = "", ...args] = command;
  const before = endedChildrenCpu();
  const child = spawn(program, args, {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, ASTRO_TELEMETRY_DISABLED: "1" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const [status] = await once(child, "close");
  if (status !== 0) throw new Error(`${command.join(" ")} ends with ${status}: ${said.slice(-2_000)}`);
  return endedChildrenCpu() - before;
};

interface Setup {
  readonly name: string;
  /** The program; absent where it is not installed. */
  readonly program: string;
  readonly args: readonly string[];
  readonly content: string;
  /** In the front matter of each post. */
  readonly fields?: string;
  readonly files: Readonly<Record<string, string>>;
}

const generator = ({ name, program, args, content, fields = "", files }: Setup): Generator => ({
  name,
  prepare: async (folder, posts) => {
    if (!existsSync(program) || !canMeasure) return undefined;
    await writeDocuments(join(folder, content), posts, fields);
    if (existsSync(modules)) await symlink(modules, join(folder, "node_modules"));
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const command = program.startsWith(modules) ? [process.execPath, program, ...args] : [program, ...args];
    await build(folder, command);
    let next = posts;
    return async () => {
      await writeFile(join(folder, content, documentName(next)), makeDocument(next, documentDate(next), fields));
      next += 1;
      return build(folder, command);
    };
  },
});

const page = (title: string, body: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title></head><body>${body}</body></html>`;

/** Each builds a page for each post, a list of the newest posts, and a feed of 20. */
export const generators: readonly Generator[] = [
  generator({
    name: "Hugo",
    program: "/usr/bin/hugo",
    args: ["--quiet"],
    content: "content/posts",
    files: {
      "hugo.toml":
        'baseURL = "https://blog.example.com/"\ntitle = "Benchmark"\ndisableKinds = ["taxonomy", "term"]\n[pagination]\npagerSize = 20\n[services.rss]\nlimit = 20\n',
      "layouts/_default/single.html": page("{{ .Title }}", "<h1>{{ .Title }}</h1>{{ .Content }}"),
      "layouts/_default/list.html": page(
        "{{ .Title }}",
        '{{ range first 20 .RegularPagesRecursive }}<p><a href="{{ .RelPermalink }}">{{ .Title }}</a></p>{{ end }}',
      ),
    },
  }),
  generator({
    name: "Eleventy",
    program: join(modules, "@11ty/eleventy/cmd.cjs"),
    args: ["--quiet"],
    content: "posts",
    fields: "layout: post.njk\ntags: post\n",
    files: {
      ".eleventyignore": "node_modules\n",
      "eleventy.config.js":
        'export default (config) => { config.addCollection("newest", (all) => all.getFilteredByTag("post").toReversed().slice(0, 20)); };\n',
      "_includes/post.njk": page("{{ title }}", "<h1>{{ title }}</h1>{{ content | safe }}"),
      "index.njk": page(
        "Benchmark",
        '{% for post in collections.newest %}<p><a href="{{ post.url }}">{{ post.data.title }}</a></p>{% endfor %}',
      ),
      "feed.njk":
        '---\npermalink: feed.xml\n---\n<rss version="2.0"><channel><title>Benchmark</title>{% for post in collections.newest %}<item><title>{{ post.data.title }}</title><link>https://blog.example.com{{ post.url }}</link><description>{{ post.templateContent | escape }}</description></item>{% endfor %}</channel></rss>\n',
    },
  }),
  generator({
    name: "Hexo",
    program: join(modules, "hexo/bin/hexo"),
    args: ["generate", "--silent"],
    content: "source/_posts",
    files: {
      "package.json":
        '{ "name": "bench", "private": true, "hexo": { "version": "" }, "dependencies": { "hexo": "*", "hexo-generator-feed": "*", "hexo-generator-index": "*", "hexo-renderer-ejs": "*", "hexo-renderer-marked": "*" } }\n',
      "_config.yml":
        "title: Benchmark\nurl: https://blog.example.com\ntheme: bench\nindex_generator:\n  per_page: 0\nfeed:\n  type: [atom, rss2]\n  path: [atom.xml, feed.xml]\n  limit: 20\n  content: true\nhighlight:\n  enable: false\nsyntax_highlighter:\n",
      "themes/bench/layout/index.ejs": page(
        "Benchmark",
        '<% page.posts.limit(20).each((post) => { %><p><a href="<%- url_for(post.path) %>"><%= post.title %></a></p><% }) %>',
      ),
      "themes/bench/layout/post.ejs": page("<%= page.title %>", "<h1><%= page.title %></h1><%- page.content %>"),
    },
  }),
  generator({
    name: "Astro",
    program: join(modules, "astro/bin/astro.mjs"),
    args: ["build", "--silent"],
    content: "src/content/posts",
    files: {
      "package.json": '{ "name": "bench", "private": true, "type": "module" }\n',
      "astro.config.mjs":
        'import { defineConfig } from "astro/config";\nexport default defineConfig({ site: "https://blog.example.com" });\n',
      "src/content.config.ts":
        'import { defineCollection } from "astro:content";\nimport { glob } from "astro/loaders";\nexport const collections = { posts: defineCollection({ loader: glob({ pattern: "*.md", base: "./src/content/posts" }) }) };\n',
      "src/pages/[slug].astro": `---\nimport { getCollection, render } from "astro:content";\nexport const getStaticPaths = async () => (await getCollection("posts")).map((post) => ({ params: { slug: post.id }, props: { post } }));\nconst { post } = Astro.props;\nconst { Content } = await render(post);\n---\n${page("{post.data.title}", "<h1>{post.data.title}</h1><Content />")}\n`,
      "src/pages/index.astro": `---\nimport { getCollection } from "astro:content";\nconst posts = (await getCollection("posts")).sort((a, b) => new Date(b.data.date) - new Date(a.data.date)).slice(0, 20);\n---\n${page("Benchmark", "{posts.map((post) => <p><a href={post.id}>{post.data.title}</a></p>)}")}\n`,
      "src/pages/feed.xml.js":
        'import rss from "@astrojs/rss";\nimport { getCollection } from "astro:content";\nexport const GET = async (context) => {\n  const posts = (await getCollection("posts")).sort((a, b) => new Date(b.data.date) - new Date(a.data.date)).slice(0, 20);\n  return rss({ title: "Benchmark", description: "Benchmark", site: context.site, items: posts.map((post) => ({ title: post.data.title, pubDate: new Date(post.data.date), link: "/" + post.id + "/", content: post.rendered?.html })) });\n};\n',
    },
  }),
];
