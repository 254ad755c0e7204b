import { expect, it } from "vitest";
import { isDocument } from "../../src/domain/document.ts";
import { aDocument, contentOf } from "./sample-documents.ts";

it("Markdoc is read: its tags are boxes and pictures, its braces are text", () => {
  const body = '{% callout title="Mind" %}\nText {as it is}.\n{% /callout %}\n\n{% img src="/a.png" alt="x" /%}';
  expect(isDocument("posts/a.mdoc")).toBe(true);
  expect(contentOf(aDocument("", body), "posts/a.mdoc")).toMatchObject({
    slug: "a",
    html: '<blockquote>\n<p><strong>Mind</strong></p>\n<p>Text {as it is}.</p>\n</blockquote>\n<p><img alt="x" src="https://blog.example.org/a.png" /></p>',
  });
});
