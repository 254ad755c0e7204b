import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Feed } from "../../src/domain/feed.ts";
import { formats } from "../../src/feeds/index.ts";
import type { Rendered } from "../../src/ports/feeds.ts";
import { entriesIn } from "../properties/reading.ts";
import { openBrowser } from "../support/browser.ts";
import { type Attack, asBody, examples, faultsOfAttacks, naughtyStringsAs, payloadsIn, read } from "./attacks.ts";
import { openPage } from "./browser.ts";
import { splitIntoFeeds } from "./feeds.ts";

/** The folder with `xss-dompurify.json`: next to the blogs, unless `VECTORS` names it. */
const vectors = process.env.VECTORS ?? join(process.env.CORPUS ?? "", "../vectors");

const payloads = async (): Promise<readonly string[]> => {
  const file = join(vectors, "xss-dompurify.json");
  try {
    return await payloadsIn(file);
  } catch (cause) {
    throw new Error(`${file} cannot be read: set VECTORS to a folder with DOMPurify's payloads`, { cause });
  }
};

const asPage = (bodies: readonly string[]): string =>
  `<!DOCTYPE html><html><head><meta charset="utf-8"><title>A reader</title></head><body>${bodies
    .map((body) => `<article>${body}</article>`)
    .join("\n")}</body></html>`;

/** A feed as a reader shows it, or the page for people. */
const asShown = (one: Rendered): string =>
  one.file === "index.html" ? one.text : asPage(entriesIn(one).map(({ html }) => html ?? ""));

const page = /^index\.html$/;
const all = /^(?:feed\.xml|atom\.xml|feed\.json|index\.html)$/;

let browser: Browser | undefined;
const chromium = (): Browser => {
  if (browser === undefined) throw new Error("no browser was opened: install chromium, or set CHROMIUM");
  return browser;
};

/** Returns the forbidden things that a browser did with the files of a feed. */
const activityOf = async (feed: Feed, files: RegExp): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const one of formats.render(feed).filter(({ file }) => files.test(file))) {
    const { actions, requests, activeAttributes } = await openPage(chromium(), asShown(one));
    // The pictures of a post may be loaded, on the page for people by https alone; scripts, frames and styles may not.
    const allowed = one.file === "index.html" ? /^image https:/ : /^(?:image|media) https?:/;
    found.push(
      ...[...actions, ...requests.filter((url) => !allowed.test(url)), ...activeAttributes].map(
        (activity) => `${one.file}: ${activity}`,
      ),
    );
  }
  return found;
};

const activityOfAttacks = async (attacks: readonly Attack[], files: RegExp): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const feed of splitIntoFeeds(read(attacks).posts)) found.push(...(await activityOf(feed, files)));
  return found;
};

describe("collected attacks", () => {
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  it("leave no active content in any feed or page, as parsed by parse5", async () => {
    const attacks = read((await payloads()).map((payload) => asBody(payload, payload)));
    expect(faultsOfAttacks(attacks)).toEqual([]);
    expect(attacks.refused).toEqual([]);
  });

  it("run in this browser where they are not sanitised", async () => {
    const alerting = (await payloads()).filter((payload) => /onerror=alert|<script>alert/.test(payload)).slice(0, 20);
    const actions: string[] = [];
    for (const payload of alerting) actions.push(...(await openPage(chromium(), asPage([payload]))).actions);
    expect(actions.filter((action) => action.startsWith("alert")).length).toBeGreaterThan(5);
  });

  it("do not run in a browser, in any feed or page", async () => {
    const attacks = (await payloads()).map((payload) => asBody(payload, payload));
    expect(await activityOfAttacks(attacks, all)).toEqual([]);
  });

  it.each(Object.keys(naughtyStringsAs))("of naughty strings do not run in a browser as a %s", async (place) => {
    expect(await activityOfAttacks(naughtyStringsAs[place] ?? [], place === "body" ? all : page)).toEqual([]);
  });

  it("of unusual Markdown do not run in a browser", async () => {
    expect(await activityOfAttacks(examples, all)).toEqual([]);
  });
});
