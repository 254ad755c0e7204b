import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { run } from "../../src/cli/program.ts";
import { loadDotenv } from "../../src/runtimes/local/environment-secrets.ts";
import { type AMachine, aDocument, config, startIn } from "../support/machine.ts";
import { installPrograms } from "./programs.ts";
import { fetchOnce, type Snac, type SnacAccount, startSnac } from "./snac.ts";

const hasSnac = installPrograms(["snac2"]);

const attribute = (tag: string, name: string): string =>
  (new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? "").replaceAll("&amp;", "&");

/** Logs in on the page of snac2, and returns the address that it sends the browser to. */
const agree = async (page: string, { name, password }: SnacAccount): Promise<string> => {
  const html = await (await fetchOnce(page)).text();
  const form = new URLSearchParams();
  for (const [tag] of html.matchAll(/<input[^>]*\bname=[^>]*>/g))
    form.set(attribute(tag, "name"), attribute(tag, "value"));
  form.set("login", name);
  form.set("passwd", password);
  const action = attribute(/<form[^>]*>/.exec(html)?.[0] ?? "", "action");
  const answer = await fetchOnce(new URL(action, page).href, { method: "POST", body: form, redirect: "manual" });
  const location = answer.headers.get("location");
  if (location === null) throw new Error(`${action} answered ${answer.status} without a location`);
  return location;
};

// It is a Debian package: see `hasSnac`.
describe.skipIf(!hasSnac)("an account on snac2 is connected by a click", () => {
  let folder: string;
  let snac: Snac;
  let account: SnacAccount;
  let machine: AMachine;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "crier-connect-"));
    await mkdir(join(folder, "posts"));
    snac = await startSnac();
    account = await snac.addAccount();
    const accounts = [{ name: "snac", network: "mastodon", server: snac.url }];
    await writeFile(join(folder, "crier.config.ts"), `export default ${JSON.stringify({ ...config, accounts })};\n`);
    machine = await startIn(folder, {
      data: join(folder, ".crier"),
      config: join(folder, "crier.config.ts"),
      readEnv: loadDotenv(join(folder, ".env")),
    });
  }, 60_000);
  afterEach(async () => {
    await machine?.stop();
    await snac?.stop();
    await rm(folder, { recursive: true });
  });

  test.each([
    ["in a browser of this machine", {}],
    ["over SSH, by the address that the other browser could not open", { SSH_CONNECTION: "192.0.2.1 1 192.0.2.2 22" }],
  ])("%s, and its posts go out", async (_, env) => {
    const input = new PassThrough();
    let out = "";
    const { promise: failed, reject } = Promise.withResolvers<never>();
    const owner = async (page: string) => {
      const address = await agree(page, account);
      if ("SSH_CONNECTION" in env) input.write(`${address}\n`);
      else expect((await fetch(address)).status).toBe(200);
    };
    const print = (text: string) => {
      out += text;
      const page = /http\S+authorize\S+/.exec(text)?.[0];
      if (page !== undefined) owner(page).catch(reject);
    };
    const terminal = { env, folder, input, out: print, err: print };
    expect(await Promise.race([run(["accounts", "connect", "snac", "--no-open"], terminal), failed]), out).toBe(0);
    expect(out).toContain(`snac is connected as @${account.name}@localhost`);
    expect(await readFile(join(folder, ".env"), "utf8")).toMatch(/^CRIER_SNAC_ACCESS_TOKEN=\w+\n$/);
    await machine.write("first.md", aDocument("The first post"));
    await expect
      .poll(async () => (await account.statuses()).map(({ text }) => text))
      .toEqual([expect.stringContaining("The first post")]);
  });
});
