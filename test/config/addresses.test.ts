import { describe, expect, it } from "vitest";
import { ConfigError, type ConfigInput, loadConfig } from "../../src/config.ts";

const site = { id: "blog", title: "A Blog", url: "https://blog.example.com/" };
const notes = { id: "notes", title: "Notes", url: "https://notes.example.com/" };

const problemsOf = (config: ConfigInput): readonly string[] => {
  try {
    loadConfig(config);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
};

describe("a source that is Crier's own feed", () => {
  const feeds = "https://feeds.example.com/";
  const refused = (at: string) =>
    `${at}: it is the feed that Crier writes for this site: name the feed that the site itself has`;

  it("is refused where the feeds are served at a place of their own", () => {
    const sources = [{ feed: "https://blog.example.com/feed.xml" }, { feed: `${feeds}feed.xml` }];
    expect(
      problemsOf({
        sites: [
          { ...site, feedsUrl: feeds, sources },
          { ...notes, sources: [{ feed: "http://feeds.example.com/categories/a/atom.xml" }] },
        ],
      }),
    ).toEqual([refused("sites[0].sources[1].feed"), refused("sites[1].sources[0].feed")]);
  });

  it.each([undefined, site.url])("may be the site's where the feeds are served at %s", (feedsUrl) => {
    const sources = [{ feed: "https://blog.example.com/feed.xml" }];
    expect(problemsOf({ sites: [{ ...site, sources, ...(feedsUrl && { feedsUrl }) }] })).toEqual([]);
  });
});

describe("the configured path of a feed", () => {
  it.each([
    ["where another format is", { atom: "/feed.xml" }],
    ["where the page is", { rss: "/" }],
    ["where the page's file is", { rss: "/index.html" }],
    ["where the list of feeds is", { rss: "/feeds.opml" }],
    ["where the feed of notes may be", { rss: "/notes/feed.xml" }],
    ["where the page of articles may be", { rss: "/articles/" }],
  ])("is refused %s", (_, paths) => {
    expect(problemsOf({ sites: [{ ...site, feeds: { paths } }, notes] })).toEqual([
      `sites[0].feeds.paths.${Object.keys(paths)}: another file is at ${JSON.stringify(Object.values(paths)[0])}: use another path`,
    ]);
  });

  it.each(["categories", "languages", "featured", "archive", "sites", "syndication"])(
    "is refused below /%s/, where the files depend on the documents",
    (folder) => {
      expect(problemsOf({ sites: [{ ...site, feeds: { paths: { rss: `/${folder}/a.xml` } } }] })).toEqual([
        `sites[0].feeds.paths.rss: Crier puts files of its own below "/${folder}/": use another path than "/${folder}/a.xml"`,
      ]);
    },
  );

  it("is refused for the second of two formats or sites with the same path", () => {
    const paths = { rss: "/feed/", json: "/feed/" };
    const taken = (at: string) => `sites${at}: another file is at "/feed/": use another path`;
    expect(
      problemsOf({
        sites: [
          { ...site, feeds: { paths } },
          { ...notes, feeds: { paths: { atom: "/feed/" } } },
        ],
      }),
    ).toEqual([taken("[0].feeds.paths.json"), taken("[1].feeds.paths.atom")]);
  });

  it("may be the default path of its format", () => {
    expect(
      problemsOf({
        sites: [
          { ...site, feeds: { paths: { rss: "/feed.xml" } } },
          { ...notes, feeds: { paths: { rss: "/sites/notes/feed.xml" } } },
        ],
      }),
    ).toEqual([]);
  });

  it.each(["/api/feed", "/healthz"])("is refused at %s, where Crier itself answers", (rss) => {
    expect(problemsOf({ sites: [{ ...site, feeds: { paths: { rss } } }] })).toEqual([
      `sites[0].feeds.paths.rss: Crier itself answers at "${rss}": use another path`,
    ]);
  });

  it.each(["/webhooks/rss.xml", "/console.xml"])("may be %s, where nothing answers", (rss) => {
    expect(problemsOf({ sites: [{ ...site, feeds: { paths: { rss } } }] })).toEqual([]);
  });

  it("may be the default path of a format that has another path, for blogs whose /feed.xml was Atom", () => {
    expect(problemsOf({ sites: [{ ...site, feeds: { paths: { atom: "/feed.xml", rss: "/rss.xml" } } }] })).toEqual([]);
  });
});

it("refuses two sites whose feeds would have one address", () => {
  const feedsUrl = "https://feeds.example.com/";
  expect(
    problemsOf({
      sites: [
        { ...site, feedsUrl },
        { ...notes, feedsUrl },
      ],
    }),
  ).toEqual(['sites[1].feedsUrl: "https://feeds.example.com/" is used twice: give each its own']);
});

it("refuses a hub's address with a password, which every feed would show", () => {
  expect(problemsOf({ sites: [{ ...site, hubs: ["https://ada:secret@hub.example.com/"] }] })).toEqual([
    "sites[0].hubs[0]: remove the user name and the password",
  ]);
  expect(problemsOf({ sites: [{ ...site, hubs: ["https://hub.example.com", "https://hub.example/@ada"] }] })).toEqual(
    [],
  );
});

describe("a redirect", () => {
  const problems = (from: string, paths = {}) =>
    problemsOf({ sites: [{ ...site, feeds: { paths } }], deployment: { redirects: { [from]: "/rss.xml" } } });

  it("is refused from the path of a feed, default or configured", () => {
    const refused = (path: string) => [
      `deployment.redirects: a feed or page is at "${path}": remove this redirect, or give the feed or page another path`,
    ];
    expect(problems("/feed.xml")).toEqual(refused("/feed.xml"));
    expect(problems("/index.xml", { atom: "/index.xml" })).toEqual(refused("/index.xml"));
  });

  it.each([
    "/",
    "/index.html",
    "/feeds.opml",
    "/favicon.ico",
    "/404.html",
    "/featured/feed.json",
    "/archive/1.atom.xml",
    "/sites/notes/",
    "/languages/de/",
  ])("is refused from %s, which it would hide", (from) => {
    expect(
      problemsOf({
        sites: [{ ...site, languages: ["de"] }, notes],
        deployment: { redirects: { [from]: "/elsewhere/" } },
      }),
    ).toEqual([expect.stringContaining(`a feed or page is at "${from}"`)]);
  });

  it("is refused from a path of Crier itself, where it would have no effect", () => {
    expect(problems("/api/feed")).toEqual([
      'deployment.redirects: Crier itself answers at "/api/feed": remove this redirect',
    ]);
  });

  it.each(["/categories/old-name/feed.xml", "/archive/2019/a-post.html", "/rss.xml"])("is allowed from %s", (from) => {
    expect(problems(from)).toEqual([]);
  });

  it("is allowed from the default path of a feed to its configured one", () => {
    expect(problems("/feed.xml", { rss: "/rss.xml" })).toEqual([]);
  });
});
