import { describe, expect, it } from "vitest";
import { findings } from "../../src/domain/findings.ts";
import { renderBody } from "../../src/markdown/markdown.ts";

const read = (markdown: string) => {
  const found = findings();
  const html = renderBody(markdown, "https://blog.example.org/posts/a/", {}, found)?.html;
  return { html, warnings: found.warnings.map(({ code, message }) => `${code}: ${message}`) };
};

describe("a file of the site's sources", () => {
  it.each(["/src/assets/a.png", "../../src/assets/a.png", "~/images/a.png", "@/assets/a.png", "@assets/a.png"])(
    "%s is left out as a picture, with a warning",
    (path) => {
      expect(read(`Before.\n\n![A](${path})`)).toEqual({
        html: "<p>Before.</p>",
        warnings: [expect.stringContaining(`source-path-dropped: "${path}" is a file of the site's sources`)],
      });
    },
  );

  it("is its text as a link", () => {
    expect(read("See [the slides](/src/assets/a.pdf).").html).toBe("<p>See the slides.</p>");
  });
});

it.each([
  ["images/1.png", "https://blog.example.org/posts/a/images/1.png"],
  ["../b/1.png", "https://blog.example.org/posts/b/1.png"],
  ["/assets/1.png", "https://blog.example.org/assets/1.png"],
  ["@site/static/img/1.png", "https://blog.example.org/img/1.png"],
  ["../static/img/1.png", "https://blog.example.org/img/1.png"],
  ["../../static/img/1.png", "https://blog.example.org/img/1.png"],
])("the picture %s is at %s", (path, url) => {
  expect(read(`![A](${path})`)).toMatchObject({ html: expect.stringContaining(`src="${url}"`), warnings: [] });
});
