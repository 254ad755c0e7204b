const site = (n: number) => ({
  id: `s${n}`,
  title: `Site ${n}`,
  url: `https://s${n}.example/`,
  feedsUrl: `https://feeds${n}.example/`,
  feeds: { paths: { rss: `/rss-${n}.xml` } },
  sources: [{ feed: `https://s${n}.example/feed.xml` }],
});

/** Makes a configuration with this many sites, and an account for each of them. */
export const configurationOf = (sites: number, siteOf = (n: number) => `s${n}`) => {
  const all = Array.from({ length: sites }, (_, n) => n);
  return {
    sites: all.map(site),
    accounts: all.map((n) => ({ name: `a${n}`, network: "mastodon", site: siteOf(n) })),
  };
};
