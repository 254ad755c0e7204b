import { loadConfig } from "../../src/config.ts";

/** What `cdk synth` would put into the bundles: the tests' stand-in for the module `crier-config`. */
export const config = loadConfig({
  sites: [{ id: "blog", title: "A Blog", url: "https://blog.example.com/" }],
  accounts: [{ name: "mastodon", network: "mastodon", server: "https://mastodon.example" }],
});
