import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { AMachine } from "../support/machine.ts";
import type { ShownEntry } from "./readers/reader.ts";

const aPost = (title: string, day: number, words: string, more = ""): string =>
  `---\ntitle: ${title}\ndate: 2026-03-0${day}T08:00:00Z\n${more}---\n${words}\n`;

/** Some readers show the alternative text as text of the post. */
const picture = 'image: "https://example.com/loom.png"\nimageAlt: "A loom, close up"\n';

const engines = {
  new: aPost("Engines", 3, "Words about engines."),
  edited: aPost("Engines", 3, "Corrected words about engines."),
  renamed: aPost("Engines", 3, "Corrected words about engines.", "slug: all-engines\n"),
  retitled: aPost("Engines, at last", 3, "Corrected words about engines.", "slug: all-engines\n"),
};

export interface Event {
  readonly name: string;
  readonly run: (machine: AMachine) => Promise<unknown>;
  /** True if it changes the feed. */
  readonly changes: boolean;
  /** The titles in the feed afterwards, the newest first. */
  readonly feed: readonly string[];
  /** The titles that a reader shows as new. */
  readonly news: readonly string[];
  /** The titles in a reader that keeps copies. */
  readonly copies: readonly string[];
  /** The subjects of all mails until now. */
  readonly mails: readonly string[];
  /** An entry as a reader must show it, where the reader updates entries. */
  readonly updated?: Partial<ShownEntry> & Pick<ShownEntry, "title">;
}

const threeTitles = ["Engines, at last", "Looms", "Numbers"];
const mailSubjects = ["Engines", "Looms", "Numbers"];
const address = "https://blog.example.com";

/** The documents that exist when the readers subscribe. */
export const firstDocuments = {
  "looms.md": aPost("Looms", 2, "Words about looms.", picture),
  "numbers.md": aPost("Numbers", 1, "Words about numbers."),
};

/** The events happen in this order, on one site. */
export const events: readonly Event[] = [
  {
    name: "subscribing",
    run: async () => {},
    changes: false,
    feed: ["Looms", "Numbers"],
    news: ["Looms", "Numbers"],
    copies: ["Looms", "Numbers"],
    mails: ["Looms", "Numbers"],
    updated: { title: "Looms", link: `${address}/looms/`, body: "Words about looms." },
  },
  {
    name: "a new post",
    run: (machine) => machine.write("engines.md", engines.new),
    changes: true,
    feed: ["Engines", "Looms", "Numbers"],
    news: ["Engines"],
    copies: ["Engines", "Looms", "Numbers"],
    mails: mailSubjects,
    updated: { title: "Engines", link: `${address}/engines/`, body: "Words about engines." },
  },
  {
    name: "an edit of its body",
    run: (machine) => machine.write("engines.md", engines.edited),
    changes: true,
    feed: ["Engines", "Looms", "Numbers"],
    news: [],
    copies: ["Engines", "Looms", "Numbers"],
    mails: mailSubjects,
    updated: { title: "Engines", body: "Corrected words about engines." },
  },
  {
    name: "another slug",
    run: (machine) => machine.write("engines.md", engines.renamed),
    changes: true,
    feed: ["Engines", "Looms", "Numbers"],
    news: [],
    copies: ["Engines", "Looms", "Numbers"],
    mails: mailSubjects,
    updated: { title: "Engines", link: `${address}/all-engines/` },
  },
  {
    name: "another file name, without a slug in the file",
    run: (machine) => rename(join(machine.content, "numbers.md"), join(machine.content, "figures.md")),
    changes: true,
    feed: ["Engines", "Looms", "Numbers"],
    news: [],
    copies: ["Engines", "Looms", "Numbers"],
    mails: mailSubjects,
    updated: { title: "Numbers", link: `${address}/figures/` },
  },
  {
    name: "another title",
    run: (machine) => machine.write("engines.md", engines.retitled),
    changes: true,
    feed: threeTitles,
    news: [],
    copies: threeTitles,
    mails: mailSubjects,
    updated: { title: "Engines, at last" },
  },
  {
    name: "its file removed",
    run: (machine) => rm(join(machine.content, "engines.md")),
    changes: true,
    feed: ["Looms", "Numbers"],
    news: [],
    copies: threeTitles,
    mails: mailSubjects,
  },
  {
    name: "its file restored",
    run: (machine) => machine.write("engines.md", engines.retitled),
    changes: true,
    feed: threeTitles,
    news: [],
    copies: threeTitles,
    mails: mailSubjects,
    updated: { title: "Engines, at last", link: `${address}/all-engines/`, body: "Corrected words about engines." },
  },
  {
    name: "a deletion by hand",
    run: (machine) => machine.api("DELETE", "/api/posts/looms"),
    changes: true,
    feed: ["Engines, at last", "Numbers"],
    news: [],
    copies: threeTitles,
    mails: mailSubjects,
  },
];
