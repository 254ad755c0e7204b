import { defineConfig } from "../src/index.ts";

/** Three accounts without credentials, whose posts all go out, and feeds that show all posts of a burst. */
export default defineConfig({
  sites: [
    {
      id: "blog",
      title: "Benchmark",
      url: "https://blog.example.com/",
      description: "Many posts at once.",
      author: { name: "Alex Example" },
      language: "en",
      timeZone: "UTC",
      feeds: { entries: 100 },
    },
  ],
  accounts: [
    { name: "x", network: "x" },
    { name: "bluesky", network: "bluesky" },
    { name: "mastodon", network: "mastodon", server: "https://mastodon.example" },
  ],
  policies: { burst: 1_000, settle: "0s", live: "ignore" },
});
