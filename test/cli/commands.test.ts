import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../../src/cli/program.ts";
import { type AMachine, aDocument, aMachine, clear } from "../support/machine.ts";
import { piped } from "../support/terminal.ts";

let machine: AMachine;
beforeAll(async () => {
  machine = await aMachine({ "standing.md": aDocument("Standing"), "broken.md": "no title" });
});
afterAll(() => clear(machine));

const crier = async (
  args: readonly string[],
  env: NodeJS.ProcessEnv = { CRIER_URL: machine.url, CRIER_TOKEN: machine.token },
) => {
  let [out, err] = ["", ""];
  const code = await run(args, {
    env,
    folder: machine.folder,
    input: piped(""),
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
  });
  return { code, out, err, json: (): unknown => JSON.parse(out) };
};

const file = async (name: string, document: string): Promise<string> => {
  const path = join(machine.folder, name);
  await writeFile(path, document);
  return path;
};

const fault = (account: string, kind: string) =>
  fetch(new URL("sandbox/faults", machine.url), {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${machine.token}` },
    body: JSON.stringify({ account, fault: kind, times: 1 }),
  });

describe("crier", () => {
  it("plans a document: its texts, counted, for each account", async () => {
    const path = await file("plan-me.md", aDocument("Plan me"));
    const { code, out } = await crier(["plan", path]);
    expect(code).toBe(0);
    expect(out).toMatch(/^Plan me\n {2}https:\/\/blog\.example\.com\/plan-me\/\n {2}slug plan-me, published \d{4}-/);
    expect(out).toMatch(/\n {2}x \(x, sandbox\) \d+\/280\n {4}Plan me\n\n {4}These are the words of Plan me\./);
    expect((await crier(["plan", path, "--json"])).json()).toMatchObject({
      post: { slug: "plan-me" },
      snippets: [{}, {}, {}],
    });
    expect((await crier(["status", "plan-me"])).code).toBe(1);
  });

  it("warns of what does not fit a network", async () => {
    const canonicalUrl = `https://blog.example.com/${"long-".repeat(60)}`;
    const path = await file("long.md", `---\ntitle: Long\ncanonicalUrl: ${canonicalUrl}\n---\nWords.`);
    expect((await crier(["plan", path])).out).toMatch(
      /\n {2}note: bluesky: the text has 325 of 300 characters: its link alone is too long/,
    );
    expect((await crier(["plan", path, "--json"])).json()).toMatchObject({
      warnings: expect.arrayContaining([{ code: "too-long", message: expect.stringMatching(/^bluesky: /) }]),
    });
  });

  it("shows what it guessed, and what is held", async () => {
    const { out } = await crier(["plan", await file("draft.md", "---\ntitle: Draft\ndraft: true\n---\nWords.")]);
    expect(out).toMatch(/no date: published when Crier first reads it/);
    expect(out).toMatch(/\n {2}held: /);
    expect(out).toMatch(/\n {2}note: /);
  });

  it("publishes a document and tells where to look", async () => {
    const path = await file("published.md", aDocument("Published"));
    expect(await crier(["publish", path])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^created published {2}https:.*\n.*npx crier status published\n$/),
    });
    await machine.idle();
    expect(await crier(["publish", path, "--json"])).toMatchObject({
      code: 0,
      out: expect.stringContaining('"result": "unchanged"'),
    });
    const status = await crier(["status", "published"]);
    expect(status.out).toMatch(/^Published\n {2}https:.*\n {2}live, published /);
    expect(status.out).toMatch(/mastodon {2}posted {2}https:.*sandbox/);
    await crier(["publish", path, "--again"]);
    await machine.idle();
    expect(
      (await machine.sandbox()).filter(({ account, text }) => account === "bluesky" && text.includes("/published/")),
    ).toHaveLength(2);
  });

  it("says why a document is refused, and ends with 1", async () => {
    const path = await file("bad.md", "---\ndate: 2026-01-01\n---\nx");
    expect(await crier(["publish", path])).toMatchObject({
      code: 1,
      out: "",
      err: expect.stringMatching(/bad\.md is refused: title: /),
    });
    expect(await crier(["plan", path])).toMatchObject({ code: 1, err: expect.stringContaining("bad.md is refused") });
    const json = await crier(["publish", path, "--json"]);
    expect(json.code).toBe(1);
    expect(json.json()).toMatchObject({ status: 422, reasons: [{ field: "title" }] });
    expect(await crier(["plan", join(machine.folder, "missing.md")])).toMatchObject({
      code: 1,
      err: expect.stringContaining("cannot read"),
    });
  });

  it("says of a held document that it is held", async () => {
    const path = await file("wibble.md", aDocument("Held", "status: wibble\n"));
    expect(await crier(["publish", path])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^created wibble .*\n {2}held: Its status "wibble" .* unknown/),
    });
  });

  it("imports a folder, one refused document stopping no other", async () => {
    const folder = join(machine.folder, "archive");
    await mkdir(join(folder, "2020"), { recursive: true });
    await mkdir(join(folder, ".git"), { recursive: true });
    await writeFile(join(folder, "2020/old.md"), aDocument("Old", "").replace(/date: .*/, "date: 2020-01-01"));
    await writeFile(join(folder, "bad.md"), "no title");
    await writeFile(join(folder, "notes.txt"), "no document");
    await writeFile(join(folder, ".git/x.md"), aDocument("Hidden"));
    const first = await crier(["import", folder]);
    expect(first).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^refused bad\.md: title: .*\n1 created, 1 refused\n$/),
    });
    expect((await crier(["import", folder, "--json"])).json()).toMatchObject({
      documents: [
        { path: "2020/old.md", result: "unchanged", slug: "old" },
        { path: "bad.md", result: "refused" },
      ],
    });
    const empty = join(machine.folder, "empty");
    await mkdir(empty);
    expect(await crier(["import", empty])).toMatchObject({
      code: 0,
      out: expect.stringContaining("contains no Markdown files"),
    });
    expect(await crier(["import", join(folder, "bad.md")])).toMatchObject({
      code: 1,
      err: expect.stringContaining("is not a folder"),
    });
  });

  it("lists the posts and the refused documents", async () => {
    const { out } = await crier(["list"]);
    expect(out).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d {2}\d{4}-\d\d-\d\d \d\d:\d\d {2}live +standing +Standing$/m);
    expect((await crier(["list", "--json"])).json()).toMatchObject({ next: null });
    expect((await crier(["list", "--refused"])).out).toMatch(/^Refused broken\.md\n {2}title: /m);
    expect((await crier(["list", "--from", "nonsense"])).code).toBeLessThan(2);
  });

  it("says of a refused document why it is no post", async () => {
    const { code, err } = await crier(["status", "broken"]);
    expect([code, err]).toEqual([
      1,
      "crier: There is no post with the slug broken. broken.md is refused: title: It has no title: add `title: …` to the front matter.\n",
    ]);
    const json = await crier(["status", "broken.md", "--json"]);
    expect(json.code).toBe(1);
    expect(json.json()).toMatchObject({ status: 404, refused: [{ path: "broken.md", reasons: [{ field: "title" }] }] });
  });

  it("removes a post", async () => {
    await crier(["publish", await file("brief.md", aDocument("Brief"))]);
    await machine.idle();
    expect(await crier(["remove", "brief"])).toMatchObject({ code: 0, out: "removed brief\n" });
    await machine.idle();
    expect((await crier(["status", "brief"])).out).toContain("deleted");
    expect(await crier(["remove", "never-there"])).toMatchObject({
      code: 1,
      err: expect.stringContaining("no post with the slug never-there"),
    });
  });

  it("tries a delivery again, and resolves only an unknown one", async () => {
    await fault("mastodon", "429");
    await crier(["publish", await file("again.md", aDocument("Once more"))]);
    await machine.idle();
    const { rows } = await machine.app.deliveries("pending");
    const id = rows.find(({ slug }) => slug === "again")?.id ?? "";
    expect((await crier(["status", "again"])).out).toMatch(/mastodon +pending .*next attempt \d{4}/);
    expect(await crier(["retry", id])).toMatchObject({ code: 0, out: expect.stringContaining("mastodon") });
    await machine.idle();
    expect(await crier(["resolve", id, "--as", "posted"])).toMatchObject({
      code: 1,
      err: expect.stringContaining("only an unknown delivery can be resolved"),
    });
  });

  it("tells the accounts, and where they post", async () => {
    expect((await crier(["accounts"])).out).toMatch(
      /^ACCOUNT .*\nx +x +sandbox\nbluesky +bluesky +sandbox\nmastodon +mastodon +sandbox\n$/,
    );
    expect((await crier(["accounts", "--json"])).json()).toMatchObject({ accounts: [{ name: "x" }, {}, {}] });
  });

  it("looks for what goes wrong, and finds it", async () => {
    const { code, out } = await crier(["doctor"]);
    expect(code).toBe(1);
    expect(out).toMatch(/^ok {2}answers /);
    expect(out).toMatch(/^!! {2}documents +\d documents? refused/m);
    const nobody = await crier(["doctor", "--json"], { CRIER_URL: "http://127.0.0.1:1/", CRIER_TOKEN: "x" });
    expect(nobody.code).toBe(1);
    expect(nobody.json()).toMatchObject({
      ok: false,
      findings: [{ check: "answers", ok: false, detail: expect.stringContaining("npm start") }],
    });
    expect((await crier(["doctor"], { CRIER_URL: machine.url, CRIER_TOKEN: "wrong" })).out).toMatch(
      /!! {2}token and accounts +the API does not accept this token/,
    );
  });

  it("describes each command in a sentence that begins with a verb", async () => {
    const { out } = await crier(["--help"]);
    expect(out).toContain("record whether an unknown delivery was posted");
    const described = [...out.matchAll(/^ {2}[a-z]+ \S.*? {2,}(\w+) /gm)].map(([, verb]) => verb);
    expect(new Set(described)).toEqual(
      new Set(["show", "publish", "import", "list", "send", "record", "remove", "check", "print", "display"]),
    );
  });

  it.each([
    [["publish"], 2],
    [["frobnicate"], 2],
    [["list", "--frob"], 2],
    [["resolve", "x"], 2],
    [["resolve", "x", "--as", "perhaps"], 2],
    [[], 2],
    [["--help"], 0],
    [["publish", "--help"], 0],
  ])("ends %j with %i", async (args, code) => {
    const done = await crier(args);
    expect(done.code).toBe(code);
    expect(done.out + done.err).not.toBe("");
  });

  it("finds the token of a Crier that runs in the same folder", async () => {
    const env = { CRIER_URL: machine.url };
    expect((await crier(["list"], env)).err).toMatch(/no API token: run this in the folder where `npm start` runs/);
    await mkdir(join(machine.folder, ".crier"));
    await writeFile(join(machine.folder, ".crier/token"), `${machine.token}\n`);
    expect((await crier(["list"], env)).code).toBe(0);
  });

  it("sends the token nowhere in the clear", async () => {
    const refused = await crier(["list"], { CRIER_URL: "http://crier.example/", CRIER_TOKEN: "x" });
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining("must start with https://") });
    expect(await crier(["list"], { CRIER_URL: "crier", CRIER_TOKEN: "x" })).toMatchObject({
      code: 1,
      err: expect.stringContaining("CRIER_URL is not a URL: crier"),
    });
  });

  it("says what to do without a server, a token or a Crier at the other end", async () => {
    expect((await crier(["list"], { CRIER_URL: "http://127.0.0.1:1", CRIER_TOKEN: "x" })).err).toMatch(
      /no answer from http:\/\/127\.0\.0\.1:1: start Crier/,
    );
    expect((await crier(["list"], { CRIER_URL: machine.url, CRIER_TOKEN: "wrong" })).err).toMatch(
      /does not accept this token/,
    );
    const stranger = createServer((request, response) => {
      response.statusCode = request.url === "/api/accounts" ? 500 : 200;
      response.end(request.url === "/api/posts" ? "{}" : "<html>");
    });
    await new Promise<void>((settle) => stranger.listen(0, "127.0.0.1", settle));
    const address = stranger.address();
    const env = {
      CRIER_URL: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/`,
      CRIER_TOKEN: "x",
    };
    expect((await crier(["list"], env)).err).toMatch(/does not fit this command/);
    expect((await crier(["status", "x"], env)).err).toMatch(/not Crier's API: check CRIER_URL/);
    expect((await crier(["accounts"], env)).err).toMatch(/answered 500/);
    stranger.close();
  });
});
