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
const documents = {
  "first.md": aDocument("A first post", 'categories: ["Open Web", "Publishing"]\n'),
  "first.ar.md": aDocument("أول مقال", 'categories: ["النشر"]\n'),
  "first.ja.md": aDocument("最初の記事", 'categories: ["出版"]\n'),
  "wide.md": aDocument(`${longWord} and a code`, 'category: "Publishing"\nfeatured: true\n'),
};
const files = ["/", "/categories/publishing/", "/languages/ar/", "/languages/ja/categories/出版/"];
const paths = [...files, "/sandbox", "/nothing"];
const looks = ["light", "dark"].flatMap((colorScheme) => paths.map((path) => ({ path, colorScheme })));

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

  test.each(paths)("%s sends no request to another server, and logs no error", async (path) => {
    const page = await browser.newPage();
    const elsewhere: string[] = [];
    const errors: string[] = [];
    page.on("request", (request) => {
      if (!request.url().startsWith(machine.url) && !request.url().startsWith("data:")) elsewhere.push(request.url());
    });
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type()) && !message.text().includes("404")) errors.push(message.text());
    });
    const answer = await page.goto(new URL(path, machine.url).href);
    await page.close();
    expect([answer?.status(), elsewhere, errors]).toEqual([path === "/nothing" ? 404 : 200, [], []]);
    expect(answer?.headers()).toMatchObject({
      "content-security-policy": expect.stringMatching(/^default-src 'none'; .*frame-ancestors 'none'/),
      "x-content-type-options": "nosniff",
      "referrer-policy": "strict-origin-when-cross-origin",
    });
  });

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
});
