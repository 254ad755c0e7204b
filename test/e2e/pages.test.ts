import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { openBrowser } from "../support/browser.ts";
import { type AMachine, aDocument, aMachine, clear } from "../support/machine.ts";

const findings = z.object({
  violations: z.array(z.object({ id: z.string(), impact: z.string().nullish(), help: z.string() })),
});

const longWord = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";
const pictures = "https://pictures.example";
const documents = {
  "first.md": aDocument("A first post", 'categories: ["Open Web", "Publishing"]\n'),
  "first.ar.md": aDocument("أول مقال", 'categories: ["النشر"]\n'),
  "first.ja.md": aDocument("最初の記事", 'categories: ["出版"]\n'),
  "first.he.md": aDocument("רשומה ראשונה", 'categories: ["פרסום"]\nauthor: Ada\n'),
  "picture.md": `${aDocument("A picture")}\n![A loom, close up](${pictures}/wide.svg)\n`,
  "note.md": `---\ndate: 2026-01-01\ntype: note\n---\nAt the [harbour](https://harbour.example/).\n\n![The harbour](${pictures}/high.svg)\n![](${pictures}/broken.svg)\n`,
  "wide.md": aDocument(`${longWord} and a code`, 'category: "Publishing"\nfeatured: true\n'),
};
const files = [
  "/",
  "/categories/publishing/",
  "/languages/ar/",
  "/languages/he/",
  "/languages/ja/categories/出版/",
  "/notes/",
  "/archive/1.html",
  "/404.html",
];
const paths = [...files, "/sandbox", "/nothing"];
const looks = ["light", "dark"].flatMap((colorScheme) => paths.map((path) => ({ path, colorScheme })));

/** Answers requests for pictures, which are wide and high, and of which one is missing. */
const servePictures = (page: Page, until: Promise<void> = Promise.resolve()) =>
  page.route(`${pictures}/**`, async (route) => {
    await until;
    const [width, height] = route.request().url().includes("wide") ? [1200, 400] : [400, 1200];
    const body = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="#888"/></svg>`;
    await (route.request().url().includes("broken")
      ? route.fulfill({ status: 404 })
      : route.fulfill({ contentType: "image/svg+xml", body }));
  });

describe("the pages for people", () => {
  let machine: AMachine;
  let browser: Browser;

  beforeAll(async () => {
    machine = await aMachine(documents);
    await machine.idle();
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    if (machine !== undefined) await clear(machine);
  });

  const opened = async (path: string, colorScheme: string, width: number): Promise<Page> => {
    const page = await browser.newPage({
      colorScheme: colorScheme === "dark" ? "dark" : "light",
      viewport: { width, height: 800 },
    });
    await servePictures(page);
    await page.goto(new URL(path, machine.url).href);
    return page;
  };

  test.each(looks)("$path in $colorScheme has no serious accessibility problem", async ({ path, colorScheme }) => {
    const page = await opened(path, colorScheme, 1280);
    // The debugger runs it, because the page allows no scripts.
    await page.evaluate(axe.source);
    const { violations } = findings.parse(await page.evaluate("axe.run(document)"));
    await page.close();
    expect(violations.filter(({ impact }) => impact === "serious" || impact === "critical")).toEqual([]);
  });

  test.each(paths)("%s fits a screen 360 pixels wide", async (path) => {
    const page = await opened(path, "light", 360);
    const widths = await page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]");
    await page.close();
    expect(widths).toEqual([360, 360]);
  });

  test.each(paths)(
    "%s sends no request to another server, except for the pictures of posts, and logs no error",
    async (path) => {
      const page = await browser.newPage();
      await servePictures(page);
      const elsewhere: string[] = [];
      const errors: string[] = [];
      page.on("request", (request) => {
        const isOwn = [machine.url, pictures, "data:"].some((start) => request.url().startsWith(start));
        if (!isOwn) elsewhere.push(request.url());
      });
      page.on("pageerror", (error) => errors.push(error.message));
      page.on("console", (message) => {
        const isMissing = [`${pictures}/broken.svg`, new URL("/nothing", machine.url).href].includes(
          message.location().url,
        );
        if (["error", "warning"].includes(message.type()) && !isMissing) errors.push(message.text());
      });
      const answer = await page.goto(new URL(path, machine.url).href);
      await page.close();
      expect([answer?.status(), elsewhere, errors]).toEqual([path === "/nothing" ? 404 : 200, [], []]);
      expect(answer?.headers()).toMatchObject({
        "content-security-policy": expect.stringMatching(/^default-src 'none'; .*frame-ancestors 'none'/),
        "x-content-type-options": "nosniff",
        "referrer-policy": "strict-origin-when-cross-origin",
      });
    },
  );

  test("a page from right to left begins at the right", async () => {
    const page = await opened("/languages/ar/", "light", 1280);
    const starts = await page.evaluate(
      '[".address", "h1", ".tags li"].map((one) => innerWidth - document.querySelector(one).getBoundingClientRect().right)',
    );
    await page.close();
    for (const distance of z.array(z.number()).parse(starts)) expect(distance).toBeLessThan(400);
  });

  test("each feed that the page links to can be fetched, with the type of the link", async () => {
    const page = await opened("/", "light", 1280);
    const links = z
      .array(z.tuple([z.string(), z.string()]))
      .parse(
        await page.evaluate('[...document.querySelectorAll("link[rel=alternate][type]")].map((l) => [l.type, l.href])'),
      );
    await page.close();
    expect(links).toHaveLength(3);
    for (const [type, href] of links) {
      const answer = await fetch(href);
      expect([answer.status, answer.headers.get("content-type")?.split(";")[0]]).toEqual([200, type]);
    }
  });

  test.each([390, 1280])("nothing moves on a page %i pixels wide when its pictures come", async (width) => {
    const page = await browser.newPage({ viewport: { width, height: 800 } });
    let release = (): void => {};
    await servePictures(page, new Promise((resolve) => (release = resolve)));
    await page.addInitScript(
      "window.moved = []; new PerformanceObserver((list) => { for (const one of list.getEntries()) moved.push(one.value); }).observe({ type: 'layout-shift', buffered: true });",
    );
    await page.goto(machine.url, { waitUntil: "domcontentloaded" });
    const places = () =>
      page.evaluate(
        '[...document.querySelectorAll("article, img, footer")].map((one) => one.getBoundingClientRect().top + scrollY)',
      );
    const before = await places();
    // The browser requests what is near: the last ones, too, when the end of the page is shown.
    for (const image of await page.locator(".posts img").all()) await image.scrollIntoViewIfNeeded();
    release();
    await expect.poll(() => page.evaluate("[...document.images].every((one) => one.complete)")).toBe(true);
    expect(await page.evaluate("[...document.images].map((one) => one.naturalWidth > 0)")).toEqual([true, true, false]);
    expect(await places()).toEqual(before);
    expect(await page.evaluate("moved")).toEqual([]);
    await page.close();
  });

  test("the server of a picture is not told from which page it is loaded", async () => {
    const page = await browser.newPage();
    await servePictures(page);
    const asked = page.waitForRequest(`${pictures}/wide.svg`);
    await page.goto(machine.url);
    await page.locator('img[src*="wide"]').scrollIntoViewIfNeeded();
    expect((await (await asked).allHeaders()).referer).toBeUndefined();
    await page.close();
  });

  test("a browser finds the icon that a page names, and the one that it looks for by itself beside a feed", async () => {
    const page = await opened("/", "light", 1280);
    const icon = z.string().parse(await page.evaluate('document.querySelector("link[rel=icon]").href'));
    await page.close();
    for (const address of [icon, new URL("/favicon.ico", machine.url).href]) {
      const answer = await fetch(address);
      expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "image/svg+xml; charset=utf-8"]);
    }
  });
});
