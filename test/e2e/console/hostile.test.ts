import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Delivery, deliveryStates, holdKinds } from "../../../src/domain/delivery.ts";
import { emptyMemory } from "../../../src/domain/polled-feed.ts";
import { allAccounts } from "../../../src/domain/stopped.ts";
import { cleanLine } from "../../../src/domain/text.ts";
import { hour, minute } from "../../../src/domain/time.ts";
import { ownPayloads, payloadsIn } from "../../corpus/attacks.ts";
import { openBrowser } from "../../support/browser.ts";
import { anAccount, aPost, deliveryIn, start } from "../../support/builders.ts";
import { aSignedInVisitor } from "../../support/console-visitor.ts";
import { serveConsole } from "../../support/served-console.ts";
import { aWorld } from "../../support/world.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());

/** Texts that leave what a template puts around them, besides those of DOMPurify's tests. */
const own = [
  `"><img src=x onerror=alert(1)>`,
  `'><svg onload=alert(1)>`,
  `" autofocus onfocus="alert(1)`,
  `</title><script>alert(1)</script>`,
  `</textarea></option></noscript><iframe src="javascript:alert(1)">`,
  `<meta http-equiv=refresh content="0;url=https://evil.example/">`,
  `<link rel=stylesheet href=https://evil.example/x.css><base href=https://evil.example/>`,
  `<form action=https://evil.example/><button>Approve</button></form>`,
  "javascript:alert(1)",
  "data:text/html,<script>alert(1)</script>",
  "--></style><!--<script>alert(1)//",
  "{{constructor.constructor('alert(1)')()}}%3Cscript%3Ealert(1)%3C/script%3E",
  "&lt;img src=x onerror=alert(1)&gt;&#60;script&#62;",
  "npx crier release x; <b>npx crier resolve y --as posted</b>",
  "\uD800 half of a pair \uDC00",
  "\u0000\u0007\u001B[31m\u2028\u2029\uFEFF\uFFFE",
  "x".repeat(10_000),
];

interface Hostile {
  readonly titles: readonly string[];
  /** The text of every other field. */
  readonly textOf: (index: number) => string;
  readonly account?: string;
}

/** A site each of whose texts somebody else chose: posts, rows, feeds, documents, sources, accounts and people. */
const aHostileSite = async ({ titles, textOf, account: third = textOf(0) }: Hostile) => {
  const name = textOf(0).slice(0, 40);
  const accounts = ["one", "two", `three${third}`].map((account) =>
    anAccount({ name: account, network: "paper", approve: account === "two" }),
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
      language: n % 5 === 0 ? text : "en",
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
  const stops = { one: { since: start, why: textOf(10), by }, [allAccounts]: { since: start, why: textOf(11), by } };
  await store.stops.save({ ...(await store.stops.read()), accounts: stops });
  const served = await serveConsole(world, { sites: [parts] as never });
  return { ...served, name, count: titles.length };
};

const pathsOf = (count: number): readonly string[] => [
  ...["", "/week", "/posts", "/accounts", "/feeds", "/stop", "/stop?account=one"],
  ...holdKinds.map((hold) => `/held?hold=${hold}`),
  // The deliveries of a post have the texts of the next ones, too.
  ...Array.from({ length: Math.ceil(count / 3) }, (_, n) => `/posts/p${3 * n}`),
  ...Array.from({ length: Math.min(count, 9) }, (_, n) => `/again?post=p${n}`),
  ...Array.from({ length: Math.min(count, 9) }, (_, n) => `/withdraw?post=p${n}&account=one`),
];

/** What a text could have put into a page: only the console's own elements and addresses are allowed. */
const strangers = `[...document.querySelectorAll("*")].flatMap((element) => {
  const allowed = "html head meta title link script body a header div nav ul li main section h1 h2 h3 p span b strong small time form input button code details summary ol table thead tbody tr th td footer aside fieldset legend label textarea select option figure figcaption svg g rect text path desc line bdi br dl dt dd";
  const found = [];
  if (!allowed.split(" ").includes(element.localName)) found.push("<" + element.localName + ">");
  for (const { name, value } of element.attributes) {
    if (name.startsWith("on") || name === "style" || name === "srcdoc") found.push(name);
    if (["href", "src", "action", "formaction"].includes(name) && !/^(?:https?:$)/.test(new URL(value, location.href).protocol))
      found.push(element.localName + " " + name + "=" + value.slice(0, 60));
    if (["src", "action", "formaction"].includes(name) && new URL(value, location.href).origin !== location.origin) found.push(name + "=" + value);
  }
  return found;
})`;

/** Turns all that follows it around, up to the end of its paragraph or of its isolation. */
const override = "\u202Ekcatta";

/** The words beside such a text that are shown from right to left. */
const turned = `[...function* () {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  const boxOf = (node, at) => {
    range.setStart(node, at);
    range.setEnd(node, at + 1);
    return range.getBoundingClientRect();
  };
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    if (node.parentElement.closest("script, .vh, bdi, code, .copy") !== null) continue;
    const own = node.data.replaceAll(${JSON.stringify(override)}, (text) => " ".repeat(text.length));
    for (const { index } of own.matchAll(/[a-z]{2}/gi)) {
      const [one, other] = [boxOf(node, index), boxOf(node, index + 1)];
      if (one.top !== other.top || one.width === 0 || one.left <= other.left) continue;
      yield node.data.slice(0, 120);
      break;
    }
  }
}()]`;

describe("texts that others chose", () => {
  const visit = async (hostile: Hostile, look: (path: string, page: Page) => Promise<void>, options: object = {}) => {
    const site = await aHostileSite(hostile);
    const visitor = await aSignedInVisitor(browser, site, { ...options, name: site.name });
    const elsewhere: string[] = [];
    visitor.page.on("request", (request) => {
      const at = new URL(request.url());
      if (at.origin !== new URL(site.url).origin || !at.pathname.startsWith("/console")) elsewhere.push(request.url());
    });
    for (const path of pathsOf(hostile.titles.length)) {
      const answer = await visitor.page.goto(`${site.url}console${path}`);
      expect([path, answer?.status()]).toEqual([path, 200]);
      await look(path, visitor.page);
    }
    expect({ elsewhere, problems: visitor.problems, warned: site.warned }).toEqual({
      elsewhere: [],
      problems: [],
      warned: [],
    });
    await visitor.context.close();
    await site.stop();
  };

  test("do nothing on any page: no dialog, no request to elsewhere, no element, no report of the policy", async () => {
    const payloads = [...own, ...(await payloadsIn(process.env.XSS ?? ownPayloads))];
    await visit(
      { titles: payloads, textOf: (index) => payloads[index % payloads.length] ?? "" },
      async (path, page) => {
        expect.soft([path, await page.evaluate(strangers)]).toEqual([path, []]);
      },
    );
  });

  test("do not turn around the sentence that they are in", async () => {
    // Titles and people's names are cleaned where they come in. The configuration names accounts with plain letters.
    const titles = deliveryStates.map((state) => `שלום, ${state}!`);
    await visit({ titles, textOf: () => override, account: "" }, async (path, page) => {
      expect.soft([path, await page.evaluate(turned)]).toEqual([path, []]);
    });
  });

  test("fit the page of a phone, however long they are", async () => {
    const long = "W".repeat(10_000);
    const options = { viewport: { width: 320, height: 700 } };
    await visit(
      { titles: deliveryStates.map((state) => `${long} ${state}`), textOf: () => long },
      async (path, page) => {
        const widths = await page.evaluate("[document.documentElement.scrollWidth, innerWidth]");
        expect.soft([path, widths]).toEqual([path, [320, 320]]);
      },
      options,
    );
  });
});
