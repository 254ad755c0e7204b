import { hour, iso } from "../../src/domain/time.ts";
import type { SimulatedSite } from "./world.ts";

/** A post as a person wrote it, and the location of its file. */
export interface Written {
  readonly slug: string;
  readonly path: string;
  /** The title of an article. A note has none, and begins with these words. */
  readonly title: string;
  readonly isNote: boolean;
  /** True if it answers another page: no network gets it. */
  readonly answers: boolean;
  /** True if it was published as another thing than an answer at some time. */
  readonly wasNoAnswer: boolean;
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
const sentencesOf = ({ slug, title, sentences }: Written): string =>
  [
    `${title}.`,
    ...Array.from({ length: sentences }, (_, at) => `Sentence ${at + 1} about ${slug} goes on for some more words.`),
  ].join(" ");

/** The text of a note without sentences, after its first words, as Markdown and as networks show it. */
const noteEnds = {
  markdown: "See [the harbour](https://harbour.example/).",
  text: "See the harbour (https://harbour.example/).",
  linked: "See the harbour.",
  linkedin: String.raw`See the harbour \(https://harbour.example/\).`,
  discord: "See [the harbour](<https://harbour.example/>).",
};

/** Returns the body of a note, or its text for networks: on some a link has no address in the text. */
export const noteBody = (written: Written, as: keyof typeof noteEnds): string =>
  written.sentences > 0 ? sentencesOf(written) : `${sentencesOf(written)}\n\n${noteEnds[as]}`;

/** What people call a post, as its title or in the first words of a note: `Note 2 of p1`. */
const nameOf = ({ slug, isNote }: Pick<Written, "slug" | "isNote">, number?: number): string =>
  `${isNote ? "Note" : "Title"}${number === undefined ? "" : ` ${number}`} of ${slug}`;

/** What a person writes in the place of the document's text, for one account. */
export const editedName = (slug: string, number: number): string => `Text ${number} of ${slug}`;

/** Finds such a name in a text. A card beside an edited text has the title of its document. */
export const nameIn = (text: string): readonly [name?: string | undefined, slug?: string | undefined] => {
  const found = /Text \d+ of (p\d+(?:-\d+)?)/.exec(text) ?? /(?:Title|Note)(?: \d+)? of (p\d+(?:-\d+)?)/.exec(text);
  const [name, slug] = found ?? [];
  return [name, slug];
};

const documentOf = (written: Written, siteUrl: string): string => {
  const { slug, title, isNote, answers, published, draft, sentences, hasImage } = written;
  const { translationKey, language, canonical } = written;
  const fields = {
    ...(!isNote && { title }),
    slug,
    date: iso(published),
    ...(draft && { draft }),
    ...(answers && { in_reply_to: "https://elsewhere.example/page/" }),
    ...(!isNote && sentences > 0 && { socialShare: sentencesOf(written) }),
    ...(hasImage && { image: `${siteUrl}${slug}.png` }),
    translationKey,
    language,
    canonical,
  };
  return `---\n${JSON.stringify(fields)}\n---\n${isNote ? noteBody(written, "markdown") : `Some words about ${slug}.`}\n`;
};

/** The acts of the people in the simulation with files. */
export const createDocumentActs = (world: SimulatedSite) => {
  const { random, scheduler, files, reportFile, configured, site } = world;
  const [mainSite = site] = configured.sites;
  const written = new Map<string, Written>();
  // A long note is cut where the account has no threads, and has its link then.
  const hasThreads = world.hasNotes || configured.accounts.some(({ traits }) => traits.thread === true);
  const someone = random.pickAny;
  let edits = 0;

  const save = (saved: Omit<Written, "wasNoAnswer">): void => {
    const wasNoAnswer = !saved.answers || written.get(saved.slug)?.wasNoAnswer === true;
    const one = { ...saved, wasNoAnswer };
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
    const isNote = world.hasNotes && random.chance(0.6);
    const answers = world.hasNotes && random.chance(0.1);
    const title = nameOf({ slug, isNote });
    const one = { slug, path, title, isNote, answers, published, draft, sentences, hasImage };
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
    const title = nameOf(one, random.chance(0.25) ? undefined : edits);
    // A thread may have another number of parts then.
    const sentences = one.sentences > 0 && random.chance(0.2) ? random.between(4, 9) : one.sentences;
    save({ ...one, title, sentences, draft: one.draft && random.chance(0.3) });
    return true;
  };

  /** The new title was never used before: a copy that an earlier table does not know differs from it. */
  const retitle = (): boolean => {
    const one = someone(living().filter(({ isNote }) => world.rewordsNotes || !isNote));
    if (one === undefined) return false;
    edits += 1;
    save({ ...one, title: nameOf(one, edits) });
    return true;
  };

  /** A note gets a title, or an article loses its own. */
  const convert = (): boolean => {
    const one = someone(living());
    if (one === undefined) return false;
    edits += 1;
    const isNote = !one.isNote;
    save({ ...one, isNote, title: nameOf({ ...one, isNote }, random.chance(0.25) ? undefined : edits) });
    return true;
  };

  /** The document says that it answers another page, or does not say so any more. */
  const answer = (): boolean => {
    const one = someone(living());
    if (one === undefined) return false;
    save({ ...one, answers: !one.answers });
    return true;
  };

  /** The document is the same post, under another address, and on a page of its own site. */
  const changeSlug = (): boolean => {
    const one = someone(living());
    if (one === undefined) return false;
    edits += 1;
    written.delete(one.slug);
    const slug = `${one.slug.split("-", 1)[0]}-${edits}`;
    const renamed = { ...one, slug, title: nameOf({ ...one, slug }), canonical: undefined };
    written.set(slug, renamed);
    save(renamed);
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
    acts: { write, edit, retitle, convert, answer, changeSlug, redate, erase, restore, rename, rewrite },
  };
};
