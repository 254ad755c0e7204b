import { defineConfig } from "crier";

/** https://react.dev/blog (Next.js): `npm start -- --content PATH/TO/react.dev/src/content/blog --config examples/sites/react-dev.config.ts`. */
export default defineConfig({
  sites: [
    {
      id: "react",
      title: "React Blog",
      description: "The official source for the updates from the React team.",
      url: "https://react.dev/",
      timeZone: "UTC",
      permalink: "/blog/:path",
    },
  ],
});
