import { describe, expect, it } from "vitest";
import { networkNames } from "../src/config/schema.ts";
import { ConfigError, loadConfig, servedPaths } from "../src/config.ts";
import { day, minute } from "../src/domain/time.ts";
import { defineConfig } from "../src/index.ts";

const site = { id: "blog", title: "A Blog", url: "https://blog.example.com" };
const mastodon = { name: "mastodon", network: "mastodon", server: "https://social.example" };

const domain = {
  name: "feeds.example.com",
  certificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d",
};

const problemsOf = (input: unknown): readonly string[] => {
  try {
    loadConfig(input);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
};

describe("the configuration", () => {
  it("needs a site's id, title and url, and has defaults for the rest", () => {
    const { sites, accounts, policies } = loadConfig(defineConfig({ sites: [site] }));
    expect(sites).toEqual([
      {
        id: "blog",
        title: "A Blog",
        url: "https://blog.example.com/",
        description: "A Blog",
        author: { name: "A Blog" },
        language: "en",
        timeZone: "UTC",
        authority: "blog.example.com,2026",
        permalink: "/:slug/",
        sources: [],
        folder: "",
        feedsUrl: "https://blog.example.com/",
        fields: {},
        socialKeys: networkNames,
        publishStatuses: ["new", "published", "publish", "live", "public"],
        languages: ["en"],
        hubs: [],
        feeds: {
          main: "site-language",
          entries: 20,
          content: { default: "full" },
          categoryMinimum: 3,
          linkPosts: "page",
          paths: {},
        },
      },
    ]);
    expect(accounts).toEqual([]);
    expect(policies).toEqual({
      maxAge: 7 * day,
      burst: 5,
      noteBurst: 20,
      removeCopiesAfter: day,
      settle: 2 * minute,
      live: "wait",
    });
  });

  it("keeps the given values", () => {
    const { sites, accounts, policies } = loadConfig({
      sites: [
        {
          ...site,
          description: "Words",
          author: { name: "Ada", email: "ada@example.com" },
          authority: "example.com,2020-01-01",
          feedsUrl: "https://feeds.example.com/blog",
          publishStatuses: [" Live "],
          feeds: { content: "summary" },
        },
      ],
      accounts: [
        { ...mastodon, site: "blog", pacing: { interval: "90s", quietHours: "22:00-08:30" }, spend: { monthly: 5 } },
        { ...mastodon, name: "second", approve: false },
      ],
      policies: { maxAge: "30d", settle: "0s", live: "ignore", approve: true },
    });
    expect(sites[0]).toMatchObject({
      description: "Words",
      authority: "example.com,2020-01-01",
      feedsUrl: "https://feeds.example.com/blog/",
      publishStatuses: ["live"],
      feeds: { main: "site-language", entries: 20, content: { default: "summary" } },
    });
    expect(accounts).toMatchObject([
      {
        site: "blog",
        pacing: { interval: 1.5 * minute, dailyCap: 50, quietHours: { from: 22 * 60, to: 8 * 60 + 30 } },
        spend: { monthly: 5 },
        approve: true,
      },
      { approve: false },
    ]);
    expect(policies).toEqual({
      maxAge: 30 * day,
      burst: 5,
      noteBurst: 20,
      removeCopiesAfter: day,
      settle: 0,
      live: "ignore",
    });
  });

  it("has the keys of documents for the fields, and the accounts of each site for social", () => {
    const fields = { summary: "preview", image: "hero.src" };
    const { sites } = loadConfig({
      sites: [
        { ...site, fields },
        { ...site, id: "notes", url: "https://notes.example.com/" },
      ],
      accounts: [
        { ...mastodon, name: "main" },
        { ...mastodon, name: "side", site: "notes" },
      ],
    });
    expect(sites).toMatchObject([
      { fields, socialKeys: ["main", ...networkNames] },
      { fields: {}, socialKeys: ["side", ...networkNames] },
    ]);
  });

  it("puts another site into a folder on the host of the first", () => {
    const { sites } = loadConfig({
      sites: [
        { ...site, feedsUrl: "https://feeds.example.com/" },
        { ...site, id: "notes", url: "https://notes.example.com/" },
      ],
    });
    expect(sites[1]).toMatchObject({ folder: "sites/notes/", feedsUrl: "https://feeds.example.com/sites/notes/" });
  });

  it("returns the files of configured paths", () => {
    const paths = { rss: "/feed/", json: "/feed.json.txt" };
    const notes = { ...site, id: "notes", feeds: { paths: { atom: "/index.xml" } } };
    expect(servedPaths(loadConfig({ sites: [{ ...site, feeds: { paths } }, notes] }))).toEqual({
      "/feed/": "/feed.xml",
      "/feed.json.txt": "/feed.json",
      "/index.xml": "/sites/notes/atom.xml",
    });
  });

  it("adds the site's language to its languages, once", () => {
    const { sites } = loadConfig({ sites: [{ ...site, languages: ["de", "en"] }] });
    expect(sites[0]?.languages).toEqual(["en", "de"]);
  });

  it("sets the content of each feed", () => {
    const { sites } = loadConfig({ sites: [{ ...site, feeds: { content: { main: "summary" } } }] });
    expect(sites[0]?.feeds.content).toEqual({ main: "summary" });
  });

  it("gives an account to the first site, with a pacing", () => {
    expect(loadConfig({ sites: [site], accounts: [mastodon] }).accounts).toMatchObject([
      { name: "mastodon", network: "mastodon", site: "blog", pacing: { interval: minute, dailyCap: 50 } },
    ]);
  });

  it.each([
    ["no site at all", { sites: [] }, /^sites: name at least one site/],
    ["nothing", undefined, /^config: /],
    ["a key that it does not know", { sites: [site], account: [] }, /"account"/],
    ["a relative url", { sites: [{ ...site, url: "/blog" }] }, /^sites\[0\]\.url: use an absolute URL/],
    ["a url with a query", { sites: [{ ...site, url: "https://blog.example.com/?a" }] }, /query/],
    ["a time zone that does not exist", { sites: [{ ...site, timeZone: "Mars/Base" }] }, /no time zone "Mars\/Base"/],
    ["an invalid language", { sites: [{ ...site, language: "e" }] }, /"e" is not a language tag/],
    [
      "an invalid language of an account",
      { sites: [site], accounts: [{ name: "a", network: "x", language: "e" }] },
      /accounts\[0\]\.language: "e" is not a language tag/,
    ],
    ["a permalink without what names the post", { sites: [{ ...site, permalink: "/:year/:section/" }] }, /:slug/],
    [
      "a permalink with a misspelled token",
      { sites: [{ ...site, permalink: "/:yaer/:slug/" }] },
      /^sites\[0\]\.permalink: there is no token ":yaer": did you mean ":year"\? Known are :year, .*:lang, and the keys of your documents$/,
    ],
    ["a permalink without a slash", { sites: [{ ...site, permalink: ":slug/" }] }, /one slash/],
    ["a permalink on another host", { sites: [{ ...site, permalink: "//x.example/:slug/" }] }, /one slash/],
    [
      "an unknown token in the permalink of a folder",
      { sites: [{ ...site, permalinks: { "de/": "/:titel/" } }] },
      /^sites\[0\]\.permalinks\.de\/: there is no token ":titel": did you mean ":title"\?/,
    ],
    [
      "a permalink for a folder without a slash",
      { sites: [{ ...site, permalinks: { de: "/:slug/" } }] },
      /^sites\[0\]\.permalinks\.de: use a folder of the documents or a language, with a slash at its end: de\//,
    ],
    [
      "a field that Crier does not know",
      { sites: [{ ...site, fields: { sumary: "preview" } }] },
      /^sites\[0\]\.fields\.sumary: there is no field "sumary": did you mean "summary"\?$/,
    ],
    [
      "a field of another name",
      { sites: [{ ...site, fields: { podcast: "audio.src" } }] },
      /there is no field "podcast": use title, published, .*, sitemap$/,
    ],
    [
      "a field without a key",
      { sites: [{ ...site, fields: { image: "hero..src" } }] },
      /^sites\[0\]\.fields\.image: use a key of the documents, with dots for one inside others: "hero\.src"$/,
    ],
    ["an authority without a date", { sites: [{ ...site, authority: "example.com" }] }, /^sites\[0\]\.authority: /],
    ["an id with capitals", { sites: [{ ...site, id: "My Blog" }] }, /^sites\[0\]\.id: use lower-case/],
    ["two sites of one id", { sites: [site, site] }, /^sites\[1\]\.id: "blog" is used twice/],
    [
      "one path for two feeds",
      { sites: [{ ...site, feeds: { paths: { rss: "/feed/", atom: "/feed/" } } }] },
      /^sites\[0\]\.feeds\.paths\.atom: another file is at "\/feed\/"/,
    ],
    [
      "a path for an unknown format",
      { sites: [{ ...site, feeds: { paths: { rdf: "/rdf.xml" } } }] },
      /^sites\[0\]\.feeds\.paths\.rdf: there is no format "rdf": use rss, atom, json/,
    ],
    ["a path without a slash", { sites: [{ ...site, feeds: { paths: { rss: "rss.xml" } } }] }, /\/rss\.xml/],
    [
      "a hub that is not a URL",
      { sites: [{ ...site, hubs: ["hub.example.com"] }] },
      /^sites\[0\]\.hubs\[0\]: .*WebSub hub/,
    ],
    ["a licence without a URL", { sites: [{ ...site, licence: { name: "CC" } }] }, /^sites\[0\]\.licence\.url: /],
    [
      "an invalid day of moving",
      { sites: [{ ...site, movedIn: { before: "last May", ids: "url" } }] },
      /^sites\[0\]\.movedIn\.before: /,
    ],
    [
      "two accounts of one name",
      { sites: [site], accounts: [mastodon, mastodon] },
      /^accounts\[1\]\.name: "mastodon" is used twice/,
    ],
    [
      "an unknown network",
      { sites: [site], accounts: [{ name: "a", network: "friendster" }] },
      /^accounts\[0\]\.network: there is no network "friendster": use .*mastodon/,
    ],
    [
      "an account of no site",
      { sites: [site], accounts: [{ ...mastodon, site: "other" }] },
      /^accounts\[0\]\.site: there is no site "other"/,
    ],
    [
      "a setting that the network does not have",
      { sites: [site], accounts: [{ ...mastodon, sever: "x" }] },
      /^accounts\[0\]: .*"sever"/,
    ],
    [
      "quiet hours that never end",
      { sites: [site], accounts: [{ ...mastodon, pacing: { quietHours: "22:00-22:00" } }] },
      /^accounts\[0\]\.pacing\.quietHours: use two different times of day in the time zone of the site: "22:00-08:00"$/,
    ],
    [
      "quiet hours that are not times",
      { sites: [site], accounts: [{ ...mastodon, pacing: { quietHours: "at night" } }] },
      /^accounts\[0\]\.pacing\.quietHours: use two different times/,
    ],
    [
      "a policy that does not exist",
      { sites: [site], policies: { setle: "1m" } },
      /^policies: there is no key "setle": did you mean "settle"\?$/,
    ],
    [
      "another answer to a page that is not there",
      { sites: [site], policies: { live: "no" } },
      /^policies\.live: use "wait" or "ignore"$/,
    ],
    [
      "a month that may cost nothing",
      { sites: [site], accounts: [{ ...mastodon, spend: { monthly: 0 } }] },
      /^accounts\[0\]\.spend\.monthly: /,
    ],
    ["a duration without a unit", { sites: [site], policies: { maxAge: "7" } }, /^policies\.maxAge: /],
    [
      "a title that is missing",
      { sites: [{ id: "a", url: site.url }] },
      /^sites\[0\]\.title: this is missing: write a text/,
    ],
    [
      "an empty name",
      { sites: [{ ...site, author: { name: " " } }] },
      /^sites\[0\]\.author\.name: this is empty: write/,
    ],
    ["a text instead of a list", { sites: [{ ...site, hubs: "x" }] }, /^sites\[0\]\.hubs: use a list: \[ … \]$/],
    ["no entries in the feeds", { sites: [{ ...site, feeds: { entries: 0 } }] }, /feeds\.entries: use 1 or more$/],
    ["too many entries", { sites: [{ ...site, feeds: { entries: 101 } }] }, /feeds\.entries: use 100 or less$/],
    [
      "a fraction of an entry",
      { sites: [{ ...site, feeds: { entries: 1.5 } }] },
      /feeds\.entries: use a whole number$/,
    ],
    ["an invalid address", { sites: [{ ...site, author: { name: "A", email: "a" } }] }, /use an e-mail address/],
    [
      "another kind of old ids",
      { sites: [{ ...site, movedIn: { before: "2026-01-01", ids: "uid" } }] },
      /^sites\[0\]\.movedIn\.ids: use "guid" or "url"$/,
    ],
    [
      "a day in another format",
      { sites: [{ ...site, movedIn: { before: "1.1.2026", ids: "url" } }] },
      /^sites\[0\]\.movedIn\.before: use a day such as 2026-05-01$/,
    ],
    [
      "more posts a day than the row of an account can have",
      { sites: [site], accounts: [{ ...mastodon, pacing: { dailyCap: 1_000_000 } }] },
      /^accounts\[0\]\.pacing\.dailyCap: use 1000 or less$/,
    ],
    ["a burst of any size", { sites: [site], policies: { burst: 1e9 } }, /^policies\.burst: use 1000 or less$/],
    ["notes without a number", { sites: [site], policies: { noteBurst: "20" } }, /^policies\.noteBurst: use /],
    [
      "a misspelled key",
      { sites: [{ ...site, hub: [] }] },
      /^sites\[0\]: there is no key "hub": did you mean "hubs"\?$/,
    ],
    [
      "an unknown key",
      { sites: [site], webmentions: {} },
      /^config: there is no key "webmentions": use sites, accounts/,
    ],
    [
      "a misspelled key of every account",
      { sites: [site], accounts: [{ ...mastodon, pacin: {} }] },
      /^accounts\[0\]: there is no key "pacin": did you mean "pacing"\?$/,
    ],
    [
      "a misspelled network",
      { sites: [site], accounts: [{ name: "a", network: "mastadon" }] },
      /^accounts\[0\]\.network: there is no network "mastadon": did you mean "mastodon"\?$/,
    ],
    [
      "an invalid content",
      { sites: [{ ...site, feeds: { content: "ful" } }] },
      /^sites\[0\]\.feeds\.content: use "full" or "summary"/,
    ],
    [
      "a content for a misspelled feed",
      { sites: [{ ...site, feeds: { content: { mian: "full" } } }] },
      /^sites\[0\]\.feeds\.content\.mian: there is no feed "mian": did you mean "main"\?$/,
    ],
    [
      "a content for an unknown feed",
      { sites: [{ ...site, feeds: { content: { "tags/a": "full" } } }] },
      /there is no feed "tags\/a": use default, main, featured, notes, articles, categories\/<slug>, languages\/<tag>$/,
    ],
    [
      "a content for a category by its name",
      { sites: [{ ...site, feeds: { content: { "categories/Open Web": "full" } } }] },
      /write the feed as in its address: "categories\/open-web"$/,
    ],
  ])("reports the place of %s", (_, input, words) => {
    expect(problemsOf(input)).toEqual([expect.stringMatching(words)]);
  });

  it("needs no deployment settings: production posts, and there is a budget and a log retention", () => {
    expect(loadConfig({ sites: [site] }).deployment).toEqual({
      posts: ["production"],
      monthlyBudget: 10,
      logDays: 90,
      redirects: {},
    });
  });

  it("uses a domain for the production stage if no other is named", () => {
    const { deployment } = loadConfig({
      sites: [site],
      deployment: {
        domain,
        alarmEmail: "ada@example.com",
        posts: ["production", "preview"],
        monthlyBudget: 2.5,
        logDays: 30,
        redirects: { "/rss.xml": "/feed.xml" },
      },
    });
    expect(deployment).toEqual({
      domain: { ...domain, stage: "production" },
      alarmEmail: "ada@example.com",
      posts: ["production", "preview"],
      monthlyBudget: 2.5,
      logDays: 30,
      redirects: { "/rss.xml": "/feed.xml" },
    });
  });

  it.each([
    [
      "a domain without a certificate",
      { domain: { name: domain.name } },
      /domain\.certificateArn: .*request one in us-east/,
    ],
    [
      "a certificate that CloudFront cannot use",
      { domain: { ...domain, certificateArn: domain.certificateArn.replace("us-east-1", "eu-central-1") } },
      /domain\.certificateArn: the certificate is in eu-central-1, and CloudFront takes one from us-east-1 only/,
    ],
    [
      "an ARN of something else than a certificate",
      { domain: { ...domain, certificateArn: "arn:aws:s3:::bucket" } },
      /domain\.certificateArn: use the ARN of a certificate/,
    ],
    [
      "a domain with a scheme",
      { domain: { ...domain, name: "https://a.example" } },
      /domain\.name: use a host without/,
    ],
    ["an invalid address for alarms", { alarmEmail: "ada" }, /alarmEmail: use an e-mail address/],
    ["a budget of zero", { monthlyBudget: 0 }, /monthlyBudget: use 1 US dollar or more/],
    ["a budget below what a month costs at rest", { monthlyBudget: 0.2 }, /monthlyBudget: use 1 US dollar or more/],
    [
      "a retention that CloudWatch does not have",
      { logDays: 42 },
      /logDays: use a number of days that CloudWatch knows/,
    ],
    ["a redirect to another host", { redirects: { "/rss.xml": "//elsewhere.example" } }, /redirects.*one slash/],
    ["a redirect that no request can match", { redirects: { "/fünf.xml": "/feed.xml" } }, /redirects.*percent-encoded/],
    ["a redirect of a query", { redirects: { "/?feed=rss2": "/feed.xml" } }, /redirects.*without query/],
    ["an invalid stage that posts", { posts: ["Live"] }, /posts\[0\]: use the name of a stage as in -c stage=preview/],
    ["an invalid stage", { domain: { ...domain, stage: "Live" } }, /domain\.stage: use the name of a stage as in/],
    ["a setting that no deployment has", { region: "us-east-1" }, /deployment: .*"region"/],
  ])("reports the place of %s of a deployment", (_, deployment, words) => {
    expect(problemsOf({ sites: [site], deployment })).toEqual([expect.stringMatching(words)]);
    expect(problemsOf({ sites: [site], deployment })[0]).toMatch(/^deployment/);
  });

  it("accepts a content for each kind of feed", () => {
    const content = { default: "full", featured: "full", "categories/open-web": "summary", "languages/pt-br": "full" };
    expect(problemsOf({ sites: [{ ...site, feeds: { content } }] })).toEqual([]);
  });

  it("reports mistakes of form, of accounts and of names at once", () => {
    expect(
      problemsOf({
        sites: [{ ...site, url: "nowhere" }, { ...site, hub: [] }, "notes"],
        accounts: [
          { name: "a", network: "friendster" },
          { ...mastodon, name: "a", sever: "x", site: "blgo" },
          { ...mastodon, server: 7 },
        ],
      }),
    ).toEqual([
      "sites[0].url: use an absolute URL, for example https://blog.example.com/",
      'sites[1]: there is no key "hub": did you mean "hubs"?',
      "sites[2]: use an object: { … }",
      expect.stringMatching(/^accounts\[0\]\.network: there is no network/),
      'accounts[1]: there is no key "sever": did you mean "server"?',
      "accounts[2].server: use a text in quotes",
      'sites[1].id: "blog" is used twice: give each its own',
      'accounts[1].name: "a" is used twice: give each its own',
      'accounts[1].site: there is no site "blgo" under sites: did you mean "blog"?',
    ]);
  });

  it("reports every mistake at once", () => {
    const accounts = [
      { name: "a", network: "friendster", site: "other" },
      { ...mastodon, sever: "x" },
    ];
    expect(problemsOf({ sites: [site], accounts })).toHaveLength(3);
  });
});

describe("a configuration that is by far too large", () => {
  const deep = (depth: number): unknown => {
    let value: unknown = 1;
    for (let at = 0; at < depth; at += 1) value = { a: value };
    return value;
  };
  const manyKeys = (value: unknown) => Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`k${at}`, value]));
  const long = "a".repeat(100_000);

  it.each([
    ["thousands of unknown keys", { sites: [{ ...site, ...manyKeys(1) }] }],
    ["thousands of unknown fields", { sites: [{ ...site, fields: manyKeys("a") }] }],
    ["thousands of accounts of no network", { sites: [site], accounts: Array.from({ length: 5_000 }, () => mastodon) }],
    ["a value that is nested without an end", { sites: [{ ...site, title: deep(100_000), fields: deep(100_000) }] }],
    ["a time zone of 100 KB", { sites: [{ ...site, timeZone: long }] }],
    ["a language of 100 KB", { sites: [{ ...site, languages: [long] }] }],
    ["an address of 100 KB", { sites: [{ ...site, permalinks: { [long]: long } }] }],
  ])("%s: at most 51 lines of about 1,000 characters say what is wrong", (_, input) => {
    const problems = problemsOf(input);
    expect(problems).not.toEqual([]);
    expect(problems.length).toBeLessThanOrEqual(51);
    expect(Math.max(...problems.map(({ length }) => length))).toBeLessThan(1_010);
  });

  it("says how many mistakes are behind the first ones", () => {
    const problems = problemsOf({ sites: [{ ...site, fields: manyKeys("a") }] });
    expect(problems.at(-1)).toBe("there are 4950 more mistakes: correct these first");
  });
});
