import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import * as z from "zod";

/** What a page did when it was opened. */
export interface Deeds {
  /** Dialogs, errors of scripts, windows, navigations. */
  readonly acts: readonly string[];
  /** `type url` of whatever it asked another server for. */
  readonly asked: readonly string[];
  /** Event attributes and links of other schemes that stand in the browser's own tree. */
  readonly alive: readonly string[];
}

/** Runs in the page: two frames later, whatever loads or fails at once has done so. */
const lookAround = `new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(
  [...document.querySelectorAll("*")].flatMap((element) => [
    ...[...element.attributes].map(({ name }) => name).filter((name) => /^on/i.test(name)),
    ...(element.localName === "a" && element.hasAttribute("href") && !/^(https?|mailto):$/.test(element.protocol) ? [element.href] : []),
  ])))))`;

const watch = async (page: Page, url: string): Promise<Deeds> => {
  const acts: string[] = [];
  const asked: string[] = [];
  page.on("dialog", async (dialog) => {
    acts.push(`${dialog.type()} ${dialog.message()}`);
    await dialog.dismiss();
  });
  page.on("pageerror", (error) => acts.push(error.message));
  page.on("popup", () => acts.push("a window"));
  page.on("console", (line) => {
    // Pictures that were not fetched are the only thing that may be complained of.
    if (line.type() === "error" && !line.text().startsWith("Failed to load resource")) acts.push(line.text());
  });
  page.on("framenavigated", (frame) => {
    if (frame.url() !== url) acts.push(`to ${frame.url()}`);
  });
  await page.route("**/*", async (route) => {
    const request = route.request();
    if (new URL(request.url()).origin === new URL(url).origin) return route.continue();
    asked.push(`${request.resourceType()} ${request.url()}`);
    return route.abort();
  });
  await page.goto(url);
  const alive = z.array(z.string()).parse(await page.evaluate(lookAround));
  return { acts, asked, alive };
};

/** Serves the HTML on loopback and opens it; nothing else is reached. */
export const openPage = async (browser: Browser, html: string): Promise<Deeds> => {
  const server = createServer((request, response) => {
    if (request.url !== "/") response.writeHead(404).end();
    else response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(html);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = z.custom<AddressInfo>((value) => typeof value === "object").parse(server.address());
  const page = await browser.newPage();
  try {
    return await watch(page, `http://127.0.0.1:${port}/`);
  } finally {
    await page.close();
    server.closeAllConnections();
    server.close();
  }
};
