import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Feed } from "../../src/domain/feed.ts";
import { formats } from "../../src/feeds/index.ts";
import type { Rendered } from "../../src/ports/feeds.ts";
import { entriesIn } from "../properties/reading.ts";
import { openBrowser } from "../support/browser.ts";
import { type Attack, asBody, examples, faultsOfAttacks, naughtyAs, payloadsIn, read } from "./attacks.ts";
import { openPage } from "./browser.ts";
import { feedsOf } from "./feeds.ts";

/** The folder with `xss-dompurify.json`: beside the blogs, unless `VECTORS` names it. */
const vectors = process.env.VECTORS ?? join(process.env.CORPUS ?? "", "../vectors");

const payloads = async (): Promise<readonly string[]> => {
  const file = join(vectors, "xss-dompurify.json");
  try {
    return await payloadsIn(file);
  } catch (cause) {
    throw new Error(`${file} cannot be read: set VECTORS to a folder that holds DOMPurify's payloads`, { cause });
  }
};

const asPage = (bodies: readonly string[]): string =>
  `<!DOCTYPE html><html><head><meta charset="utf-8"><title>A reader</title></head><body>${bodies
    .map((body) => `<article>${body}</article>`)
    .join("\n")}</body></html>`;

/** A feed as a reader shows it; the page for people as it is. */
const shown = (one: Rendered): string =>
  one.file === "index.html" ? one.text : asPage(entriesIn(one).map(({ html }) => html ?? ""));

const page = /^index\.html$/;
const all = /^(?:feed\.xml|atom\.xml|feed\.json|index\.html)$/;

let browser: Browser | undefined;
const chromium = (): Browser => {
  if (browser === undefined) throw new Error("no browser was opened: install chromium, or set CHROMIUM");
  return browser;
};

/** What a browser did with a feed's files, that no feed may make it do. */
const deedsOf = async (feed: Feed, files: RegExp): Promise<readonly string[]> => {
  const deeds: string[] = [];
  for (const one of formats.render(feed).filter(({ file }) => files.test(file))) {
    const { acts, asked, alive } = await openPage(chromium(), shown(one));
    // A post's pictures may be fetched; a script, a frame, a style may not, nor anything by the page for people.
    const allowed = one.file === "index.html" ? /^never/ : /^(?:image|media) https?:/;
    deeds.push(
      ...[...acts, ...asked.filter((url) => !allowed.test(url)), ...alive].map((deed) => `${one.file}: ${deed}`),
    );
  }
  return deeds;
};

const deedsOfAttacks = async (attacks: readonly Attack[], files: RegExp): Promise<readonly string[]> => {
  const deeds: string[] = [];
  for (const feed of feedsOf(read(attacks).posts)) deeds.push(...(await deedsOf(feed, files)));
  return deeds;
};

describe("attacks that others have collected", () => {
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  it("leave nothing alive in any feed or page, as parse5 reads them", async () => {
    const attacks = read((await payloads()).map((payload) => asBody(payload, payload)));
    expect(faultsOfAttacks(attacks)).toEqual([]);
    expect(attacks.refused).toEqual([]);
  });

  it("make this browser call out where nothing sanitises them", async () => {
    const calling = (await payloads()).filter((payload) => /onerror=alert|<script>alert/.test(payload)).slice(0, 20);
    const acts: string[] = [];
    for (const payload of calling) acts.push(...(await openPage(chromium(), asPage([payload]))).acts);
    expect(acts.filter((act) => act.startsWith("alert")).length).toBeGreaterThan(5);
  });

  it("make no browser act in any feed or page", async () => {
    const attacks = (await payloads()).map((payload) => asBody(payload, payload));
    expect(await deedsOfAttacks(attacks, all)).toEqual([]);
  });

  it.each(Object.keys(naughtyAs))("of naughty strings make no browser act as a %s", async (place) => {
    expect(await deedsOfAttacks(naughtyAs[place] ?? [], place === "body" ? all : page)).toEqual([]);
  });

  it("of odd Markdown make no browser act", async () => {
    expect(await deedsOfAttacks(examples, all)).toEqual([]);
  });
});
