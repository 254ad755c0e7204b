const document = (day: number, body: string, more = ""): string =>
  `---\ndate: 2026-03-${String(day).padStart(2, "0")}T08:00:00Z\n${more}---\n${body}\n`;

/** A post without a title, unless it is an article. */
interface Sample {
  readonly kind: "note" | "photo" | "reply" | "article";
  readonly document: string;
  /** The beginning of its text, without markup: it is there once. */
  readonly words: string;
}

/** The keys are slugs. */
export const noteSamples: Readonly<Record<string, Sample>> = {
  plain: { kind: "note", words: "The ferry is late again", document: document(1, "The ferry is late again.") },
  links: {
    kind: "note",
    words: "Rope and tar at",
    document: document(
      2,
      "Rope and tar at the [harbour](https://harbour.example/a).\n\nAnd a second paragraph,  \nwith a line.",
    ),
  },
  address: {
    kind: "note",
    words: "https://harbour.example/tides",
    document: document(3, "<https://harbour.example/tides>"),
  },
  list: { kind: "note", words: "Bread", document: document(4, "- Bread\n- Salt & pepper\n\n1. Knead\n2. Wait") },
  emoji: { kind: "note", words: "🎉", document: document(5, "🎉") },
  hebrew: {
    kind: "note",
    words: "שלום לכולם",
    document: document(6, "שלום לכולם, הנה [קישור](https://harbour.example/he)."),
  },
  markup: { kind: "note", words: "If 1 < 2", document: document(7, 'If 1 &lt; 2 & "two" is more: `]]>`') },
  picture: {
    kind: "photo",
    words: "Fog over the pier",
    document: document(8, "Fog over the pier.\n\n![A pier in fog](https://blog.example.com/pier.png)"),
  },
  answer: {
    kind: "reply",
    words: "I would have taken the train",
    document: document(9, "I would have taken the train.", "in_reply_to: https://other.example/travel/\n"),
  },
  tides: {
    kind: "article",
    words: "Twice a day",
    document: document(
      10,
      "Twice a day the water rises, and nobody in the village looks up.",
      "title: What tides do\n",
    ),
  },
};

export const noteDocuments: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(noteSamples).map(([slug, one]) => [`${slug}.md`, one.document]),
);

/** The slugs of the posts that have no title. */
export const untitled: readonly string[] = Object.keys(noteSamples).filter(
  (slug) => noteSamples[slug]?.kind !== "article",
);
