import { describe, expect, it } from "vitest";
import { ConfigError, loadConfig } from "../../src/config.ts";
import { sourceName } from "../../src/domain/site.ts";

const site = { id: "blog", title: "A Blog", url: "https://blog.example.com/" };

const load = (...sources: readonly unknown[]) => loadConfig({ sites: [{ ...site, sources }] }).sites[0]?.sources ?? [];

const problemsOf = (...sources: readonly unknown[]): readonly string[] => {
  try {
    load(...sources);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
};

describe("the sources of a site", () => {
  it("are feeds and folders, whose patterns are relative to the folder", () => {
    expect(
      load(
        { feed: "https://blog.example.com/?feed=rss2" },
        { folder: "./content/posts/", include: ["./**/*.md"], exclude: ["drafts/"] },
      ),
    ).toEqual([
      { kind: "feed", location: "https://blog.example.com/?feed=rss2", include: [], exclude: [] },
      { kind: "folder", location: "content/posts", include: ["**/*.md"], exclude: ["drafts"] },
    ]);
  });

  it("have names that depend on the place alone", () => {
    const [plain, other] = load({ folder: "content", exclude: ["a.md"] }, { folder: "./content/../notes" });
    expect(plain && sourceName(plain)).toBe("folder:content");
    expect(other && sourceName(other)).toBe("folder:content/../notes");
  });

  it("can be the current folder or the root of the disk", () => {
    expect(load({ folder: "./" }, { folder: "/" }).map(({ location }) => location)).toEqual([".", "/"]);
  });

  it.each([
    ["neither", [{}], "sites[0].sources[0]: use { feed: URL } or { folder: PATH }"],
    [
      "both",
      [{ feed: "https://a.example/", folder: "a" }],
      "sites[0].sources[0]: this is a feed and a folder: write two sources, { feed: … } and { folder: … }",
    ],
    ["a misspelt key", [{ fodler: "a" }], 'sites[0].sources[0]: there is no key "fodler": did you mean "folder"?'],
    [
      "a feed that is not a URL",
      [{ feed: "feed.xml" }],
      "sites[0].sources[0].feed: use the absolute URL of a feed: https://blog.example.com/feed.xml",
    ],
    [
      "a feed with a password",
      [{ feed: "https://me:secret@a.example/feed" }],
      "sites[0].sources[0].feed: remove the user name and the password",
    ],
    ["a feed with a fragment", [{ feed: "https://a.example/#x" }], "sites[0].sources[0].feed: leave out the fragment"],
    [
      "patterns for a feed",
      [{ feed: "https://a.example/", include: ["*"] }],
      "sites[0].sources[0]: include and exclude are for folders only: remove them",
    ],
    [
      "a pattern that leads out of the folder",
      [{ folder: "a", exclude: ["../b"] }],
      'sites[0].sources[0].exclude[0]: use a pattern within the folder, without "!", ".." and a slash at its beginning: "drafts/**"',
    ],
    [
      "a pattern that is not in a list",
      [{ folder: "a", include: "*.md" }],
      "sites[0].sources[0].include: use a list: [ … ]",
    ],
    [
      "one place twice",
      [{ folder: "a" }, { folder: "a/" }],
      'sites[0].sources[1]: "folder:a" is used twice: give each its own',
    ],
  ])("are refused with their place: %s", (_, sources, problem) => {
    expect(problemsOf(...sources)[0]).toBe(problem);
  });
});
