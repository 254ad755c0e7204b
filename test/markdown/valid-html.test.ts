import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bodyTags, sanitiseBody } from "../../src/markdown/sanitise.ts";
import { validHtml } from "../../src/markdown/valid-html.ts";
import { aDocument, contentOf } from "../documents/sample-documents.ts";
import { modelFaults, parseFaults } from "../support/parse-faults.ts";

describe("the tree of a body", () => {
  it.each([
    ["<caption>a</caption>", "<div>a</div>"],
    ["<p>a<p>b</p></p>", "<p>a</p><p>b</p>"],
    ["<p><b>a<div>c</div>d</b>e</p>", "<p><b>a</b></p><b><div>c</div>d</b>e"],
    ['<p><a href="b"><figure>c</figure></a></p>', '<p></p><a href="b"><figure>c</figure></a>'],
    ['<a href="b">c <a href="d">e</a> f</a>', '<a href="b">c </a><a href="d">e</a> f'],
    ['<a href="b"><div><a href="d">e</a></div></a>', '<a href="b"><div>e</div></a>'],
    ["<h1>a<h2>c</h2></h1>", "<h1>ac</h1>"],
    ["<tr><td>a</td></tr>", "<div>a</div>"],
    ["<table>a<tr><td>b</td></tr></table>", "<table><tr><td>a</td></tr><tr><td>b</td></tr></table>"],
    ["<table><td>a</td><th>b</th></table>", "<table><tr><td>a</td><th>b</th></tr></table>"],
    ["<table><tbody><p>a</p></tbody></table>", "<table><tbody><tr><td><p>a</p></td></tr></tbody></table>"],
    ["<table><tr>a<td>b</td></tr></table>", "<table><tr><td>a</td><td>b</td></tr></table>"],
    ["<table><colgroup>a</colgroup></table>", "<table><colgroup></colgroup><tr><td>a</td></tr></table>"],
    ["<ul><li>a<div><li>b</li></div></li></ul>", "<ul><li>a<div><div>b</div></div></li></ul>"],
    ["<ul>a<li>b</li><p>c</p></ul>", "<ul><li>a</li><li>b</li><li><p>c</p></li></ul>"],
    ["<dl><div><dt>a</dt><dd>b</dd></div>c</dl>", "<dl><dt>a</dt><dd>b</dd><dd>c</dd></dl>"],
    ["<dt>a</dt><dd>b</dd>", "<div>a</div><div>b</div>"],
    ["<figcaption>a</figcaption><summary>b</summary><rt>c</rt>", "<div>a</div><div>b</div>c"],
    ['<picture><source srcset="a.png">b</picture>', "b"],
    ['<picture><img src="a.png">b</picture>', '<picture><img src="a.png"></picture>b'],
    ['<a href="b"><a href="c">d</a></a>', '<a href="b">d</a>'],
    ["<p>a</p><ul><li><p>b</p></li></ul>", "<p>a</p><ul><li><p>b</p></li></ul>"],
    [
      "<table><tr><td><p>a</p><table><tr><td>b</td></tr></table></td></tr></table>",
      "<table><tr><td><p>a</p><table><tr><td>b</td></tr></table></td></tr></table>",
    ],
  ])("is the one that a browser builds: %s", (html, expected) => {
    expect(validHtml(html)).toBe(expected);
    expect([...parseFaults(expected), ...modelFaults(expected)]).toEqual([]);
    if (html !== expected) expect([...parseFaults(html), ...modelFaults(html)]).not.toEqual([]);
  });

  it("is valid in a document", () => {
    const { html } = contentOf(
      aDocument(
        "",
        '<p><a href="/b"><figure><img src="c.png"></figure></a>\n\n<caption>d</caption>\n\n[![e](data:,f)](/g)',
      ),
    );
    expect(parseFaults(html)).toEqual([]);
  });

  it.each([
    ['<a href="/b"><img alt="c" src="data:text/plain,d"></a>', '<a href="https://x.example/b">c</a>'],
    ['<video><audio src="/b.mp3"></audio></video>', '<a href="https://x.example/b.mp3">Audio</a>'],
    ["<audio><dt>b</dt></audio>", "<div>b</div>"],
  ])("has no link that is empty and no player: %s", (html, expected) => {
    expect(sanitiseBody(html, "https://x.example/p/")).toBe(expected);
  });

  it("is valid whatever elements are in each other", () => {
    const attributes: Readonly<Record<string, string>> = {
      a: ' href="/b"',
      img: ' src="data:text/plain,b"',
      audio: ' src="/b.mp3"',
      source: ' srcset="b.png"',
    };
    const { node } = fc.letrec<{ node: string; element: string }>((tie) => ({
      node: fc.oneof({ depthSize: "small", withCrossShrink: true }, fc.constantFrom("a", " ", "\n"), tie("element")),
      element: fc
        .tuple(fc.constantFrom(...bodyTags), fc.array(tie("node"), { maxLength: 3 }), fc.nat(9))
        .map(([name, inside, close]) => {
          const isVoid = /^(?:br|hr|img|source|col|wbr)$/.test(name);
          const end = isVoid || close === 0 ? "" : `</${name}>`;
          return `<${name}${attributes[name] ?? ""}>${isVoid ? "" : inside.join("")}${end}`;
        }),
    }));
    fc.assert(
      fc.property(fc.array(node, { maxLength: 4 }), (parts) => {
        const html = sanitiseBody(parts.join(""), "https://x.example/p/");
        expect([...parseFaults(html), ...modelFaults(html)]).toEqual([]);
        expect(html).not.toMatch(/<(?:video|audio)\b/);
      }),
      { numRuns: 2_000 },
    );
  });
});
