import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { minute } from "../../../src/domain/time.ts";
import { openBrowser } from "../../support/browser.ts";
import { aSignedInVisitor } from "../../support/console-visitor.ts";
import { type AMachine, aDocument, aMachine, clear, eventually } from "../../support/machine.ts";

const scheduled = (title: string): string =>
  `---\ntitle: ${title}\ndate: ${new Date(Date.now() + 4 * minute).toISOString()}\n---\nWords.\n`;

describe("the text for one account in a browser", () => {
  let machine: AMachine;
  let browser: Browser;
  beforeAll(async () => {
    machine = await aMachine({ "hello.md": aDocument("Hello") });
    await machine.idle();
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    if (machine !== undefined) await clear(machine);
  });

  const signedIn = (options: Parameters<Browser["newContext"]>[0] = {}) => aSignedInVisitor(browser, machine, options);

  test.each([true, false])(
    "a person edits the text for one network, too long at first, by keyboard (JavaScript: %s)",
    async (javaScriptEnabled) => {
      const slug = `edited-${javaScriptEnabled}`;
      await machine.write(`${slug}.md`, scheduled(`Edited ${javaScriptEnabled}`));
      await eventually(async () => (await machine.app.status(slug))?.status).toBe("scheduled");
      const { context, page, problems } = await signedIn({ javaScriptEnabled });
      await page.goto(`${machine.url}console/posts/${slug}`);
      await page.getByRole("button", { name: "Read its texts" }).focus();
      await page.keyboard.press("Enter");
      await page.getByRole("link", { name: "Edit the text … for bluesky" }).focus();
      await page.keyboard.press("Enter");
      const area = page.getByRole("textbox", { name: "Text" });
      await area.waitFor();
      const type = async (text: string): Promise<void> => {
        await area.focus();
        await page.keyboard.press("ControlOrMeta+a");
        await page.keyboard.insertText(text);
      };
      const submit = async (): Promise<void> => {
        await page.getByRole("button", { name: "Save the text" }).focus();
        await page.keyboard.press("Enter");
      };
      const one = await machine.app.measureText(slug, "bluesky", "x");
      const added = one !== undefined && "length" in one ? one.length - 1 : 0;
      const long = "x".repeat(312 - added);
      await type(long);
      if (javaScriptEnabled) {
        // The server counts what was typed, a moment after the last key.
        await page.getByText("312 of 300: 12 too many").waitFor();
        expect(await area.getAttribute("aria-invalid")).toBe("true");
      }
      await submit();
      const alert = "Nothing was saved. The text has 12 characters too many for bluesky.";
      await page.getByRole("alert").getByText(alert).waitFor();
      expect(await area.inputValue()).toBe(long);
      await page.getByText("312 of 300: 12 too many").waitFor();
      expect((await machine.app.status(slug))?.deliveries[0]?.text).toBeUndefined();
      await type("In other words");
      if (javaScriptEnabled) await page.getByText(`${14 + added} of 300`).waitFor();
      await submit();
      await page.getByRole("status").getByText("The text for bluesky is saved.").waitFor();
      await page.getByText(/^Text edited here by Ada, today \d\d:\d\d\.$/).waitFor();
      expect((await machine.app.status(slug))?.deliveries[0]).toMatchObject({
        account: "bluesky",
        state: "pending",
        text: { value: "In other words", by: "Ada" },
      });
      // The refusal is the answer 422, which a browser's log names.
      expect(problems.filter((problem) => !problem.includes("422"))).toEqual([]);
      await context.close();
      await machine.app.actOnPost("dismiss", slug);
    },
  );
});
