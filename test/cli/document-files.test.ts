import { expect, test } from "vitest";
import { sentFile } from "../../src/cli/document-files.ts";

test.each([
  ["/home/ada/Desktop/post.md", "post.md"],
  ["/home/ada/content/ja/post.md", "ja/post.md"],
  ["/home/ada/content/alpha/index.md", "alpha/index.md"],
  ["/home/ada/content/ja/alpha/index.md", "ja/alpha/index.md"],
])("of %s, %s says something of the document", (file, name) => {
  expect(sentFile(file)).toEqual({ file: file.slice(1), name });
});

test("a file is named from the folder that the command runs in", () => {
  expect(sentFile("posts/post.md").file).toMatch(/[^/].*\/posts\/post\.md$/);
});
