import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { deliveryStates } from "../../../src/domain/delivery.ts";
import { openBrowser } from "../../support/browser.ts";
import { aSignedInVisitor, type ConsoleAddress } from "../../support/console-visitor.ts";
import { aFullSite } from "../../support/full-site.ts";
import { serveConsole } from "../../support/served-console.ts";
import { aWorld } from "../../support/world.ts";

const titles = deliveryStates.map((state) => `A post whose first copy is ${state}`);
const texts = [
  "more than 5 new posts within an hour",
  "https://blog.example.com/tea/ did not appear within a day",
  "the network refused it: 422 (the text is too long)",
];
const textOf = (index: number) => texts[index % texts.length] ?? "";
const full = { titles, textOf, account: "", language: "de" };

const twelveAccounts = () => aFullSite({ ...full, moreAccounts: 9, isStopped: false });
const stoppedSite = () => aFullSite(full);

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());

const paths = [
  "",
  "/week",
  "/posts",
  "/posts?find=nothing",
  ...titles.map((_, n) => `/posts/p${n}`).filter((_, n) => n % 5 === 0),
  "/again?post=p4",
  "/withdraw?post=p4&account=one",
  "/text?post=p4&account=one",
  "/accounts",
  "/feeds",
  "/stop",
  "/held?hold=breaker",
  "/remove?post=p4",
  "/log",
  "/nothing",
];
/** What a site shows that has sent nothing yet, and one whose sending is stopped. */
const fewPaths = ["", "/week", "/posts", "/accounts", "/feeds", "/stop"];

const findings = z.object({
  violations: z.array(z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string() })) })),
});

const violations = async (page: Page): Promise<readonly string[]> => {
  // The debugger runs it, because the page allows no scripts but its own.
  if (!(await page.evaluate("typeof axe === 'object'"))) await page.evaluate(axe.source);
  const found = findings.parse(await page.evaluate("axe.run(document, { resultTypes: ['violations'] })")).violations;
  return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
};

const widths = "[document.documentElement.scrollWidth, innerWidth]";

/** The buttons, and the links that look like one or lead from page to page, which a finger must hit. */
const smallTargets = `[...document.querySelectorAll("button, .do, .alt, nav a, .halt, .home, h2 a, summary, input:not([type=hidden], [type=checkbox]), .pick label, textarea, select")]
  .filter((element) => element.getClientRects().length > 0)
  .map((element) => [element.textContent.trim() || element.id, Math.round(element.getBoundingClientRect().height)])
  .filter(([, height]) => height < 44).map(([text, height]) => height + " " + text.slice(0, 60))`;

/** Every rule of axe, in each width and in each theme, of one page as it is now. */
const look = async (page: Page, where: string): Promise<void> => {
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 800 });
    const [content, window] = z.tuple([z.number(), z.number()]).parse(await page.evaluate(widths));
    expect.soft(content, `${where} is as wide as the window at ${width} pixels`).toBe(window);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      expect.soft(await violations(page), `${where} in ${colorScheme} at ${width} pixels`).toEqual([]);
    }
  }
};

/** The pages that need no session, or end one, and the page that comes back with a refusal. */
const lookAtRefusals = async (page: Page, { url, token }: ConsoleAddress, where: string): Promise<void> => {
  await page.goto(`${url}console/stop`);
  await page.evaluate(`document.querySelector("#why").removeAttribute("maxlength")`);
  await page.getByLabel("Why").fill("x".repeat(201));
  await page.getByRole("button", { name: "Stop all sending" }).click();
  await page.getByRole("alert").getByText("Nothing was done. The reason has").waitFor();
  await look(page, `${where} a refusal`);
  await page.goto(`${url}console/stop`);
  await page.context().clearCookies();
  await page.getByLabel("Why").fill("a wrong link");
  await page.getByRole("button", { name: "Stop all sending" }).click();
  await page.getByRole("alert").getByText("Your session is over").waitFor();
  await look(page, `${where} a session that is over`);
  await page.getByLabel("Token").fill(`${token}x`);
  await page.getByLabel("Your name").fill("Ada");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").getByText("That is not the token").waitFor();
  await look(page, `${where} a wrong token`);
  await page.goto(`${url}console/sign-in?code=used`);
  await page.getByRole("alert").getByText("does not sign in any more").waitFor();
  await look(page, `${where} a used code`);
};

describe("every page of the console", () => {
  test("has no violation of any rule of axe in light and dark at 1280 and 390 pixels, whatever it shows", async () => {
    const [twelve, stopped] = [await twelveAccounts(), await stoppedSite()];
    const empty = await serveConsole(await aWorld({ accounts: [] }));
    for (const [site, pages] of [
      [twelve, paths],
      [stopped, [...fewPaths, "/stop?account=two"]],
      [empty, fewPaths],
    ] as const) {
      // A colour that changes slowly would be measured on its way.
      const { context, page } = await aSignedInVisitor(browser, site, { reducedMotion: "reduce" });
      for (const path of pages) {
        await page.goto(`${site.url}console${path}`);
        await look(page, path);
      }
      if (site === twelve) await lookAtRefusals(page, site, "the page of");
      await context.close();
    }
  });

  test.each([1280, 390, 320])("fits %i pixels with all that can be opened open", async (width) => {
    const twelve = await twelveAccounts();
    const { context, page } = await aSignedInVisitor(browser, twelve, { viewport: { width, height: 800 } });
    for (const path of ["", "/posts/p5"]) {
      await page.goto(`${twelve.url}console${path}`);
      await page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })");
      expect.soft([path, await page.evaluate(widths)]).toEqual([path, [width, width]]);
    }
    await context.close();
  });

  test("fits 320 pixels, has targets of 44 pixels for a finger, and no two buttons with one name", async () => {
    const twelve = await twelveAccounts();
    const { context, page } = await aSignedInVisitor(browser, twelve, {
      viewport: { width: 320, height: 700 },
      hasTouch: true,
      isMobile: true,
    });
    for (const path of paths) {
      await page.goto(`${twelve.url}console${path}`);
      expect.soft([path, await page.evaluate(widths)]).toEqual([path, [320, 320]]);
      expect.soft([path, await page.evaluate(smallTargets)]).toEqual([path, []]);
      const names = await page.getByRole("button").allTextContents();
      expect.soft(new Set(names).size, `${path}: ${names}`).toBe(names.length);
    }
    await context.close();
  });

  test("shows the focus on everything that the keyboard reaches, and reaches everything in the order of the page", async () => {
    const stopped = await stoppedSite();
    const { context, page } = await aSignedInVisitor(browser, stopped);
    for (const path of ["", "/posts/p0", "/accounts", "/stop", "/held?hold=breaker"]) {
      await page.goto(`${stopped.url}console${path}`);
      const reachable: number = await page.evaluate(`{
        window.all = [...document.querySelectorAll("a[href], button, input:not([type=hidden], :disabled), summary, textarea, select")]
          .filter((element) => element.checkVisibility());
        window.all.length
      }`);
      const seen: unknown[] = [];
      for (let n = 0; n < reachable; n += 1) {
        await page.keyboard.press("Tab");
        seen.push(
          await page.evaluate(`(() => {
            const focused = document.activeElement;
            const { outlineStyle, outlineWidth } = getComputedStyle(focused);
            const { left, right, width } = focused.getBoundingClientRect();
            const isSeen = outlineStyle === "solid" && parseFloat(outlineWidth) >= 2 && width > 0 && left >= 0 && right <= innerWidth;
            return [window.all.indexOf(focused), isSeen];
          })()`),
        );
      }
      expect.soft([path, seen]).toEqual([path, Array.from({ length: reachable }, (_, n) => [n, true])]);
    }
    await context.close();
  });

  test("keeps its buttons and its states where colours are forced, moves nothing, and prints its content alone", async () => {
    const twelve = await twelveAccounts();
    const { context, page } = await aSignedInVisitor(browser, twelve, {
      forcedColors: "active",
      reducedMotion: "reduce",
    });
    for (const path of paths) {
      await page.goto(`${twelve.url}console${path}`);
      const plain: readonly string[] =
        await page.evaluate(`[...document.querySelectorAll("button:not(.plain), .alt:not(.plain)")]
        .filter((element) => getComputedStyle(element).borderTopStyle !== "solid")
        .map((element) => element.textContent)`);
      const marks: readonly string[] = await page.evaluate(`[...document.querySelectorAll(".s")]
        .filter((element) => element.textContent.trim() === "" || getComputedStyle(element, "::before").borderTopStyle !== "solid")
        .map((element) => element.outerHTML)`);
      const moving: number = await page.evaluate(
        `[...document.querySelectorAll("*")].filter((element) => parseFloat(getComputedStyle(element).transitionDuration) > 0 || getComputedStyle(element).animationName !== "none").length`,
      );
      expect.soft({ path, plain, marks, moving }).toEqual({ path, plain: [], marks: [], moving: 0 });
    }
    await page.emulateMedia({ media: "print", forcedColors: "none" });
    for (const path of ["", "/posts/p0", "/week"]) {
      await page.goto(`${twelve.url}console${path}`);
      expect.soft([path, await page.getByRole("button").count()]).toEqual([path, 0]);
      expect.soft([path, await page.getByRole("heading").first().isVisible()]).toEqual([path, true]);
    }
    await context.close();
  });
});
