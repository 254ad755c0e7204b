import { defineConfig } from "crier";

/** https://blog.rust-lang.org (Zola): `npm start -- --content PATH/TO/blog.rust-lang.org/content --config examples/sites/rust-blog.config.ts`. */
export default defineConfig({
  sites: [
    {
      id: "rust",
      title: "Rust Blog",
      description: "Empowering everyone to build reliable and efficient software.",
      url: "https://blog.rust-lang.org/",
      timeZone: "UTC",
      // Zola's own rule. Every post has a `path` besides.
      permalink: "/:sections/:slug/",
      permalinkCase: "lower",
    },
  ],
});
