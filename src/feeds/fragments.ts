import { type EntryContext, type EntryReading, type FileParts, type Format, type Frame, joinParts } from "./format.ts";
import type { EntryView, FeedView } from "./view.ts";

/** The text of an entry in one format, and the result of reading it after it was checked. */
export interface Fragment {
  readonly text: string;
  /** The body of the entry. */
  readonly html: string;
  reading: EntryReading | undefined;
}

/** A file, and the parts that it was joined from. */
export interface Joined {
  readonly frame: Frame;
  readonly fragments: readonly Fragment[];
  readonly text: string;
}

/**
 * Copies the text into one piece: the engine would copy a text that was concatenated piece by piece again in each join.
 */
const inOnePiece = (text: string): string => Buffer.from(text).toString();

/** A format whose files are made of parts. */
export type PartsFormat = Format & { readonly parts: (view: FeedView) => FileParts };

export const hasParts = (format: Format): format is PartsFormat => format.parts !== undefined;

/** The size in UTF-16 units, including the keys. A window of 50 entries of 10 KB is 2.5 million. */
const usualSize = 12_000_000;

/** The texts of an entry, by the id of the format. They are used as long as the entry does not change. */
interface Kept {
  readonly key: string;
  readonly html: string;
  readonly texts: Map<string, Fragment>;
}

/**
 * The key contains everything that the text of an entry depends on, except its body, which is compared separately, and
 * the program. So a fragment is never older than its post, whatever has changed, and nothing needs to be invalidated.
 */
const contextKey = ({ html: _, ...entry }: EntryView, { language, author }: EntryContext): string =>
  JSON.stringify([language, author, entry]);

const sizeOf = ({ key, html, texts }: Kept): number =>
  [...texts.values()].reduce((sum, { text }) => sum + text.length, key.length + html.length);

/**
 * Keeps the fragments that were used last, so that an entry is written and checked once and not in each render of each
 * feed. They are lost when the process ends.
 */
export const keepFragments = (maxSize = usualSize) => {
  const kept = new Map<string, Kept>();
  const found = new WeakMap<FeedView, readonly Kept[]>();
  let size = 0;

  const forget = (key: string): void => {
    const old = kept.get(key);
    if (old !== undefined) size -= sizeOf(old);
    kept.delete(key);
  };

  /** Moves the entry to the end of the map, because the first one is removed first. */
  const use = (entry: EntryView, view: FeedView): Kept => {
    const key = contextKey(entry, view);
    const there = kept.get(key);
    const used = there?.html === entry.html ? there : { key, html: entry.html, texts: new Map<string, Fragment>() };
    forget(key);
    kept.set(key, used);
    size += sizeOf(used);
    return used;
  };

  const useAll = (view: FeedView): readonly Kept[] => {
    const used = found.get(view) ?? view.entries.map((entry) => use(entry, view));
    found.set(view, used);
    return used;
  };

  const evict = (): void => {
    for (const key of kept.keys()) {
      if (size <= maxSize) return;
      forget(key);
    }
  };

  /** Writes the entries that are not kept in this format. */
  return (format: PartsFormat, view: FeedView): Joined => {
    const entries = useAll(view);
    const missing = view.entries.filter((_, index) => !entries[index]?.texts.has(format.id));
    const { frame, entries: written } = format.parts({ ...view, entries: missing });
    if (written.length !== missing.length)
      throw new Error(`${written.length} of ${missing.length} entries were written as ${format.name}`);
    const texts = written.values();
    const fragments = entries.map((entry): Fragment => {
      const there = entry.texts.get(format.id);
      if (there !== undefined) return there;
      const { html } = entry;
      const fragment: Fragment = { text: inOnePiece(texts.next().value ?? ""), html, reading: undefined };
      entry.texts.set(format.id, fragment);
      if (kept.get(entry.key) === entry) size += fragment.text.length;
      return fragment;
    });
    evict();
    const text = joinParts({ frame, entries: fragments.map((fragment) => fragment.text) });
    return { frame, fragments, text };
  };
};

export type FragmentsOf = ReturnType<typeof keepFragments>;
