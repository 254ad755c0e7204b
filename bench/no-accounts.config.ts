import { defineConfig } from "../src/index.ts";

/** Feeds alone. */
export default defineConfig({
  sites: [
    {
      id: "blog",
      title: "Benchmark",
      url: "https://blog.example.com/",
      description: "An archive.",
      author: { name: "Alex Example" },
      language: "en",
      timeZone: "UTC",
    },
  ],
});
