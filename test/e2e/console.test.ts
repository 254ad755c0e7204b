import axe from "axe-core";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { minute } from "../../src/domain/time.ts";
import { openBrowser } from "../support/browser.ts";
import { aSignedInVisitor } from "../support/console-visitor.ts";
import { type AMachine, aDocument, aMachine, clear, eventually } from "../support/machine.ts";

const findings = z.object({
  violations: z.array(z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string() })) })),
});

const scheduled = (title: string): string =>
  `---\ntitle: ${title}\ndate: ${new Date(Date.now() + 4 * minute).toISOString()}\n---\nWords.\n`;

const documents = {
  "hello.md": aDocument('Notes on <b>bold</b> claims & "quotes" <script>alert(1)</script>'),
  "bad.md": "---\ntitle: Bad\ndate: 2026-13-02\n---\nWords.\n",
};

describe("the console in a browser", () => {
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

  const signedIn = (options: Parameters<Browser["newContext"]>[0] = {}) => aSignedInVisitor(browser, machine, options);

  const holds = async (slug: string) =>
    (await machine.app.status(slug))?.deliveries.map(({ account, state, hold }) => [account, state, hold]);

  test.each([true, false])(
    "a person stops a post that goes out within minutes, and releases it, by keyboard (JavaScript: %s)",
    async (javaScriptEnabled) => {
      const slug = `forty-years-${javaScriptEnabled}`;
      await machine.write(`${slug}.md`, scheduled(`What forty years taught us ${javaScriptEnabled}`));
      await eventually(async () => (await machine.app.status(slug))?.status).toBe("scheduled");
      const { context, page, problems } = await signedIn({ javaScriptEnabled });
      const stop = page.getByRole("button", { name: "Stop this post" });
      await stop.focus();
      await page.keyboard.press("Enter");
      await page.getByRole("status").getByText("Stopped on bluesky, mastodon and x.").waitFor();
      expect(new URL(page.url()).pathname).toBe("/console");
      expect(await holds(slug)).toEqual(["bluesky", "mastodon", "x"].map((account) => [account, "held", "person"]));
      await page.getByRole("status").getByRole("button", { name: "Release" }).waitFor();
      await page.goto(`${machine.url}console/posts/${slug}`);
      const held = page.getByRole("button", { name: "Release 3 on bluesky, mastodon and x" });
      await held.focus();
      await page.keyboard.press("Enter");
      await page.getByRole("status").getByText("Released on bluesky, mastodon and x.").waitFor();
      expect((await holds(slug))?.map(([, state]) => state)).toEqual(["pending", "pending", "pending"]);
      await page
        .getByText(/^What happened/)
        .first()
        .click();
      await page.getByText("Ada released it.").first().waitFor();
      expect(problems).toEqual([]);
      await context.close();
      await machine.app.actOnPost("dismiss", slug);
    },
  );

  const paths = [
    "",
    "/week",
    "/posts",
    "/posts/hello",
    "/again?post=hello",
    "/withdraw?post=hello&account=x",
    "/accounts",
    "/feeds",
    "/stop",
    "/held?hold=breaker",
  ];

  const check = async (page: Page): Promise<unknown> => {
    // The debugger runs it, because the page allows no scripts but its own.
    await page.evaluate(axe.source);
    return findings.parse(await page.evaluate("axe.run(document)")).violations;
  };
  const widths = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]";
  const forEachPage = async (context: BrowserContext, page: Page, look: (path: string) => Promise<void>) => {
    for (const path of paths) {
      await page.goto(`${machine.url}console${path}`);
      await look(path);
    }
    await context.close();
  };

  test.each([
    ["light", 1280],
    ["dark", 1280],
    ["light", 390],
    ["dark", 390],
  ] as const)("every page has no violation in %s at %i pixels, and no sideways scroll", async (colorScheme, width) => {
    const { context, page, problems } = await signedIn({ colorScheme, viewport: { width, height: 800 } });
    await forEachPage(context, page, async (path) => {
      expect(await check(page), path).toEqual([]);
      expect(await page.evaluate(widths), path).toEqual([width, width]);
    });
    expect(problems).toEqual([]);
  });

  test("every page fits 320 pixels, and no two of its buttons have one name", async () => {
    const { context, page } = await signedIn({ viewport: { width: 320, height: 700 } });
    await forEachPage(context, page, async (path) => {
      expect(await page.evaluate(widths), path).toEqual([320, 320]);
      const names = await page.getByRole("button").allTextContents();
      expect(new Set(names).size, `${path}: ${names}`).toBe(names.length);
    });
  });
});
