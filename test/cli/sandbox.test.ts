import { execFile } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import { type ServedSandbox, startSandbox } from "crier/sandbox";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { networks } from "../../src/networks/index.ts";
import { faultKinds } from "../../src/sandbox/emulator.ts";
import { crier } from "../support/terminal.ts";

const root = join(import.meta.dirname, "../..");
const page = await readFile(join(root, "docs/sandbox.md"), "utf8");
const run = promisify(execFile);

describe("npx crier sandbox", () => {
  let sandbox: ServedSandbox;

  beforeAll(async () => {
    sandbox = await startSandbox();
  });
  afterAll(() => sandbox.close());

  const examples = [...page.matchAll(/```sh\n(.*?)```/gs)].map(([, script = ""]) => script);
  const runExample = async (script: string): Promise<unknown> => {
    const { stdout } = await run("bash", ["-euc", script.replaceAll("http://127.0.0.1:4001", sandbox.url)]);
    return JSON.parse(stdout);
  };
  const posts = async () =>
    z
      .array(z.looseObject({ network: z.string(), text: z.string() }))
      .parse(await (await fetch(`${sandbox.url}/sandbox/posts.json`)).json());

  test("does what each example of its page says", async () => {
    expect(examples).toHaveLength(4);
    const [mastodon = "", bluesky = "", x = "", faults = ""] = examples;
    expect(await runExample(mastodon)).toMatchObject({ content: "<p>Hello from curl</p>" });
    expect(await runExample(bluesky)).toMatchObject({ validationStatus: "valid" });
    expect(await runExample(x)).toMatchObject({ data: { text: "Hello from curl" } });
    expect((await posts()).map(({ network, text }) => [network, text])).toEqual([
      ["mastodon", "Hello from curl"],
      ["bluesky", "Hello from curl: blog.example.com"],
      ["x", "Hello from curl"],
    ]);
    expect(await runExample(faults)).toEqual({ account: "mastodon", fault: "429", times: 1 });
    expect(await runExample(mastodon)).toEqual({ error: "Too many requests" });
    expect(await runExample(mastodon)).toMatchObject({ content: "<p>Hello from curl</p>" });
  });

  test("takes a signature for X that was made for another address from nobody", async () => {
    const [, , x = ""] = examples;
    expect(await runExample(x.replace("https://api.x.com/2/tweets |", "https://api.x.com/2/users |"))).toMatchObject({
      status: 401,
    });
    const own = `${sandbox.url}/sandbox/api/x/x/2/tweets`;
    const another = x.replace("https://api.x.com/2/tweets |", `${own} |`).replace("Hello", "Signed for here");
    expect(await runExample(another)).toMatchObject({ data: { text: "Signed for here from curl" } });
  });

  test("has a line for each network and each fault on its page", () => {
    const rows = page.split("## What is checked")[1]?.match(/^\| (?!Network|-)/gm);
    expect(rows).toHaveLength(networks.length);
    for (const fault of faultKinds) expect(page).toContain(`\`${fault}\``);
  });

  test("gives credentials that each network takes, where the address is put in place of its own", async () => {
    expect(sandbox.accounts.map(({ network }) => network)).toEqual(networks.map(({ name }) => name));
    for (const { network, url, credentials } of sandbox.accounts) {
      const known = networks.find(({ name }) => name === network);
      expect(known?.credentials.safeParse(credentials).success).toBe(true);
      expect(url).toBe(`${sandbox.url}/sandbox/api/${network}/${network}`);
    }
  });

  test("answers no request for another name, or that a proxy has passed on", async () => {
    const statusOf = async (headers: Readonly<Record<string, string>>) => {
      const asked = request(`${sandbox.url}/sandbox/posts.json`, { headers });
      const [response] = await once(asked.end(), "response");
      response.resume();
      return response.statusCode;
    };
    expect(await statusOf({})).toBe(200);
    expect(await statusOf({ host: "rebound.example" })).toBe(421);
    expect(await statusOf({ "x-forwarded-for": "192.0.2.1" })).toBe(421);
  });

  test("says which port is in use, and what a port is", async () => {
    const port = new URL(sandbox.url).port;
    expect(await crier(["sandbox", "--port", port])).toMatchObject({
      code: 1,
      err: expect.stringContaining(`port ${port} is in use`),
    });
    expect(await crier(["sandbox", "--port", "70000"])).toMatchObject({ code: 2 });
  });
});
