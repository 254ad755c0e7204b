import type { Site } from "../../src/domain/site.ts";
import { hour } from "../../src/domain/time.ts";
import type { Construct, Generator } from "./constructs.ts";

interface Shape {
  /** The folder that Crier reads, in the generator's own project. */
  readonly root: string;
  /** The folder of posts below it. */
  readonly posts: string;
  /** The key of the date, and its value as people write it there. */
  readonly date: readonly [string, (moment: string) => string];
  readonly isToml?: true;
  /** The configuration that the owner of such a site writes (docs/addresses.md). */
  readonly site: Partial<Site>;
}

const asItIs = (moment: string): string => moment;

/** Vienna is an hour ahead of UTC in winter. */
const localTime = (moment: string): string =>
  new Date(Date.parse(moment) + hour).toISOString().slice(0, 19).replace("T", " ");

export const shapes: Readonly<Record<Generator, Shape>> = {
  hugo: {
    root: "content",
    posts: "posts/",
    date: ["date", asItIs],
    isToml: true,
    site: { permalink: "/:year/:month/:day/:post_title/", languages: ["en", "ja"] },
  },
  jekyll: {
    root: "",
    posts: "_posts/",
    date: ["date", asItIs],
    site: { permalink: "/:categories/:year/:month/:day/:title/" },
  },
  eleventy: { root: "", posts: "posts/", date: ["date", asItIs], site: { permalink: "/:path/" } },
  astro: {
    root: "src/content/blog",
    posts: "",
    date: ["pubDate", asItIs],
    site: { permalink: "/blog/:path/", permalinkCase: "lower" },
  },
  hexo: {
    root: "source/_posts",
    posts: "",
    date: ["date", localTime],
    site: { permalink: "/:year/:month/:day/:path/" },
  },
};

export interface SiteDocument {
  /** Below the folder that Crier reads. */
  readonly path: string;
  readonly text: string;
}

/** Returns undefined if the generator does not have the construct. */
export const documentOf = (generator: Generator, construct: Construct): SiteDocument | undefined => {
  const body = construct.bodies[generator];
  if (body === undefined) return undefined;
  const { posts, date, isToml } = shapes[generator];
  const [fence, is] = isToml ? ["+++", " ="] : ["---", ":"];
  const [dateKey, write] = date;
  const fields = { title: construct.name, ...construct.fields?.[generator] };
  const lines = Object.entries(fields).map(
    ([key, value]) => `${key}${is} ${value.startsWith("[") ? value : JSON.stringify(value)}`,
  );
  const head = [`${dateKey}${is} ${write(construct.date ?? "2026-03-01T12:00:00Z")}`, ...lines].join("\n");
  const slug = construct.name.toLowerCase().replaceAll(" ", "-");
  const name = construct.paths?.[generator] ?? `${generator === "jekyll" ? "2026-03-01-" : ""}${slug}.md`;
  return { path: posts + name, text: `${fence}\n${head}\n${fence}\n\n${body}\n` };
};
