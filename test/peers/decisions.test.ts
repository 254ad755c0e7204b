import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AMachine, aDocument, aFolder, clear, config, eventually, startIn } from "../support/machine.ts";
import { crier as crierIn } from "../support/terminal.ts";
import { installPrograms } from "./programs.ts";
import { type Snac, type SnacAccount, startSnac } from "./snac.ts";

const hasSnac = installPrograms(["snac2"]);

const iso = (at: number): string => new Date(at).toISOString();

/** A post for a moment of today, which is still to come. */
const aScheduled = (title: string, at: number): string => `---\ntitle: ${title}\ndate: ${iso(at)}\n---\nWords.\n`;

// It is a Debian package: see `hasSnac`.
describe.skipIf(!hasSnac)("a person's decisions on a real server with Mastodon's API, counted there", () => {
  let snac: Snac;
  let owner: SnacAccount;
  let approver: SnacAccount;
  let folder: string;
  let machine: AMachine;

  beforeAll(async () => {
    snac = await startSnac();
    [owner, approver] = [await snac.addAccount(), await snac.addAccount()];
    folder = await aFolder();
    const account = { network: "mastodon", server: snac.url, pacing: { interval: "0s" } };
    const accounts = [
      { name: "ada", ...account },
      { name: "asks", ...account, approve: true },
    ];
    const policies = { settle: "1m", live: "ignore", burst: 100 };
    await writeFile(
      join(folder, "crier.config.mjs"),
      `export default ${JSON.stringify({ sites: config.sites, accounts, policies })};\n`,
    );
    const env = { CRIER_ADA_ACCESS_TOKEN: owner.token, CRIER_ASKS_ACCESS_TOKEN: approver.token };
    machine = await startIn(folder, { env });
    await machine.idle();
  }, 60_000);
  afterAll(async () => {
    if (machine !== undefined) await clear(machine);
    else if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    await snac?.stop();
  });

  const crier = async (...args: readonly string[]) => {
    const answer = await crierIn(args, { env: machine.env, folder });
    await machine.idle();
    return answer;
  };
  /** How many statuses on the server have the text. */
  const countOf = async (account: SnacAccount, text: string): Promise<number> =>
    (await account.statuses()).filter(({ content }) => content.includes(text)).length;
  const stateOf = async (slug: string, account: string): Promise<string | undefined> =>
    (await machine.app.status(slug))?.deliveries.find((one) => one.account === account)?.state;

  test("publish sends a file that waits now, once, and --again is refused while another copy is pending", async () => {
    await machine.write("now.md", aDocument("Published now"));
    await eventually(() => stateOf("now", "ada")).toBe("pending");
    expect(await countOf(owner, "Published now")).toBe(0);
    const path = join(machine.content, "now.md");
    const again = await crier("publish", path, "--again");
    expect([again.code, again.all]).toEqual([
      1,
      expect.stringContaining("it is not announced again while the copy on"),
    ]);
    expect(await countOf(owner, "Published now")).toBe(0);
    expect((await crier("publish", path)).out).toContain("tried now");
    await eventually(() => countOf(owner, "Published now")).toBe(1);
    expect((await crier("publish", path)).out).toContain("already published");
    await machine.idle();
    expect(await countOf(owner, "Published now")).toBe(1);
  }, 60_000);

  test("an approval is of a text: an edit after it waits for another one", async () => {
    await machine.write("asked.md", aDocument("Innocent"));
    await crier("publish", join(machine.content, "asked.md"));
    await eventually(() => stateOf("asked", "asks")).toBe("held");
    await crier("stop-sending", "asks", "--why", "the approved text is edited meanwhile");
    expect((await crier("approve", "asked")).code).toBe(0);
    await machine.write("asked.md", aDocument("Changed afterwards"));
    await eventually(async () => (await machine.app.status("asked"))?.title).toBe("Changed afterwards");
    await crier("resume-sending", "asks");
    await eventually(() => stateOf("asked", "asks")).toBe("held");
    expect(await countOf(approver, "Innocent")).toBe(0);
    expect(await countOf(approver, "Changed afterwards")).toBe(0);
    await crier("approve", "asked");
    await eventually(() => countOf(approver, "Changed afterwards")).toBe(1);
  }, 60_000);

  test("a scheduled post that is held before its moment is not sent at its moment, and goes out when it is released", async () => {
    const at = Date.now() + 4_000;
    await machine.write("later.md", aScheduled("Later", at));
    await eventually(async () => (await machine.app.status("later"))?.status).toBe("scheduled");
    expect((await crier("hold", "later")).code).toBe(0);
    // The feed has it when its moment has come.
    await eventually(() => machine.titles(), 30_000).toContain("Later");
    await machine.idle();
    expect(await countOf(owner, "Later")).toBe(0);
    await crier("release", "later");
    await crier("publish", join(machine.content, "later.md"));
    await eventually(() => countOf(owner, "Later")).toBe(1);
  }, 60_000);

  test("a stop of all accounts sends nothing until it ends, and what waited goes out then, once", async () => {
    await crier("stop-sending", "--why", "a wrong link");
    await machine.write("stopped.md", aDocument("Stopped"));
    await eventually(() => machine.titles()).toContain("Stopped");
    await crier("publish", join(machine.content, "stopped.md"));
    await machine.idle();
    expect(await countOf(owner, "Stopped")).toBe(0);
    expect((await crier("accounts")).out).toContain("a wrong link");
    await crier("resume-sending");
    await eventually(() => countOf(owner, "Stopped"), 30_000).toBe(1);
  }, 60_000);

  test("dismiss by its slug cancels what waits, for good", async () => {
    await machine.write("dismissed.md", aDocument("Dismissed"));
    await eventually(() => stateOf("dismissed", "ada")).toBe("pending");
    expect((await crier("dismiss", "dismissed")).code).toBe(0);
    expect(await stateOf("dismissed", "ada")).toBe("cancelled");
    await crier("publish", join(machine.content, "dismissed.md"));
    await machine.idle();
    expect(await countOf(owner, "Dismissed")).toBe(0);
  }, 60_000);

  test("a copy that the server does not delete stays, and the delivery says so", async () => {
    const taken = await crier("withdraw", "now", "--account", "ada");
    expect(taken.code).toBe(0);
    await machine.idle();
    // snac2 has no DELETE of a status.
    expect(await countOf(owner, "Published now")).toBe(1);
    expect((await crier("status", "now")).out).toContain(
      "stale, not as the post is now: it was not deleted: Mastodon answered 404",
    );
  }, 60_000);
});
