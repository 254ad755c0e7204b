import type { Account } from "../../src/domain/account.ts";
import {
  type Delivery,
  type DeliveryBase,
  type DeliveryState,
  type History,
  noHistory,
  nothingPassed,
  type Sent,
} from "../../src/domain/delivery.ts";
import { noteText } from "../../src/domain/note-text.ts";
import type { Ping } from "../../src/domain/notice.ts";
import type { Post, PostContent } from "../../src/domain/post.ts";
import type { Site } from "../../src/domain/site.ts";
import { type Instant, minute } from "../../src/domain/time.ts";

/** The moment at which tests begin: 2026-03-01T08:00:00Z. */
export const start: Instant = Date.UTC(2026, 2, 1, 8);

export const aSite = (overrides: Partial<Site> = {}): Site => ({
  id: "blog",
  title: "A Blog",
  url: "https://blog.example.com/",
  description: "What we found out",
  author: { name: "Ada Example", url: "https://blog.example.com/ada", email: "ada@example.com" },
  language: "en",
  timeZone: "UTC",
  authority: "blog.example.com,2026",
  permalink: "/:slug/",
  sources: [],
  folder: "",
  feedsUrl: "https://feeds.example.com/",
  fields: {},
  socialKeys: ["x", "bluesky", "mastodon", "paper", "one", "two"],
  publishStatuses: ["published"],
  languages: ["en"],
  licence: undefined,
  hubs: [],
  movedIn: undefined,
  feeds: {
    main: "site-language",
    entries: 20,
    categoryTypes: undefined,
    categoryMinimum: 3,
    content: { default: "full" },
    paths: {},
  },
  ...overrides,
});

/** Overrides of `aSite` for a second site. */
export const notes = {
  id: "notes",
  title: "Notes",
  url: "https://notes.example.com/",
  folder: "sites/notes/",
  feedsUrl: "https://feeds.example.com/sites/notes/",
} as const;

/** Content without anything that a document may lack. */
const plain = {
  guid: undefined,
  translation: undefined,
  image: undefined,
  disclosure: undefined,
  hold: undefined,
} as const;

/** The content of a parsed document. */
export const aContent = (overrides: Partial<PostContent> = {}): PostContent => ({
  ...plain,
  updated: undefined,
  slug: "hello",
  url: "https://blog.example.com/hello/",
  title: "Hello",
  published: start,
  language: "en",
  summary: "The first words.",
  html: "<p>The first words.</p>",
  categories: [],
  authors: [],
  featured: false,
  trending: false,
  readingTime: 1,
  social: { off: false, useSummary: true, texts: {} },
  ...overrides,
});

/** A note with this body. */
export const aNote = ({ html, ...overrides }: Pick<PostContent, "html"> & Partial<PostContent>): PostContent => {
  const content = aContent({ html, isNote: true, ...overrides });
  return { ...content, summary: noteText(html, content.language) };
};

/** A post of which nothing is decided yet. */
export const undecided = {
  ...plain,
  movedFrom: undefined,
  oldId: undefined,
  oldIdDecided: undefined,
  enclosure: undefined,
  gone: undefined,
  audience: undefined,
  announceFrom: undefined,
  due: undefined,
  damage: undefined,
} as const;

/** Makes a post that is not saved yet, published at `start`. */
export const aPost = (overrides: Partial<Post> = {}): Post => {
  const slug = overrides.slug ?? "hello-world";
  const published = overrides.published ?? start;
  return {
    ...undecided,
    site: "blog",
    id: `id-of-${slug}`,
    version: 0,
    slug,
    url: `https://blog.example.com/${slug}/`,
    title: "Hello, World",
    published,
    updated: published,
    language: "en",
    summary: "The first words of a new blog.",
    html: "<p>The first words of a new blog.</p>",
    categories: [],
    authors: [],
    featured: false,
    trending: false,
    readingTime: 1,
    social: { off: false, useSummary: false, texts: {} },
    revision: "revision-1",
    source: "folder",
    path: `${slug}.md`,
    hash: "hash-1",
    recipe: "recipe-1",
    changed: published,
    address: slug,
    addresses: [slug],
    byHand: false,
    history: false,
    generation: 0,
    translations: [],
    syndication: [],
    listed: [],
    ...overrides,
  };
};

export const anAccount = (overrides: Partial<Account> = {}): Account => ({
  name: "mastodon",
  network: "mastodon",
  site: "blog",
  language: undefined,
  settings: {},
  pacing: { interval: minute, dailyCap: 50 },
  ...overrides,
});

const base: DeliveryBase = {
  site: "blog",
  post: "id-of-hello-world",
  account: "mastodon",
  generation: 0,
  network: "mastodon",
  version: 0,
  nudges: 0,
  sandbox: false,
  seed: "5eed".repeat(16),
  planned: start,
  published: start,
  copy: 1,
  attempts: 0,
  passed: nothingPassed,
  note: undefined,
  due: start,
  history: noHistory,
};

/** Planned at `start` and due then; not saved yet. */
export const aDelivery = (overrides: Partial<Delivery<"pending">> = {}): Delivery<"pending"> => ({
  ...base,
  state: "pending",
  wait: undefined,
  reason: undefined,
  ...overrides,
});

const sent: Sent = {
  request: { text: "z", card: { url: "u", none: null }, a: [1, 2] },
  url: "https://blog.example.com/",
  document: "d0",
  identity: "ada",
  firstSentAt: start,
  lastSentAt: start + minute,
};
const copy = {
  sent,
  remotes: [{ id: "1", url: "https://network.example/1", public: true, gone: false }],
  unfinished: undefined,
  openChange: undefined,
};
const waiting = { leaseUntil: undefined, wait: start + minute };
const change = { ...copy, changeAttempts: 1, wait: undefined, leaseUntil: start + minute, reason: "429" };

const failedHistory: History = {
  first: [{ at: start, state: "sending", attempt: 1, reason: undefined }],
  omitted: 3,
  last: [{ at: start + minute, state: "failed", attempt: undefined, reason: "404" }],
};

/** A delivery in each state; not saved yet. */
export const deliveryIn: { readonly [S in DeliveryState]: Delivery<S> } = {
  pending: aDelivery(),
  held: { ...base, state: "held", hold: "breaker", reason: "too many posts" },
  sending: { ...base, state: "sending", sent: undefined, leaseUntil: start + minute },
  unsettled: {
    ...base,
    ...waiting,
    state: "unsettled",
    sent,
    open: 1,
    progress: { from: { z: "1", a: [null] }, steps: 1 },
    remotes: [],
    refused: "400",
    unanswered: "the connection broke",
    reason: "400",
  },
  posted: { ...base, ...copy, state: "posted", stale: true, hold: undefined, reason: "it cannot be edited" },
  editing: {
    ...base,
    ...change,
    state: "editing",
    edit: { request: { text: "a", z: 1, b: [] }, url: "https://blog.example.com/", document: "d1" },
    edited: 0,
  },
  deleting: { ...base, ...change, state: "deleting", openChange: "deletion" },
  deleted: {
    ...base,
    state: "deleted",
    reason: undefined,
    reopens: true,
    remotes: [{ id: null, url: null, public: false, gone: true }],
  },
  failed: { ...base, state: "failed", reason: "404", history: failedHistory },
  unknown: { ...base, state: "unknown", sent, reason: "no answer" },
  cancelled: { ...base, state: "cancelled", reason: "the post was deleted", reopens: true },
};

/** Due at `start`, when its bytes are public; not saved yet. */
export const aPing = (overrides: Partial<Ping> = {}): Ping => ({
  site: "blog",
  key: "main",
  hub: "https://hub.example.com/",
  version: 1,
  topics: ["https://feeds.example.com/feed.xml", "https://feeds.example.com/atom.xml"],
  publicAt: start,
  attempts: 0,
  since: undefined,
  wait: undefined,
  pinged: undefined,
  reason: undefined,
  due: start,
  ...overrides,
});
