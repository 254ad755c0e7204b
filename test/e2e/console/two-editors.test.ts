import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hour } from "../../../src/domain/time.ts";
import { openBrowser } from "../../support/browser.ts";
import { anAccount } from "../../support/builders.ts";
import { aSignedInVisitor } from "../../support/console-visitor.ts";
import { serveConsole } from "../../support/served-console.ts";
import { aDocument, aWorld } from "../../support/world.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());

const tea = (text: string, title = "Tea") => aDocument({ title, slug: "tea", socialShare: text });

describe("two editors who have the same page open", () => {
  /** A post that waits for an approval, and two browsers on the same page of it. */
  const aPair = async (path: string, javaScriptEnabled = true) => {
    const world = await aWorld({ accounts: [anAccount({ name: "one", network: "paper", approve: true })] });
    const site = await serveConsole(world);
    await world.plan("tea", tea("As in the document"));
    await world.sweep();
    const open = async (name: string) => {
      const { page } = await aSignedInVisitor(browser, site, { javaScriptEnabled, name });
      await page.goto(`${site.url}console/${path}`);
      return page;
    };
    const [ada, bob] = [await open("Ada"), await open("Bob")];
    const text = async () => (await world.deliveries("tea"))[0]?.text?.value;
    const goesOut = async () => {
      world.turn(hour);
      await world.sweep();
      return world.paper.visible().map((sent) => sent.split("\n")[0]);
    };
    const close = () => Promise.all([ada, bob].map((page) => page.context().close()));
    return { world, site, ada, bob, text, goesOut, close };
  };
  const textPath = "text?post=tea&account=one";
  const area = (page: Page) => page.getByRole("textbox", { name: "Text" });
  const save = async (page: Page, text: string): Promise<void> => {
    await area(page).fill(text);
    await page.getByRole("button", { name: "Save the text" }).click();
  };
  /** The status of the answer to what is pressed. */
  const statusOf = async (page: Page, press: () => Promise<void>): Promise<number> => {
    const answer = page.waitForResponse(
      (response) => response.request().method() === "POST" && response.url().includes("/console/act/"),
    );
    await press();
    return (await answer).status();
  };
  const says = (page: Page, role: "status" | "alert", text: string) => page.getByRole(role).getByText(text).waitFor();

  test.each([true, false])(
    "save its text: the second is told who was first, and keeps what was typed (JavaScript: %s)",
    async (javaScriptEnabled) => {
      const { ada, bob, text, close } = await aPair(textPath, javaScriptEnabled);
      expect(await statusOf(bob, () => save(bob, "By Bob"))).toBe(303);
      await says(bob, "status", "The text for one is saved.");
      expect(await statusOf(ada, () => save(ada, "By Ada"))).toBe(409);
      await says(
        ada,
        "alert",
        "Nothing was saved. The text for one has changed since you opened the page. At 08:00: Bob edited its text.",
      );
      expect([await text(), await area(ada).inputValue()]).toEqual(["By Bob", "By Ada"]);
      await ada.getByText("By Bob", { exact: true }).waitFor();
      // One more press means it.
      await ada.getByRole("button", { name: "Save the text" }).click();
      await says(ada, "status", "The text for one is saved.");
      expect(await text()).toBe("By Ada");
      await close();
    },
  );

  test("approve and edit: no text is approved that nobody has read", async () => {
    const { site, ada, bob, goesOut, close } = await aPair("posts/tea");
    await bob.goto(`${site.url}console/${textPath}`);
    expect(await statusOf(bob, () => save(bob, "By Bob"))).toBe(303);
    expect(await statusOf(ada, () => ada.getByRole("button", { name: "Approve on one" }).click())).toBe(409);
    await says(
      ada,
      "alert",
      "Nothing was done. The text for one has changed since you opened the page. At 08:00: Bob edited its text.",
    );
    await ada.getByText("Text edited here by Bob, today 08:00.").waitFor();
    await ada.getByText("By Bob").first().waitFor();
    expect(await goesOut()).toEqual([]);
    expect(await statusOf(ada, () => ada.getByRole("button", { name: "Approve on one" }).click())).toBe(303);
    expect(await goesOut()).toEqual(["By Bob"]);
    await close();
  });

  test("edit and approve: the text that was approved in the meantime stays, and what was typed, too", async () => {
    const { site, ada, bob, text, goesOut, close } = await aPair(textPath);
    await bob.goto(`${site.url}console/posts/tea`);
    expect(await statusOf(bob, () => bob.getByRole("button", { name: "Approve on one" }).click())).toBe(303);
    expect(await statusOf(ada, () => save(ada, "By Ada"))).toBe(409);
    await says(ada, "alert", "At 08:00: Bob approved it.");
    expect([await text(), await area(ada).inputValue()]).toEqual([undefined, "By Ada"]);
    expect(await goesOut()).toEqual(["As in the document"]);
    // Too late: what was typed is still shown.
    expect(await statusOf(ada, () => ada.getByRole("button", { name: "Save the text" }).click())).toBe(409);
    await ada.getByText("The text that you wrote").waitFor();
    await ada.getByText("By Ada", { exact: true }).waitFor();
    await close();
  });
});
