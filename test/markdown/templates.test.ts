import { describe, expect, it } from "vitest";
import { findings } from "../../src/domain/findings.ts";
import type { Reference } from "../../src/domain/reference.ts";
import { renderBody } from "../../src/markdown/markdown.ts";
import { aDocument, contentOf, warnings } from "../documents/sample-documents.ts";

const html = (body: string, path?: string) => contentOf(aDocument("", body), path).html;
const warningsOf = (body: string, path?: string) => warnings(aDocument("", body), path);

describe("template tags", () => {
  it.each([
    ["{% youtube abcdefghijk %}", '<p><a href="https://www.youtube.com/watch?v=abcdefghijk">Video</a></p>'],
    ['{{< youtube id="abcdefghijk" >}}', '<p><a href="https://www.youtube.com/watch?v=abcdefghijk">Video</a></p>'],
    ['{{ youtube(id="abcdefghijk") }}', '<p><a href="https://www.youtube.com/watch?v=abcdefghijk">Video</a></p>'],
    [
      '{% include youtube.html id="abcdefghijk" %}',
      '<p><a href="https://www.youtube.com/watch?v=abcdefghijk">Video</a></p>',
    ],
    [
      '<YouTubeIframe src="https://www.youtube.com/embed/abcdefghijk" />',
      '<p><a href="https://www.youtube.com/watch?v=abcdefghijk">Video</a></p>',
    ],
    [
      '<YouTubeIframe src="https://www.youtube.com/embed/abcdefghijk?si=x&t=1067s" />',
      '<p><a href="https://www.youtube.com/watch?v=abcdefghijk&amp;t=1067s">Video</a></p>',
    ],
    [
      '<iframe src="https://www.youtube-nocookie.com/embed/abcdefghijk?rel=0&amp;start=90"></iframe>',
      '<a href="https://www.youtube.com/watch?v=abcdefghijk&amp;t=90">https://www.youtube.com/watch?v=abcdefghijk&amp;t=90</a>',
    ],
    ["{{< vimeo 42 >}}", '<p><a href="https://vimeo.com/42">Video</a></p>'],
    [
      '{{< figure src="/a.png" alt="Alt" caption="Cap" >}}',
      '<figure><img alt="Alt" src="https://blog.example.org/a.png" /><figcaption>Cap</figcaption></figure>',
    ],
    ['{{< figure src="/a.png" >}}', '<p><img alt="" src="https://blog.example.org/a.png" /></p>'],
    [
      "{% asset_img a.png 300 An alt %}",
      '<p><img alt="An alt" src="https://blog.example.org/blog/a-post/a.png" /></p>',
    ],
    ["{% link A page https://example.org/ %}", '<p><a href="https://example.org/">A page</a></p>'],
    ["{% link https://example.org/ %}", '<p><a href="https://example.org/">https://example.org/</a></p>'],
    ["{% post_link a-slug 'A title' %}", "<p>A title</p>"],
    ["{% post_link a-slug %}", "<p>a-slug</p>"],
    ["{% codeblock lang:js %}\n{{ a }}\n{% endcodeblock %}", '<pre><code class="language-js">{{ a }}\n</code></pre>'],
    ["{% highlight ruby %}\nputs\n{% endhighlight %}", '<pre><code class="language-ruby">puts\n</code></pre>'],
    ['{{< highlight "go" >}}\nfunc\n{{< / highlight >}}', '<pre><code class="language-go">func\n</code></pre>'],
    ["{% raw %}\n{{ kept }}\n{% endraw %}", "<p>{{ kept }}</p>"],
    ["$$\na_b_c\n$$", '<pre><code class="language-math">a_b_c\n</code></pre>'],
    ["## A heading {#an-id}", "<h2>A heading</h2>"],
    ["## A heading {/*an-id*/}", "<h2>A heading</h2>"],
    ['[a](/b){:target="_blank"}', '<p><a href="https://blog.example.org/b">a</a></p>'],
    ["[[toc]]\n\ntext", "<p>text</p>"],
    ["a{' '}b", "<p>a b</p>"],
    ["<>text</>", "<p>text</p>"],
    ['<p style={{ color: "red" }} title="t">text</p>', "<p>text</p>"],
    ["An Option<String> here", "<p>An Option&lt;String&gt; here</p>"],
    ["`{{ code }}` and `<Code>`", "<p><code>{{ code }}</code> and <code>&lt;Code&gt;</code></p>"],
    ["```\n{% code %}\n```", "<pre><code>{% code %}\n</code></pre>"],
    ["Text:\n\n    {{ code }}\n    <Code>", "<p>Text:</p>\n<pre><code>{{ code }}\n&lt;Code&gt;\n</code></pre>"],
    ["- item\n  ~~~\n  {{ code }}\n  ~~~", "<ul>\n<li>item<pre><code>{{ code }}\n</code></pre>\n</li>\n</ul>"],
  ])("that are known become HTML: %s", (body, expected) => {
    expect(html(body)).toBe(expected);
    expect(warningsOf(body)).toEqual([]);
  });

  it.each([
    ["a {% unknown tag %} b", "<p>a  b</p>"],
    ["a {{ page.title }} b", "<p>a  b</p>"],
    ["- item\n\n    more {{ text }}.", "<ul>\n<li>\n<p>item</p>\n<p>more .</p>\n</li>\n</ul>"],
    ["{{< tweet x >}} b", "<p> b</p>"],
    ["{% youtube ? %} b", "<p> b</p>"],
    ["{{< vimeo x >}}{{< figure >}}{% img %}{% link x %} b", "<p> b</p>"],
    ['import A from "./a"\n\ntext', "<p>text</p>"],
    ["import {\n  A\n} from './a';\n\ntext", "<p>text</p>"],
    ["<Signup>\n\ntext\n\n</Signup>", "<p>text</p>"],
    ['<Player id={{ a: 1 }} x="y > z"/>text', "<p>text</p>"],
  ])("that are unknown are left out, with a warning: %j", (body, expected) => {
    expect(html(body)).toBe(expected);
    expect(new Set(warningsOf(body))).toEqual(new Set(["template-dropped"]));
  });

  it("of MDX are left out only in MDX", () => {
    expect(html("export const a = 1\n\nI am {props.name}.", "a.mdx")).toBe("<p>I am .</p>");
    expect(html("I am {props.name}.")).toBe("<p>I am {props.name}.</p>");
  });

  it("have one warning each, and a limited number of warnings", () => {
    expect(warningsOf("text {% a %} {% a %}")).toHaveLength(1);
    expect(warningsOf(Array.from({ length: 80 }, (_, index) => `{% a${index} %}`).join(" "))).toHaveLength(50);
  });
});

describe("a tag that shows something", () => {
  it.each([
    ["{{< tweet user=ann id=1234567890 >}}", "https://x.com/i/status/1234567890", "Post on X"],
    ["{% twitter https://twitter.com/ann/status/1234567890 %}", "https://x.com/i/status/1234567890", "Post on X"],
    ["{{< instagram BWNjjyYFxVx >}}", "https://www.instagram.com/p/BWNjjyYFxVx/", "Post on Instagram"],
    ["{% link The author's talk, in May https://example.org/ %}", "https://example.org/", "The author's talk, in May"],
    ["{% gist ann/0123abcd %}", "https://gist.github.com/ann/0123abcd", "https://gist.github.com/ann/0123abcd"],
    ["{{< gist ann 0123abcd >}}", "https://gist.github.com/ann/0123abcd", "https://gist.github.com/ann/0123abcd"],
    ['{{< video src="/v.mp4" title="The talk" >}}', "https://blog.example.org/v.mp4", "The talk"],
    ["{{< audio /a.mp3 >}}", "https://blog.example.org/a.mp3", "Audio"],
    ["{% iframe https://example.org/game 300 200 %}", "https://example.org/game", "Embedded page"],
    ["{% include vimeo.html id=42 %}", "https://vimeo.com/42", "Video"],
    ["{% video /v.mp4 640 The talk %}", "https://blog.example.org/v.mp4", "The talk"],
    [
      "{% video /v.mp4 The author's talk, in (May) 2026 %}",
      "https://blog.example.org/v.mp4",
      "The author's talk, in (May) 2026",
    ],
    ["::youtube[The talk]{#abcdefghijk}", "https://www.youtube.com/watch?v=abcdefghijk", "The talk"],
    ['{{< youtube abcdefghijk "The talk" >}}', "https://www.youtube.com/watch?v=abcdefghijk", "The talk"],
    ['<YouTube id="abcdefghijk" caption="The talk" />', "https://www.youtube.com/watch?v=abcdefghijk", "The talk"],
    ['<lite-youtube videoid="abcdefghijk"></lite-youtube>', "https://www.youtube.com/watch?v=abcdefghijk", "Video"],
  ])("is a link to it: %s", (body, url, text) => {
    expect(html(body)).toBe(`<p><a href="${url}">${text}</a></p>`);
    expect(warningsOf(body)).toEqual([]);
  });

  it("stays in the list or the quotation that it is in", () => {
    const link = '<p><a href="https://vimeo.com/42">Video</a></p>';
    expect(html("1. one\n\n   {{< vimeo 42 >}}\n2. two")).toBe(
      `<ol>\n<li>\n<p>one</p>\n${link}\n</li>\n<li>\n<p>two</p>\n</li>\n</ol>`,
    );
    expect(html("> said\n> {{< vimeo 42 >}}")).toBe(`<blockquote>\n<p>said</p>\n${link}\n</blockquote>`);
  });

  it.each([
    ["> {{< vimeo\n>   42\n> >}}", '<p><a href="https://vimeo.com/42">Video</a></p>'],
    ["> {% img\n> /a.png\n> An alt\n> %}", '<p><img alt="An alt" src="https://blog.example.org/a.png" /></p>'],
    ['> <a\n>   href="/b"\n> >c</a>', '<p><a href="https://blog.example.org/b">c</a></p>'],
    ['> a <a\n>   href="/b"\n> >c</a>', '<p>a <a href="https://blog.example.org/b">c</a></p>'],
    [
      '> <Callout\n>   title="A"\n> >\n> text\n> </Callout>',
      "<blockquote>\n<p><strong>A</strong></p>\n<p>text</p>\n</blockquote>",
    ],
    [
      "> > {{< vimeo\n> >   42\n> > >}}",
      '<blockquote>\n<p><a href="https://vimeo.com/42">Video</a></p>\n</blockquote>',
    ],
  ])("may have several lines of a quotation: %j", (body, inside) => {
    expect(html(body)).toBe(`<blockquote>\n${inside}\n</blockquote>`);
    expect(warningsOf(body)).toEqual([]);
  });

  it("is a figure where an include has a picture", () => {
    expect(html('{% include figure.html url="/a.png" alt="Alt" caption="Cap" %}')).toBe(
      '<figure><img alt="Alt" src="https://blog.example.org/a.png" /><figcaption>Cap</figcaption></figure>',
    );
    expect(warningsOf("{% include signup.html %}")).toEqual(["template-dropped", "body-empty"]);
  });
});

describe("a box", () => {
  const box = (label: string) => `<blockquote>\n<p><strong>${label}</strong></p>\n<p>text</p>\n</blockquote>`;

  it.each([
    [":::tip[Mind this]\ntext\n:::", "Mind this"],
    [":::note\ntext\n:::", "Note"],
    ["::: custom\ntext\n:::", "custom"],
    ["{% note info %}\ntext\n{% endnote %}", "Info"],
    ["{{% notice warning %}}\ntext\n{{% /notice %}}", "Warning"],
    ['{{< callout type="tip" >}}\ntext\n{{< /callout >}}', "Tip"],
    ['{{< admonition note "Mind this" >}}\ntext\n{{< /admonition >}}', "Mind this"],
    ["<Note>\n\ntext\n\n</Note>", "Note"],
    ['<Callout type="danger" title="*Stop*">text</Callout>', "*Stop*"],
    ["> [!NOTE]\n> text", "Note"],
    ["> [!tip]- Mind this\n> text", "Mind this"],
  ])("is a quotation with a label: %j", (body, label) => {
    expect(html(body)).toBe(box(label));
    expect(warningsOf(body)).toEqual([]);
  });

  it("has the author of a quotation at its end", () => {
    expect(html("{% blockquote Ann, A book https://example.org/ %}\ntext\n{% endblockquote %}")).toBe(
      "<blockquote>\n<p>text</p>\n<p>— Ann A book</p>\n</blockquote>",
    );
    expect(html("{% pullquote right %}\ntext\n{% endpullquote %}")).toBe("<blockquote>\n<p>text</p>\n</blockquote>");
  });

  it("does not contain the text after a tag that is not closed", () => {
    expect(html('{{< alert "Mind this" >}}\n\ntext')).toBe("<p><strong>Mind this</strong></p>\n<p>text</p>");
    expect(html(":::tip\n\ntext")).toBe("<p><strong>Tip</strong></p>\n<p>text</p>");
    expect(html("text\n\n:::")).toBe("<p>text</p>");
    expect(html("a <Note>b</Note> c")).toBe("<p>a b c</p>");
    // One closing tag is missing: the rest is quoted, and the footnotes are not.
    expect(html(":::tip\n:::note\ntext[^1]\n:::\n\n[^1]: x")).toMatch(/<\/blockquote>\s*<hr \/>.*<\/ol>$/s);
  });

  it("is not the summary", () => {
    expect(contentOf(aDocument("", "<Note>\n\nMind.\n\n</Note>\n\nMore.")).summary).toBe("More.");
  });

  it("that is only a layout keeps its content, with its headings", () => {
    expect(html('<Tabs>\n  <TabItem value="npm" label="With npm">\n\n  text\n\n  </TabItem>\n</Tabs>')).toBe(
      "<p><strong>With npm</strong></p>\n<p>text</p>",
    );
    expect(html('{{% tab "npm" %}}\ntext\n{{% /tab %}}')).toBe("<p><strong>npm</strong></p>\n<p>text</p>");
    expect(html("{{< columns >}}\ntext\n{{< /columns >}}")).toBe("<p>text</p>");
  });
});

describe("code of the site", () => {
  it("that is an address in a URL is replaced by the site's", () => {
    expect(html('![a]({{ site.baseurl }}/a.png) [b]({{ "/b" | relative_url }}) <img src="{{ site.url }}/c.png">')).toBe(
      '<p><img alt="a" src="https://blog.example.org/a.png" /> <a href="https://blog.example.org/b">b</a> <img src="https://blog.example.org/c.png" /></p>',
    );
  });

  it("that is the target of a link leaves the text of the link", () => {
    const body = '[a]({% post_url 2020-01-01-a %}) [b]({{< ref "b.md" >}}) <a href="{% link _posts/c.md %}">c</a>';
    expect(html(body)).toBe("<p>a b c</p>");
    expect(warningsOf(body)).toEqual(["template-dropped", "template-dropped", "template-dropped"]);
  });

  it("is left out whatever its length", () => {
    expect(html('a {{< chart data="{ [1, 2] } %}"\n  kind="a > b" >}} b {{ a | b: "}" }}')).toBe("<p>a  b</p>");
  });

  it.each([
    ["{% image", "%}"],
    ["{{< image", ">}}"],
    ["{{% image", "%}}"],
    ["{{ image", "}}"],
    ["{% comment %}", "{% endcomment %}"],
    ["{/*", "*/}"],
    ["<Image", "/>"],
    ["<Image a={{ b:", "}} />"],
    ["<Code>{`", "`}</Code>"],
  ])("is never printed, whatever its length and its line breaks: %s", (open, close) => {
    const words = "some words of a long text\n".repeat(4_000);
    for (const path of ["a.md", "a.mdx"]) {
      if (open !== "{{ image")
        expect(html(`${open} ${words} ${close}\n\ntext`, path).replace(/<pre>[\s\S]*<\/pre>/, "")).toMatch(
          /^\s*<p>text<\/p>$/,
        );
      expect(html(`a ${open} ${words} ${close} b`, path)).toMatch(
        open.includes("<Code>") ? /^<p>a/ : /^<p>a\s+b<\/p>$/,
      );
      expect(html(`a ${open}\n  x="y"\n${close} b`, path)).not.toContain("blockquote");
    }
  });

  it("keeps the picture of a tag with a long alternative text", () => {
    const alt = "The alternative text of a picture, which says all that is on it. ".repeat(20).trim();
    expect(html(`{% image "/a.png" "${alt}" %}`)).toBe(
      `<p><img alt="${alt}" src="https://blog.example.org/a.png" /></p>`,
    );
    expect(html(`{{< figure\n  src="/a.png"\n  alt="${alt}"\n>}}`)).toContain(`<img alt="${alt}" src=`);
  });

  it("is left out with JavaScript of any depth, and keeps what is beside it", () => {
    const braces = `${"{".repeat(8)} a: 1 ${"}".repeat(8)}`;
    expect(html(`<p dir="b={c}" style=${braces} lang={"en"} {...rest}>text</p>`)).toBe(
      '<p dir="b={c}" lang="en">text</p>',
    );
    expect(html(`a <Chart data=${braces}>b</Chart> {() => (${braces})} c`, "a.mdx")).toBe("<p>a b  c</p>");
  });

  it("is left out where the text only looks like code", () => {
    expect(html("- a\n\n  b\n\n    c {{ x }}")).not.toContain("{{");
    expect(html("> ```\n> {{ code }}\nprose {{ x }}")).toBe(
      "<blockquote>\n<pre><code>{{ code }}\n</code></pre>\n</blockquote>\n<p>prose</p>",
    );
    expect(html("a\n    ```\n{{ x }}")).not.toContain("{{");
    expect(html("[^1]: a\n\n    {{ x }} b\n\nc[^1]")).not.toContain("{{");
  });

  it("is left out where the code ends before its fence", () => {
    expect(html("- ```\n  {{ code }}\n\n<Widget a={{ b: { c: 1 } }}> text {{ x }}")).toMatch(/<p> text<\/p>$/);
    expect(html("- ```\n  a\n\n{{< vimeo 42 >}}")).toContain('<a href="https://vimeo.com/42">');
    expect(html("<p>\n```\n\n{{< vimeo 42 >}}")).toContain('<a href="https://vimeo.com/42">');
    expect(html("a\n    ```\n[b](/c{{ site.url }})")).toContain('<a href="https://blog.example.org/c">');
    expect(html("<p>\n```\n{{ a }}\n\n<Widget a={{ b: { c: 1 } }}> text {{ x }}")).not.toMatch(/\{\{|Widget/);
  });

  it("is shown where the author marks it as text", () => {
    expect(html("{% raw %}{{ a }} `{{ b }}`{% endraw %} {{</* vimeo 1 */>}}")).toBe(
      "<p>{{ a }} <code>{{ b }}</code> {{&lt; vimeo 1 &gt;}}</p>",
    );
    expect(html("{% raw %}\n```\n{{ a }}\n```\n{{ b }}\n{% endraw %}\n\n{% c %}")).toBe(
      "<pre><code>{{ a }}\n</code></pre>\n<p>{{ b }}</p>",
    );
    expect(html("```\n{{</* vimeo 1 */>}}\n```")).toBe("<pre><code>{{&lt; vimeo 1 &gt;}}\n</code></pre>");
    expect(html("- a\n  - <pre><code>`{% b %}{{ c }}`</code></pre>")).toContain("<code>`{% b %}{{ c }}`</code>");
    expect(html("<pre><code>{{</* a */>}}</code></pre>")).toContain("{{&lt; a &gt;}}");
    expect(html("<div></code>{{ a }}<pre>{{ b }}</pre></div>")).toBe("<div><pre>{{ b }}</pre></div>");
  });

  it.each([
    "{% comment %}secret{% endcomment %}",
    "{% comment %}\nsecret\n\nsecret\n{% endcomment %}",
    "{{< comment >}}\nsecret\n{{< /comment >}}",
    "{{/* secret */}}",
    "{::comment}\nsecret\n{:/comment}",
    "<!-- secret {{ x }} -->",
    "{/* secret */}",
  ])("is never shown where it is a comment: %j", (body) => {
    expect(html(`a\n\n${body}\n\nb`).replaceAll(/\n+/g, "\n")).toBe("<p>a</p>\n<p>b</p>");
  });

  it("does not remove the rest of the document where a tag has no end", () => {
    for (const tag of ["{% raw %}", "{% highlight js %}", "{% comment %}", "{{< highlight go >}}", "$$"])
      expect(html(`${tag}\n\ntext {{ x }}`)).toMatch(/<p>text<\/p>$/);
  });
});

const page = "https://blog.example.org/blog/a-post/";
const pageLink = `<a href="${page}">${page}</a>`;

describe("a block whose values only the site knows", () => {
  it.each([
    ["<{{ page.file }}>\n\ntext", `<p>${pageLink}</p>\n<p>text</p>`],
    ["SIZE: {{< param size >}}\n\ntext", `<p>${pageLink}</p>\n<p>text</p>`],
    ["SIZE: {{ page.size }}\n\ntext", `<p>${pageLink}</p>\n<p>text</p>`],
    ["**Release date:** ({{ page.date }}), size = {{ page.size }}", `<p>${pageLink}</p>`],
    ["- Size: {{ page.size }}\n- Date: {{ page.date }}\n- text", `<ul>\n<li>${pageLink}</li>\n\n<li>text</li>\n</ul>`],
    ["## {{ page.title }}\n\n{{ page.size }}", `<p>${pageLink}</p>`],
  ])("is left out, with one link to the page: %j", (body, expected) => {
    expect(html(body)).toBe(expected);
    expect(new Set(warningsOf(body))).toEqual(new Set(["template-dropped"]));
  });

  it("is also an expression of MDX", () => {
    expect(html("{list.map((x) => <li key={x}>{x}</li>)}\n\nSIZE: {size}\n\ntext", "a-post.mdx")).toBe(
      `<p>${pageLink}</p>\n\n<p>text</p>`,
    );
  });

  it.each([
    "Version {{ page.version }} is out.",
    "Size: 5 {{ page.unit }}",
    "![A chart](/a.png) {{ page.x }}",
    "SIZE:",
    "| a |\n|---|\n| {{ page.x }} |",
  ])("is kept where it has something else: %j", (body) => {
    expect(html(body)).not.toContain(pageLink);
    expect(html(body)).toMatch(/out|5|A chart|SIZE|<th>a/);
  });
});

describe("an unknown tag with a page or a file", () => {
  it.each([
    ['{{< card url="https://example.org/a" title="A page" >}}', '<a href="https://example.org/a">A page</a>'],
    ['{{< pdf src="/a.pdf" >}}', '<a href="https://blog.example.org/a.pdf">/a.pdf</a>'],
    ['{% include card.html url="/a/" title="A page" %}', '<a href="https://blog.example.org/a/">A page</a>'],
    ['<BlogCard title="A page" url="/a/">', '<a href="https://blog.example.org/a/">A page</a>'],
    ['<Zoom src="/a.png" alt="An alt" />', '<img alt="An alt" src="https://blog.example.org/a.png" />'],
  ])("is a link with its title, or the picture: %s", (body, expected) => {
    expect(html(`See ${body}`)).toBe(`<p>See ${expected}</p>`);
    expect(warningsOf(body)).toEqual([]);
  });

  it.each(['{{< color src="red" >}}', '{{< run url="javascript:alert(1)" >}}', "<Chart src={data} />"])(
    "is left out where it has neither: %s",
    (body) => {
      expect(html(`See ${body}`)).toBe("<p>See</p>");
    },
  );
});

describe("a link to another document", () => {
  const known: Readonly<Record<string, string>> = {
    "post 2020-01-01-a": "https://blog.example.org/a/",
    "post b": "https://blog.example.org/b/",
    "file /_posts/c.md": "https://blog.example.org/c/",
    "file ../d.md": "https://blog.example.org/d/",
    "ref e.md": "https://blog.example.org/e/",
  };
  const shown = (body: string): string | undefined => {
    const resolve = (reference: Reference) => known[Object.values(reference).join(" ")];
    return renderBody(body, page, { resolve }, findings())?.html;
  };

  it.each([
    ["[x]({% post_url 2020-01-01-a %})", "a/"],
    ["{% post_link b x %}", "b/"],
    ["[x]({{ site.baseurl }}{% link _posts/c.md %})", "c/"],
    ["[x](../d.md#part)", "d/#part"],
    ['<a href="../d.md">x</a>', "d/"],
    ['[x]({{< ref "e.md" >}}) ', "e/"],
    ['[x][r]\n\n[r]: {{< relref path="e.md" >}}', "e/"],
  ])("leads to its post: %s", (body, path) => {
    expect(shown(body)).toBe(`<p><a href="https://blog.example.org/${path}">x</a></p>`);
  });

  it.each(["[x]({% post_url 2020-01-01-z %})", "{% post_link z x %}", "[x](./z.md)", '[x]({{< ref "z.md" >}}#part)'])(
    "is its text where no post is known: %s",
    (body) => {
      expect(shown(body)).toBe("<p>x</p>");
    },
  );

  it("on another site is a link", () => {
    expect(shown("[x](https://git.example/a/README.md)")).toBe(
      '<p><a href="https://git.example/a/README.md">x</a></p>',
    );
  });
});
