import fc from "fast-check";

/** A document of random pieces. */
export interface GeneratedDocument {
  readonly text: string;
  readonly path: string;
  /** A field or its path says not to publish it. */
  readonly isHeld: boolean;
}

const word = fc.constantFrom(
  ..."a of snake_case 2*3 don't C++ café 日本語 שלום 🔑 e.g. <3 AT&T x^2 5$ $6 C:\\a #tag @me ~ | --- 1.".split(" "),
);
const unusual = fc.constantFrom(
  "\u0000",
  "\u0008",
  "\uFFFE",
  "\u202E",
  "\u200B",
  "\u00A0",
  "&lt;script&gt;",
  "&#8;",
  "&amp;",
  "]]>",
  "â€“",
  "\\*",
);
const line = fc
  .array(fc.oneof({ weight: 6, arbitrary: word }, { weight: 1, arbitrary: unusual }), { minLength: 1, maxLength: 6 })
  .map((words) => words.join(" "));

const url = fc.constantFrom(
  ...["/a", "../b.png", "#c", "https://example.org/ä?a=1&b=2", "//cdn.example.org/x.png", "mailto:a@example.org"],
  ...["javascript:alert(1)", "JaVaScRiPt:x", "data:text/html,x", "https://[bad", "{{ site.url }}/a", "{% link a.md %}"],
);

const shortcode = fc.constantFrom(
  ...[
    "{% widget a %}",
    "{{ page.widget }}",
    '{{< widget "a" b="{c}" >}}',
    "{{% widget %}}",
    "{%- if a -%}",
    "{% endif %}",
  ],
  ...[
    "{% youtube abcdefghijk %}",
    '{{< figure src="a.png" caption="b" >}}',
    "{{< /note >}}",
    "{{< note >}}",
    "{% note %}",
  ],
  ...[
    "{% endnote %}",
    '{{% tab "a" %}}',
    "{{% /tab %}}",
    "{{< vimeo 42 >}}",
    "{% post_url 2020-01-01-a %}",
    "{{/* widget */}}",
  ],
);

const component = fc.constantFrom(
  ...[
    "<Widget />",
    '<Widget a={{ b: { c: 1 } }} d="e > f">',
    "</Widget>",
    "<Note>",
    "</Note>",
    "<Tip title='a'>",
    "</Tip>",
  ],
  ...[
    '<YouTube id="abcdefghijk" />',
    "<Image src={widget} />",
    '<Link to="/a">',
    "</Link>",
    "<>",
    "</>",
    "{/* widget */}",
  ],
);

const html = fc.constantFrom(
  ...[
    '<p onclick="widget()" style="a">',
    "</p>",
    "<div>",
    "</div>",
    "<script>widget()</script>",
    "<style>p{}</style>",
    "<b>",
  ],
  ...[
    '<iframe src="https://www.youtube.com/embed/abcdefghijk"></iframe>',
    '<video src="v.mp4" poster="p.png"></video>',
  ],
  ...[
    '<img src="a.png" onerror="widget()">',
    "<!-- {{ widget }} -->",
    "<svg><a xlink:href='x'/></svg>",
    "<form><input></form>",
  ],
  ...[
    '<a href="{{ site.url }}/a" id="x">',
    "</a>",
    '<math><mi xlink:href="javascript:x">',
    "<object data='o.pdf'></object>",
  ],
  ...[
    "<table><tr><td>",
    "</table>",
    "<!--more-->",
    '<a href="java\tscript:x">',
    "<noscript><p title='</noscript><script>'>",
  ],
);

const inline = fc.oneof(
  line,
  shortcode,
  component,
  html,
  line.map((text) => `*${text}*`),
  line.map((text) => `**${text}**`),
  fc.tuple(line, url).map(([text, target]) => `[${text}](${target})`),
  fc.tuple(line, url).map(([text, target]) => `![${text}](${target} "t")`),
  fc.constantFrom(
    "[^1]",
    "[^note]",
    "[^none]",
    " `{{ code }}`",
    "`` ` ``",
    "`",
    "$a_b$",
    "\\(a_b\\)",
    "$$a$$",
    "<https://a.org>",
    ":tada:",
  ),
);

const paragraph = fc
  .array(fc.tuple(inline, fc.constantFrom(" ", " ", "\n", "  \n", "")), { minLength: 1, maxLength: 5 })
  .map((parts) => parts.flat().join("").trim());

const code = fc
  .tuple(fc.constantFrom("```", "~~~", "````", "```js {1}", "```rust,ignore"), line, fc.boolean())
  .map(
    ([fence, text, isOpen]) =>
      `${fence}\n${text}\n{{ code }} {% code %}${isOpen ? "" : `\n${/^[`~]+/.exec(fence)?.[0]}`}`,
  );

const container = (kind: string, inner: string): string => {
  const lines = inner.split("\n");
  if (kind === ">") return lines.map((one) => `> ${one}`).join("\n");
  if (kind === ":::") return `:::tip\n${inner}\n:::`;
  if (kind === "note") return `{% note %}\n${inner}\n{% endnote %}`;
  if (kind === "Note") return `<Note>\n\n${inner}\n\n</Note>`;
  return lines.map((one, at) => (at === 0 ? `${kind} ${one}` : `${" ".repeat(kind.length + 1)}${one}`)).join("\n");
};

const { block } = fc.letrec<{ readonly block: string }>((tie) => ({
  block: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    { weight: 4, arbitrary: paragraph },
    { weight: 1, arbitrary: code },
    { weight: 1, arbitrary: paragraph.map((text) => `## ${text}`) },
    { weight: 1, arbitrary: paragraph.map((text) => `[^1]: ${text}`) },
    { weight: 1, arbitrary: line.map((text) => `| a | ${text} |\n|:-:|---|\n| $x | y$ | {{ widget }} |`) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        "[^note]: {{ widget }}\n\n    more",
        "$$\na_b\n$$",
        "---",
        "***",
        "    {{ code }}",
        "\t{% code %}",
      ),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom(">", "-", "1.", "- [ ]", ":::", "note", "Note"), tie("block"))
        .map(([kind, inner]) => container(kind, inner)),
    },
  ),
}));

const body = fc
  .array(fc.tuple(block, fc.constantFrom("\n\n", "\n\n", "\n")), { maxLength: 8 })
  .map((blocks) => blocks.flat().join(""));

type Field = readonly [key: string, value: unknown];

const field: fc.Arbitrary<Field> = fc.oneof(
  fc.tuple(
    fc.constantFrom("date", "publishedAt", "pubDate", "created"),
    fc.constantFrom(
      "2026-03-01",
      "2009-12-25 12:00:00 +0900",
      "2020/12/21",
      "2026-02-30",
      "soon",
      "Mon, 02 Mar 2026 10:00:00 GMT",
    ),
  ),
  fc.tuple(
    fc.constantFrom("tags", "categories", "topics"),
    fc.oneof(line, fc.array(line, { maxLength: 3 }), fc.constant([{ type: "exact", name: "A" }, { label: "b" }])),
  ),
  fc.tuple(fc.constantFrom("description", "excerpt", "metaDescription", "subtitle"), fc.oneof(line, paragraph)),
  fc.tuple(
    fc.constantFrom("image", "cover", "images"),
    fc.oneof(
      url,
      fc.array(url, { maxLength: 2 }),
      url.map((src) => ({ src, alt: "a" })),
    ),
  ),
  fc.tuple(
    fc.constantFrom("slug", "permalink", "guid", "lang", "author", "imageCredit"),
    fc.oneof(line, url, fc.constantFrom("ar", "de", "x")),
  ),
  fc.tuple(
    fc.constantFrom("social", "socialShare", "readingTime", "__proto__", "featured"),
    fc.oneof(fc.boolean(), fc.nat(), fc.constant({ x: "a", constructor: "b" }), fc.constant(null)),
  ),
);

const held: fc.Arbitrary<readonly Field[]> = fc.constantFrom<readonly Field[]>(
  ...([
    [["draft", true]],
    [["Draft", "yes"]],
    [["is-draft", 1]],
    [["published", false]],
    [["status", "draft"]],
  ] as const),
  ...([
    [
      ["draft", false],
      ["DRAFT", true],
    ],
    [["visibility", "private"]],
    [["unlisted", "true"]],
  ] as const),
);

const toml = (value: unknown): string =>
  value !== null && typeof value === "object" && !Array.isArray(value)
    ? `{ ${Object.entries(value)
        .map(([key, inner]) => `${JSON.stringify(key)} = ${toml(inner)}`)
        .join(", ")} }`
    : Array.isArray(value)
      ? `[${value.map(toml).join(", ")}]`
      : value === null
        ? '""'
        : JSON.stringify(value);

/** `unquoted` is YAML with strings that are not quoted, which may be invalid. */
const frontMatter = (fields: readonly Field[], kind: string): string => {
  if (kind === "json") return `---json\n${JSON.stringify(Object.fromEntries(fields), undefined, 1)}\n---`;
  if (kind === "toml")
    return `+++\n${fields.map(([key, value]) => `${JSON.stringify(key)} = ${toml(value)}`).join("\n")}\n+++`;
  const yaml = (value: unknown) =>
    kind === "unquoted" && typeof value === "string" ? value.replaceAll("\n", " ") : JSON.stringify(value);
  return `---\n${fields.map(([key, value]) => `${key}: ${yaml(value)}`).join("\n")}\n---`;
};

export const generatedDocument: fc.Arbitrary<GeneratedDocument> = fc
  .record({
    fields: fc.uniqueArray(field, { maxLength: 6, selector: ([key]) => key }),
    title: fc.oneof({ weight: 12, arbitrary: line }, { weight: 1, arbitrary: fc.constant("") }),
    held: fc.oneof({ weight: 5, arbitrary: fc.constant<readonly Field[]>([]) }, { weight: 1, arbitrary: held }),
    kind: fc.constantFrom("yaml", "yaml", "unquoted", "toml", "json"),
    body,
    path: fc.constantFrom(
      "a-post.md",
      "a-post.mdx",
      "b.md",
      "b.mdx",
      "2026-03-01-a-post.markdown",
      "ja/a.md",
      "ja/b.mdx",
      "_drafts/a.md",
    ),
    isWindows: fc.boolean(),
    mark: fc.constantFrom("", "", "\uFEFF"),
  })
  .map(({ fields, title, held, kind, body, path, isWindows, mark }) => {
    const text = `${mark}${frontMatter([["title", title], ...fields, ...held], kind)}\n${body}\n`;
    return {
      text: isWindows ? text.replaceAll("\n", "\r\n") : text,
      path,
      isHeld: held.length > 0 || path.startsWith("_drafts/"),
    };
  });
