import { execFile } from "node:child_process";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { noise } from "../pictures/files.ts";
import { crierAt, envOf, sandboxPosts, start, titles } from "./running.ts";
import { ownConfig, ownWorkspace, versions } from "./workspace.ts";

const run = promisify(execFile);
const { owner } = await ownWorkspace("each Node");
await writeFile(join(owner, "crier.config.ts"), ownConfig);

describe.each(versions)("on Node %s", (version) => {
  const place = { folder: owner, version, data: `.crier-${version}` };
  const crier = crierAt(place);

  test("it starts, plans, publishes, shows, exports and restores, and ends by a signal with its data folder closed", async () => {
    const first = await start(place);
    // Too large for Bluesky, so that it has to be decoded.
    await writeFile(join(owner, "posts/photo.png"), await noise(1000, 800).png().toBuffer());
    await writeFile(
      join(owner, "posts/hello.md"),
      `---\ntitle: Hello\ndate: ${new Date().toISOString()}\nimage: photo.png\n---\nText.\n`,
    );
    await expect.poll(() => titles(first.url)).toContain("Hello");
    expect(await crier(first.url, "plan", "posts/hello.md")).toContain("of 500 characters");
    await expect.poll(() => pictureOnBluesky(first.url)).toMatchObject({ format: "jpeg" });
    await writeFile(join(owner, "second.md"), "---\ntitle: Second\n---\nText.\n");
    expect(await crier(first.url, "publish", "second.md")).toContain("https://mine.example/second/");
    await expect.poll(() => titles(first.url)).toEqual(expect.arrayContaining(["Hello", "Second"]));
    expect(await crier(first.url, "status", "second")).toContain("mastodon");
    expect(await crier(first.url, "accounts")).toContain("sandbox");
    expect(await crier(first.url, "doctor", "posts")).toContain("hello");
    await rm(join(owner, "backup.gz"), { force: true });
    await crier(first.url, "export", "backup.gz");
    await crier(first.url, "restore", "backup.gz", "--data", `restored-${version}`);
    expect(await first.end("SIGTERM")).toBe(0);

    const again = await start(place);
    expect(again.lines.join("\n")).not.toMatch(/did not end|Error/);
    await expect.poll(() => titles(again.url)).toEqual(expect.arrayContaining(["Hello", "Second"]));
    expect(await again.end("SIGINT")).toBe(0);
    await rm(join(owner, "posts/hello.md"));
  });

  /** The picture of the card of the post Hello. */
  const pictureOnBluesky = async (url: string) => {
    const hello = (await sandboxPosts(url)).find(
      ({ account, links }) => account === "bluesky" && links.includes("https://mine.example/hello/"),
    );
    const path = hello?.card?.picture;
    return path == null ? hello : sharp(Buffer.from(await (await fetch(new URL(path, url))).arrayBuffer())).metadata();
  };

  test("it serves the sandbox to the tests of another program", async () => {
    const script = `
      import { startSandbox } from "crier/sandbox";
      const { accounts, close } = await startSandbox();
      const { url, credentials } = accounts.find(({ network }) => network === "mastodon");
      const headers = { authorization: "Bearer " + credentials.accessToken, "content-type": "application/json" };
      const answer = await fetch(url + "/api/v1/statuses", { method: "POST", headers, body: '{"status":"Hi"}' });
      console.log(answer.status, (await answer.json()).content);
      await close();`;
    const args = ["--input-type=module", "-e", script];
    const { stdout } = await run("node", args, { cwd: owner, env: envOf(place) });
    expect(stdout).toBe("200 <p>Hi</p>\n");
  });
});
