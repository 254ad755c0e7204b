import type { HasSecret, Networks } from "../ports/networks.ts";

export interface ReachOptions {
  readonly hasSecret: HasSecret;
  /** Base URL of the server that emulates the networks, for accounts without a secret. */
  readonly sandbox?: string;
}

/** Where accounts would post, by whether they have a secret: planning needs neither its value nor a network's client. */
export const reachBySecrets = ({ hasSecret, sandbox }: ReachOptions): Pick<Networks, "reach"> => ({
  reach: async ({ name }) => {
    if (await hasSecret(name)) return "real";
    return sandbox === undefined ? "none" : "sandbox";
  },
});
