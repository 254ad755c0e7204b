import type { Networks, Secrets } from "../ports/networks.ts";

export interface ReachOptions {
  readonly secrets: Secrets;
  /** Base URL of the server that emulates the networks, for accounts without a secret. */
  readonly sandbox?: string;
}

/** Where accounts would post, by their secrets alone: planning needs no network's client. */
export const reachBySecrets = ({ secrets, sandbox }: ReachOptions): Pick<Networks, "reach"> => ({
  reach: async ({ name }) => {
    if ((await secrets(name)) !== undefined) return "real";
    return sandbox === undefined ? "none" : "sandbox";
  },
});
