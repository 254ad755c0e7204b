import { expect, it, test } from "vitest";
import { candidatesIn, sanitiseBody, textOfHtml } from "../../src/markdown/sanitise.ts";

it.each([
  ["a.png", [["a.png", ""]]],
  [
    "a.png 1x, b.png 2x",
    [
      ["a.png", "1x"],
      ["b.png", "2x"],
    ],
  ],
  [
    "a.png, b.png",
    [
      ["a.png", ""],
      ["b.png", ""],
    ],
  ],
  [
    " , a,b.png 640w,,c.png",
    [
      ["a,b.png", "640w"],
      ["c.png", ""],
    ],
  ],
  [
    "a.png 1x (x, y), b.png",
    [
      ["a.png", "1x (x, y)"],
      ["b.png", ""],
    ],
  ],
  [
    "data:,a 1x, b.png 2x",
    [
      ["data:,a", "1x"],
      ["b.png", "2x"],
    ],
  ],
  ["", []],
  [" ,, ", []],
])("the candidates of %j are those of a browser", (srcset, expected) => {
  expect(candidatesIn(srcset).map(({ url, size }) => [url, size])).toEqual(expected);
});

const textOf = (html: string): string => textOfHtml(sanitiseBody(html, "https://blog.example.com/a/"));

test("the text of sanitised HTML has no tags, and its characters as they are read", () => {
  expect(textOf('<p>1 &lt; 2 &amp;&amp; <a href="https://example.com/?a>b&quot;" title="x > y">3 > 2</a></p>')).toBe(
    "1 < 2 && 3 > 2",
  );
  expect(textOf("<p>one<br>two</p><ul><li>three</li><li>four</li></ul>")).toBe("one two three four");
  expect(textOf("<ul><li>one<pre><code>two</code></pre>three<ul><li>four</li></ul></li></ul>")).toBe(
    "one two three four",
  );
  expect(textOf("<div>one<blockquote>two</blockquote></div>three<hr>four<table><tr><td>five</td></tr></table>")).toBe(
    "one two three four five",
  );
});

test("a tag that was cut is not text", () => {
  expect(textOfHtml('<p>one</p> <a href="https://exa')).toBe("one");
  expect(textOfHtml("<p>one</")).toBe("one");
});
