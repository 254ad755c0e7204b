import { defineConfig } from "crier";

/** https://hexo.io/news/ (Hexo): `npm start -- --content PATH/TO/site/source/_posts --config examples/sites/hexo-site.config.ts`. */
export default defineConfig({
  sites: [
    {
      id: "hexo",
      title: "Hexo",
      description: "Hexo is a fast, simple & powerful blog framework powered by Node.js.",
      url: "https://hexo.io/",
      timeZone: "UTC",
      permalink: "/news/:year/:month/:day/:title/",
    },
  ],
});
