/** The three formats as readers know them. */
export const files = { RSS: "feed.xml", Atom: "atom.xml", "JSON Feed": "feed.json" } as const;
export type FormatName = keyof typeof files;

/** What a person sees of one entry. */
export interface Shown {
  readonly title: string;
  readonly link: string;
  /** The words, as HTML or as text. */
  readonly body: string;
}

export interface Subscription {
  /** Asks for the feed as the reader does by itself. */
  poll(): Promise<void>;
  /** All that the reader has. */
  entries(): Promise<readonly Shown[]>;
  /** Titles that the reader shows as new; from now on they count as read. */
  readNew(): Promise<readonly string[]>;
}

export interface Reader {
  readonly name: string;
  readonly formats: readonly FormatName[];
  /**
   * What becomes of an entry that has been seen: `copies` are brought up to date and stay when the entry is gone, `mails`
   * stay as they were sent, `nothing` is kept where the reader shows the feed as it stands.
   */
  readonly keeps: "copies" | "mails" | "nothing";
  subscribe(format: FormatName, url: string): Promise<Subscription>;
  stop(): Promise<void>;
}
