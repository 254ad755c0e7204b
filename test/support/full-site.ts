import { type Delivery, deliveryStates, holdKinds } from "../../src/domain/delivery.ts";
import { emptyMemory } from "../../src/domain/polled-feed.ts";
import { allAccounts, restoredStop } from "../../src/domain/stopped.ts";
import { cleanLine } from "../../src/domain/text.ts";
import { hour, minute } from "../../src/domain/time.ts";
import { anAccount, aPost, deliveryIn, start } from "./builders.ts";
import { serveConsole } from "./served-console.ts";
import { aWorld } from "./world.ts";

export interface SiteTexts {
  readonly titles: readonly string[];
  /** The text of every other field. */
  readonly textOf: (index: number) => string;
  /** The end of the name of the last account. */
  readonly account?: string;
  /** Besides the first three accounts. */
  readonly moreAccounts?: number;
  readonly isStopped?: boolean;
  /** The language of some posts. */
  readonly language?: string;
}

/**
 * A console with everything that it can show: posts whose deliveries are in every state, refused documents, feeds at fault,
 * a source that fails, an account that is paused. A test chooses each of its texts.
 */
export const aFullSite = async ({
  titles,
  textOf,
  account: third = textOf(0),
  moreAccounts = 0,
  isStopped = true,
  language,
}: SiteTexts) => {
  const name = textOf(0).slice(0, 40);
  const accounts = ["one", "two", `three${third}`, ...Array.from({ length: moreAccounts }, (_, n) => `more-${n}`)].map(
    (account) => anAccount({ name: account, network: "paper", approve: account === "two" }),
  );
  const world = await aWorld({ accounts, site: { title: textOf(1), hubs: ["https://hub.example.com/"] } });
  const { store } = world;
  const feed = "https://elsewhere.example/feed";
  const parts = {
    ...world.app.sites[0],
    ports: {
      ...world.app.sites[0].ports,
      sources: new Map([
        ["feed", { name: `feed ${textOf(2)}`, feed, list: async () => [], read: async () => undefined }],
      ]),
    },
  };
  await store.sourceStates.save({
    ...(await store.sourceStates.read("blog", `feed ${textOf(2)}`)),
    feed: {
      ...emptyMemory(feed),
      url: textOf(3),
      problem: textOf(4),
      failures: 3,
      last: { at: start, answer: "failed" },
    } as never,
  });
  for (const [n, title] of titles.entries()) {
    const text = textOf(n);
    const address = `javascript:alert(1)//${text}`;
    const post = aPost({
      slug: `p${n}`,
      address: `p${n}`,
      title,
      language: n % 5 === 0 ? (language ?? text) : "en",
      url: n % 4 === 0 ? address : `https://blog.example.com/${text}/`,
      path: `${text}.md`,
      published: n % 7 === 0 ? start + hour : start,
    });
    await store.posts.save(post);
    await store.aliases.claim("blog", "address", `p${n}`, post.id);
    for (const [index, account] of accounts.entries()) {
      const text = textOf(n + index);
      const state = deliveryStates[(n + index) % deliveryStates.length] ?? "posted";
      const entry = {
        at: start,
        state,
        attempt: undefined,
        reason: text,
        by: n % 2 === 0 ? cleanLine(text) : undefined,
      };
      const row = {
        ...deliveryIn[state],
        post: post.id,
        account: account.name,
        network: "paper",
        version: 0,
        reason: text,
        history: { first: [entry], omitted: 1, last: [entry] },
        due: state === "pending" ? start + minute : undefined,
      };
      const hold = state === "held" ? { hold: holdKinds[n % holdKinds.length] } : {};
      const sent =
        "sent" in row && row.sent !== undefined
          ? { ...row.sent, request: { text }, url: text, identity: text }
          : undefined;
      const remotes = "remotes" in row ? [{ id: text, url: address, public: true, gone: false }] : undefined;
      await store.deliveries.save({ ...row, ...hold, ...(sent && { sent }), ...(remotes && { remotes }) } as Delivery);
    }
    if (n < 20) {
      await store.feeds.touch("blog", n === 0 ? "main" : `categories/c${n}`, text, start);
      await store.feeds.withLease(
        "blog",
        n === 0 ? "main" : `categories/c${n}`,
        { clock: world.clock, duration: minute, minInterval: 0 },
        async () => ({
          faults: [{ file: text, problem: text, entry: text }],
          shortened: 1,
          due: undefined,
        }),
      );
      const reasons = [{ code: "date-invalid", field: text, message: text }];
      await store.documents.put({
        site: "blog",
        source: "folder",
        path: `${n}${text}.md`,
        refusal: { hash: "h", reasons, at: start },
      });
    }
  }
  for (const [index, account] of accounts.entries())
    await store.accounts.save({
      ...(await store.accounts.read(account.name)),
      paused: index === 0 ? { since: start, reason: textOf(5), login: undefined } : undefined,
      checked: {
        at: start,
        login: undefined,
        identity: textOf(6),
        place: undefined,
        problem: textOf(7),
        endsAt: undefined,
        notRenewed: textOf(8),
        told: undefined,
      },
    } as never);
  const by = cleanLine(textOf(9)).slice(0, 40);
  const one = { since: start, why: textOf(10), by };
  const stops = { one, two: restoredStop(start), [allAccounts]: { since: start, why: textOf(11), by } };
  if (isStopped) await store.stops.save({ ...(await store.stops.read()), accounts: stops });
  const served = await serveConsole(world, { sites: [parts] as never });
  return { ...served, world, name };
};
