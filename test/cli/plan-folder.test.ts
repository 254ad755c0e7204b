import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { aDocument, aMachine, clear } from "../support/machine.ts";
import { crier } from "../support/terminal.ts";

test("plan of a folder says which documents would be announced, and why not the others", async () => {
  const machine = await aMachine();
  onTestFinished(() => clear(machine));
  const folder = join(machine.folder, "blog");
  await mkdir(folder);
  const documents = {
    "broken.md": "---\ntype: article\n---\nNo title.",
    "draft.md": aDocument("Draft", "draft: true\n"),
    "fresh.md": aDocument("Fresh"),
    "later.md": "---\ntitle: Later\ndate: 2099-01-01\n---\nLater words.\n",
    "old.md": "---\ntitle: Old\ndate: 2019-01-01\n---\nOld words.\n",
    "quiet.md": aDocument("Quiet", "socialShare: false\n"),
    "README.md": "Read me.",
  };
  for (const [name, document] of Object.entries(documents)) await writeFile(join(folder, name), document);
  const { out, code } = await crier(["plan", folder], machine);
  expect(out).toMatchInlineSnapshot(`
    "DOCUMENT   ACCOUNTS              ANNOUNCED     WHY
    README.md                        page          Its name is README.
    broken.md                        refused       title: It has no title: add \`title: …\` to the front matter.
    draft.md   x, bluesky, mastodon  no            It is a draft (\`draft: true\`).
    fresh.md   x, bluesky, mastodon  would go out
    later.md   x, bluesky, mastodon  later         waits until 2099-01-01 00:00 UTC: scheduled
    old.md     x, bluesky, mastodon  no            it is older than 7 days; crier publish announces it
    quiet.md                         no            the document says socialShare: false

    If every account were connected now, 1 of 7 would go out, 1 later.
    "
  `);
  expect(code).toBe(1);
  expect((await crier(["plan", folder, "--json"], machine)).json()).toMatchObject({
    documents: expect.arrayContaining([
      expect.objectContaining({
        path: "fresh.md",
        result: "post",
        accounts: [{ names: ["x", "bluesky", "mastodon"], when: "now", reason: null, at: null }],
      }),
    ]),
  });
  expect((await machine.sandbox()).length).toBe(0);
});

test("plan of a folder without documents says so", async () => {
  const machine = await aMachine();
  onTestFinished(() => clear(machine));
  expect(await crier(["plan", machine.content], machine)).toMatchObject({
    code: 0,
    out: `${machine.content} contains no Markdown files.\n`,
  });
});
