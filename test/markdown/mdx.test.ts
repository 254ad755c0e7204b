import { describe, expect, it } from "vitest";
import { aDocument, contentOf, parse } from "../documents/sample-documents.ts";

const html = (body: string) => contentOf(aDocument("", body), "a-post.mdx").html;
const warningsOf = (body: string): readonly string[] => {
  const parsed = parse(aDocument("", body), "a-post.mdx");
  return parsed.kind === "post" ? parsed.warnings.map(({ message }) => message.split(" was left out")[0] ?? "") : [];
};

describe("a document of MDX", () => {
  it.each([
    ['<YouTube id="abcdefghijk" />', '<p><a href="https://www.youtube.com/watch?v=abcdefghijk">Video</a></p>'],
    ["<Vimeo id={42} />", '<p><a href="https://vimeo.com/42">Video</a></p>'],
    ['<Tweet tweetLink="ann/status/1234567890" />', '<p><a href="https://x.com/i/status/1234567890">Post on X</a></p>'],
    ['<Image src="/a.png" alt="Alt" width={3} />', '<p><img alt="Alt" src="https://blog.example.org/a.png" /></p>'],
    [
      "<Figure src={'/a.png'} alt={`Alt`} caption=\"Cap\" />",
      '<figure><img alt="Alt" src="https://blog.example.org/a.png" /><figcaption>Cap</figcaption></figure>',
    ],
    [
      'a <Link to="/x?a=1&b=2">*link*</Link>',
      '<p>a <a href="https://blog.example.org/x?a=1&amp;b=2"><em>link</em></a></p>',
    ],
    ["a <Code>b</Code>", "<p>a <code>b</code></p>"],
    [
      '<CodeBlock language="js">{`const a = "{b}";`}</CodeBlock>',
      '<pre><code class="language-js">const a = "{b}";\n</code></pre>',
    ],
    [
      "<TerminalBlock>\n\nnpm install -D a@beta *b*\n  c\n\n</TerminalBlock>",
      "<pre><code>npm install -D a@beta *b*\n  c\n</code></pre>",
    ],
    ["<Terminal>\n\n```bash\na\n```\n\n</Terminal>", '<pre><code class="language-bash">a\n</code></pre>'],
    ['<Shell\n  title="a"\n>\n$ b *c* {d}\n</Shell>', "<pre><code>$ b *c* {d}\n</code></pre>"],
    ['a <img src={"/a.png"} className="x" />', '<p>a <img src="https://blog.example.org/a.png" /></p>'],
    ["\\{kept\\} and `{kept}`", "<p>{kept} and <code>{kept}</code></p>"],
    ["$\\frac{a}{b}$", '<p><code class="language-math">\\frac{a}{b}</code></p>'],
  ])("has known components as Markdown: %s", (body, expected) => {
    expect(html(body)).toBe(expected);
    expect(warningsOf(body)).toEqual([]);
  });

  it.each(['<Terminal src="/a.cast" />', '<Terminal\n  src="/a.cast"\n/>'])(
    "has the text between a terminal without content and the next terminal: %j",
    (tag) => {
      const after = "<p>A <em>b</em></p>\n<pre><code>c\n</code></pre>";
      expect(html(`${tag}\n\nA *b*\n\n<Terminal>\nc\n</Terminal>`)).toBe(after);
    },
  );

  it.each([
    ["<Line>*a*</Line>", "<p><em>a</em></p>"],
    ["{`a`}\n\n*b*", "<p>a</p>\n<p><em>b</em></p>"],
    ["## *a*", "<h2><em>a</em></h2>"],
    ["![a](/a.png)", '<p><img alt="a" src="https://blog.example.org/a.png" /></p>'],
    ["See [*a*](/a)", '<p>See <a href="https://blog.example.org/a"><em>a</em></a></p>'],
    ["~~~\na\n~~~", "<pre><code>a\n</code></pre>"],
  ])("has the content of a terminal as Markdown where it is Markdown: %j", (content, expected) => {
    expect(html(`<Terminal>\n\nb c\n\n${content}\n\n</Terminal>`)).toBe(`<p>b c</p>\n${expected}`);
  });

  it.each(["ShellyCard", "ConsoleBlockMulti", "Terminals", "Terminal.Note"])(
    "has the content of a component whose name only begins like a terminal as Markdown: %s",
    (name) => {
      expect(html(`<${name}>\n\nA *b*\n\n</${name}>`)).toBe("<p>A <em>b</em></p>");
    },
  );

  it.each([
    ["a {props.x} b", "<p>a  b</p>", ["The expression `{props.x}`"]],
    [
      "a {xs.map((x) => <li key={x}>{x}</li>)} b",
      "<p>a  b</p>",
      ["The expression `{xs.map((x) => <li key={x}>{x}</li>)}`"],
    ],
    ["<Chart data={{ a: { b: [1] } }}>kept</Chart>", "<p>kept</p>", ["The component <Chart>, but not its content,"]],
    ["<A.B>kept</A.B> <A.B />", "<p>kept</p>", ["The component <A.B>", "The component <A.B>, but not its content,"]],
    ["<Image src={hero} alt='x' /> b", "<p> b</p>", ["The component <Image>"]],
    ["export const meta = {\n  a: 1,\n\n  b: [2],\n};\n\ntext", "<p>text</p>", ["An export"]],
    ["export default ({ children }) => (\n  <Layout>{children}</Layout>\n)\n\ntext", "<p>text</p>", ["An export"]],
    ['import A from "./a"\nexport * from "./b"\n\ntext', "<p>text</p>", ["An export", "An import"]],
  ])("leaves out unknown components and expressions, with one warning each: %j", (body, expected, names) => {
    expect(html(body)).toBe(expected);
    expect(warningsOf(body).toSorted()).toEqual(names);
  });

  it.each([
    [
      '<a\n  href="/b"\n  target="_blank"\n>\n  A *link*\n</a>',
      '<a href="https://blog.example.org/b">\n<p>A <em>link</em></p>\n</a>',
    ],
    ['Text <a\n  href="/b"\n>a *link*</a>.', '<p>Text <a href="https://blog.example.org/b">a <em>link</em></a>.</p>'],
    ['<img\n  src="/a.png"\n  alt={"b"}\n  width={300}\n/>', '<img alt="b" src="https://blog.example.org/a.png" />'],
    [
      '<div\n  className="a"\n  style={{\n    color: "red",\n  }}\n>\n  *text*\n</div>',
      "<div>\n<p><em>text</em></p>\n</div>",
    ],
    [
      '- a\n\n  <p\n    align="center"\n  >\n    *b*\n  </p>',
      "<ul>\n<li>\n<p>a</p>\n<p><em>b</em></p>\n\n</li>\n</ul>",
    ],
    ['<video\n  controls\n  src="/a.mp4"\n></video>', '<p><a href="https://blog.example.org/a.mp4">Video</a></p>'],
  ])("has the elements whose tags are on several lines: %j", (body, expected) => {
    expect(html(body)).toBe(expected);
    expect(warningsOf(body)).toEqual([]);
  });

  it("has no indented code", () => {
    expect(html('<Tabs>\n    <Tab title="A">\n\n    text\n\n    </Tab>\n</Tabs>')).toBe(
      "<p><strong>A</strong></p>\n<p>text</p>",
    );
    expect(html("1. a\n\n    b")).toBe("<ol>\n<li>\n<p>a</p>\n<p>b</p>\n</li>\n</ol>");
  });
});
