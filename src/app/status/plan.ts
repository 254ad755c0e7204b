import { type Account, announces, type Policies } from "../../domain/account.ts";
import { addressOf, addressTaken, pathOf } from "../../domain/address.ts";
import type { CommandOfSite } from "../../domain/delivery-commands.ts";
import { apiSource, recipeOf } from "../../domain/document.ts";
import type { Warning } from "../../domain/findings.ts";
import type { Picture } from "../../domain/picture.ts";
import type { Post, PostContent } from "../../domain/post.ts";
import { breakerAhead, waitAhead } from "../../domain/request-gates.ts";
import type { Site } from "../../domain/site.ts";
import { snippetFor } from "../../domain/snippet.ts";
import type { Locate, Parse, Source } from "../../ports/content.ts";
import type { Composed, Networks } from "../../ports/networks.ts";
import type { Pictures } from "../../ports/pictures.ts";
import type { Hash } from "../../ports/runtime.ts";
import type { Accounts, Documents, SourceStates } from "../../ports/store.ts";
import { readLongest } from "../deliver/longest-text.ts";
import { tooLong } from "../deliver/too-long.ts";
import { attemptAt } from "../ingest/count-attempt.ts";
import { findDocument, hasBytes, type Place } from "../ingest/find-document.ts";
import { isListed } from "../ingest/first-listing.ts";
import { readingOf } from "../ingest/ingest-document.ts";
import { isSectionIndex, parseWithReferences } from "../ingest/parse-references.ts";
import { sentBefore } from "../ingest/sent-before.ts";
import type { Plan, PlannedAnnouncement, PlannedSnippet } from "../site-api.ts";
import { type PlannedFacts, plannedAnnouncement } from "./planned-announcement.ts";
import { planPicture } from "./planned-picture.ts";
import { type PostStatusPorts, statusOf } from "./post-status.ts";

interface Ports extends PostStatusPorts {
  readonly parse: Parse;
  /** No text can end this process. */
  readonly isContained: boolean;
  readonly documents: Documents;
  readonly locate: Locate;
  readonly hash: Hash;
  /** The site's. */
  readonly sources: ReadonlyMap<string, Source>;
  /** A source that has these bytes only. */
  readonly sourceOf: (path: string, bytes: Uint8Array) => Source;
  readonly networks: Pick<Networks, "get" | "reach">;
  readonly accounts: readonly Account[];
  readonly accountStates: Accounts;
  readonly policies: Policies;
  readonly sourceStates: SourceStates;
  readonly command: CommandOfSite;
  readonly pictures?: Pick<Pictures, "find">;
}

/**
 * What a document would publish, and the post that it is already. Nothing is sent, and nothing stays stored but the attempt
 * at a text that ended its process: it is refused then.
 */
export const plan = async (
  bytes: Uint8Array,
  fileName: string,
  file: string | undefined,
  site: Site,
  ports: Ports,
): Promise<Plan> => {
  if (ports.isContained) return planOnce(bytes, fileName, file, site, ports);
  const reading = readingOf(bytes, recipeOf(site, false), ports.hash);
  const place = { site: site.id, source: apiSource, path: fileName };
  const document = (await ports.documents.read(site.id, apiSource, fileName)) ?? place;
  const attempt = attemptAt(ports);
  const ended = await attempt.count(document, reading);
  if (ended !== undefined) return { reasons: [ended] };
  return planOnce(bytes, fileName, file, site, ports).finally(attempt.forget);
};

const planOnce = async (
  bytes: Uint8Array,
  fileName: string,
  file: string | undefined,
  site: Site,
  ports: Ports,
): Promise<Plan> => {
  const place = file === undefined ? undefined : await findDocument(site, file, bytes, ports);
  const path = place?.path ?? fileName;
  const source = place?.source ?? ports.sourceOf(path, bytes);
  const context = { firstRead: ports.clock(), isSectionIndex: await isSectionIndex(source, path) };
  const { parsed } = await parseWithReferences(bytes, { site, source, path }, context, ports);
  if (parsed.kind === "page") return { page: parsed.reason };
  if (parsed.kind === "refused") return { reasons: parsed.reasons };
  const { content, warnings } = parsed;
  const found = (await findExisting(site, content, ports)) ?? (await sentBefore(site, file, content, ports));
  const existing = found && { post: found, status: await statusOf(found, ports) };
  const facts = {
    content,
    existing: existing && { post: existing.post, deliveries: existing.status.deliveries },
    isHistory: found === undefined && place !== undefined && !(await isListed(site.id, place.source.name, ports)),
    policies: ports.policies,
    timeZone: site.timeZone,
    now: ports.clock(),
  };
  const accounts = content.social.off
    ? []
    : ports.accounts.filter((account) => announces(account, { ...content, site: site.id }));
  const planned = await Promise.all(accounts.map((account) => planSnippet(account, facts, ports)));
  const conflict = await conflictWith(found, content, bytes, place, ports);
  return {
    content,
    warnings: [
      ...warnings,
      ...altWarnings(content),
      ...planned.flatMap(({ warnings }) => warnings),
      ...baselineWarnings(found, ports),
      ...(conflict ? [conflict] : []),
    ],
    snippets: planned.map(({ snippet }) => snippet),
    origins: Object.fromEntries(parsed.reading?.origins ?? []),
    existing: existing?.status,
  };
};

const altWarnings = ({ image }: PostContent): readonly Warning[] =>
  image === undefined || image.alt !== undefined
    ? []
    : [
        {
          code: "no-alt",
          message: "the picture has no alternative text, which is read to those who do not see it: write `imageAlt`",
        },
      ];

const baselineWarnings = (existing: Post | undefined, { command }: Ports): readonly Warning[] => {
  if (existing?.audience?.baseline === undefined) return [];
  const message = `no account with credentials announces it by itself, because ${existing.audience.baseline}; announce it with "${command(`publish ${pathOf(existing)}`, existing.site)}"`;
  return [{ code: "not-announced", message }];
};

const findExisting = async (
  site: Site,
  { guid, url }: PostContent,
  { aliases, posts }: Ports,
): Promise<Post | undefined> => {
  const id =
    (guid === undefined ? undefined : await aliases.read(site.id, "guid", guid)) ??
    (await aliases.read(site.id, "address", addressOf(url, site)));
  return id === undefined ? undefined : posts.read(site.id, id);
};

/** A document that is sent does not take the place of one that is in a source. */
const conflictWith = async (
  existing: Post | undefined,
  { url }: PostContent,
  bytes: Uint8Array,
  place: Place | undefined,
  { sources, hash }: Ports,
): Promise<Warning | undefined> => {
  const source = existing && sources.get(existing.source);
  if (existing === undefined || source === undefined || existing.gone !== undefined) return undefined;
  const isThere = place?.source.name === source.name && place.path === existing.path;
  if (isThere || (await hasBytes({ source, path: existing.path }, bytes, hash))) return undefined;
  return addressTaken(url, existing.path);
};

/** An author's own text is cut where it is too long, which the author should know. */
const lengthWarning = (
  account: Account,
  composed: Composed,
  isOwnText: boolean,
  problem: string | undefined,
): readonly Warning[] => {
  if (problem !== undefined) return [{ code: "too-long", message: `${account.name}: ${problem}` }];
  if (!composed.isCut || !isOwnText || composed.article !== undefined) return [];
  const message = `${account.name}: your text has more than ${composed.limit.toLocaleString("en")} characters with link and hashtags: it is cut`;
  return [{ code: "text-cut", message }];
};

const planSnippet = async (
  account: Account,
  facts: Omit<PlannedFacts, "problem">,
  { networks, accountStates, pictures }: Ports,
): Promise<{ readonly snippet: PlannedSnippet; readonly warnings: readonly Warning[] }> => {
  const { name, network } = account;
  const composed = snippetFor(facts.content, account, facts.now);
  const rules = networks.get(network);
  const reach = await networks.reach(account);
  const longest = await readLongest({ account, network: rules, sandbox: reach === "sandbox" }, { accountStates });
  const composeWith = (picture?: Picture, image = composed.image, social = facts.content.social) =>
    rules.compose({ ...composed, image, picture, content: { ...facts.content, image, social } }, account, longest);
  const fitted = composeWith();
  const picture = await planPicture(facts.content, account, rules, composeWith, { ...(pictures && { pictures }) });
  const problem = tooLong(fitted);
  const announced = plannedAnnouncement(account, { ...facts, problem });
  const { text, length, limit, article, card, cost, replies = [] } = fitted;
  const { language } = facts.content;
  const shown = { text, length, replies, limit, article, language, card, picture, cost };
  const planned = { account: name, network, reach, ...shown };
  const warnings = [
    ...lengthWarning(account, fitted, composed.text !== undefined, problem),
    ...(fitted.warnings ?? []).map((warning) => ({ ...warning, message: `${name}: ${warning.message}` })),
  ];
  if (announced.when !== "now") return { snippet: { ...planned, announced, breaker: undefined }, warnings };
  const { policies, timeZone, now } = facts;
  const state = await accountStates.read(name);
  const gate = { account, state, burst: policies.burst, timeZone, now };
  const breaker = breakerAhead(gate);
  const held: PlannedAnnouncement = { when: "held", reason: breaker?.reason };
  if (breaker?.after === 0) return { snippet: { ...planned, announced: held, breaker: undefined }, warnings };
  const wait = waitAhead(gate, cost ?? 0);
  const paced: PlannedAnnouncement = wait === undefined ? announced : { when: "later", ...wait };
  return { snippet: { ...planned, announced: paced, breaker }, warnings };
};
