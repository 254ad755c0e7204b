import { defineConfig } from "crier";

/** Put your own site and accounts here. Secrets stay out of this file: they go into `.env`. */
export default defineConfig({
  sites: [
    {
      id: "blog",
      title: "Crier Example",
      url: "https://blog.example.com/",
      description: "Notes on publishing your own words.",
      author: { name: "Alex Example" },
      language: "en",
      timeZone: "UTC",
    },
  ],
  accounts: [
    { name: "x", network: "x" },
    { name: "bluesky", network: "bluesky" },
    { name: "mastodon", network: "mastodon", server: "https://mastodon.social" },
  ],
});
