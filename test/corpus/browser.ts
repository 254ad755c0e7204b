import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import * as z from "zod";

/** The activity of a page after it was opened. */
export interface PageActivity {
  /** Dialogs, errors of scripts, windows, navigations. */
  readonly actions: readonly string[];
  /** `type url` of each request to another server. */
  readonly requests: readonly string[];
  /** Event attributes and links with other schemes in the browser's DOM. */
  readonly activeAttributes: readonly string[];
}

/** Runs in the page, after two frames: what loads or fails immediately has done so. */
const findActiveAttributes = `new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(
  [...document.querySelectorAll("*")].flatMap((element) => [
    ...[...element.attributes].map(({ name }) => name).filter((name) => /^on/i.test(name)),
    ...(element.localName === "a" && element.hasAttribute("href") && !/^(https?|mailto):$/.test(element.protocol) ? [element.href] : []),
  ])))))`;

const watch = async (page: Page, url: string): Promise<PageActivity> => {
  const actions: string[] = [];
  const requests: string[] = [];
  page.on("dialog", async (dialog) => {
    actions.push(`${dialog.type()} ${dialog.message()}`);
    await dialog.dismiss();
  });
  page.on("pageerror", (error) => actions.push(error.message));
  page.on("popup", () => actions.push("a window"));
  page.on("console", (line) => {
    // The pictures are not loaded: only this may be an error.
    if (line.type() === "error" && !line.text().startsWith("Failed to load resource")) actions.push(line.text());
  });
  page.on("framenavigated", (frame) => {
    if (frame.url() !== url) actions.push(`to ${frame.url()}`);
  });
  await page.route("**/*", async (route) => {
    const request = route.request();
    if (new URL(request.url()).origin === new URL(url).origin) return route.continue();
    requests.push(`${request.resourceType()} ${request.url()}`);
    return route.abort();
  });
  await page.goto(url);
  const activeAttributes = z.array(z.string()).parse(await page.evaluate(findActiveAttributes));
  return { actions, requests, activeAttributes };
};

/** Serves the HTML on the loopback and opens it. Requests to other servers are blocked. */
export const openPage = async (browser: Browser, html: string): Promise<PageActivity> => {
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
