/**
 * Takes the pictures in the README anew: run it by hand, `npm run pictures`, after a change of the page or the console,
 * with nothing on port 4000. It needs Chromium (`apt-get install chromium`).
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Page } from "playwright-core";
import { openBrowser } from "../support/browser.ts";
import { aSignedInVisitor } from "../support/console-visitor.ts";

const root = join(import.meta.dirname, "../..");
const url = "http://127.0.0.1:4000/";

/** Starts Crier in the sandbox with a folder of posts, until the work is done. */
const withCrier = async (content: string, work: (data: string) => Promise<void>): Promise<void> => {
  const data = await mkdtemp(join(tmpdir(), "crier-picture-"));
  const crier = spawn(process.execPath, ["src/runtimes/local/main.ts", "--data", data, "--content", content], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const line of createInterface(crier.stdout)) if (line.startsWith("ready")) break;
  await work(data);
  crier.kill();
  await once(crier, "exit");
  await rm(data, { recursive: true });
};

const save = (page: Page, name: string) => page.screenshot({ path: join(root, `docs/images/${name}.png`) });

const examples = join(root, "examples/posts");
const browser = await openBrowser();

await withCrier(examples, async () => {
  const page = await browser.newPage({ viewport: { width: 1100, height: 900 } });
  // The pictures of the example posts are on this machine once the sandbox has them.
  const picture = page.locator('.h-entry:first-of-type img[src^="/pictures/"]');
  do await page.goto(url);
  while ((await picture.count()) === 0);
  await page.waitForLoadState("networkidle");
  await save(page, "page");
});

// The console shows the same posts: one goes out within minutes, one is stopped, and one went out.
const posts = await mkdtemp(join(tmpdir(), "crier-picture-"));
await cp(examples, posts, { recursive: true });
const dates: Readonly<Record<string, number>> = {
  "2026-10-27-post-once.md": 2 * 60,
  "2026-11-16-names-that-last.md": 4,
};
for (const [name, minutes] of Object.entries(dates)) {
  const text = await readFile(join(posts, name), "utf8");
  const date = new Date(Date.now() + minutes * 60_000).toISOString();
  await writeFile(join(posts, name), text.replace(/^date: .*$/m, `date: ${date}`));
}
await withCrier(posts, async (data) => {
  const token = (await readFile(join(data, "token"), "utf8")).trim();
  const viewport = { width: 1100, height: 760 };
  const { page } = await aSignedInVisitor(browser, { url, token }, { name: "Alex", viewport });
  await page.getByRole("heading", { name: "Went out" }).waitFor();
  await page.getByRole("button", { name: /^Stop “Why posting/ }).click();
  await page.getByRole("status").waitFor();
  await page.goto(`${url}console`);
  await save(page, "console");
});
await rm(posts, { recursive: true });
await browser.close();
