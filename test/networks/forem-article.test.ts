import { describe, expect, test } from "vitest";
import { foremArticle } from "../../src/networks/forem-article.ts";

// The libraries of Forem judge such articles in test/peers/articles.test.ts.
describe("an article for Forem", () => {
  test.each([
    ["<p>One <b>bold</b> and <i>other</i> word.</p>", "One **bold** and *other* word."],
    ["<p>a<em>b</em> <strong>c <em>d</em></strong></p>", "a<em>b</em> <strong>c *d*</strong>"],
    ["<ol><li><p>a</p><pre><code>b\n</code></pre></li></ol>", "1. a\n\n    ```\n    b\n    ```"],
    ["<ul><li>a<ul><li>b</li></ul></li></ul>", "- a\n    - b"],
    ["<ol><li><pre><code>a\n\nb\n</code></pre></li></ol>", "<ol><li><pre><code>a\n\nb\n</code></pre></li>\n</ol>"],
    ["<ul><li>a</li></ul><ul><li>b</li></ul>", "- a\n\n<ul><li>b</li></ul>"],
    ["<table><tr><td>a</td></tr></table>", "<table><tr><td>a</td></tr></table>"],
    ['<table><tr><td>a<img src="data:image/png;base64,AA"></td></tr></table>', "<table><tr><td>a</td></tr></table>"],
    ["<dl><dt>a</dt><dd>b</dd></dl>", "<dl><dt>a</dt><dd>b</dd></dl>"],
    ["<p>a<br />b</p>", "a<br>b"],
    ["<p>https://a.example/ www.a.example a@b.example</p>", "https\\://a.example/ www\\.a.example a&#64;b.example"],
  ])("of %j is %j", (html, article) => {
    expect(foremArticle(html)).toBe(article);
  });

  test("has no tag of Liquid and mentions nobody, but in code", () => {
    expect(foremArticle("<p>{% a %} {{ b }} @ada</p><p><code>@ada {{ b }}</code></p>")).toBe(
      "{% raw %}{%{% endraw %} a %} {% raw %}{{{% endraw %} b }} @\u200Bada\n\n`@ada {{ b }}`",
    );
    expect(foremArticle("<dl><dt>{{}} @ada</dt></dl>")).toBe("<dl><dt>{% raw %}{{}}{% endraw %} @\u200Bada</dt></dl>");
  });

  test("names in its alternative texts and addresses no variable of Liquid", () => {
    expect(foremArticle('<p><img src="https://a.example/{{b}}" alt="{{ c }}" /></p>')).toBe(
      '<img src="https://a.example/%7B%7Bb%7D%7D" alt="{ { c }}">',
    );
  });
});
