import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { hour, iso } from "../../src/domain/time.ts";
import { aFolder, clear, config, startIn } from "../support/machine.ts";
import { crier } from "../support/terminal.ts";

test("plan of a folder counts notes apart", async () => {
  const folder = await aFolder();
  const accounts = [config.accounts[2]];
  const configuration = { ...config, accounts, policies: { ...config.policies, burst: 1, noteBurst: 2 } };
  await writeFile(join(folder, "crier.config.mjs"), `export default ${JSON.stringify(configuration)};\n`);
  const machine = await startIn(folder);
  onTestFinished(() => clear(machine));
  const blog = join(folder, "blog");
  await mkdir(blog);
  const write = (name: string, hoursAgo: number, front = "") =>
    writeFile(join(blog, name), `---\n${front}date: ${iso(Date.now() - hoursAgo * hour)}\n---\nWords of ${name}.\n`);
  await write("n1.md", 6);
  await write("n2.md", 5);
  await write("n3.md", 4);
  await write("a1.md", 3, "title: One\n");
  await write("a2.md", 2, "title: Two\n");
  const { documents } = (await crier(["plan", blog, "--json"], machine)).json() as {
    readonly documents: readonly { path: string; accounts: readonly { when: string; reason: string | null }[] }[];
  };
  expect(documents.map(({ path, accounts: [one] }) => [path, one?.when, one?.reason])).toEqual([
    ["a1.md", "now", null],
    ["a2.md", "held", "more than 1 new posts within an hour"],
    ["n1.md", "now", null],
    ["n2.md", "now", null],
    ["n3.md", "held", "more than 2 new notes within an hour"],
  ]);
});

test("plan of a folder says what the breaker would hold, the newest posts, and what sends them", async () => {
  const folder = await aFolder();
  const [x, , mastodon] = config.accounts;
  const accounts = [{ ...x, pacing: { interval: "1h" } }, mastodon];
  const configuration = { ...config, accounts, policies: { ...config.policies, burst: 2 } };
  await writeFile(join(folder, "crier.config.mjs"), `export default ${JSON.stringify(configuration)};\n`);
  const machine = await startIn(folder);
  onTestFinished(() => clear(machine));
  const blog = join(folder, "blog");
  await mkdir(blog);
  for (const [name, hoursAgo] of Object.entries({ a: 1, b: 4, c: 2, d: 3 }))
    await writeFile(
      join(blog, `${name}.md`),
      `---\ntitle: ${name}\ndate: ${iso(Date.now() - hoursAgo * hour)}\n---\nWords.\n`,
    );
  const { out, code } = await crier(["plan", blog], machine);
  expect(out).toMatchInlineSnapshot(`
    "DOCUMENT  ACCOUNTS     ANNOUNCED     WHY
    a.md      x            would go out
              mastodon     held          more than 2 new posts within an hour
    b.md      x, mastodon  would go out
    c.md      x            would go out
              mastodon     held          more than 2 new posts within an hour
    d.md      x, mastodon  would go out

    If every account were connected now, 4 of 4 would go out, and 2 would be held for at least one account: the newest, if the oldest come in first. npx crier release --all sends what is held.
    "
  `);
  expect(code).toBe(0);
  expect((await crier(["plan", blog, "--json"], machine)).json()).toMatchObject({
    documents: [
      {
        path: "a.md",
        accounts: [
          { names: ["x"], when: "now", reason: null },
          { names: ["mastodon"], when: "held", reason: "more than 2 new posts within an hour" },
        ],
      },
      { path: "b.md", accounts: [{ names: ["x", "mastodon"], when: "now", reason: null }] },
      { path: "c.md", accounts: [{ when: "now" }, { when: "held" }] },
      { path: "d.md", accounts: [{ when: "now" }] },
    ],
  });
});
