import { access, chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newCode } from "../../../src/console/session.ts";
import { minute } from "../../../src/domain/time.ts";
import { runProgram } from "../../peers/run-program.ts";
import { openBrowser } from "../../support/browser.ts";
import { token } from "../../support/console-browser.ts";
import { aVisitor } from "../../support/console-visitor.ts";
import { type AMachine, aDocument, aMachine, clear } from "../../support/machine.ts";
import { serveConsole } from "../../support/served-console.ts";
import { aWorld } from "../../support/world.ts";

const cli = join(import.meta.dirname, "../../../src/cli/crier.ts");

describe("npx crier open and the accounts that it leads to", () => {
  let machine: AMachine;
  let browser: Browser;
  /** The only folder of the PATH. What opens an address in it writes the address into a file. */
  let folder: string;
  beforeAll(async () => {
    machine = await aMachine({ "hello.md": aDocument("Hello") });
    await machine.idle();
    browser = await openBrowser();
    folder = await mkdtemp(join(tmpdir(), "crier-open-"));
    for (const name of ["xdg-open", "open"]) {
      await writeFile(join(folder, name), `#!/bin/sh\necho "$1" > "${folder}/address"\n`);
      await chmod(join(folder, name), 0o755);
    }
  });
  afterAll(async () => {
    await browser?.close();
    if (machine !== undefined) await clear(machine);
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  /** The command with which a browser is opened. */
  const open = async (): Promise<string> => {
    await rm(join(folder, "address"), { force: true });
    const { exit, out } = await runProgram(process.execPath, [cli, "open", "--as", "Ada"], {
      ...machine.env,
      PATH: folder,
    });
    expect([exit, out]).toEqual([0, expect.stringContaining("It signs you in once, within a minute.")]);
    const opened = async () => (await readFile(join(folder, "address"), "utf8")).trim();
    await expect.poll(() => access(join(folder, "address")).then(opened, () => "")).not.toBe("");
    return opened();
  };

  const signInButton = (page: Page) => page.getByRole("button", { name: "Sign in" });
  const usedUp = (page: Page) =>
    page
      .getByRole("alert")
      .getByText(
        "This address does not sign in any more. It does so once, and within a minute: run npx crier open again, or use the token.",
      )
      .waitFor();

  test.each([true, false])(
    "sign in by the press of a button alone, once, and say how to connect (JavaScript: %s)",
    async (javaScriptEnabled) => {
      const address = await open();
      // Whoever loads an address ahead signs nobody in, and does not use it up.
      for (let n = 0; n < 2; n += 1) {
        const ahead = await fetch(address);
        expect([ahead.status, ahead.headers.get("Set-Cookie")]).toEqual([200, null]);
      }
      const { page, context, problems } = await aVisitor(browser, { javaScriptEnabled });
      await page.goto(address);
      await page.reload();
      expect(await context.cookies()).toEqual([]);
      expect(await page.getByLabel("Your name").inputValue()).toBe("Ada");
      expect(await page.getByLabel("Token").count()).toBe(0);
      await signInButton(page).focus();
      await page.keyboard.press("Enter");
      await page.getByText("Ada, until").waitFor();
      // The code is in no address that is opened later.
      expect(page.url()).toBe(`${machine.url}console`);
      await page.getByRole("link", { name: "Accounts", exact: true }).click();
      await page.getByText("3 accounts: 0 can post").waitFor();
      for (const [name, how] of [
        ["bluesky", "set bluesky where Crier runs. It asks for identifier and appPassword."],
        ["mastodon", "connect mastodon where Crier runs. It opens the page of the network on which you agree."],
      ] as const)
        await page
          .locator(`#${name}`)
          .getByText(`To connect it, run npx crier accounts ${how} Secrets are never typed into this page.`)
          .waitFor();
      expect(await page.locator("main input:not([type=hidden])").count()).toBe(0);
      expect(problems).toEqual([]);
      const other = await aVisitor(browser, { javaScriptEnabled });
      await other.page.goto(address);
      await signInButton(other.page).click();
      await usedUp(other.page);
      expect(await other.context.cookies()).toEqual([]);
      await other.page.getByLabel("Token").fill(machine.token);
      await signInButton(other.page).click();
      await other.page.getByText("Ada, until").waitFor();
      await other.context.close();
      await context.close();
    },
  );

  test.each([true, false])(
    "sign in within a minute alone, when the address is opened and when the button is pressed (JavaScript: %s)",
    async (javaScriptEnabled) => {
      const world = await aWorld();
      const site = await serveConsole(world);
      const address = `${site.url}console/sign-in?code=${newCode(token, "one", world.clock())}&name=Ada`;
      const { page, context } = await aVisitor(browser, { javaScriptEnabled });
      await page.goto(address);
      world.turn(minute);
      await signInButton(page).click();
      await usedUp(page);
      await page.goto(address);
      await usedUp(page);
      await page.getByLabel("Token").waitFor();
      expect(await context.cookies()).toEqual([]);
      await context.close();
    },
  );
});
