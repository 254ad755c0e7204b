import { type Account, announces } from "../../domain/account.ts";
import { addressOf, pathOf } from "../../domain/address.ts";
import type { PostContent } from "../../domain/post.ts";
import type { Warning } from "../../domain/refusal.ts";
import type { Site } from "../../domain/site.ts";
import { snippetFor } from "../../domain/snippet.ts";
import type { Parse } from "../../ports/content.ts";
import type { Networks } from "../../ports/networks.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Aliases, Posts } from "../../ports/store.ts";
import { tooLong } from "../deliver/too-long.ts";
import type { Plan, PlannedSnippet } from "../site-api.ts";

interface Ports {
  readonly aliases: Aliases;
  readonly posts: Posts;
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
  const all = [...warnings, ...tooLongWarnings, ...(await baselineWarnings(content, site, ports))];
  return { content, warnings: all, snippets };
};

/** Of the post that the document has already. */
const baselineWarnings = async (
  { url }: PostContent,
  site: Site,
  { aliases, posts }: Ports,
): Promise<readonly Warning[]> => {
  const id = await aliases.read(site.id, "address", addressOf(url, site));
  const post = id === undefined ? undefined : await posts.read(site.id, id);
  if (post?.audience?.baseline === undefined) return [];
  const message = `no account with credentials announces it by itself, because ${post.audience.baseline}; announce it with "npx crier publish ${pathOf(post)}"`;
  return [{ code: "not-announced", message }];
};

const snippet = async (content: PostContent, account: Account, { networks, clock }: Ports): Promise<PlannedSnippet> => {
  const { text, length, limit } = networks.get(account.network).compose(snippetFor(content, account, clock()), account);
  return { account: account.name, network: account.network, text, length, limit, reach: await networks.reach(account) };
};
