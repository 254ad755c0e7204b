import { type Account, announces } from "../../domain/account.ts";
import type { PostContent } from "../../domain/post.ts";
import type { Site } from "../../domain/site.ts";
import { snippetFor } from "../../domain/snippet.ts";
import type { Parse } from "../../ports/content.ts";
import type { Networks } from "../../ports/networks.ts";
import type { Clock } from "../../ports/runtime.ts";
import { tooLong } from "../deliver/too-long.ts";
import type { Plan, PlannedSnippet } from "../site-api.ts";

interface Ports {
  readonly parse: Parse;
  readonly networks: Pick<Networks, "get" | "reach">;
  readonly accounts: readonly Account[];
  readonly clock: Clock;
}

/** What a document would publish. Nothing is stored, and nothing is sent. */
export const plan = async (bytes: Uint8Array, path: string, site: Site, ports: Ports): Promise<Plan> => {
  const parsed = ports.parse(bytes, path, site, { firstRead: ports.clock() });
  if (parsed.kind === "page") return { page: parsed.reason };
  if (parsed.kind === "refused") return { reasons: parsed.reasons };
  const { content, warnings } = parsed;
  const accounts = content.social.off
    ? []
    : ports.accounts.filter((account) => announces(account, { ...content, site: site.id }));
  const snippets = await Promise.all(accounts.map((account) => snippet(content, account, ports)));
  const tooLongWarnings = snippets.flatMap((planned) => {
    const problem = tooLong(planned);
    return problem === undefined ? [] : [{ code: "too-long", message: `${planned.account}: ${problem}` }];
  });
  return { content, warnings: [...warnings, ...tooLongWarnings], snippets };
};

const snippet = async (content: PostContent, account: Account, { networks, clock }: Ports): Promise<PlannedSnippet> => {
  const { text, length, limit } = networks.get(account.network).compose(snippetFor(content, account, clock()), account);
  return { account: account.name, network: account.network, text, length, limit, reach: await networks.reach(account) };
};
