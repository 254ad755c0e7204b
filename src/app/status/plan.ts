import type { DeliveryStatus } from "../../contract/deliveries.ts";
import type { PlannedAnnouncement, PlannedPicture, PlannedSnippet } from "../../contract/posts.ts";
import { type Account, announces, burstFor, type Policies } from "../../domain/account.ts";
import { addressTaken, pageAddress, postPath } from "../../domain/address.ts";
import type { SiteCommand } from "../../domain/delivery-commands.ts";
import { apiSource, recipeText } from "../../domain/document.ts";
import type { Warning } from "../../domain/findings.ts";
import type { Installation } from "../../domain/installation.ts";
import { canonicalJson } from "../../domain/json-value.ts";
import { pictureFor } from "../../domain/picture.ts";
import { type Image, type Post, type PostContent, picturesOf, type Social, withAddress } from "../../domain/post.ts";
import { forecastBreaker, forecastWait } from "../../domain/request-gates.ts";
import { waitsUntilTime } from "../../domain/send-rules.ts";
import type { Site } from "../../domain/site.ts";
import { type PicturedPost, type PreparedImage, picturesFor, snippetFor } from "../../domain/snippet.ts";
import { clockText, type Instant } from "../../domain/time.ts";
import type { Locate, Parse, Source } from "../../ports/content.ts";
import type { Composed, Network, Networks } from "../../ports/networks.ts";
import type { PictureOwner, Pictures } from "../../ports/pictures.ts";
import type { Hash } from "../../ports/runtime.ts";
import type { Accounts, Documents, SourceStates } from "../../ports/store.ts";
import { readLongest } from "../deliver/account-state.ts";
import { anyPictures, isLeftOut, noArticle, tooLong } from "../deliver/desired-state.ts";
import { trackAttempt } from "../ingest/count-attempt.ts";
import { findDocument, hasBytes, type SourceDocument, sentBefore } from "../ingest/identify.ts";
import { hashReading } from "../ingest/ingest-document.ts";
import { isSectionIndex, parseWithReferences } from "../ingest/parse-references.ts";
import { isListed } from "../ingest/reconcile-source.ts";
import { baselineReason } from "../publish/save-audience.ts";
import type { Plan } from "../results.ts";
import { type PostStatusPorts, readStatus } from "./status.ts";

export interface PlanPorts extends PostStatusPorts {
  readonly parse: Parse;
  /** True where no text can end this process. */
  readonly isContained: boolean;
  readonly documents: Documents;
  readonly locate: Locate;
  readonly hash: Hash;
  /** The sources of the site. */
  readonly sources: ReadonlyMap<string, Source>;
  /** Makes a source that has only these bytes. */
  readonly makeSource: (path: string, bytes: Uint8Array) => Source;
  readonly networks: Pick<Networks, "get" | "destination">;
  readonly accounts: readonly Account[];
  readonly accountStates: Accounts;
  readonly policies: Policies;
  readonly sourceStates: SourceStates;
  readonly command: SiteCommand;
  readonly installation: Pick<Installation, "feedsOnly" | "setSecret">;
  readonly pictures?: Pick<Pictures, "find" | "problemOfFile">;
}

/**
 * Returns what a document would publish, and the post that it is already. Nothing is sent, and nothing stays stored,
 * except the attempt at a text that ended its process: that text is refused the next time.
 */
export const plan = async (
  bytes: Uint8Array,
  fileName: string,
  file: string | undefined,
  site: Site,
  ports: PlanPorts,
): Promise<Plan> => {
  if (ports.isContained) return planOnce(bytes, fileName, file, site, ports);
  const reading = hashReading(bytes, recipeText(site, false), ports.hash);
  const newRow = { site: site.id, source: apiSource, path: fileName };
  const document = (await ports.documents.read(site.id, apiSource, fileName)) ?? newRow;
  const attempt = trackAttempt(ports);
  const ended = await attempt.count(document, reading);
  if (ended !== undefined) return { reasons: [ended] };
  return planOnce(bytes, fileName, file, site, ports).finally(attempt.forget);
};

const planOnce = async (
  bytes: Uint8Array,
  fileName: string,
  file: string | undefined,
  site: Site,
  ports: PlanPorts,
): Promise<Plan> => {
  const inSource = file === undefined ? undefined : await findDocument(site, file, bytes, ports);
  const path = inSource?.path ?? fileName;
  const source = inSource?.source ?? ports.makeSource(path, bytes);
  const context = { firstRead: ports.clock(), isSectionIndex: await isSectionIndex(source, path) };
  const { parsed } = await parseWithReferences(bytes, { site, source, path }, context, ports);
  if (parsed.kind === "page") return { page: parsed.reason };
  if (parsed.kind === "refused") return { reasons: parsed.reasons };
  const { content, warnings } = parsed;
  const found = (await findExisting(site, content, ports)) ?? (await sentBefore(site, file, content, ports));
  const existing = found && { post: found, status: await readStatus(found, ports) };
  const facts = {
    content,
    owner: { site: site.id, source: inSource?.source.name ?? apiSource, path, url: content.url },
    existing: existing && { post: existing.post, deliveries: existing.status.deliveries },
    isHistory: found === undefined && inSource !== undefined && !(await isListed(site.id, inSource.source.name, ports)),
    feedsOnly: ports.installation.feedsOnly,
    policies: ports.policies,
    timeZone: site.timeZone,
    now: ports.clock(),
  };
  const accounts = content.social.off
    ? []
    : ports.accounts.filter((account) => announces(account, { ...content, site: site.id }));
  const planned = await Promise.all(accounts.map((account) => planSnippet(account, facts, ports)));
  const conflict = await conflictWith(found, content, bytes, inSource, ports);
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

const altWarnings = (content: PostContent): readonly Warning[] => {
  const images = picturesOf(content);
  const where = (at: number): string => {
    if (content.isNote === true) return "write it with the picture: `![alternative text](…)`";
    return at === 0 ? "write `imageAlt`" : "write it with the picture: `{ url: …, alt: … }`";
  };
  return images.flatMap(({ url, alt }, at) => {
    if (alt !== undefined) return [];
    const which = images.length === 1 ? "the picture" : `the picture ${url}`;
    return [
      {
        code: "no-alt",
        message: `${which} has no alternative text, which is read to those who do not see it: ${where(at)}`,
      },
    ];
  });
};

const baselineWarnings = (existing: Post | undefined, { command }: PlanPorts): readonly Warning[] => {
  if (existing?.audience?.baseline === undefined) return [];
  const message = `no account with credentials announces it by itself, because ${existing.audience.baseline}; announce it with "${command(`publish ${postPath(existing)}`, existing.site)}"`;
  return [{ code: "not-announced", message }];
};

const findExisting = async (
  site: Site,
  { guid, url }: PostContent,
  { aliases, posts }: PlanPorts,
): Promise<Post | undefined> => {
  const id =
    (guid === undefined ? undefined : await aliases.read(site.id, "guid", guid)) ??
    (await aliases.read(site.id, "address", pageAddress(url, site)));
  return id === undefined ? undefined : posts.read(site.id, id);
};

/** A document that is sent does not replace one that is in a source. */
const conflictWith = async (
  existing: Post | undefined,
  { url }: PostContent,
  bytes: Uint8Array,
  inSource: SourceDocument | undefined,
  { sources, hash }: PlanPorts,
): Promise<Warning | undefined> => {
  const source = existing && sources.get(existing.source);
  if (existing === undefined || source === undefined || existing.gone !== undefined) return undefined;
  const isThere = inSource?.source.name === source.name && inSource.path === existing.path;
  if (isThere || (await hasBytes({ source, path: existing.path }, bytes, hash))) return undefined;
  return addressTaken(url, existing.path);
};

/** Warns the author whose own text is cut because it is too long. */
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

/** A post that is scheduled for a time at which the login has ended would wait then. */
const loginWarning = async (
  { name, network }: Account,
  { content: { published = 0 }, now, timeZone }: Pick<PlannedFacts, "content" | "now" | "timeZone">,
  { accountStates, installation, networks }: PlanPorts,
): Promise<readonly Warning[]> => {
  const { endsAt } = (await accountStates.read(name)).checked ?? {};
  if (endsAt === undefined || published <= Math.max(endsAt, now)) return [];
  const command = installation.setSecret(name, networks.get(network).connectsByClick);
  const end = `the login ends at ${clockText(endsAt, now, timeZone)}, before this post is published`;
  return [{ code: "login-ends", message: `${name}: ${end}: connect it again with "${command}"` }];
};

const planSnippet = async (
  account: Account,
  facts: Omit<PlannedFacts, "problem">,
  ports: PlanPorts,
): Promise<{ readonly snippet: PlannedSnippet; readonly warnings: readonly Warning[] }> => {
  const { networks, accountStates, pictures } = ports;
  const { name, network } = account;
  const composed = snippetFor(facts.content, account, facts.now);
  const rules = networks.get(network);
  const reach = await networks.destination(account);
  const longest = await readLongest({ account, network: rules, sandbox: reach === "sandbox" }, { accountStates });
  const composeWith: ComposePictures = (prepared, images, social = facts.content.social) => {
    const { content } = facts;
    const shown = { image: images[0], images, social };
    const given = { ...composed, images: withAddress(images), pictures: prepared, content: { ...content, ...shown } };
    return rules.compose(given, account, longest);
  };
  const images = picturesFor(facts.content, account);
  const takesPictures = rules.picture?.(account, facts.content) !== undefined;
  const fitted = composeWith(takesPictures ? anyPictures(images) : [], images);
  const planned = await planPictures(facts.content, account, rules, composeWith, {
    ...(pictures && { pictures, owner: facts.owner }),
  });
  const problem = tooLong(fitted);
  const obstacle = isLeftOut(facts.content, account, rules) ? noArticle : problem;
  const announced = plannedAnnouncement(account, { ...facts, problem: obstacle });
  const { text, length, limit, article, card, cost, replies = [] } = fitted;
  const { language, social } = facts.content;
  const contentWarning =
    social.contentWarning === undefined ? undefined : { text: social.contentWarning, place: rules.contentWarning };
  const shown = { text, length, replies, limit, article, language, card, pictures: planned, contentWarning, cost };
  const snippet = { account: name, network, reach, ...shown };
  const warnings = [
    ...(reach === "real" ? await loginWarning(account, facts, ports) : []),
    ...lengthWarning(account, fitted, composed.text !== undefined, problem),
    ...(fitted.warnings ?? []).map((warning) => ({ ...warning, message: `${name}: ${warning.message}` })),
  ];
  if (announced.when !== "now") return { snippet: { ...snippet, announced, breaker: undefined }, warnings };
  const { policies, timeZone, now } = facts;
  const state = await accountStates.read(name);
  const gate = { account, state, burst: burstFor(facts.content, policies), timeZone, now };
  const breaker = forecastBreaker(gate, facts.content.isNote === true);
  const held: PlannedAnnouncement = { when: "held", reason: breaker?.reason, at: undefined };
  if (breaker?.after === 0) return { snippet: { ...snippet, announced: held, breaker: undefined }, warnings };
  const wait = forecastWait(gate, cost ?? 0);
  const paced: PlannedAnnouncement = wait === undefined ? announced : { when: "later", ...wait };
  return { snippet: { ...snippet, announced: paced, breaker }, warnings };
};

/** The facts about a document that comes from a folder. */
interface PlannedFacts {
  readonly content: PostContent;
  readonly owner: PictureOwner;
  /** The post that it is already, with its deliveries. */
  readonly existing: { readonly post: Post; readonly deliveries: readonly DeliveryStatus[] } | undefined;
  /** True where its source was not listed yet. */
  readonly isHistory: boolean;
  /** Why its text is never sent. */
  readonly problem: string | undefined;
  /** The reason why this installation posts to no network; undefined if it posts. */
  readonly feedsOnly: string | undefined;
  readonly policies: Policies;
  /** The time zone of its site. */
  readonly timeZone: string;
  readonly now: Instant;
}

const never = (reason: string): PlannedAnnouncement => ({ when: "never", reason, at: undefined });
const later = (reason: string, at?: Instant): PlannedAnnouncement => ({ when: "later", reason, at });

/** Says when a delivery that waits is tried next. A reason that was made for a time contains it already. */
const nextAttempt = ({ reason = "it waits to be sent", due }: DeliveryStatus, { now, timeZone }: PlannedFacts) => {
  if (due === undefined || due <= now) return later(reason);
  const time = clockText(due, now, timeZone);
  return later(reason.includes(time) ? reason : `${reason}, next attempt ${time}`, due);
};

/**
 * Predicts what the account would do with the document if it had credentials now: it decides as publication does,
 * without writing.
 */
const plannedAnnouncement = (account: Account, facts: PlannedFacts): PlannedAnnouncement =>
  byExisting(account, facts) ?? byContent(account, facts);

/** A decision that was made when the post was published stays. */
const byExisting = ({ name }: Account, facts: PlannedFacts): PlannedAnnouncement | undefined => {
  const { existing } = facts;
  if (existing === undefined || existing.post.gone !== undefined) return undefined;
  const { post, deliveries } = existing;
  const delivery = deliveries.find(({ account, generation }) => account === name && generation === post.generation);
  if (delivery?.sandbox) return never(post.audience?.baseline ?? "it was shown in the sandbox, and is not sent again");
  if (delivery?.posted !== undefined)
    return never(`it was announced already${delivery.url === undefined ? "" : `: ${delivery.url}`}`);
  if (delivery?.state === "pending") return nextAttempt(delivery, facts);
  if (delivery !== undefined)
    return never(`${delivery.state}${delivery.reason === undefined ? "" : `: ${delivery.reason}`}`);
  if (post.audience === undefined) return undefined;
  return never(post.audience.baseline ?? "it was published without this account");
};

const byContent = (account: Account, facts: PlannedFacts): PlannedAnnouncement => {
  const { content, isHistory, problem, feedsOnly, policies, timeZone, now } = facts;
  const { hold, published } = content;
  if (hold !== undefined) return never(hold);
  if (published === undefined) return never("it has no date: in a folder it is held until it has one");
  if (problem !== undefined) return never(problem);
  if (feedsOnly !== undefined) return never(feedsOnly);
  if (published > now) return later(waitsUntilTime(published, "scheduled", now, timeZone).reason, published);
  const baseline = baselineReason({ byHand: false, history: isHistory, published }, policies, now);
  if (baseline !== undefined) return never(`${baseline}; crier publish announces it`);
  return account.approve === true ? later("needs your approval") : { when: "now", reason: undefined, at: undefined };
};

interface PlannedPicturePorts {
  /** Absent in a runtime without access to the pictures. */
  readonly pictures?: PlanPorts["pictures"];
  /** The document whose pictures they are. */
  readonly owner?: PictureOwner;
}

const noPicture = { alt: undefined, sendsAlt: false, cap: undefined, prepared: undefined, reason: undefined } as const;

const containsText = ({ request }: Pick<Composed, "request">, text: string): boolean =>
  JSON.stringify(request).includes(JSON.stringify(text).slice(1, -1));

/** Composes the post with these pictures, which are prepared or not. */
type ComposePictures = (prepared: readonly PreparedImage[], images: readonly Image[], social?: Social) => Composed;

/** Plans the pictures from what is known without a request. */
export const planPictures = async (
  content: PictureFacts["content"],
  account: Account,
  network: Network,
  compose: ComposePictures,
  ports: PlannedPicturePorts,
): Promise<readonly PlannedPicture[]> => {
  const images = picturesFor(content, account);
  return Promise.all(images.map((_, at) => planPicture(at, { content, images, account, network, compose }, ports)));
};

interface PictureFacts {
  readonly content: PicturedPost & Pick<PostContent, "social">;
  readonly images: readonly Image[];
  readonly account: Account;
  readonly network: Network;
  readonly compose: ComposePictures;
}

const planPicture = async (
  at: number,
  { content, images, account, network, compose }: PictureFacts,
  { pictures, owner }: PlannedPicturePorts,
): Promise<PlannedPicture> => {
  const { social } = content;
  const { url = "", alt, isSource } = images[at] ?? {};
  const cap = network.picture?.(account, content);
  const requestWith = (all: readonly Image[]) =>
    canonicalJson(compose(cap === undefined ? [] : anyPictures(all), all).request);
  const isSent = (shown: Social): boolean => {
    const others = images.filter((_, index) => index !== at);
    const without = compose(cap === undefined ? [] : anyPictures(others), images, shown);
    if (cap === undefined) return containsText(without, url);
    return canonicalJson(compose(anyPictures(images), images, shown).request) !== canonicalJson(without.request);
  };
  if (!isSent(social)) {
    const { contentWarning, sensitive: _, ...open } = social;
    const hidden = contentWarning === undefined ? "the post is marked as sensitive" : "the post has a content warning";
    if (isSource && cap === undefined)
      return {
        ...noPicture,
        sent: "none",
        url,
        alt,
        reason: "its file is built by the site, and its address is not known",
      };
    const reason = isSent(open) ? hidden : "a preview, where the network makes one, has the picture of the page";
    return { ...noPicture, sent: "none", url, alt, reason };
  }
  const otherAlt = images.map((image, index) => (index === at ? { ...image, alt: "Another text" } : image));
  const sendsAlt = (alt ?? "").trim() !== "" && requestWith(images) !== requestWith(otherAlt);
  if (cap === undefined) return { ...noPicture, sent: "address", url, alt, sendsAlt };
  const record = await pictures?.find(url);
  const found = pictureFor(record, cap);
  const prepared = found && {
    mediaType: found.mediaType,
    width: found.width,
    height: found.height,
    size: found.size,
  };
  const problem = found === undefined && owner !== undefined ? await pictures?.problemOfFile?.(url, owner) : undefined;
  const reason = found === undefined ? (problem ?? record?.problem) : undefined;
  return { sent: "file", url, alt, sendsAlt, cap, prepared, reason };
};
