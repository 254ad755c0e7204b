import { loadConfig } from "../../src/config.ts";

/** A test whose posts arrive somewhere names its server before it loads this module. */
const { CRIER_TEST_SERVER: server = "https://mastodon.example" } = process.env;

/** The configuration of the tests' deployments, as it is written. Two posts an hour are announced at once, and no page is asked for. */
export const deployedConfig = {
  sites: [{ id: "blog", title: "A Blog", url: "https://blog.example.com/" }],
  accounts: [{ name: "mastodon", network: "mastodon", server, pacing: { interval: "0s" } }],
  policies: { burst: 2, settle: "0s", live: "ignore" },
  deployment: { posts: ["production", "test"] },
};

/** Stands in for the module `crier-config`: the configuration that `cdk synth` would put into the bundles. */
export const config = loadConfig(deployedConfig);
