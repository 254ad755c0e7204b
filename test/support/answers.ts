import type { Answer } from "../../src/api/operations.ts";
import type { DeliveryJson } from "../../src/contract/deliveries.ts";
import type { AccountJson, FeedJson, SourceJson } from "../../src/contract/installation-status.ts";
import type { PlannedPostJson, PostSummaryJson } from "../../src/contract/posts.ts";

export const aDeliveryAnswer = (overrides: Partial<DeliveryJson> = {}): DeliveryJson => ({
  id: "post.x.0",
  slug: "hello",
  account: "x",
  network: "x",
  state: "posted",
  version: 1,
  hold: null,
  shown: null,
  text: null,
  generation: 0,
  sandbox: false,
  posted: null,
  url: "https://x.com/i/status/1",
  stale: false,
  unfinished: false,
  duplicate: null,
  attempts: 1,
  due: null,
  reason: null,
  ...overrides,
});

export const aSummaryAnswer = (overrides: Partial<PostSummaryJson> = {}): PostSummaryJson => ({
  id: "id-of-hello",
  slug: "hello",
  path: "hello",
  url: "https://blog.example.com/hello/",
  title: "Hello",
  label: "Hello",
  published: "2026-03-01T08:00:00.000Z",
  updated: "2026-03-01T08:00:00.000Z",
  changed: "2026-03-01T08:00:00.000Z",
  revision: "revision-1",
  etag: "revision-1-hash-1-0",
  document: "hello.md",
  featured: false,
  trending: false,
  readingTime: 1,
  status: "live",
  reason: null,
  ...overrides,
});

export const aStatusAnswer = (overrides: Partial<Answer<"status">> = {}): Answer<"status"> => ({
  ...aSummaryAnswer(),
  movedFrom: null,
  whyNote: null,
  warnings: [],
  translations: [],
  deliveries: [],
  again: [],
  timeZone: "UTC",
  ...overrides,
});

export const anAccountAnswer = (overrides: Partial<AccountJson> = {}): AccountJson => ({
  name: "x",
  network: "x",
  site: "blog",
  reach: "real",
  checked: "2026-03-01T08:00:00.000Z",
  identity: null,
  problem: null,
  loginEndsAt: null,
  loginProblem: null,
  stopped: null,
  paused: null,
  down: null,
  breaker: { articles: null, notes: null },
  sentToday: 0,
  dailyCap: 50,
  next: null,
  waiting: { count: 0, more: false },
  underWay: { count: 0, more: false },
  held: { count: 0, more: false },
  unknown: { count: 0, more: false },
  failed: { count: 0, more: false },
  ifConnected: null,
  ...overrides,
});

export const aFeedAnswer = (overrides: Partial<FeedJson> = {}): FeedJson => ({
  key: "main",
  title: "A Blog",
  url: "https://feeds.example/",
  addresses: [],
  rendered: null,
  due: null,
  faults: [],
  shortened: 0,
  hubs: [],
  ...overrides,
});

/** A feed that was read. */
export const aSourceAnswer = (overrides: Partial<NonNullable<SourceJson["poll"]>> = {}): SourceJson => ({
  name: "feed:https://blog.example.com/feed.xml",
  listed: "2026-03-01T08:00:00.000Z",
  poll: {
    url: "https://blog.example.com/feed.xml",
    polled: "2026-03-02T08:00:00.000Z",
    answer: "entries",
    next: "2026-03-02T08:05:00.000Z",
    entries: 3,
    failures: 0,
    problem: null,
    ...overrides,
  },
});

export const aPlannedPost = (overrides: Partial<PlannedPostJson> = {}): PlannedPostJson => ({
  slug: "hello",
  path: "hello",
  url: "https://blog.example.com/hello/",
  title: "Hello",
  label: "Hello",
  published: "2026-03-01T08:00:00.000Z",
  updated: null,
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
