import { statSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, relative, resolve, sep } from "node:path";
import { CommandError } from "../api/api-client.ts";
import { loadConfig } from "../config.ts";
import { compareAddresses } from "../documents/compare-addresses.ts";
import type { SitePage } from "../documents/infer-permalink.ts";
import { isExampleAddress } from "../domain/page-check.ts";
import { iso } from "../domain/time.ts";
import { systemRuntime } from "../runtimes/system-runtime.ts";
import { siteRoot } from "../sources/site-pictures.ts";
import type { CommandResult, Terminal } from "./command.ts";
import { readSiteDocuments } from "./compare-site.ts";
import {
  type PostSettings,
  promptAccounts,
  promptSite,
  type SiteFlags,
  type SiteInput,
  writeConfiguration,
} from "./config-file.ts";
import { type Dialog, openDialog } from "./dialog.ts";
import { isFile, isFolder } from "./document-files.ts";
import { isUrl, plural, readPagesAt } from "./examine-place.ts";

export interface InitFlags extends SiteFlags {
  readonly json?: boolean;
  readonly yes?: boolean;
  readonly posts?: string;
  readonly site?: string;
}

/** Writes the configuration of a folder that has none. Every question is answered before anything is written. */
export const init = async (dir: string, flags: InitFlags, terminal: Terminal): Promise<CommandResult> => {
  const { yes = false, json = false } = flags;
  const dialog = openDialog(terminal, { yes, json });
  const folder = resolve(terminal.folder, dir);
  if (!(await isFolder(folder))) throw new CommandError(`there is no folder ${folder}: make it first`, { exitCode: 2 });
  if (await isFile(join(folder, "crier.config.ts")))
    throw new CommandError(`${join(folder, "crier.config.ts")} is there already: edit it, or remove it first`);
  // Nobody is asked for the time zone, which is a setting of this machine.
  const { timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone } = flags;
  const site = await promptSite(dialog, { ...flags, timeZone });
  const { firstPost, ...where } = await promptPosts(dialog, flags, { folder, site });
  const accounts = await promptAccounts(dialog, flags, {
    hint: "until an account is connected its posts go to the sandbox",
    fallback: "bluesky,mastodon",
  });
  const written = { ...site, ...where };
  if (firstPost !== undefined) await writeFirstPost(join(folder, firstPost), site.title);
  await writeConfiguration(folder, written, accounts);
  const files = [...(firstPost === undefined ? [] : [firstPost]), "crier.config.ts"];
  return { answer: { folder, site: written, accounts, files }, lines: files.map((file) => `  written: ${file}`) };
};

const writeFirstPost = async (file: string, title: string): Promise<void> => {
  const day = iso(systemRuntime.clock()).slice(0, 10);
  await mkdir(join(file, ".."), { recursive: true });
  await writeFile(file, `---\ntitle: First post\ndate: ${day}\n---\n\n${title} has feeds.\n`, { flag: "wx" });
};

interface PostsOfSite extends PostSettings {
  /** The file of a first post to write, relative to the folder. */
  readonly firstPost?: string;
}

interface Start {
  /** The folder of the configuration. */
  readonly folder: string;
  readonly site: SiteInput;
}

const ownPosts = "posts";

const promptPosts = async (dialog: Dialog, flags: InitFlags, { folder, site }: Start): Promise<PostsOfSite> => {
  const at = (place: string): string => resolve(dialog.terminal.folder, place);
  const place = await dialog.answer({
    text: "The folder of the posts or of the site, or the address of the site's feed; Enter for a new folder",
    flag: "--posts",
    given: flags.posts,
    fallback: "",
    problem: (answer) =>
      answer === "" || isUrl(answer) || statSync(at(answer), { throwIfNoEntry: false })?.isDirectory()
        ? undefined
        : `there is no folder ${at(answer)}: name a folder that is there, or the address of a feed (https://…)`,
  });
  if (isUrl(place)) {
    const { kind, pages } = await readPagesAt(place, folder, site.url);
    if (kind !== "feed") throw new CommandError(`${place} is a sitemap, which has no texts: name the site's feed`);
    dialog.say(`  ${plural(pages.length, "entry")} in ${place}`);
    return { sources: [{ feed: place }] };
  }
  if (place === "") {
    const isThere = await isFolder(join(folder, ownPosts));
    return { sources: [{ folder: ownPosts }], ...(!isThere && { firstPost: `${ownPosts}/first-post.md` }) };
  }
  return findPosts(dialog, flags, { folder, site, named: at(place) });
};

interface Generator {
  readonly name: string;
  /** A file at the root of its sites. */
  readonly sign: RegExp;
  /** In that file, where others have one of this name. */
  readonly holds?: RegExp;
  /** In that file: the folder that its documents are in, if it is not the site's. Addresses begin below it. */
  readonly input?: RegExp;
  /** The first of these folders that is there holds its documents. */
  readonly folders: readonly string[];
  /** The folder that it writes pages into. */
  readonly built: string;
  /** The addresses of its pages, if it is not configured otherwise: docs/your-site.md. */
  readonly usual: PostSettings;
}

const lower = { permalinkCase: "lower" } as const;

const generators: readonly Generator[] = [
  {
    name: "Zola",
    sign: /^config\.toml$/,
    holds: /^base_url ?=/m,
    folders: ["content"],
    built: "public",
    usual: { permalink: "/:sections/:slug/", ...lower },
  },
  {
    name: "Hugo",
    sign: /^(?:hugo|config)\.(?:toml|ya?ml|json)$/,
    folders: ["content"],
    built: "public",
    usual: { permalink: "/:path/", ...lower },
  },
  {
    name: "Hexo",
    sign: /^_config\.ya?ml$/,
    folders: ["source/_posts"],
    built: "public",
    usual: { permalink: "/:year/:month/:day/:path/" },
  },
  {
    name: "Jekyll",
    sign: /^_config\.(?:ya?ml|toml)$/,
    folders: ["_posts"],
    built: "_site",
    usual: { permalink: "/:categories/:year/:month/:day/:title.html" },
  },
  {
    name: "Eleventy",
    sign: /^(?:\.eleventy\.c?js|eleventy\.config\.[cm]?[jt]s)$/,
    input: /\binput:\s*["'`]([^"'`]+)["'`]/,
    folders: ["content", "src/content", "src/posts", "posts"],
    built: "_site",
    usual: { permalink: "/:path/" },
  },
  {
    name: "Astro",
    sign: /^astro\.config\.[cm]?[jt]s$/,
    folders: ["src/content/blog", "src/content/posts", "src/content"],
    built: "dist",
    usual: { permalink: "/blog/:path/", ...lower },
  },
  {
    name: "Docusaurus",
    sign: /^docusaurus\.config\.[cm]?[jt]s$/,
    folders: ["blog"],
    built: "build",
    usual: { permalink: "/blog/:slug" },
  },
];

interface FoundSite {
  readonly name: string;
  /** The folder of the documents. */
  readonly source: string;
  /** The folder that the pages are written into. */
  readonly built: string;
  readonly usual: PostSettings;
}

/** Recognises the generator by the files at the root of the site that a folder is in. */
const recognise = async (named: string): Promise<FoundSite | undefined> => {
  const content = join(named, "content");
  const root = await siteRoot((await isFolder(content)) ? content : named, homedir());
  const names = await readdir(root);
  for (const { name, sign, holds, input, folders, built: pages, usual } of generators) {
    const file = names.find((one) => sign.test(one));
    if (file === undefined) continue;
    const text = await readFile(join(root, file), "utf8");
    if (holds !== undefined && !holds.test(text)) continue;
    for (const one of folders) {
      const source = join(root, one);
      if (!(await isFolder(source))) continue;
      const posts = relative(source, named).startsWith("..") ? source : named;
      const top = input === undefined ? source : join(root, input.exec(text)?.[1] ?? "");
      const below = relative(top, posts).split(sep).join("/");
      // The addresses of a folder within the documents begin with its path.
      const permalink =
        below === "" || below.startsWith("..") ? usual.permalink : usual.permalink?.replace(":path", `${below}/:path`);
      return { name, source: posts, built: join(root, pages), usual: { ...usual, permalink } };
    }
  }
  return undefined;
};

/** Generators write the list of their pages into one of these files. */
const usualLists = ["sitemap.xml", "sitemap-index.xml", "feed.xml", "index.xml", "atom.xml", "rss.xml"];

interface PageList {
  readonly place: string;
  readonly pages: readonly SitePage[];
}

/** The pages that the site lists, or else those that were built on this machine. */
const findPages = async (
  { site: given }: InitFlags,
  { folder }: Terminal,
  url: string,
  built: string | undefined,
): Promise<PageList | undefined> => {
  if (given !== undefined) return { place: given, pages: (await readPagesAt(given, folder, url)).pages };
  for (const list of isExampleAddress(url) ? [] : usualLists) {
    const place = new URL(list, url).href;
    try {
      return { place, pages: (await readPagesAt(place, folder, url)).pages };
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
    }
  }
  return built !== undefined && (await isFolder(built))
    ? { place: relative(folder, built), pages: (await readPagesAt(built, folder, url)).pages }
    : undefined;
};

/** Finds the documents of a site, and the permalink with which most of them have the address of their page. */
const findPosts = async (
  { say, terminal }: Dialog,
  flags: InitFlags,
  { folder, site, named }: Start & { readonly named: string },
): Promise<PostSettings> => {
  const found = await recognise(named);
  const source = found?.source ?? named;
  const fromHere = (path: string): string => relative(folder, path).split(sep).join("/") || ".";
  const usual = { sources: [{ folder: fromHere(source) }], ...found?.usual };
  const list = await findPages(flags, terminal, site.url, found?.built);
  const [configured] = loadConfig({ sites: [{ ...site, ...usual }] }).sites;
  if (configured === undefined) return usual;
  const what = found === undefined ? "no generator that Crier knows" : found.name;
  if (list === undefined) {
    const at = found === undefined ? "at" : "as it writes them if nothing else is configured, at";
    say(
      `  ${what}: posts in ${source}, pages ${at} ${configured.permalink}`,
      "  compare it with your site before anybody reads the feeds: npx crier doctor --site PLACE, the URL of its sitemap or feed, or the folder of the built site",
    );
    return usual;
  }
  const requested = { dir: source, config: undefined, folder };
  const roots = found === undefined ? [] : [source];
  const { documents, newSource } = await readSiteDocuments(requested, roots, list.pages, configured);
  const { advice, agreeing } = compareAddresses(documents, list.pages, configured);
  const posts = newSource ?? fromHere(source);
  say(
    `  ${what}: posts in ${resolve(folder, posts)}`,
    `  ${advice?.agreeing ?? agreeing} of ${documents.length} documents have an address that ${list.place} has, too`,
  );
  return { ...usual, sources: [{ folder: posts }], ...advice?.choice };
};
