import { hour, iso } from "../../src/domain/time.ts";
import type { SimulatedSite } from "./world.ts";

/** A post as a person wrote it, and the location of its file. */
export interface Written {
  readonly slug: string;
  readonly path: string;
  readonly title: string;
  readonly published: number;
  readonly draft: boolean;
  /** The number of sentences in its own social text, or 0 if it has none. */
  readonly sentences: number;
  readonly hasImage: boolean;
  /** Documents with the same key are translations of one another. */
  readonly translationKey?: string;
  readonly language?: string;
  /** The address of its page, if that is a page of another site. */
  readonly canonical?: string | undefined;
}

/** Each names its post, so that each part of a thread does. */
const textOf = ({ slug, title, sentences }: Written): string =>
  [
    `${title}.`,
    ...Array.from({ length: sentences }, (_, at) => `Sentence ${at + 1} about ${slug} goes on for some more words.`),
  ].join(" ");

const documentOf = (written: Written, siteUrl: string): string => {
  const { slug, title, published, draft, sentences, hasImage, translationKey, language, canonical } = written;
  const fields = {
    title,
    slug,
    date: iso(published),
    ...(draft && { draft }),
    ...(sentences > 0 && { socialShare: textOf(written) }),
    ...(hasImage && { image: `${siteUrl}${slug}.png` }),
    translationKey,
    language,
    canonical,
  };
  return `---\n${JSON.stringify(fields)}\n---\nSome words about ${slug}.\n`;
};

/** The acts of the people in the simulation with files. */
export const createDocumentActs = (world: SimulatedSite) => {
  const { random, scheduler, files, reportFile, configured, site } = world;
  const [mainSite = site] = configured.sites;
  const written = new Map<string, Written>();
  const hasThreads = configured.accounts.some(({ traits }) => traits.thread === true);
  const someone = random.pickAny;
  let edits = 0;

  const save = (one: Written): void => {
    written.set(one.slug, one);
    files.set(one.path, documentOf(one, site.url));
    reportFile(one.path);
  };
  const living = (): readonly Written[] => [...written.values()].filter(({ path }) => files.has(path));
  const gone = (): readonly Written[] => [...written.values()].filter(({ path }) => !files.has(path));

  /** Some documents are translations of an earlier one. */
  const translationFor = (slug: string): Pick<Written, "translationKey" | "language"> => {
    const original = random.chance(0.4)
      ? someone(living().filter(({ language }) => language === undefined))
      : undefined;
    const isTaken = [...written.values()].some(
      ({ translationKey, language }) => language !== undefined && translationKey === original?.translationKey,
    );
    return original?.translationKey === undefined || isTaken
      ? { translationKey: `key of ${slug}` }
      : { translationKey: original.translationKey, language: "de" };
  };

  const write = (): boolean => {
    const slug = `p${written.size + 1}`;
    const published = scheduler.now + (random.chance(0.15) ? hour : -hour);
    const draft = random.chance(0.05);
    const sentences = hasThreads && random.chance(0.5) ? random.between(4, 9) : 0;
    const hasImage = random.chance(0.4);
    const path = `${site.folder}${slug}.md`;
    const one = { slug, path, title: `Title of ${slug}`, published, draft, sentences, hasImage };
    // A second site announces some of the pages of the first: both posts say the same, for as long as they do.
    const isSamePage = site !== mainSite && random.chance(0.8);
    const own = isSamePage ? { ...one, hasImage: false, canonical: `${mainSite.url}${slug}/` } : one;
    save(world.hasEveryRow ? { ...own, ...translationFor(slug) } : own);
    return true;
  };

  const edit = (): boolean => {
    const one = someone(living());
    if (one === undefined) return false;
    edits += 1;
    // Some edits are taken back: the copy may say by then what a lost request made of it.
    const title = random.chance(0.25) ? `Title of ${one.slug}` : `Title ${edits} of ${one.slug}`;
    // A thread may have another number of parts then.
    const sentences = one.sentences > 0 && random.chance(0.2) ? random.between(4, 9) : one.sentences;
    save({ ...one, title, sentences, draft: one.draft && random.chance(0.3) });
    return true;
  };

  /** The new title was never used before: a copy that an earlier table does not know differs from it. */
  const retitle = (): boolean => {
    const one = someone(living());
    if (one === undefined) return false;
    edits += 1;
    save({ ...one, title: `Title ${edits} of ${one.slug}` });
    return true;
  };

  /** The document is the same post, under another address, and on a page of its own site. */
  const changeSlug = (): boolean => {
    const one = someone(living());
    if (one === undefined) return false;
    edits += 1;
    written.delete(one.slug);
    const slug = `${one.slug.split("-", 1)[0]}-${edits}`;
    save({ ...one, slug, title: `Title of ${slug}`, canonical: undefined });
    return true;
  };

  const redate = (): boolean => {
    const one = someone(living());
    if (one === undefined) return false;
    save({ ...one, published: one.published + random.pick([-hour, hour / 2]) });
    return true;
  };

  const erase = (): boolean => {
    const one = someone(living());
    if (one === undefined) return false;
    files.delete(one.path);
    reportFile(one.path);
    return true;
  };

  const restore = (): boolean => {
    const one = someone(gone());
    if (one === undefined) return false;
    save(one);
    return true;
  };

  const rename = (): boolean => {
    const one = someone(living());
    if (one === undefined) return false;
    files.delete(one.path);
    edits += 1;
    save({ ...one, path: `${site.folder}${one.slug}-${edits}.md` });
    reportFile(one.path);
    return true;
  };

  /** An editor's atomic save: the file is gone for a moment. */
  const rewrite = (): boolean => {
    const one = someone(living());
    if (one === undefined) return false;
    files.delete(one.path);
    reportFile(one.path);
    scheduler.at(scheduler.now + random.pick([100, 3_000, 8_000]), `${one.path} is back`, () => {
      const current = written.get(one.slug);
      if (current?.path === one.path && !files.has(one.path)) save(current);
    });
    return true;
  };

  return {
    written,
    living,
    save,
    acts: { write, edit, retitle, changeSlug, redate, erase, restore, rename, rewrite },
  };
};
