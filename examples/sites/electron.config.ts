import { defineConfig } from "crier";

/** https://www.electronjs.org/blog (Docusaurus): `npm start -- --content PATH/TO/website/blog --config examples/sites/electron.config.ts`. */
export default defineConfig({
  sites: [
    {
      id: "electron",
      title: "Electron's blog",
      description: "Keep up to date with what's going on with the Electron project",
      url: "https://www.electronjs.org/",
      timeZone: "UTC",
      permalink: "/blog/:slug",
    },
  ],
});
