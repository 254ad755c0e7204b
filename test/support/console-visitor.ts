import type { Browser } from "playwright-core";

/** Where a console is, and the API's token that signs in to it. */
export interface ConsoleAddress {
  /** Ends with a slash. */
  readonly url: string;
  readonly token: string;
}

/** A page in a browser of its own. `problems`: what its console, its scripts and its dialogs said. */
export const aVisitor = async (browser: Browser, options: Parameters<Browser["newContext"]>[0] = {}) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) problems.push(message.text());
  });
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("dialog", (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return { context, page, problems };
};

/** The same, after a person has signed in. */
export const aSignedInVisitor = async (
  browser: Browser,
  { url, token }: ConsoleAddress,
  { name = "Ada", ...options }: Parameters<Browser["newContext"]>[0] & { readonly name?: string } = {},
) => {
  const visitor = await aVisitor(browser, options);
  const { page } = visitor;
  await page.goto(`${url}console`);
  await page.getByLabel("Token").fill(token);
  await page.getByLabel("Your name").fill(name);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Sign out" }).waitFor();
  return visitor;
};
