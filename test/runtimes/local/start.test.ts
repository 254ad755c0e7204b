import { chmod, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { createServer, request } from "node:http";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { StartError } from "../../../src/runtimes/local/listen.ts";
import { type AMachine, aDocument, aFolder, aMachine, clear, eventually, startIn } from "../../support/machine.ts";

const open: Pick<AMachine, "stop" | "folder">[] = [];
const kept = <T extends Pick<AMachine, "stop" | "folder">>(machine: T): T => {
  open.push(machine);
  return machine;
};
afterEach(async () => {
  for (const machine of open.splice(0)) await clear(machine);
});

describe("npm start", () => {
  it("publishes the documents of the folder: in every feed, and once on every account", async () => {
    const machine = kept(await aMachine({ "hello.md": aDocument("Hello", "categories: [News]\n") }));
    expect(await machine.titles()).toEqual(["Hello"]);
    expect(await machine.titles("categories/news/feed.json")).toEqual(["Hello"]);
    expect(await (await machine.get("atom.xml")).text()).toContain(">Hello</title>");
    expect((await machine.sandbox()).map(({ account }) => account).toSorted()).toEqual(["bluesky", "mastodon", "x"]);
    expect(machine.printed.at(-1)).toBe(`ready on ${machine.url}`);
    expect(machine.printed.join("\n")).toContain(`${machine.url}feed.xml`);
  });

  it("publishes a new document, an edit and a deletion while it runs", async () => {
    const machine = kept(await aMachine({ "one.md": aDocument("One") }));
    await machine.write("two.md", aDocument("Two"));
    await eventually(async () => (await machine.titles()).toSorted()).toEqual(["One", "Two"]);
    await eventually(async () => (await machine.sandbox()).length).toBe(6);

    await machine.write("two.md", aDocument("Two, said better"));
    await eventually(async () => (await machine.titles()).toSorted()).toEqual(["One", "Two, said better"]);

    await rm(join(machine.content, "two.md"));
    await eventually(machine.titles).toEqual(["One"]);
    await machine.idle();
    expect(await machine.sandbox()).toHaveLength(6);
    expect(machine.printed).toEqual(
      expect.arrayContaining([
        "created two",
        "two posted on mastodon, in the sandbox",
        "two posted on bluesky, in the sandbox",
        "two posted on x, in the sandbox",
        "updated two",
        "two edited on mastodon, in the sandbox",
        "two stays on x as it is: x cannot edit it",
        "deleted two",
        expect.stringContaining("any copies are deleted from "),
      ]),
    );
    expect(machine.printed.join("\n")).not.toContain("one posted");
  });

  it("calls the monitor that is named, in a network of the owner's own too", async () => {
    const called: string[] = [];
    const monitor = createServer(({ url = "" }, response) => {
      called.push(url);
      response.end("OK");
    });
    await new Promise<void>((resolve) => monitor.listen(0, "127.0.0.1", resolve));
    const address = monitor.address();
    const port = typeof address === "object" ? address?.port : "";
    const folder = await aFolder({ "hello.md": aDocument("Hello") });
    const machine = kept(await startIn(folder, { heartbeat: `http://127.0.0.1:${port}/a1b2` }));
    await eventually(async () => called).toEqual(["/a1b2"]);
    expect(machine.printed.join("\n")).not.toContain("heartbeat");
    monitor.close();
  });

  it("recognises a renamed document", async () => {
    const document = aDocument("Moved", "slug: moved\n");
    const machine = kept(await aMachine({ "a.md": document }));
    await rename(join(machine.content, "a.md"), join(machine.content, "b.md"));
    await machine.write("end.md", aDocument("The end"));
    await eventually(async () => (await machine.titles()).toSorted()).toEqual(["Moved", "The end"]);
    await eventually(async () => (await machine.sandbox()).length).toBe(6);
    expect(machine.printed).toEqual(
      expect.arrayContaining(["updated moved", "  the same post as before in a.md: nothing of it is sent twice"]),
    );
  });

  it("posts nothing twice when it is stopped and started again", async () => {
    const folder = await aFolder({ "one.md": aDocument("One"), "two.md": aDocument("Two") });
    const before = await startIn(folder);
    const posts = await before.sandbox();
    const feed = await (await before.get("feed.json")).text();
    await before.stop();
    await before.stop();

    const after = kept(await startIn(folder, { port: Number(new URL(before.url).port) }));
    expect(await after.sandbox()).toEqual(posts);
    expect(posts).toHaveLength(6);
    expect(await (await after.get("feed.json")).text()).toBe(feed);
    expect(after.token).toBe(before.token);
    expect(after.printed.join("\n")).not.toContain("did not end");
  });

  it("says which documents went while it was stopped, which were moved, and which are back", async () => {
    const folder = await aFolder({ "one.md": aDocument("One", "slug: one\n"), "two.md": aDocument("Two") });
    const first = await startIn(folder);
    await first.stop();
    await rm(join(first.content, "two.md"));
    const second = await startIn(folder);
    await second.stop();
    expect(second.printed).toEqual(
      expect.arrayContaining(["deleted two", "  it leaves the feeds now; it was not announced"]),
    );
    await writeFile(join(first.content, "two.md"), aDocument("Two"));
    await rename(join(first.content, "one.md"), join(first.content, "other.md"));
    const third = kept(await startIn(folder));
    expect(third.printed).toEqual(
      expect.arrayContaining([
        "updated two",
        expect.stringContaining("its document is back: it is in the feeds again"),
        "  the same post as before in one.md: nothing of it is sent twice",
      ]),
    );
  });

  it("reports that the last run was killed, and continues", async () => {
    const folder = await aFolder({ "one.md": aDocument("One") });
    await (await startIn(folder)).stop();
    await writeFile(join(folder, "data/crier.pid"), "4194305\n");
    const machine = kept(await startIn(folder));
    expect(machine.printed[0]).toBe("the last run did not end cleanly; nothing was lost");
    expect(await machine.titles()).toEqual(["One"]);
    expect(await machine.sandbox()).toHaveLength(3);
  });

  it("publishes the changes that were made while it was stopped", async () => {
    const folder = await aFolder({ "one.md": aDocument("One"), "two.md": aDocument("Two") });
    await (await startIn(folder)).stop();
    await writeFile(join(folder, "posts/three.md"), aDocument("Three"));
    const machine = kept(await startIn(folder));
    await eventually(async () => (await machine.titles()).toSorted()).toEqual(["One", "Three", "Two"]);
    await eventually(async () => (await machine.sandbox()).length).toBe(9);
  });

  it("refuses an invalid document with its name and publishes the others", async () => {
    const machine = kept(
      await aMachine({
        "good.md": aDocument("Good"),
        "broken.md": "---\ntitle: [\n---\nx",
        "nameless.md": "---\ntype: article\ndate: 2026-01-01\n---\nx",
      }),
    );
    expect(await machine.titles()).toEqual(["Good"]);
    expect(machine.printed.join("\n")).toMatch(/! broken\.md is refused: /);
    expect(machine.printed.join("\n")).toMatch(/! nameless\.md is refused: title: /);
    await machine.write("broken.md", aDocument("Mended"));
    await eventually(async () => (await machine.titles()).toSorted()).toEqual(["Good", "Mended"]);
    await machine.write("good.md", "---\ndate: 2026-13-45\n---\nx");
    await eventually(
      async () => machine.printed.filter((line) => line.startsWith("! good.md is refused")).length,
    ).toBeGreaterThan(0);
  });

  it("serves valid empty feeds for an empty folder, and prints the next step", async () => {
    const machine = kept(await aMachine());
    expect(await machine.titles()).toEqual([]);
    expect((await machine.get("feed.xml")).status).toBe(200);
    expect(await (await machine.get("")).text()).toContain("No post leaves this machine");
    expect(machine.printed.join("\n")).toContain("contains no documents yet");
  });

  it("posts for real only where there are credentials, and prints which accounts do", async () => {
    const machine = kept(await aMachine({}, { env: { CRIER_MASTODON_ACCESS_TOKEN: "secret", CRIER_TOKEN: "mine" } }));
    expect(machine.token).toBe("mine");
    expect(machine.printed.join("\n")).toContain("mastodon for real, the rest in the sandbox");
    expect(machine.printed.join("\n")).not.toContain("Publish something");
    expect(machine.printed.join("\n")).not.toMatch(/secret|mine/);
    expect(await (await machine.get("")).text()).not.toContain("<aside");
  });

  it("answers only under its own name, and only to this machine", async () => {
    const machine = kept(await aMachine());
    const { port } = new URL(machine.url);
    const status = await new Promise((settle) => {
      request({ host: "127.0.0.1", port, path: "/healthz", headers: { Host: "rebound.example" } }, ({ statusCode }) =>
        settle(statusCode),
      ).end();
    });
    expect(status).toBe(421);
    expect((await machine.get("healthz")).status).toBe(200);
    expect((await machine.get("nothing/here")).headers.get("content-type")).toBe("application/problem+json");
    expect((await machine.get("sandbox")).headers.get("content-type")).toMatch(/^text\/html/);
  });

  it("answers 404 with a page for a browser, and with a problem for programs", async () => {
    const machine = kept(await aMachine());
    const accept = "text/html,application/xhtml+xml,*/*;q=0.8";
    const page = await machine.get("a/%3Cpost%3E/", { Accept: accept });
    expect([page.status, page.headers.get("content-type"), page.headers.get("vary")]).toEqual([
      404,
      "text/html; charset=UTF-8",
      "Accept",
    ]);
    const text = await page.text();
    expect(text).toContain("There is nothing at <code>/a/&lt;post&gt;/</code>");
    expect(text).toContain('<a href="/">The page with all feeds</a>');
    expect((await machine.get("sandbox/nothing", { Accept: accept })).headers.get("content-type")).toMatch(
      /^text\/html/,
    );
    const api = await machine.get("api/nothing", { Accept: accept, Authorization: `Bearer ${machine.token}` });
    expect([api.status, api.headers.get("content-type")]).toEqual([404, "application/problem+json"]);
  });

  it("suggests to edit the document of the newest post, and none that is refused, scheduled or the index of a folder", async () => {
    const dated = (title: string, date: string) => `---\ntitle: ${title}\ndate: ${date}\n---\nText.`;
    const machine = kept(
      await aMachine({
        "a.md": dated("Older", "2026-01-01"),
        "b.md": dated("Newer", "2026-01-03"),
        "refused.md": "---\ntype: article\ndate: 2026-01-06\n---\nx",
        "scheduled.md": dated("Later", "2999-01-01"),
      }),
    );
    const suggested = async () => /Edit <code>([^<]*)</.exec(await (await machine.get("")).text())?.[1];
    await eventually(suggested).toBe(`${machine.content}/b.md`);
    await machine.write("a.md", dated("Older, edited", "2026-01-01"));
    await machine.write("refused.md", dated("Mended", "2026-01-06"));
    await eventually(suggested).toBe(`${machine.content}/refused.md`);
    await mkdir(join(machine.content, "notes"));
    await machine.write("notes/index.md", dated("Notes", "2026-01-09"));
    await machine.write("notes/new.md", dated("A note", "2026-01-07"));
    await eventually(suggested).toBe(`${machine.content}/notes/new.md`);
  });

  it("reports in one line that the port is in use, and does not lock the folder", async () => {
    const squatter = createServer();
    await new Promise<void>((settle) => squatter.listen(0, "127.0.0.1", settle));
    const address = squatter.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const folder = await aFolder();
    await expect(startIn(folder, { port })).rejects.toThrow(`port ${port} is in use`);
    squatter.close();
    kept(await startIn(folder));
  });

  // Root may read every folder, and Windows has no such permission.
  it.skipIf(process.platform === "win32" || process.getuid?.() === 0)(
    "reports in one line that the documents cannot be listed, and does not lock the folder",
    async () => {
      const folder = await aFolder();
      const closed = join(folder, "posts", "closed");
      await mkdir(closed, { mode: 0o000 });
      await expect(startIn(folder)).rejects.toThrow(StartError);
      await chmod(closed, 0o700);
      kept(await startIn(folder));
    },
  );

  it("reports in one line that the data folder is in use", async () => {
    const machine = kept(await aMachine());
    await expect(startIn(machine.folder)).rejects.toThrow(
      /^another Crier \(process \d+\) uses .*data: stop it or pass --data$/,
    );
  });
});
