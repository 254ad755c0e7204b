import { describe, expect, it } from "vitest";
import { validHtml } from "../../src/markdown/valid-html.ts";
import { aDocument, contentOf } from "../documents/sample-documents.ts";
import { parseFaults } from "../support/parse-faults.ts";

describe("the tree of a body", () => {
  it.each([
    ["<caption>a</caption>", "<div>a</div>"],
    ["<p>a<p>b</p></p>", "<p>a</p><p>b</p>"],
    ["<p><b>a<div>c</div>d</b>e</p>", "<p><b>a</b></p><b><div>c</div>d</b>e"],
    ['<p><a href="b"><figure>c</figure></a></p>', '<p><a href="b"></a></p><a href="b"><figure>c</figure></a>'],
    ['<a href="b">c <a href="d">e</a> f</a>', '<a href="b">c </a><a href="d">e</a> f'],
    ['<a href="b"><div><a href="d">e</a></div></a>', '<a href="b"><div>e</div></a>'],
    ["<h1>a<h2>c</h2></h1>", "<h1>ac</h1>"],
    ["<tr><td>a</td></tr>", "<div>a</div>"],
    ["<table>a<tr><td>b</td></tr></table>", "<table><tr><td>a</td></tr><tr><td>b</td></tr></table>"],
    ["<table><td>a</td><th>b</th></table>", "<table><tr><td>a</td><th>b</th></tr></table>"],
    ["<table><tbody><p>a</p></tbody></table>", "<table><tbody><tr><td><p>a</p></td></tr></tbody></table>"],
    ["<table><tr>a<td>b</td></tr></table>", "<table><tr><td>a</td><td>b</td></tr></table>"],
    ["<table><colgroup>a</colgroup></table>", "<table><colgroup></colgroup><tr><td>a</td></tr></table>"],
    ["<ul><li>a<div><li>b</li></div></li></ul>", "<ul><li>a<div>b</div></li></ul>"],
    ["<p>a</p><ul><li><p>b</p></li></ul>", "<p>a</p><ul><li><p>b</p></li></ul>"],
    [
      "<table><tr><td><p>a</p><table><tr><td>b</td></tr></table></td></tr></table>",
      "<table><tr><td><p>a</p><table><tr><td>b</td></tr></table></td></tr></table>",
    ],
  ])("is the one that a browser builds: %s", (html, expected) => {
    expect(validHtml(html)).toBe(expected);
    expect(parseFaults(expected)).toEqual([]);
    if (html !== expected) expect(parseFaults(html)).not.toEqual([]);
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
});
