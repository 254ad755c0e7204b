/** A document with front matter in JSON, which is YAML. Characters that YAML does not allow are escaped. */
const document = (fields: Readonly<Record<string, unknown>>, body: string): string => {
  const escaped = JSON.stringify(fields).replaceAll(
    /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `---\n${escaped}\n---\n${body}\n`;
};

const closing = "]]>]]></description></item><item><title>forged</title></item>";

/** Unusual and malicious documents. Each must be published as one valid entry. */
const posts: readonly (readonly [name: string, fields: Readonly<Record<string, unknown>>, body: string])[] = [
  [
    "closing",
    { title: `Twice ]]> and ]]>`, summary: closing, category: "]]>", author: "]]> ]]>" },
    `${closing}\n\n\`${closing}\``,
  ],
  [
    "markup",
    {
      title: `If x < y && y > z: <b>"bold" & 'brave'</b> &amp; &lt;`,
      summary: "<script>alert(1)</script> & <!-- no comment",
      categories: ["R&D <lab>", "C++", "C#", `"quoted" 'tag'`],
      author: { name: "Ada <ada@example.com> & Sons", url: "https://example.com/?a=1&b=<2>" },
      imageAlt: `A "loom" <close up> & more`,
      image: "https://example.com/loom.png?w=1&h=2",
      imageCredit: "Photo by [Jona & <Sons>](https://example.com/?a&b)",
    },
    "<script>alert(1)</script><b onclick='x()'>bold</b> &copy; <https://example.com/?a=1&b=2>",
  ],
  [
    "controls",
    {
      title: "Nul \u0000, bell \u0007, escape \u001b, delete \u007f and next line \u0085",
      summary: "A form feed \f, a vertical tab \u000b and a tab \t",
      author: "A\u0000da",
      tags: ["form\ffeed", "\u0001"],
    },
    "Words with \u0000 and \u0008 and \u009f and \ufffe and \uffff.",
  ],
  [
    "bidi",
    { title: "\u202eesrever\u202c and \u2066isolated\u2069", tags: ["\u202egat"], author: "\u202eecilA" },
    "Words \u202ethe other way\u202c round.",
  ],
  [
    "right-to-left",
    { title: "מנועים ומספרים", summary: "محركات وأرقام", lang: "he", categories: ["עברית", "العربية"] },
    "מילים על מנועים (`code`) ומספרים 123.",
  ],
  [
    "emoji",
    { title: "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 🇩🇪 é́", categories: ["🔑 keys", "日本"], author: "阿妲 👩🏽‍💻", lang: "ja" },
    "🔑".repeat(100),
  ],
  ["surrogates", { title: "Half \ud83d of a pair \ude00", summary: "\udfff", tags: ["\ud800x"] }, "Whole 😀."],
  [
    "enclosure",
    {
      title: "A picture whose address has no file extension",
      image: "https://images.example.com/photo-1?q=85&fm=webp",
      imageAlt: "A loom, close up",
      imageCredit: "Photo by Jona",
      generatedBy: "Gemini & <Friends>",
    },
    "![the same again](https://images.example.com/photo-2)",
  ],
  [
    "episode",
    {
      title: "An episode ]]> & more",
      enclosure: { url: "https://media.example.com/1?a=1&b=<2>", type: "audio/mpeg", length: 5 },
      duration: "01:03:04",
      episode: "07",
      season: 2,
      explicit: false,
    },
    "Words.",
  ],
  ["typeless", { title: "A picture without a type", image: "https://images.example.com/photo-3" }, "Words."],
  [
    "typed",
    {
      title: "Typed categories",
      featured: true,
      category: "Looms",
      categories: [
        { type: "exact", name: "Looms" },
        { type: "general", name: "Crafts & <Arts>" },
        { type: "specific", name: "Jacquard's ]]> cards" },
      ],
    },
    "Words.",
  ],
  ["bare", { title: "Nothing but a title" }, ""],
  ["long", { title: `Long ${"title ".repeat(70)}`, summary: "word ".repeat(500) }, "word ".repeat(5_000)],
  [
    "relative",
    { title: "Relative and broken addresses", image: "/pictures/a b.png" },
    '[up](../x) [odd](http://[::1) [js](javascript:x) <img src="a b.png" srcset="a.png 1x, b c.png 2x" alt="a">',
  ],
];

/** The keys are paths. The dates differ by a day. */
export const hostileDocuments: Readonly<Record<string, string>> = Object.fromEntries(
  posts.map(([name, fields, body], index) => {
    const date = new Date(Date.UTC(2026, 0, index + 1)).toISOString();
    return [`${name}.md`, document({ date, ...fields }, body)];
  }),
);
