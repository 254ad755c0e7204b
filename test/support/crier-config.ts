import { loadConfig } from "../../src/config.ts";

/** The configuration of the tests' deployments, as it is written. Two posts an hour are announced at once, and no page is asked for. */
export const deployedConfig = {
  sites: [{ id: "blog", title: "A Blog", url: "https://blog.example.com/" }],
  accounts: [{ name: "mastodon", network: "mastodon", server: "https://mastodon.example", pacing: { interval: "0s" } }],
  policies: { burst: 2, settle: "0s", live: "ignore" },
};

/** Stands in for the module `crier-config`: the configuration that `cdk synth` would put into the bundles. */
export const config = loadConfig(deployedConfig);
