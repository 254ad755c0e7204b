import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hour, minute } from "../../../src/domain/time.ts";
import { openBrowser } from "../../support/browser.ts";
import { anAccount } from "../../support/builders.ts";
import { aSignedInVisitor } from "../../support/console-visitor.ts";
import { sendsThenRestored, textsOf } from "../../support/restored-world.ts";
import { serveConsole } from "../../support/served-console.ts";
import { aDocument, aWorld, type WorldOptions } from "../../support/world.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());

const paper = (name: string, more: object = {}) => anAccount({ name, network: "paper", ...more });
const tea = (fields: object = {}, body = "Words.") => aDocument({ title: "Tea", slug: "tea", ...fields }, body);

const aTeam = async (options: WorldOptions = {}) => {
  const world = await aWorld({ accounts: [paper("one"), paper("two")], ...options });
  const site = await serveConsole(world);
  const states = async () => (await world.deliveries("tea")).map(({ account, state }) => `${account} ${state}`);
  return { world, site, states };
};

/** Moves the focus with the Tab key to what has this role and name, and presses Enter, or Space where that is what it takes. */
const press = async (page: Page, role: "button" | "link" | "checkbox", name: string | RegExp, key = "Enter") => {
  const target = page.getByRole(role, { name, exact: typeof name === "string" }).first();
  await target.waitFor();
  for (let tabs = 0; tabs < 100; tabs += 1) {
    if ((await target.and(page.locator(":focus")).count()) > 0) {
      await page.keyboard.press(key);
      return;
    }
    await page.keyboard.press("Tab");
  }
  throw new Error(`the Tab key does not lead to ${name}`);
};

const says = (page: Page, role: "status" | "alert", text: string) => page.getByRole(role).getByText(text).waitFor();

describe.each([true, false])("an editor who has a keyboard alone (JavaScript: %s)", (javaScriptEnabled) => {
  const signIn = async (site: Parameters<typeof aSignedInVisitor>[1], name = "Ada") => {
    const visitor = await aSignedInVisitor(browser, site, { javaScriptEnabled, name });
    const open = (path: string) => visitor.page.goto(`${site.url}console${path}`);
    return { ...visitor, open };
  };

  test("stops a post that goes out within minutes, and releases it", async () => {
    const { world, site, states } = await aTeam({ policies: { settle: 2 * minute } });
    await world.plan("tea", tea());
    await world.sweep();
    const { page, context, problems } = await signIn(site);
    // It is the first thing after the header.
    await page.locator("#main").focus();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await says(page, "status", "Stopped on one and two.");
    expect(await states()).toEqual(["one held", "two held"]);
    world.turn(hour);
    await world.sweep();
    expect(world.paper.visible()).toEqual([]);
    await press(page, "button", "Release");
    await says(page, "status", "Released on one and two.");
    await world.sweep();
    expect(await states()).toEqual(["one posted", "two posted"]);
    expect(problems).toEqual([]);
    await context.close();
  });

  test("reads why a post has not gone out", async () => {
    const { world, site } = await aTeam({ policies: { live: "wait" } as never });
    await world.plan("tea", tea());
    await world.sweep();
    const { page, context, problems } = await signIn(site);
    await page
      .getByText(/https:\/\/blog\.example\.com\/tea\/.*404/)
      .first()
      .waitFor();
    await press(page, "link", "Tea");
    await page
      .getByText(/It is looked for again at/)
      .first()
      .waitFor();
    expect(problems).toEqual([]);
    await context.close();
  });

  test("approves the texts that the page shows, and none that the document has changed since", async () => {
    const { world, site, states } = await aTeam({
      accounts: [paper("one", { approve: true }), paper("two", { approve: true })],
    });
    await world.plan("tea", tea());
    await world.sweep();
    const { page, context, problems } = await signIn(site);
    await press(page, "link", /^Read and approve/);
    await page.getByText("Waits for your approval").first().waitFor();
    await world.plan("tea", tea({ title: "Coffee" }, "Other words."));
    await press(page, "button", /^Approve 2/);
    await says(page, "alert", "The text for one and two has changed since you opened the page");
    expect([world.paper.visible(), await states()]).toEqual([[], ["one held", "two held"]]);
    // The page that came back has the new text: one more press approves that.
    await press(page, "button", /^Approve 2/);
    await says(page, "status", "Approved on one and two.");
    await world.sweep();
    expect(await states()).toEqual(["one posted", "two posted"]);
    expect(world.paper.visible().every((text) => text.startsWith("Coffee"))).toBe(true);
    expect(problems.filter((text) => !text.includes("409"))).toEqual([]);
    await context.close();
  });

  test("is refused where another person decided in the meantime, and nothing is sent", async () => {
    const { world, site, states } = await aTeam({ accounts: [paper("one", { approve: true })] });
    await world.plan("tea", tea({ date: "2026-03-01T10:00:00Z" }));
    const [ada, bob] = [await signIn(site), await signIn(site, "Bob")];
    await ada.open("/posts/tea");
    await press(ada.page, "button", "Read its texts");
    await says(ada.page, "status", "Its texts are below.");
    await bob.open("/posts/tea");
    await press(bob.page, "button", /^Stop on one/);
    await says(bob.page, "status", "Stopped on one.");
    const answer = ada.page.waitForResponse((response) => response.request().method() === "POST");
    await press(ada.page, "button", /^Approve on one/);
    expect((await answer).status()).toBe(409);
    await says(ada.page, "alert", "At 08:00: Bob stopped it, until somebody releases it.");
    world.turn(3 * hour);
    await world.sweep();
    expect([world.paper.visible(), await states()]).toEqual([[], ["one held"]]);
    await ada.context.close();
    await bob.context.close();
  });

  test("says what became of a post that got no answer", async () => {
    const { world, site, states } = await aTeam({ offers: "none" });
    world.paper.fates.push("lost", "lost");
    await world.plan("tea", tea());
    await world.sweep();
    world.turn(hour);
    await world.sweep();
    const { page, context, problems } = await signIn(site);
    await press(page, "button", "It is there “Tea” on one");
    await says(page, "status", "It is there on one: that is recorded.");
    await press(page, "button", "It is not: send it “Tea” on two");
    await says(page, "status", "It is not there on two: it is sent.");
    await world.sweep();
    expect(await states()).toEqual(["one posted", "two posted"]);
    expect(problems).toEqual([]);
    await context.close();
  });

  test("posts once more on one account, and reads what happened", async () => {
    const { world, site } = await aTeam();
    await world.plan("tea", tea());
    await world.sweep();
    const { page, context, problems, open } = await signIn(site);
    await open("/posts/tea");
    await press(page, "link", "Post it now …");
    await press(page, "checkbox", "one", "Space");
    await press(page, "button", "Post it");
    await says(page, "status", "It will be posted once more on one.");
    world.turn(2 * hour);
    await world.sweep();
    expect(world.paper.posts.map(({ account }) => account).toSorted()).toEqual(["one", "one", "two"]);
    await open("/posts/tea");
    await page.locator("details", { hasText: "posted it again." }).locator("summary").focus();
    await page.keyboard.press("Enter");
    await page.getByText("posted it again.").waitFor();
    expect(problems).toEqual([]);
    await context.close();
  });

  test("stops all sending with a reason, which every page says, and ends that", async () => {
    const { world, site, states } = await aTeam();
    const { page, context, problems, open } = await signIn(site);
    await press(page, "link", "Stop all sending");
    await page.keyboard.press("Tab");
    const why = page.getByLabel("Why");
    await why.focus();
    await page.keyboard.type("a wrong link");
    await press(page, "button", "Stop all sending");
    await says(page, "status", "Sending on all accounts is stopped.");
    await world.plan("tea", tea());
    await world.sweep();
    expect(await states()).toEqual(["one pending", "two pending"]);
    await open("/feeds");
    await page.getByText("Sending is stopped since 08:00 by Ada: a wrong link").waitFor();
    await press(page, "button", /^Let it send again/);
    await says(page, "status", "All accounts send again.");
    await world.sweep();
    expect(await states()).toEqual(["one posted", "two posted"]);
    expect(problems).toEqual([]);
    await context.close();
  });

  test("reads what an account would send whose data was restored, before it goes on", async () => {
    const { world } = await sendsThenRestored();
    await world.sweep();
    const site = await serveConsole(world);
    const { page, context, problems } = await signIn(site);
    await press(page, "link", "What would it send? on one");
    await page.getByText("It would send 1").waitFor();
    await page.getByText("Waits to be sent.").waitFor();
    expect(textsOf(world)).toEqual(["Before", "Since"]);
    await press(page, "button", "Let it send that on one");
    await says(page, "status", "Sending on one goes on.");
    await world.sweep();
    expect(textsOf(world)).toEqual(["Before", "Since", "Since"]);
    expect(problems).toEqual([]);
    await context.close();
  });
});
