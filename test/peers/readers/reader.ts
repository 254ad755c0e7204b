/** The files of the three formats. */
export const files = { RSS: "feed.xml", Atom: "atom.xml", "JSON Feed": "feed.json" } as const;
export type FormatName = keyof typeof files;

/** An entry as a reader shows it. */
export interface ShownEntry {
  readonly title: string;
  readonly link: string;
  /** HTML or plain text. */
  readonly body: string;
}

export interface Subscription {
  /** Requests the feed in the same way as the reader does by itself. */
  poll(): Promise<void>;
  /** All entries in the reader. */
  entries(): Promise<readonly ShownEntry[]>;
  /** The titles that the reader shows as new, and marks them as read. */
  readNew(): Promise<readonly string[]>;
}

export interface Reader {
  readonly name: string;
  readonly formats: readonly FormatName[];
  /**
   * The reader keeps an entry as one of these: `copies`, which it updates and keeps when the entry is removed; `mails`,
   * which do not change; or `nothing`, if it shows the current feed.
   */
  readonly keeps: "copies" | "mails" | "nothing";
  subscribe(format: FormatName, url: string): Promise<Subscription>;
  /** The addresses of the feeds that it finds on a page. Absent where the reader takes only the address of a feed. */
  discover?(page: string): Promise<readonly string[]>;
  stop(): Promise<void>;
}
