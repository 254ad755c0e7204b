import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../../../src/cli/program.ts";
import { hour } from "../../../src/domain/time.ts";
import { type AMachine, aDocument, aFolder, clear, config, eventually, startIn } from "../../support/machine.ts";
import { piped } from "../../support/terminal.ts";

const notes = {
  id: "notes",
  title: "Notes",
  url: "https://notes.example.com/",
  feeds: { paths: { atom: "/notes.atom" } },
};

let machine: AMachine;
beforeAll(async () => {
  const folder = await aFolder({ "hello.md": aDocument("In the blog") });
  const sites = [...config.sites, notes];
  await writeFile(join(folder, "crier.config.mjs"), `export default ${JSON.stringify({ ...config, sites })};\n`);
  machine = await startIn(folder);
  await machine.write("sites/notes/hello.md", aDocument("In the notes"));
});
afterAll(() => clear(machine));

const titleOf = async (query: string): Promise<unknown> => {
  const body: unknown = await (await machine.api("GET", `api/posts/hello${query}`)).json();
  return typeof body === "object" && body !== null && "title" in body ? body.title : body;
};

describe("two sites on one machine", () => {
  it("each have their feeds, at the addresses in the feeds", async () => {
    await eventually(() => machine.titles("sites/notes/feed.json")).toEqual(["In the notes"]);
    expect(await machine.titles()).toEqual(["In the blog"]);
    expect(await (await machine.get("sites/notes/feed.xml")).text()).toContain(`${machine.url}sites/notes/feed.xml`);
    const own = await machine.get("notes.atom");
    expect(own.headers.get("content-type")).toContain("application/atom+xml");
    expect(await own.text()).toContain(`href="${machine.url}notes.atom"`);
  });

  it("are separate in the API", async () => {
    expect([await titleOf(""), await titleOf("?site=blog"), await titleOf("?site=notes")]).toEqual([
      "In the blog",
      "In the blog",
      "In the notes",
    ]);
    expect(await (await machine.api("GET", "api/posts?site=other")).json()).toMatchObject({
      status: 404,
      detail: "There is no site other: use blog or notes.",
    });
  });

  const crier = async (...args: readonly string[]) => {
    let out = "";
    const code = await run(args, {
      env: { CRIER_URL: machine.url, CRIER_TOKEN: machine.token },
      folder: machine.folder,
      input: piped(""),
      out: (text) => {
        out += text;
      },
      err: () => {},
    });
    return { code, out };
  };

  it("are separate in the command line, whose hints name the site", async () => {
    const { code, out } = await crier("list", "--site", "notes");
    expect([code, out]).toEqual([0, expect.stringContaining("In the notes")]);
    expect(out).not.toContain("In the blog");
    const file = join(machine.folder, "new.md");
    await writeFile(file, aDocument("New in the notes"));
    expect((await crier("publish", "--site", "notes", file)).out).toContain("npx crier status new --site notes\n");
  });

  it("have their own banners, with the accounts and a document of the site", async () => {
    const banner = async (path: string) => /<aside.*<\/aside>/.exec(await (await machine.get(path)).text())?.[0];
    await eventually(() => banner("sites/notes/")).toContain(`${machine.content}/sites/notes/hello.md`);
    expect(await banner("sites/notes/")).toContain("No post leaves this machine: no account is configured.");
    expect(await banner("")).toContain(`${machine.content}/hello.md`);
    expect(await banner("")).toContain("every account posts to the sandbox");
  });

  it("name the address of a post in the API", async () => {
    const put = await machine.api("PUT", "api/posts/put?site=notes", aDocument("Put"));
    expect(put.headers.get("location")).toBe("/api/posts/put?site=notes");
    expect((await machine.api("GET", put.headers.get("location") ?? "")).status).toBe(200);
  });

  it("are both in the start message", () => {
    const printed = machine.printed.join("\n");
    expect(printed).toContain("Crier for A Blog");
    expect(printed).toContain(`${machine.url}sites/notes/feed.xml  ${machine.url}notes.atom`);
  });
});

it("what is held in another site is named with the commands that decide about it", async () => {
  const folder = await aFolder();
  const sites = [...config.sites, notes];
  const accounts = [{ name: "other", network: "mastodon", server: "https://social.example", site: "notes" }];
  await writeFile(
    join(folder, "crier.config.mjs"),
    `export default ${JSON.stringify({ ...config, sites, accounts })};\n`,
  );
  const first = await startIn(folder);
  const date = new Date(Date.now() + hour).toISOString();
  await first.api("PUT", "api/posts/later?site=notes", `---\ntitle: Later\ndate: ${date}\n---\nWords.\n`);
  await first.api("POST", "api/deliveries/hold?post=later&site=notes");
  const page = await (await first.get("sandbox")).text();
  expect(page).toContain("Send what is held: <code>npx crier release --all --site notes</code>");
  await first.stop();
  const again = await startIn(folder);
  expect(again.printed.join("\n")).toContain(
    "because you hold them: later (other); npx crier release SLUG --site notes",
  );
  await clear(again);
});
