import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type AMachine, aDocument, aFolder, clear, config, eventually, startIn } from "../../support/machine.ts";

const open: Pick<AMachine, "stop" | "folder">[] = [];
afterEach(async () => {
  for (const machine of open.splice(0)) await clear(machine);
});

const notes = { id: "notes", title: "Notes", url: "https://notes.example.com/" };

/** Folders beside the configuration, and the sources of the two sites. */
const aFolderWith = async (
  sources: { readonly blog?: readonly unknown[]; readonly notes?: readonly unknown[] },
  files: Readonly<Record<string, string>>,
): Promise<string> => {
  const folder = await aFolder();
  const [blog] = config.sites;
  const sites = [
    { ...blog, sources: sources.blog },
    { ...notes, sources: sources.notes },
  ];
  await writeFile(join(folder, "crier.config.mjs"), `export default ${JSON.stringify({ ...config, sites })};\n`);
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(folder, path, ".."), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
};

const started = async (folder: string, content?: string): Promise<AMachine> => {
  const machine = await startIn(folder, { content });
  open.push(machine);
  return machine;
};

describe("sites with sources of their own", () => {
  it("have the documents of each of their folders, as their globs allow, and watch them", async () => {
    const folder = await aFolderWith(
      {
        blog: [
          { folder: "blog", exclude: ["drafts"] },
          { folder: "log", include: ["*.md"] },
        ],
        notes: [{ folder: "notes" }],
      },
      {
        "blog/one.md": aDocument("One"),
        "blog/drafts/not.md": aDocument("Not this"),
        "log/two.md": aDocument("Two"),
        "log/2026/not.md": aDocument("Nor this"),
        "notes/one.md": aDocument("One of the notes"),
        "posts/not.md": aDocument("Nor that"),
      },
    );
    const machine = await started(folder);
    expect((await machine.titles()).toSorted()).toEqual(["One", "Two"]);
    expect(await machine.titles("sites/notes/feed.json")).toEqual(["One of the notes"]);
    const printed = machine.printed.join("\n");
    for (const place of ["blog", "log", "notes"]) expect(printed).toContain(`  watching  ${join(folder, place)}\n`);
    expect(await (await machine.get("sites/notes/")).text()).toContain(
      `Edit <code>${join(folder, "notes/one.md")}</code>`,
    );

    await writeFile(join(folder, "log/three.md"), aDocument("Three"));
    await writeFile(join(folder, "notes/two.md"), aDocument("Another note"));
    await writeFile(join(folder, "blog/drafts/not.md"), aDocument("Still not this"));
    await eventually(async () => (await machine.titles()).toSorted()).toEqual(["One", "Three", "Two"]);
    await eventually(() => machine.titles("sites/notes/feed.json")).toContain("Another note");
  });

  it("keep a post that moves from one folder to another, or from --content to a source", async () => {
    const folder = await aFolderWith(
      { blog: [{ folder: "blog" }, { folder: "log" }] },
      { "log/.keep": "", "blog/.keep": "" },
    );
    await writeFile(join(folder, "posts/hello.md"), aDocument("Hello"));
    const before = await startIn(folder);
    expect(await before.sandbox()).toHaveLength(3);
    await before.stop();
    await rm(join(folder, "posts/hello.md"));
    await writeFile(join(folder, "blog/hello.md"), aDocument("Hello"));
    const machine = await started(folder);
    expect(await machine.titles()).toEqual(["Hello"]);
    await writeFile(join(folder, "log/hello.md"), aDocument("Hello again"));
    await rm(join(folder, "blog/hello.md"));
    await eventually(machine.titles).toEqual(["Hello again"]);
    await machine.idle();
    expect(await machine.sandbox()).toHaveLength(3);
  });

  it("are not read where --content names another place", async () => {
    const folder = await aFolderWith({ blog: [{ folder: "blog" }] }, { "blog/one.md": aDocument("One") });
    await writeFile(join(folder, "posts/two.md"), aDocument("Two"));
    const machine = await started(folder, join(folder, "posts"));
    expect(await machine.titles()).toEqual(["Two"]);
  });

  it("name the source whose folder is missing", async () => {
    const folder = await aFolderWith({ notes: [{ folder: "notes" }] }, {});
    await expect(startIn(folder, { content: undefined })).rejects.toThrow(
      `sites[1].sources[0]: ${join(folder, "notes")} is not a folder: create one there, or name another`,
    );
  });
});
