import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { AMachine } from "../support/machine.ts";
import type { Shown } from "./readers/reader.ts";

const aPost = (title: string, day: number, words: string, more = ""): string =>
  `---\ntitle: ${title}\ndate: 2026-03-0${day}T08:00:00Z\n${more}---\n${words}\n`;

/** Some readers take the alternative text for the post's own words. */
const picture = 'image: "https://example.com/loom.png"\nimageAlt: "A loom, close up"\n';

const engines = {
  new: aPost("Engines", 3, "Words about engines."),
  edited: aPost("Engines", 3, "Better words about engines."),
  renamed: aPost("Engines", 3, "Better words about engines.", "slug: all-engines\n"),
  retitled: aPost("Engines, at last", 3, "Better words about engines.", "slug: all-engines\n"),
};

export interface Event {
  readonly name: string;
  readonly happen: (machine: AMachine) => Promise<unknown>;
  /** Whether it changes the feed. */
  readonly changes: boolean;
  /** Titles in the feed afterwards, the newest first: what a new subscriber sees. */
  readonly feed: readonly string[];
  /** Titles that a reader shows as new. */
  readonly news: readonly string[];
  /** Titles that a reader with copies has. */
  readonly copies: readonly string[];
  /** Subjects of all mails so far. */
  readonly mails: readonly string[];
  /** What an entry must look like where it is brought up to date. */
  readonly looks?: Partial<Shown> & Pick<Shown, "title">;
}

const three = ["Engines, at last", "Looms", "Numbers"];
const mailed = ["Engines", "Looms", "Numbers"];
const address = "https://blog.example.com";

/** What stands there when the readers subscribe. */
export const firstDocuments = {
  "looms.md": aPost("Looms", 2, "Words about looms.", picture),
  "numbers.md": aPost("Numbers", 1, "Words about numbers."),
};

/** One after the other, on one site: each begins where the one before it ended. */
export const events: readonly Event[] = [
  {
    name: "subscribing",
    happen: async () => {},
    changes: false,
    feed: ["Looms", "Numbers"],
    news: ["Looms", "Numbers"],
    copies: ["Looms", "Numbers"],
    mails: ["Looms", "Numbers"],
    looks: { title: "Looms", link: `${address}/looms/`, body: "Words about looms." },
  },
  {
    name: "a new post",
    happen: (machine) => machine.write("engines.md", engines.new),
    changes: true,
    feed: ["Engines", "Looms", "Numbers"],
    news: ["Engines"],
    copies: ["Engines", "Looms", "Numbers"],
    mails: mailed,
    looks: { title: "Engines", link: `${address}/engines/`, body: "Words about engines." },
  },
  {
    name: "an edit of its body",
    happen: (machine) => machine.write("engines.md", engines.edited),
    changes: true,
    feed: ["Engines", "Looms", "Numbers"],
    news: [],
    copies: ["Engines", "Looms", "Numbers"],
    mails: mailed,
    looks: { title: "Engines", body: "Better words about engines." },
  },
  {
    name: "another slug",
    happen: (machine) => machine.write("engines.md", engines.renamed),
    changes: true,
    feed: ["Engines", "Looms", "Numbers"],
    news: [],
    copies: ["Engines", "Looms", "Numbers"],
    mails: mailed,
    looks: { title: "Engines", link: `${address}/all-engines/` },
  },
  {
    name: "another title",
    happen: (machine) => machine.write("engines.md", engines.retitled),
    changes: true,
    feed: three,
    news: [],
    copies: three,
    mails: mailed,
    looks: { title: "Engines, at last" },
  },
  {
    name: "its file taken away",
    happen: (machine) => rm(join(machine.content, "engines.md")),
    changes: true,
    feed: ["Looms", "Numbers"],
    news: [],
    copies: three,
    mails: mailed,
  },
  {
    name: "its file put back",
    happen: (machine) => machine.write("engines.md", engines.retitled),
    changes: true,
    feed: three,
    news: [],
    copies: three,
    mails: mailed,
    looks: { title: "Engines, at last", link: `${address}/all-engines/`, body: "Better words about engines." },
  },
  {
    name: "a deletion by hand",
    happen: (machine) => machine.api("DELETE", "/api/posts/looms"),
    changes: true,
    feed: ["Engines, at last", "Numbers"],
    news: [],
    copies: three,
    mails: mailed,
  },
];
