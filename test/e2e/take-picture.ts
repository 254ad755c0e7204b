/**
 * Takes the picture of the page in the README anew: run it by hand, `node test/e2e/take-picture.ts`, after a change of the
 * page, with nothing on port 4000. It needs Chromium (`apt-get install chromium`).
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { openBrowser } from "../support/browser.ts";

const root = join(import.meta.dirname, "../..");
const folder = await mkdtemp(join(tmpdir(), "crier-picture-"));
const crier = spawn(process.execPath, ["src/runtimes/local/main.ts", "--data", folder], {
  cwd: root,
  stdio: ["ignore", "pipe", "inherit"],
});
for await (const line of createInterface(crier.stdout)) if (line.startsWith("ready")) break;

const browser = await openBrowser();
const page = await browser.newPage({ viewport: { width: 1100, height: 900 } });
// The pictures of the example posts are on this machine once the sandbox has them.
const picture = page.locator('.h-entry:first-of-type img[src^="/pictures/"]');
do await page.goto("http://127.0.0.1:4000/");
while ((await picture.count()) === 0);
await page.waitForLoadState("networkidle");
await page.screenshot({ path: join(root, "docs/images/page.png") });
await browser.close();

crier.kill();
await once(crier, "exit");
await rm(folder, { recursive: true });
