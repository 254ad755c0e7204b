import { createServer, type Server } from "node:http";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { minute } from "../../../src/domain/time.ts";
import { openBrowser } from "../../support/browser.ts";
import { aSignedInVisitor } from "../../support/console-visitor.ts";
import { type AMachine, aDocument, aFolderWith, clear, eventually, startIn } from "../../support/machine.ts";

/** The tasks of docs/decide.md, with the words that it names. */
describe("the how-tos of the console", () => {
  let browser: Browser;
  let machine: AMachine;
  let receiver: Server;
  const taken: string[] = [];
  beforeAll(async () => {
    receiver = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        taken.push(Buffer.concat(parts).toString());
        response.end("{}");
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
    const address = receiver.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const folder = await aFolderWith([
      { name: "newsletter", network: "webhook", approve: true },
      { name: "bluesky", network: "bluesky" },
    ]);
    machine = await startIn(folder, {
      env: {
        CRIER_NEWSLETTER_URL: `http://127.0.0.1:${port}/`,
        CRIER_NEWSLETTER_SECRET: `whsec_${Buffer.alloc(32, 7).toString("base64")}`,
      },
    });
    await machine.idle();
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    if (machine !== undefined) await clear(machine);
    receiver?.close();
  });

  const open = async (): Promise<Page> => (await aSignedInVisitor(browser, machine)).page;
  const soon = () => `---\ntitle: Soon\ndate: ${new Date(Date.now() + 4 * minute).toISOString()}\n---\nWords.\n`;
  const stateOn = async (slug: string, account: string) =>
    (await machine.app.status(slug))?.deliveries.find((one) => one.account === account)?.state;

  test("approve before posting", async () => {
    await machine.write("tea.md", aDocument("Tea"));
    await eventually(() => stateOn("tea", "newsletter")).toBe("held");
    const page = await open();
    await page.getByRole("heading", { name: "Needs you" }).waitFor();
    await page.getByText("Waits for your approval").waitFor();
    await page.getByRole("link", { name: "Read and approve" }).click();
    await page.locator("#newsletter").getByText("These are the words of Tea").waitFor();
    expect(taken).toEqual([]);
    await page.getByRole("button", { name: "Approve on newsletter" }).click();
    await page.getByRole("status").getByText("Approved on newsletter.").waitFor();
    await eventually(() => stateOn("tea", "newsletter")).toBe("posted");
    expect(taken).toHaveLength(1);
    await page.context().close();
  });

  test("stop a post, and everything", async () => {
    await machine.write("soon.md", soon());
    await eventually(async () => (await machine.app.status("soon"))?.status).toBe("scheduled");
    const page = await open();
    await page.getByRole("button", { name: "Stop this post" }).click();
    await page.getByRole("status").getByText("Stopped on").waitFor();
    await page.getByRole("status").getByRole("button", { name: "Release" }).waitFor();
    await eventually(() => stateOn("soon", "bluesky")).toBe("held");
    await page.getByRole("link", { name: "Stop all sending" }).click();
    await page.getByLabel("Why").fill("a wrong link");
    await page.getByRole("button", { name: "Stop all sending" }).click();
    await page.getByRole("link", { name: "Week", exact: true }).click();
    await page.getByText("Sending is stopped since").getByText("a wrong link").waitFor();
    await page.getByRole("button", { name: "Let it send again" }).click();
    await page.getByText("Sending is stopped since").waitFor({ state: "detached" });
    await page.context().close();
  });

  test("find out why a post has not gone out", async () => {
    await machine.write("milk.md", aDocument("Milk"));
    await eventually(() => stateOn("milk", "newsletter")).toBe("held");
    await machine.write("bad.md", "---\ntitle: Bad\ndate: 2026-13-02\n---\nWords.\n");
    await machine.idle();
    const page = await open();
    const find = async (name: string): Promise<void> => {
      await page.getByRole("link", { name: "Posts", exact: true }).click();
      await page.getByLabel("A title, a slug, an address or the path of a file").fill(name);
      await page.getByRole("button", { name: "Find" }).click();
    };
    await find("bad.md");
    await page.getByText("No post has this slug, address or file, and none has these words in its title.").waitFor();
    await page.getByRole("link", { name: "Feeds", exact: true }).click();
    await page.getByRole("heading", { name: "Refused documents" }).waitFor();
    await page.getByText("2026-13-02").waitFor();
    await find("milk");
    await page.getByRole("link", { name: "Milk" }).click();
    await page.getByText("Waits for your approval").waitFor();
    await page
      .getByText(/^What happened/)
      .first()
      .click();
    await page.getByText("It was planned.").first().waitFor();
    await page.getByRole("link", { name: "Accounts", exact: true }).click();
    await page.getByRole("button", { name: "Check the login" }).waitFor();
    await page.context().close();
  });
});
