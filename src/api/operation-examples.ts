import type { DeliveryJson } from "../contract/deliveries.ts";
import type { AccountJson, FeedJson, SourceJson } from "../contract/installation-status.ts";
import type { PlannedPostJson, PlannedSnippetJson, PostStatusJson, PostSummaryJson } from "../contract/posts.ts";
import type { Answer, operations, SiteOperationName } from "./operations.ts";

/**
 * An example of each operation, for its description. Apart from the list, so that no function of a deployment loads
 * them: an operation without one is an error of types, and a test fails.
 */

const timeZone = "Europe/Berlin";
const deliveryId = "3f2a61c09d4e5b8712fa60c3d9.mastodon.0";

const postFields = {
  id: "3f2a61c09d4e5b8712fa60c3d9",
  slug: "my-post",
  path: "my-post",
  url: "https://blog.example.com/my-post/",
  title: "My post",
  label: "My post",
  published: "2026-03-01T08:00:00.000Z",
  updated: "2026-03-01T08:00:00.000Z",
  changed: "2026-03-01T08:00:00.000Z",
  revision: "5d41402abc4b2a76b9719d911017c592",
  etag: "5d41402abc4b2a76-7d793037a0760186-0",
} as const;

const summary: PostSummaryJson = {
  ...postFields,
  document: "my-post.md",
  featured: false,
  trending: false,
  readingTime: 3,
  status: "live",
  reason: null,
};

const delivery: DeliveryJson = {
  id: deliveryId,
  slug: "my-post",
  account: "mastodon",
  network: "mastodon",
  state: "posted",
  version: 4,
  hold: null,
  shown: null,
  text: null,
  generation: 0,
  sandbox: false,
  posted: "2026-03-01T08:00:02.000Z",
  url: "https://social.example/@me/1",
  stale: false,
  unfinished: false,
  duplicate: null,
  attempts: 1,
  due: null,
  reason: null,
};

const held: DeliveryJson = {
  ...delivery,
  state: "held",
  version: 2,
  hold: "person",
  shown: {
    text: "My post\n\nhttps://blog.example.com/my-post/",
    contentWarning: null,
    hash: "b94d27b9934d3e08",
    length: 32,
    limit: 500,
    cut: false,
    card: null,
    warnings: [],
    approved: false,
  },
  posted: null,
  url: null,
  attempts: 0,
  reason: "by hand, until you release it",
};

const waiting: DeliveryJson = {
  ...held,
  state: "pending",
  hold: null,
  due: "2026-03-01T08:05:00.000Z",
  reason: "released by hand",
};

const ofAccount = { post: "my-post", account: "mastodon" } as const;

const edited: DeliveryJson = {
  ...waiting,
  text: {
    value: "My post, in other words",
    by: "Editor A",
    at: "2026-03-01T07:55:00.000Z",
    ifOvertaken: "ask",
    overtaken: false,
  },
};

const measured = {
  length: 49,
  limit: 500,
  over: 0,
  posts: 1,
  above: "",
  below: "https://blog.example.com/my-post/",
  card: false,
} as const;

const scheduledPost = { slug: "next-post", at: "2026-03-02T09:00:00.000Z", accounts: ["mastodon"] };

const cancelled: DeliveryJson = {
  ...held,
  state: "cancelled",
  hold: null,
  reason: "dismissed by hand: it is not sent any more",
};

const status: PostStatusJson = {
  ...summary,
  movedFrom: null,
  whyNote: null,
  warnings: [],
  translations: [{ language: "de", url: "https://blog.example.com/de/mein-beitrag/" }],
  deliveries: [
    {
      ...delivery,
      history: {
        planned: "2026-03-01T08:00:00.000Z",
        by: null,
        first: [
          { at: "2026-03-01T08:00:01.000Z", state: "sending", attempt: 1, reason: null, by: null },
          { at: "2026-03-01T08:00:02.000Z", state: "posted", attempt: null, reason: null, by: null },
        ],
        omitted: 0,
        last: [],
      },
    },
  ],
  again: [{ account: "mastodon", cost: null }],
};

const plannedPost: PlannedPostJson = {
  slug: "my-post",
  path: "my-post",
  url: "https://blog.example.com/my-post/",
  title: "My post",
  label: "My post",
  published: "2026-03-01T08:00:00.000Z",
  updated: null,
  language: "en",
  summary: "The first words.",
  html: "<p>The first words.</p>",
  categories: [{ name: "Notes" }],
  authors: [{ name: "Ada" }],
  featured: false,
  trending: false,
  readingTime: 3,
  social: { off: false, useSummary: true, texts: {} },
};

const snippet: PlannedSnippetJson = {
  account: "mastodon",
  network: "mastodon",
  text: "My post\n\nThe first words.\n\nhttps://blog.example.com/my-post/",
  length: 49,
  replies: [],
  limit: 500,
  article: null,
  contentWarning: null,
  language: "en",
  card: null,
  pictures: [],
  cost: null,
  reach: "real",
  announced: { when: "now", reason: null, at: null },
  breaker: { after: 5, reason: "5 new posts within an hour" },
};

const count = { count: 0, more: false } as const;

const account: AccountJson = {
  name: "mastodon",
  network: "mastodon",
  site: "blog",
  reach: "real",
  checked: "2026-03-01T08:00:00.000Z",
  identity: "@me@social.example (1)",
  problem: null,
  loginEndsAt: null,
  loginProblem: null,
  stopped: null,
  paused: null,
  down: null,
  breaker: { articles: null, notes: null },
  sentToday: 1,
  dailyCap: 50,
  next: { at: "2026-03-01T08:05:00.000Z", reason: "its interval" },
  waiting: { count: 1, more: false },
  underWay: { count: 0, more: false },
  held: count,
  unknown: count,
  failed: count,
  ifConnected: null,
};

const feed: FeedJson = {
  key: "main",
  title: "My blog",
  url: "https://feeds.example.com/",
  addresses: [
    "https://blog.example.com/feed.xml",
    "https://blog.example.com/atom.xml",
    "https://blog.example.com/feed.json",
  ],
  rendered: "2026-03-01T08:00:01.000Z",
  due: null,
  faults: [],
  shortened: 0,
  hubs: [{ url: "https://hub.example/", pinged: "2026-03-01T08:00:02.000Z", reason: null }],
};

const source: SourceJson = {
  name: "feed:https://blog.example.com/feed.xml",
  listed: "2026-02-01T08:00:00.000Z",
  poll: {
    url: "https://blog.example.com/feed.xml",
    polled: "2026-03-01T08:00:00.000Z",
    answer: "entries",
    next: "2026-03-01T08:05:00.000Z",
    entries: 20,
    failures: 0,
    problem: null,
  },
};

const stopped = {
  account: "mastodon",
  since: "2026-03-01T08:10:00.000Z",
  why: "A wrong link is in the last posts.",
  by: "ada",
};

const one = (answer: DeliveryJson) => ({ name: deliveryId, answer: { ...answer, already: false, timeZone } });
const many = (answer: DeliveryJson) => ({
  query: { post: "my-post" },
  answer: { deliveries: [{ ...answer, already: false }], problems: [], next: null, timeZone },
});

interface ExampleOf<Answered> {
  readonly answer: Answered;
  readonly name?: string;
  readonly query?: Readonly<Record<string, string>>;
}

type SiteExamples = { readonly [Name in SiteOperationName]: ExampleOf<Answer<Name>> };
type Examples = SiteExamples &
  Readonly<Record<Exclude<keyof typeof operations, SiteOperationName>, ExampleOf<unknown>>>;

export const operationExamples: Examples = {
  list: { answer: { posts: [summary], next: null, timeZone } },
  refused: {
    query: { refused: "true" },
    answer: {
      refused: [
        {
          source: "folder:content/posts",
          path: "bad.md",
          reasons: [
            { code: "title-missing", field: "title", message: "It has no title: add `title: …` to the front matter." },
          ],
          at: "2026-03-01T08:00:00.000Z",
        },
      ],
      waiting: [],
      timeZone,
    },
  },
  pages: {
    query: { pages: "true" },
    answer: {
      pages: [{ source: "folder:content/posts", path: "README.md", reason: "Its name is README." }],
      timeZone,
    },
  },
  status: { name: "my-post", query: { history: "true" }, answer: { ...status, timeZone } },
  put: { name: "my-post", answer: { ...postFields, result: "created", warnings: [], hurried: [], timeZone } },
  announce: { name: "my-post", answer: { ...postFields, result: "updated", hurried: [], timeZone } },
  remove: { name: "my-post", answer: { ...postFields, result: "deleted", remaining: null, timeZone } },
  plan: {
    query: { name: "my-post.md" },
    answer: {
      post: plannedPost,
      warnings: [],
      snippets: [snippet],
      origins: { title: ["title"], published: ["date"], summary: ["the body"] },
      existing: null,
      timeZone,
    },
  },
  deliveries: { query: { state: "held" }, answer: { deliveries: [held], next: null, timeZone } },
  upcoming: {
    query: { limit: "10" },
    answer: { deliveries: [waiting], scheduled: [scheduledPost], next: null, timeZone },
  },
  retry: one({ ...waiting, reason: "retried by hand" }),
  resolve: { ...one({ ...delivery, url: null, reason: "resolved by hand: it was posted" }), query: { as: "posted" } },
  text: {
    query: ofAccount,
    answer: {
      ...measured,
      slug: "my-post",
      account: "mastodon",
      network: "mastodon",
      value: "My post, in other words",
      document: "My post",
      shown: "b94d27b9934d3e08",
      problem: null,
      delivery: edited,
      timeZone,
    },
  },
  measureText: { query: { ...ofAccount, text: "My post, in other words" }, answer: { ...measured, timeZone } },
  editText: { ...one(edited), query: { ...ofAccount, text: "My post, in other words" } },
  documentText: { ...one({ ...waiting, reason: "it has the text of its document again, by hand" }), query: ofAccount },
  release: one(waiting),
  releaseMany: many(waiting),
  hold: one(held),
  holdMany: many(held),
  approve: one({ ...waiting, reason: "approved by hand" }),
  approveMany: many({ ...waiting, reason: "approved by hand" }),
  dismiss: one(cancelled),
  dismissMany: many(cancelled),
  withdraw: {
    query: { post: "my-post", account: "mastodon" },
    answer: many({ ...delivery, due: "2026-03-01T08:05:00.000Z", reason: "withdrawn by hand: it is not sent again" })
      .answer,
  },
  stopSending: {
    query: { account: "mastodon", why: "A wrong link is in the last posts." },
    answer: { stopped: [stopped], already: false, underWay: [], timeZone },
  },
  resumeSending: {
    query: { account: "mastodon" },
    answer: { stopped: [], already: false, underWay: [], timeZone, wouldSend: [] },
  },
  log: {
    answer: {
      acts: [
        {
          at: "2026-03-01T08:00:00.000Z",
          by: "Ada",
          act: "decided",
          slug: "my-post",
          title: "My post",
          account: "mastodon",
          state: "held",
          reason: "by hand, until you release it",
        },
      ],
      next: null,
      timeZone,
    },
  },
  accounts: { answer: { accounts: [account], timeZone } },
  checkAccounts: { answer: { accounts: [account], timeZone } },
  feeds: { answer: { feeds: [feed], timeZone } },
  sources: { answer: { sources: [source], timeZone } },
  description: { answer: { openapi: "3.1.1" } },
  health: { answer: { status: "ok", lastSweep: "2026-03-01T08:00:00.000Z", overdue: null } },
  exportDatabase: { answer: "the bytes of the file" },
};
