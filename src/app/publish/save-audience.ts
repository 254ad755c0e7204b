import { type Account, announces, burstFor, type Policies } from "../../domain/account.ts";
import { postPath } from "../../domain/address.ts";
import type { Delivery } from "../../domain/delivery.ts";
import type { SiteCommand } from "../../domain/delivery-commands.ts";
import type { Installation } from "../../domain/installation.ts";
import { type Audience, type Post, whyOff } from "../../domain/post.ts";
import { day, hour, type Instant } from "../../domain/time.ts";
import type { Networks } from "../../ports/networks.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Deliveries, Posts, RateWindows } from "../../ports/store.ts";
import { countOnce, savePost } from "../rows.ts";
import { announcedInstead, type TranslationClaimPorts } from "./link-translations.ts";

interface AudiencePorts extends TranslationClaimPorts {
  readonly posts: Posts;
  readonly deliveries: Deliveries;
  readonly rateWindows: RateWindows;
  readonly networks: Pick<Networks, "destination">;
  readonly accounts: readonly Account[];
  readonly policies: Policies;
  readonly clock: Clock;
  readonly command: SiteCommand;
  readonly installation: Pick<Installation, "feedsOnly">;
}

/**
 * Stores the audience before the first delivery exists, so that it is decided once. Where there will be no delivery,
 * the save of the published post stores it. `group`: the translations of the post. Undefined when another worker saved
 * the post first.
 */
export const saveAudience = async (
  post: Post,
  group: readonly Post[],
  ports: AudiencePorts,
): Promise<Post | undefined> => {
  const audience = await decideAudience(post, group, ports);
  if (audience.accounts.length === 0) return { ...post, audience };
  const generation = await generationToPlan(post, audience.accounts, ports);
  return savePost({ ...post, audience, generation }, ports.posts);
};

/**
 * Returns the generation of the deliveries that a publication plans. Where a person announces a post that an account has
 * shown in the sandbox, and the account got its credentials since, that copy is not its announcement: the generation is a
 * new one. A decision before the publication may have planned deliveries of it already.
 */
export const generationToPlan = async (
  post: Post,
  accounts: readonly string[],
  ports: Pick<AudiencePorts, "accounts" | "deliveries" | "networks">,
): Promise<number> => {
  if (!post.byHand) return post.generation;
  const isReal = async (name: string): Promise<boolean> => {
    const account = ports.accounts.find((one) => one.name === name);
    return account !== undefined && (await ports.networks.destination(account)) === "real";
  };
  const known = await ports.deliveries.ofPost(post.site, post.id);
  const planned = Math.max(post.generation, ...known.map(({ generation }) => generation));
  if (planned > post.generation) return planned;
  for (const { account, generation, sandbox } of known)
    if (sandbox && generation === post.generation && accounts.includes(account) && (await isReal(account)))
      return post.generation + 1;
  return post.generation;
};

/** Why no real account announces the post until a person does. */
export const baselineReason = (
  { byHand, history, published }: Pick<Post, "byHand" | "history" | "published">,
  { maxAge }: Policies,
  now: Instant,
): string | undefined => {
  if (byHand) return undefined;
  if (history) return "it was there before Crier's first listing";
  return now - published > maxAge ? `it is older than ${maxAge / day} days` : undefined;
};

/**
 * The sandbox shows as many of these articles and of these notes an hour as the breaker admits: enough to see what posts
 * look like. The others are not announced, as on a real account.
 */
const isShownInSandbox = ({ name }: Account, post: Post, ports: AudiencePorts): Promise<boolean> =>
  countOnce(
    `what ${post.isNote === true ? "notes " : ""}${name} shows in the sandbox`,
    post.id,
    { limit: burstFor(post, ports.policies), within: hour },
    ports,
  );

interface Note {
  readonly account: string;
  readonly text: string;
}

/** A note about several accounts is written once. */
const noteText = (notes: readonly Note[]): string =>
  [...Map.groupBy(notes, ({ text }) => text)]
    .map(([text, of]) => `${of.map(({ account }) => account).join(", ")}: ${text}`)
    .join("; ");

const decideAudience = async (post: Post, group: readonly Post[], ports: AudiencePorts): Promise<Audience> => {
  const { accounts, networks, policies, clock, command, installation } = ports;
  if (post.social.off) return { accounts: [], note: whyOff(post.social), baseline: undefined };
  const baseline = baselineReason(post, policies, clock());
  const names: string[] = [];
  const notes: Note[] = [];
  for (const account of accounts.filter((one) => announces(one, post))) {
    const destination = await networks.destination(account);
    const note = (text: string) => notes.push({ account: account.name, text });
    if (destination === "none") note("not announced, because it is not connected");
    else if (destination === "real" && installation.feedsOnly !== undefined)
      note(`not announced, because ${installation.feedsOnly}`);
    else if (baseline !== undefined && (destination === "real" || !(await isShownInSandbox(account, post, ports))))
      note(`not announced, because ${baseline}; announce it with "${command(`publish ${postPath(post)}`, post.site)}"`);
    else {
      const instead = await announcedInstead(account, post, group, ports);
      if (instead === undefined) names.push(account.name);
      else
        note(
          `announced as its translation ${postPath(instead)} ("${instead.language}"); announce this one, too, with "${command(`publish ${postPath(post)} --again`, post.site)}"`,
        );
    }
  }
  return { accounts: names, note: notes.length > 0 ? noteText(notes) : undefined, baseline };
};

/**
 * Returns the post without the accounts of its audience that were removed from the configuration before their delivery
 * was planned: as for any other post, they start anew when they are back. Its note says so.
 */
export const withoutRemoved = (
  post: Post,
  planned: readonly Delivery[],
  { accounts }: { readonly accounts: readonly Account[] },
): Post => {
  const { audience, site, generation } = post;
  if (audience === undefined) return post;
  const isThere = (name: string): boolean =>
    accounts.some((account) => account.name === name && account.site === site) ||
    planned.some((delivery) => delivery.account === name && delivery.generation === generation);
  const removed = audience.accounts.filter((name) => !isThere(name));
  if (removed.length === 0) return post;
  const notes = removed.map((name) => `${name}: not announced, because it was removed from the configuration`);
  const note = [...(audience.note === undefined ? [] : [audience.note]), ...notes].join("; ");
  return { ...post, audience: { ...audience, accounts: audience.accounts.filter(isThere), note } };
};
