import { type Account, announces, burstFor, type Policies } from "../../domain/account.ts";
import { pageAddress, parseAddress, postPath } from "../../domain/address.ts";
import { conflict, retryOnConflict } from "../../domain/concurrency.ts";
import {
  type Delivery,
  type DeliveryState,
  deliveryId,
  type EditedText,
  type HoldKind,
  pauseRemedy,
} from "../../domain/delivery.ts";
import { nextSteps, type SiteCommand } from "../../domain/delivery-commands.ts";
import { apiSource, recipeText } from "../../domain/document.ts";
import { checkExpected, type ExpectedPost, postTag } from "../../domain/expected-post.ts";
import type { Installation } from "../../domain/installation.ts";
import {
  type AgainOptions,
  announcedAgain,
  announcedByHand,
  type PublishOptions,
  publishesUndated,
} from "../../domain/merge-post.ts";
import type { PageCheck } from "../../domain/page-check.ts";
import { type Post, type PostContent, whyOff } from "../../domain/post.ts";
import { forecastWait } from "../../domain/request-gates.ts";
import { endOfPause, forApproval, untilPublished, untilThere } from "../../domain/send-rules.ts";
import type { Site } from "../../domain/site.ts";
import { stoppedReason } from "../../domain/stopped.ts";
import { clockText } from "../../domain/time.ts";
import type { Parse, Source } from "../../ports/content.ts";
import type { Networks } from "../../ports/networks.ts";
import type { Clock } from "../../ports/runtime.ts";
import type { Deliveries, PageChecks, SourceStates, StopRows } from "../../ports/store.ts";
import { readCost, readShown, type ShownPorts } from "../deliver/desired-state.ts";
import { refusesEqual } from "../deliver/edit-text.ts";
import type { Announced, Hurried, Ingested, SentFile } from "../results.ts";
import { type LogActPorts, logPost, savePost } from "../rows.ts";
import { type FindPorts, findPost, postsNamed } from "../status/find-post.ts";
import { trackAttempt } from "./count-attempt.ts";
import { findDocument, hasBytes, type SourceDocument, sentBefore } from "./identify.ts";
import { hashReading, type IngestPorts, ingest } from "./ingest-document.ts";
import { isListed } from "./reconcile-source.ts";

export interface PutPorts extends IngestPorts {
  readonly sourceStates: SourceStates;
  /** True where no text can end this process. */
  readonly isContained: boolean;
  /** Makes a source that has only these bytes. */
  readonly makeSource: (path: string, bytes: Uint8Array) => Source;
}

interface Sent extends SentFile {
  readonly site: Site;
  /** The slug or the address of the post. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The path of a document that was not sent before. */
const newPath = ({ site, name }: Pick<Sent, "site" | "name">): string =>
  `${parseAddress(name, site).replaceAll(/^\/+/g, "")}.md`;

/**
 * Puts a document, which is published by hand unless `options` says otherwise. A post that is announced again is checked
 * before, with what the document says now: where that is refused, nothing has changed.
 */
export const put = async (
  sent: Sent,
  options: PublishOptions & AgainOptions,
  ports: PutPorts & AnnouncePorts,
): Promise<Ingested> => {
  const { site, name } = sent;
  const named = options.again === true ? await postsNamed(site, name, ports) : [];
  // A post without a date is published now, which is its first announcement.
  const before = named.filter((post) => !publishesUndated(post, { byHand: true }));
  const whyNot = async (content: PostContent): Promise<string | undefined> => {
    for (const post of before) {
      const { published = post.published, updated = post.updated } = content;
      const problem = await whyNotAgain({ ...post, ...content, published, updated }, options.accounts, ports);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };
  const ingested = await putContained(sent, ports, () => putOnce(sent, options, whyNot, ports));
  if (ingested.result !== "updated" && ingested.result !== "unchanged") return ingested;
  const { post } = ingested;
  if (post === undefined || options.byHand === false) return ingested;
  if (options.again !== true) return { ...ingested, hurried: await hurry(post, ports) };
  if (before.length === 0) return ingested;
  const expected = options.expected === undefined ? undefined : [postTag(post)];
  const announced = await announce(site, postPath(post) || name, { ...options, expected }, ports);
  if (announced === undefined) return ingested;
  if (announced.result === "refused") return refusedAgain(announced.problem);
  return { ...ingested, ...announced };
};

const refusedAgain = (message: string): Ingested => ({
  result: "refused",
  reasons: [{ code: "not-again", message }],
  conflict: true,
});

/**
 * Puts a document whose text may end this process: it is parsed already to find its post, so the attempt is counted
 * before that. A document that was too costly before is refused without another attempt.
 */
const putContained = async (sent: Sent, ports: PutPorts, once: () => Promise<Ingested>): Promise<Ingested> => {
  const { site, bytes } = sent;
  const path = newPath(sent);
  const reading = hashReading(bytes, recipeText(site, false), ports.hash);
  const document = await ports.documents.read(site.id, apiSource, path);
  if (document?.refusal?.reading === reading)
    return { result: "refused", reasons: document.refusal.reasons, conflict: false };
  if (ports.isContained) return once();
  const attempt = trackAttempt(ports);
  const ended = await attempt.count(document ?? { site: site.id, source: apiSource, path }, reading);
  if (ended !== undefined) {
    const refusal = { hash: ports.hash(bytes), reasons: [ended], at: ports.clock(), reading };
    const { attempt: _, ...rest } = document ?? { site: site.id, source: apiSource, path };
    await ports.documents.put({ ...rest, refusal });
    return { result: "refused", reasons: [ended], conflict: false };
  }
  return once().finally(attempt.forget);
};

/**
 * Ingests a document that was sent to the address of a post. It is published by hand, unless `options` says otherwise. The
 * document of a source that can be listed, such as a file of the watched folder, stays there: it is read from its source,
 * and only its bytes are compared. `whyNot` says why a post with some content is not announced again.
 */
const putOnce = async (
  sent: Sent,
  options: PublishOptions,
  whyNot: (content: PostContent) => Promise<string | undefined>,
  ports: PutPorts,
): Promise<Ingested> => {
  const { site, name, bytes } = sent;
  // Before anything is claimed for a new post. A post that exists is checked where it is saved.
  if (
    options.expected !== undefined &&
    options.expected !== "none" &&
    (await postsNamed(site, name, ports)).length === 0
  )
    checkExpected(options.expected, undefined, name);
  const inSource = await findSentDocument(sent, ports);
  if (inSource?.hasBytes === false) return { result: "refused", reasons: [otherContent(inSource)], conflict: true };
  const path = inSource?.path ?? (await pathInApi(sent, ports));
  const source = inSource?.source ?? ports.makeSource(path, bytes);
  const file = inSource === undefined ? (sent.file ?? sent.fileName) : undefined;
  const parse = forName(name, (inSource === undefined && sent.fileName) || path, ports.parse);
  if (options.again === true) {
    const { parsed } = await parse(bytes, path, site);
    const problem = parsed.kind === "post" ? await whyNot(parsed.content) : undefined;
    if (problem !== undefined) return refusedAgain(problem);
  }
  const wasListed = inSource === undefined || (await isListed(site.id, source.name, ports));
  return ingest({ site, source, path, file, isListed: wasListed }, { byHand: true, ...options }, { ...ports, parse });
};

const otherContent = ({ path, source }: SourceDocument) => ({
  code: "document-differs",
  message: `${path} in the ${source.name} has other content: change it there, and its post changes`,
});

/** Finds the document by the file's path, or as that of the post with the name, if it has the same bytes. */
const findSentDocument = async (
  { site, name, bytes, file }: Sent,
  ports: PutPorts,
): Promise<SourceDocument | undefined> => {
  const found = file === undefined ? undefined : await findDocument(site, file, bytes, ports);
  if (found !== undefined) return found;
  for (const { source: sourceName, path } of await postsNamed(site, name, ports)) {
    const source = ports.sources.get(sourceName);
    if (source !== undefined && (await hasBytes({ source, path }, bytes, ports.hash)))
      return { source, path, hasBytes: true };
  }
  return undefined;
};

/** A document that was sent before keeps its path, whatever name it is sent with. */
const pathInApi = async (sent: Sent, ports: PutPorts): Promise<string> => {
  const { site, name, bytes, file, fileName } = sent;
  const [named, ...others] = (await postsNamed(site, name, ports)).filter(({ source }) => source === apiSource);
  if (named !== undefined && others.length === 0) return named.path;
  const path = newPath(sent);
  if (file === undefined) return path;
  const { parsed } = await ports.parse(bytes, fileName ?? path, site);
  const before = parsed.kind === "post" ? await sentBefore(site, file, parsed.content, ports) : undefined;
  return before?.path ?? path;
};

/** The document is parsed with `path`, because a path says something about a document, such as its language. */
const forName =
  (name: string, path: string, parse: Parse): Parse =>
  async (bytes, _, site, context) => {
    const read = await parse(bytes, path, site, context);
    const { parsed } = read;
    if (parsed.kind !== "post" || hasName(name, parsed.content, site)) return read;
    const message = `the document's slug is "${parsed.content.slug}", but the address has "${name}": use the same one`;
    return { ...read, parsed: { kind: "refused", reasons: [{ code: "slug-differs", field: "slug", message }] } };
  };

const hasName = (name: string, { slug, url }: PostContent, site: Site): boolean =>
  name === slug || parseAddress(name, site) === pageAddress(url, site);

/**
 * Checks the post before each attempt to save it. A save can be applied although its answer was lost: what such an
 * attempt has made is expected, too.
 */
const checkUnlessOwn = (expected: ExpectedPost | undefined, name: string) => {
  let own: string | undefined;
  return {
    before: (post: Post): void => {
      if (postTag(post) !== own) checkExpected(expected, post, name);
    },
    attempt: (post: Post): void => {
      own = postTag(post);
    },
  };
};

export interface AnnouncePorts extends FindPorts, ShownPorts, LogActPorts {
  readonly deliveries: Deliveries;
  readonly networks: ShownPorts["networks"] & Pick<Networks, "destination">;
  readonly installation: Pick<Installation, "feedsOnly" | "setSecret">;
  readonly clock: Clock;
  readonly command: SiteCommand;
  readonly site: (id: string) => Site;
  readonly policies: Policies;
  readonly stops: Pick<StopRows, "read">;
  readonly pageChecks: PageChecks;
  /**
   * Reads the document of a post once more, and publishes it by hand. Undefined where it cannot be read, because it
   * came through the API.
   */
  readonly publish: (post: Post, expected: ExpectedPost | undefined) => Promise<Ingested | undefined>;
}

/** A delivery in one of these states may still make a copy, or has made one that nobody knows of. */
const openStates: readonly DeliveryState[] = ["pending", "held", "sending", "unsettled", "unknown"];

/** Says why nobody announces a post once more: it was not announced before, or is not public now. */
const whyNotRepeated = (post: Post, { policies, clock, command, site }: AnnouncePorts): string | undefined => {
  const name = postPath(post);
  if (post.social.off) return `${name} is not announced: ${whyOff(post.social)}`;
  const { timeZone } = site(post.site);
  const hidden = post.hold ?? untilPublished({ post, policies, timeZone, now: clock() })?.reason;
  if (post.audience === undefined && post.generation > 1)
    return `${name} is being announced again already: ${command(`status ${name}`, post.site)} shows it in a moment`;
  if (post.audience === undefined)
    return `${name} was not announced before${hidden === undefined ? "" : ` (${hidden})`}: publish it without --again`;
  return hidden && `${name} is not announced again: it is not public now (${hidden})`;
};

/**
 * Returns an account whose delivery a publication that has begun still plans, with the generation that the post has now.
 * Real accounts plan none for history.
 */
const findUnplanned = (
  { site, audience, generation, due }: Post,
  deliveries: readonly Delivery[],
  { accounts }: AnnouncePorts,
): string | undefined => {
  if (due === undefined || audience?.baseline !== undefined) return undefined;
  const isPlanned = (name: string): boolean =>
    deliveries.some((delivery) => delivery.account === name && delivery.generation === generation);
  const isThere = (name: string): boolean => accounts.some((one) => one.name === name && one.site === site);
  return audience?.accounts.find((name) => isThere(name) && !isPlanned(name));
};

/**
 * Says why a post is not announced once more: it was not announced before, a copy of it is not settled, or the network
 * refuses an equal text. Undefined where it may be.
 */
export const whyNotAgain = async (
  post: Post,
  only: readonly string[] | undefined,
  ports: AnnouncePorts,
  texts?: AnnounceOptions["texts"],
): Promise<string | undefined> => {
  const accounts = ports.accounts.filter((one) => only?.includes(one.name) ?? announces(one, post));
  const absent = only?.find((name) => !accounts.some((one) => one.name === name));
  if (accounts.length === 0 || absent !== undefined)
    return `there is no account ${absent ?? ""} that announces ${postPath(post)}: there is ${ports.accounts.map(({ name }) => name).join(", ")}`;
  const notRepeated = whyNotRepeated(post, ports);
  if (notRepeated !== undefined) return notRepeated;
  const { feedsOnly, setSecret } = ports.installation;
  const destinations = await Promise.all(accounts.map(ports.networks.destination));
  if (feedsOnly !== undefined && !destinations.includes("sandbox")) return feedsOnly;
  const [first] = accounts;
  if (first !== undefined && destinations.every((destination) => destination === "none"))
    return `${postPath(post)} is not announced, because no account is connected: ${accounts.map(({ name }) => name).join(", ")}; ${setSecret(first.name)} connects ${first.name}`;
  const deliveries = await ports.deliveries.ofPost(post.site, post.id);
  const unplanned = findUnplanned(post, deliveries, ports);
  if (unplanned !== undefined)
    return `${postPath(post)} is being announced on ${unplanned}: ${ports.command(`status ${postPath(post)}`, post.site)} shows it in a moment`;
  for (const account of accounts) {
    const text = texts?.get(account.name);
    // The next one is planned already where it has a text.
    const own = deliveries.filter(
      (one) => one.account === account.name && (text === undefined || one.generation <= post.generation),
    );
    const open = own.find(({ state }) => openStates.includes(state));
    if (open !== undefined) {
      const because = open.reason === undefined ? "" : ` (${open.reason})`;
      return `it is not announced again while the copy on ${account.name} is ${open.state}${because}: ${ports.command(`status ${postPath(post)}`, post.site)} shows what to do`;
    }
    if (await refusesEqual(account, post, { deliveries: own, text, inSandbox: texts !== undefined }, ports))
      return `${account.name} refuses a post with an equal text: change the text (\`socialShare\`), or name another account with --account`;
  }
  return undefined;
};

/** Returns the check of the page of a post that is not live, where the delivery waits for that. */
const readAbsentPage = async (
  post: Post,
  { passed, sandbox }: Delivery,
  { policies, pageChecks }: AnnouncePorts,
): Promise<PageCheck | undefined> => {
  if (policies.live !== "wait" || passed.live || sandbox) return undefined;
  const page = await pageChecks.read(post.site, post.id);
  return page?.url === post.url && page.answer?.kind === "absent" ? page : undefined;
};

/** Adds the command that sends a delivery which is held, or is going to be. */
const withRelease = (reason: string, kind: HoldKind, delivery: Delivery, { command }: AnnouncePorts): string => {
  const [step] = nextSteps({ state: "held", hold: kind }, deliveryId(delivery));
  return `${reason}; ${step?.purpose}: ${command(step?.words ?? "", delivery.site)}`;
};

/** Says why a delivery is not sent, although a person publishes its post now. Undefined where nothing is known of it. */
const whyItWaits = async (post: Post, delivery: Delivery, ports: AnnouncePorts): Promise<string | undefined> => {
  if (delivery.state === "held") return withRelease(`held: ${delivery.reason}`, delivery.hold, delivery, ports);
  const now = ports.clock();
  const { timeZone } = ports.site(post.site);
  const account = ports.accounts.find(({ name }) => name === delivery.account);
  const scheduled = untilPublished({ post, policies: ports.policies, timeZone, now });
  if (scheduled !== undefined || account === undefined) return scheduled?.reason;
  const context = { site: post.site, command: ports.command, now, timeZone };
  const stopped = stoppedReason(await ports.stops.read(), account.name, context);
  if (stopped !== undefined) return stopped;
  if (delivery.wait !== undefined && delivery.wait > now)
    return `${delivery.reason}; tried again at ${clockText(delivery.wait, now, timeZone)}`;
  return delivery.sandbox ? undefined : whyNotThere(post, delivery, account, ports);
};

/** Says why a delivery does not go to its real network. */
const whyNotThere = async (
  post: Post,
  delivery: Delivery,
  account: Account,
  ports: AnnouncePorts,
): Promise<string | undefined> => {
  const { installation } = ports;
  if (installation.feedsOnly !== undefined) return installation.feedsOnly;
  if ((await ports.networks.destination(account)) === "none") {
    const { connectsByClick } = ports.networks.get(account.network);
    return `${account.name} is not connected: ${installation.setSecret(account.name, connectsByClick)} connects it`;
  }
  const shown = await readShown(delivery, post, ports);
  const approval = shown && forApproval({ account, delivery, shown: shown.hash });
  if (approval !== undefined) return withRelease(approval.reason, approval.hold, delivery, ports);
  const page = await readAbsentPage(post, delivery, ports);
  if (page !== undefined) return `waits ${untilThere(page)}; it is asked again now`;
  const [state, now] = [await ports.accountStates.read(account.name), ports.clock()];
  if (state.paused !== undefined && now < endOfPause(state.paused))
    return `${account.name} is paused: ${state.paused.reason}; ${pauseRemedy(state.paused)}`;
  const cost = await readCost(post, account, ports);
  const { timeZone } = ports.site(post.site);
  return forecastWait({ account, state, burst: burstFor(post, ports.policies), timeZone, now }, cost ?? 0)?.reason;
};

/**
 * Has what waits of a post tried now, because a person publishes it: its document may have just changed, or be old, and
 * its page is asked again. All other rules hold, and what is held stays so.
 */
const hurry = async (post: Post, ports: AnnouncePorts): Promise<readonly Hurried[]> => {
  const { posts, deliveries, pageChecks, clock } = ports;
  const all = await deliveries.ofPost(post.site, post.id);
  const waiting = all.filter(({ state }) => state === "pending" || state === "held");
  const isUndecided = post.audience === undefined && post.hold === undefined && post.published <= clock();
  // Its publication has begun, and plans the deliveries in a moment.
  const isBegun = post.due !== undefined && (isUndecided || findUnplanned(post, all, ports) !== undefined);
  if ((waiting.length === 0 && !isBegun) || post.gone !== undefined) return [];
  const hurried = await Promise.all(
    waiting.map(async (one) => ({ account: one.account, waits: await whyItWaits(post, one, ports) })),
  );
  const pages = await Promise.all(waiting.map((one) => readAbsentPage(post, one, ports)));
  const page = pages.find((one) => one !== undefined);
  // If another worker saved it in the meantime, that worker has just asked the page.
  if (page !== undefined) await pageChecks.save({ ...page, next: clock() });
  await retryOnConflict(`the post ${postPath(post)}`, async () => {
    const row = await posts.read(post.site, post.id);
    if (row === undefined || (row.byHand && row.due !== undefined && row.due <= clock())) return undefined;
    return (await savePost({ ...row, byHand: true, due: clock() }, posts)) ?? conflict;
  });
  return hurried;
};

/**
 * Announces a post once more. The first attempt sets the generation, because a save can be applied although its answer
 * was lost, and what another worker saves over it has that generation, too: two requests of one moment announce it once.
 * Each row that it would save over is checked: a publication of another worker may have begun since.
 */
const announceAgain = async (
  post: Post,
  options: AnnounceOptions,
  ports: AnnouncePorts,
): Promise<Announced | undefined> => {
  const generation = post.generation + 1;
  const check = checkUnlessOwn(options.expected, postPath(post));
  return retryOnConflict(`the post ${postPath(post)}`, async () => {
    const row = await ports.posts.read(post.site, post.id);
    if (row === undefined || row.gone !== undefined) return undefined;
    check.before(row);
    if (row.generation >= generation) return { result: "updated", post: row, hurried: [] };
    const problem = await whyNotAgain(row, options.accounts, ports, options.texts);
    if (problem !== undefined) return { result: "refused", problem };
    const announced = announcedAgain(row, options, ports.clock());
    check.attempt(announced);
    const saved = await savePost(announced, ports.posts);
    return saved === undefined ? conflict : { result: "updated", post: saved, hurried: [] };
  });
};

/** Publishes a post that is held only because it has no date. It gets the current date. */
const publishUndated = async (
  post: Post,
  expected: ExpectedPost | undefined,
  { publish }: AnnouncePorts,
): Promise<Announced> => {
  const ingested = await publish(post, expected);
  if (ingested === undefined || ingested.result === "refused" || ingested.result === "page")
    return { result: "unchanged", post, hurried: [] };
  return { result: ingested.result === "updated" ? "updated" : "unchanged", post: ingested.post ?? post, hurried: [] };
};

export interface AnnounceOptions extends AgainOptions, Pick<PublishOptions, "expected"> {
  /**
   * The texts with which deliveries of the next announcement are planned already, by their accounts. Where there may be
   * some, an account in the sandbox posts no equal text there either.
   */
  readonly texts?: ReadonlyMap<string, EditedText>;
}

/**
 * Announces a post for a person: one that was not announced because it was there before or is old, one that is held
 * because it has no date, or one that is announced once more. What waits of another one is tried now.
 */
export const announce = async (
  site: Site,
  name: string,
  options: AnnounceOptions,
  ports: AnnouncePorts,
): Promise<Announced | undefined> => {
  const announced = await announceNow(site, name, options, ports);
  if (announced?.result === "updated") {
    const { by, accounts = [undefined], again = false } = options;
    for (const account of accounts)
      await logPost(announced.post, { act: "announced", by, account, reason: again ? "again" : undefined }, ports);
  }
  return announced;
};

const announceNow = async (
  site: Site,
  name: string,
  options: AnnounceOptions,
  ports: AnnouncePorts,
): Promise<Announced | undefined> => {
  const check = checkUnlessOwn(options.expected, name);
  const found = await findPost(site, name, ports);
  if (found === undefined || found.gone !== undefined) return undefined;
  check.before(found);
  if (options.again === true && !publishesUndated(found, { byHand: true })) return announceAgain(found, options, ports);
  return retryOnConflict(`the post ${name}`, async () => {
    const post = await findPost(site, name, ports);
    if (post === undefined || post.gone !== undefined) return undefined;
    check.before(post);
    if (publishesUndated(post, { byHand: true })) return publishUndated(post, options.expected, ports);
    const announced = announcedByHand(post, options.by, ports.clock());
    if (announced === undefined) return { result: "unchanged", post, hurried: await hurry(post, ports) };
    check.attempt(announced);
    const saved = await savePost(announced, ports.posts);
    return saved === undefined ? conflict : { result: "updated", post: saved, hurried: [] };
  });
};
