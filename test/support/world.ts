import { onTestFinished } from "vitest";
import type { AppDependencies } from "../../src/compose.ts";
import type { Account, Policies } from "../../src/domain/account.ts";
import type { Delivery } from "../../src/domain/delivery.ts";
import type { FeedKey } from "../../src/domain/feed-key.ts";
import type { Deployment } from "../../src/domain/installation.ts";
import type { OwnerMessage } from "../../src/domain/notice.ts";
import type { PageReply } from "../../src/domain/page-check.ts";
import type { Post } from "../../src/domain/post.ts";
import type { MessageAnswer } from "../../src/domain/retry.ts";
import type { Site } from "../../src/domain/site.ts";
import { day, type Instant, minute } from "../../src/domain/time.ts";
import { documentsInProcess, feedsInProcess } from "../../src/parsing/parsers-in-process.ts";
import type { Source } from "../../src/ports/content.ts";
import type { Encode } from "../../src/ports/feeds.ts";
import type {
  CallWebhook,
  CheckEntryPage,
  Poll,
  Probe,
  ReadPage,
  TellHub,
  TellOwner,
  WebhookCall,
} from "../../src/ports/outside.ts";
import type { Queue } from "../../src/ports/runtime.ts";
import type { DeliveryRef, Ref } from "../../src/ports/store.ts";
import { composeTestedApp } from "./app.ts";
import { anAccount, aSite, start } from "./builders.ts";
import { asFunctions } from "./function-rights.ts";
import { objectsInMemory } from "./objects-in-memory.ts";
import { type PaperOptions, paperNetwork } from "./paper-network.ts";
import { stepping } from "./stepping.ts";
import { aStore } from "./store.ts";

export interface WorldOptions extends PaperOptions {
  readonly accounts?: readonly Account[];
  readonly policies?: Partial<Policies>;
  readonly site?: Partial<Site>;
  /** Besides the first one. */
  readonly others?: readonly Partial<Site>[];
  /** False if the source was never listed, so that its documents are old posts. */
  readonly isListed?: boolean;
  readonly mailsOwner?: boolean;
  /** The deployment that it is; one machine by default. */
  readonly deployment?: Deployment;
  /** The networks of another installation, which posts with the same logins. */
  readonly paper?: ReturnType<typeof paperNetwork>;
}

/** The files at the URLs of images and the answers of hubs and webhooks, which a test sets. */
const aPaperOutside = () => {
  const files = new Map<string, NonNullable<Awaited<ReturnType<Probe>>>>();
  const probed: string[] = [];
  const notified: { readonly hub: string; readonly topic: string }[] = [];
  const answers: MessageAnswer[] = [];
  const probe: Probe = async (url) => {
    probed.push(url);
    return files.get(url);
  };
  const poll: Poll = async () => ({ kind: "failed", reason: "there is no server", wait: undefined });
  const checkEntryPage: CheckEntryPage = async () => "unknown";
  /** The keys are URLs. The value is the answer to a request of the URL, or the reason why it fails. */
  const pages = new Map<string, Partial<Extract<PageReply, { kind: "answered" }>> | string>();
  const read: string[] = [];
  const readPage: ReadPage = async (url) => {
    read.push(url);
    const reply = pages.get(url) ?? { status: 404 };
    if (typeof reply === "string") return { kind: "failed", reason: reply };
    return { kind: "answered", status: 200, url, hasTitle: true, hasImage: true, ...reply };
  };
  const tellHub: TellHub = async (hub, topic) => {
    notified.push({ hub, topic });
    return answers.shift() ?? { kind: "taken" };
  };
  const called: WebhookCall[] = [];
  const callWebhook: CallWebhook = async (call) => {
    called.push(call);
    return answers.shift() ?? { kind: "taken" };
  };
  const told: OwnerMessage[] = [];
  const tellOwner: TellOwner = async (message) => {
    told.push(message);
    return answers.shift() ?? { kind: "taken" };
  };
  const ports = { probe, tellHub, poll, checkEntryPage, callWebhook, tellOwner, readPage };
  return { files, probed, notified, called, told, answers, pages, read, ports };
};

/** The files that a deployment stores for each text; what compresses them is not asked here. */
const encode: Encode = (text) => {
  const bytes = Buffer.from(text);
  return [
    { suffix: ".br", encoding: "br", bytes },
    { suffix: ".gz", encoding: "gzip", bytes },
    { suffix: "", bytes },
  ];
};

/** Deadlines of the clock that a test turns: a busy machine never reaches them. */
const turnedDeadlines = (clock: () => Instant) => {
  const open = new Map<AbortController, Instant>();
  return {
    deadline: (milliseconds: number): AbortSignal => {
      const controller = new AbortController();
      open.set(controller, clock() + milliseconds);
      return controller.signal;
    },
    abortPast: (): void => {
      for (const [controller, at] of open) {
        if (at > clock()) continue;
        open.delete(controller);
        controller.abort(new DOMException("The operation was aborted due to timeout", "TimeoutError"));
      }
    },
  };
};

const idleQueue: Queue = { send: async () => {} };

/** A document with a title, a date and any other fields. */
export const aDocument = (fields: Readonly<Record<string, unknown>> = {}, body = "Words."): string =>
  `---\n${JSON.stringify({ title: "A title", date: "2026-03-01T07:00:00Z", ...fields })}\n---\n${body}\n`;

/**
 * Everything that a test steps by hand: documents, a clock that only the test turns, a network on paper, workers that
 * stop where they are notified, over a real embedded database and objects in memory.
 */
export const aWorld = async ({
  accounts = [anAccount({ name: "one", network: "paper" })],
  policies,
  site,
  others = [],
  isListed = true,
  mailsOwner = false,
  deployment,
  paper: shared,
  ...paperOptions
}: WorldOptions = {}) => {
  const { store, table, unreadable, stop } = await aStore();
  onTestFinished(stop);
  let now: Instant = start;
  const clock = () => now;
  const deadlines = turnedDeadlines(clock);
  const files = new Map<string, string>();
  const alarms: string[] = [];
  const paper = shared ?? paperNetwork(clock, paperOptions);
  const configured = { accounts, deployment };
  const outside = aPaperOutside();
  const objects = objectsInMemory();
  const source: Source = {
    name: "folder",
    list: async () => [...files.keys()],
    read: async (path) => (files.has(path) ? new TextEncoder().encode(files.get(path)) : undefined),
  };
  const parts = (): AppDependencies & { readonly source: Source } => ({
    config: {
      sites: [aSite(site), ...others.map(aSite)],
      accounts: configured.accounts,
      policies: {
        maxAge: 7 * day,
        burst: 5,
        noteBurst: 20,
        settle: 0,
        removeCopiesAfter: 10 * minute,
        live: "ignore",
        ...policies,
      },
    },
    store,
    mailsOwner,
    ...(configured.deployment && { deployment: configured.deployment }),
    documentParsers: documentsInProcess,
    feedParsers: feedsInProcess,
    objects,
    encode,
    networks: paper.networks,
    ...outside.ports,
    queue: idleQueue,
    log: { info: () => {}, warn: () => {}, alarm: (name, message) => alarms.push(`${name}: ${message}`) },
    clock,
    deadline: deadlines.deadline,
    sources: [source],
    source,
  });
  const app = () => asFunctions(composeTestedApp(parts()));
  if (isListed)
    for (const { id } of parts().config.sites)
      await store.sourceStates.save({ ...(await store.sourceStates.read(id, source.name)), listed: start });

  const versionOf = async (ref: Ref): Promise<number | undefined> =>
    ref.kind === "delivery" ? (await store.deliveries.read(ref))?.version : undefined;

  /** Works on the rows that are due. A delivery that its step did not change, because another worker has it, is taken once. */
  const sweep = async (): Promise<void> => {
    const untouched = new Set<string>();
    for (let round = 0; round < 50; round += 1) {
      const due = (await store.due.before(now, 100)).filter((ref) => !untouched.has(JSON.stringify(ref)));
      if (due.length === 0) return;
      for (const ref of due) {
        const before = await versionOf(ref);
        await app().work(ref);
        if (before !== undefined && before === (await versionOf(ref))) untouched.add(JSON.stringify(ref));
      }
    }
    throw new Error(`the sweep finds no end: ${JSON.stringify(await store.due.before(now, 100))} ${alarms}`);
  };

  const post = async (slug: string): Promise<Post> => {
    const id =
      (await store.aliases.read("blog", "address", slug)) ??
      (await store.aliases.sharing("blog", "slug", { value: slug }))[0];
    const found = id === undefined ? undefined : await store.posts.read("blog", id);
    if (found === undefined) throw new Error(`there is no post ${slug}`);
    return found;
  };

  return {
    /** The dependencies of the app. */
    parts,
    store,
    /** The rows of the store, which a test may damage. */
    table,
    /** Every row that could not be read, in the words of the log. */
    unreadable,
    objects,
    paper,
    outside,
    alarms,
    files,
    clock,
    /** The accounts of the configuration and the deployment, which a test may change. */
    configured,
    turn: (milliseconds: number) => {
      now += milliseconds;
      deadlines.abortPast();
    },
    /** A worker that stops at a place of the store, the source, the objects or the networks (see `stepping`). */
    worker: (place: string, hasClock: () => Instant = clock) => {
      const all = parts();
      const held = stepping({ ...all.store, source, objects, networks: all.networks }, place);
      return {
        stopped: held.stopped,
        go: held.go,
        app: asFunctions(
          composeTestedApp({
            ...all,
            clock: hasClock,
            store: held.ports,
            sources: [held.ports.source],
            objects: held.ports.objects,
            networks: held.ports.networks,
          }),
        ),
      };
    },
    get app() {
      return app();
    },
    write: (path: string, document: string) => files.set(path, document),
    erase: (path: string) => files.delete(path),
    /** The document is missing for so long that the copies of its post are deleted, too. */
    eraseForGood: async (slug: string): Promise<void> => {
      files.delete(`${slug}.md`);
      await app().ingest("folder", `${slug}.md`);
      await sweep();
      now += 11 * minute;
      await sweep();
    },
    ingest: (path: string) => app().ingest("folder", path),
    sweep,
    post,
    postRef: async (slug: string): Promise<Ref> => ({ kind: "post", site: "blog", id: (await post(slug)).id }),
    /** Ingests a document and plans its deliveries; none is sent yet. */
    plan: async (slug: string, document: string): Promise<DeliveryRef> => {
      files.set(`${slug}.md`, document);
      await app().ingest("folder", `${slug}.md`);
      const { id, generation } = await post(slug);
      await app().work({ kind: "post", site: "blog", id });
      return { kind: "delivery", site: "blog", post: id, account: accounts[0]?.name ?? "", generation };
    },
    feedRef: (key: FeedKey): Ref => ({ kind: "feed", site: "blog", key }),
    /** Another publication, as two requests of one moment or an older table may have left it. */
    raiseGeneration: async (slug: string): Promise<void> => {
      const row = await post(slug);
      await store.posts.save({ ...row, audience: undefined, generation: row.generation + 1, due: now });
    },
    deliveries: async (slug: string): Promise<readonly Delivery[]> =>
      store.deliveries.ofPost("blog", (await post(slug)).id),
    /** The titles that a feed shows, the newest first. */
    titles: async (folder = ""): Promise<readonly string[]> => {
      const stored = await objects.read(`${folder}feed.json`);
      const feed: { items: { title: string }[] } =
        stored === undefined ? { items: [] } : JSON.parse(new TextDecoder().decode(stored.bytes));
      return feed.items.map(({ title }) => title);
    },
  };
};
export type World = Awaited<ReturnType<typeof aWorld>>;
