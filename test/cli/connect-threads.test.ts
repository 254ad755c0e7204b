import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CommandError } from "../../src/api/api-client.ts";
import { connectAccount } from "../../src/cli/connect-account.ts";
import { config } from "../support/machine.ts";

const secret = "an-app-secret-that-nobody-may-see";
const day = 86_400;

interface Server {
  /** Method, address and body of each request. */
  readonly asked: string[];
  answer: (path: string) => Response | undefined;
}
const server: Server = { asked: [], answer: () => undefined };
const usual = (path: string): Response => {
  if (path === "/oauth/access_token") return Response.json({ access_token: "a-short-token", user_id: 1784 });
  if (path === "/access_token")
    return Response.json({ access_token: "a-long-token", token_type: "bearer", expires_in: 60 * day });
  return Response.json({ id: "1784", username: "ada" });
};
const fetchIt = async (address: string, init: RequestInit) => {
  server.asked.push(`${init.method} ${address} ${init.body ?? ""}`);
  const { pathname } = new URL(address);
  return server.answer(pathname) ?? usual(pathname);
};

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "crier-connect-"));
  await writeFile(
    join(folder, "crier.config.ts"),
    `export default ${JSON.stringify({ ...config, accounts: [{ name: "threads", network: "threads" }] })};\n`,
  );
  server.asked.length = 0;
  server.answer = () => undefined;
});
afterEach(() => rm(folder, { recursive: true }));
const dotenv = () => readFile(join(folder, ".env"), "utf8").catch(() => undefined);

/** What the browser shows as its last address: `#_` is Threads' own. */
const agreed = (page: URL): string =>
  `${page.searchParams.get("redirect_uri")}?code=a-code-of-threads&state=${page.searchParams.get("state")}#_`;

const connect = async (lastAddress = agreed, answers: readonly string[] = ["1234567", secret]) => {
  const keyboard = new PassThrough();
  let [out, err] = ["", ""];
  const pages: URL[] = [];
  const left = [...answers];
  const terminal = {
    env: {},
    folder,
    input: keyboard,
    out: (text: string) => {
      out += text;
      const page = /https\S+authorize\S+/.exec(text)?.[0];
      if (page === undefined) return;
      pages.push(new URL(page));
      keyboard.write(`${lastAddress(new URL(page))}\n`);
    },
    err: (text: string) => {
      err += text;
      if (/^Threads app (?:ID|secret): $/.test(text)) setImmediate(() => keyboard.write(`${left.shift() ?? ""}\n`));
    },
  };
  const result = await connectAccount("threads", { open: false }, terminal, fetchIt).catch((error: unknown) => {
    if (error instanceof CommandError) return error;
    throw error;
  });
  return { result, out, err, page: pages[0] };
};

describe("an account on Threads is connected by an app of its owner", () => {
  test("whose steps are printed, and whose answer is pasted: the token for 60 days is stored, and when it ends", async () => {
    const { result, out, err, page } = await connect();
    expect(err).toContain("Threads app ID: ");
    expect(out).toContain("https://127.0.0.1:8477/callback\n");
    expect(out).toContain("The browser cannot open the last page: paste the address of that page here.");
    expect(Object.fromEntries(page?.searchParams ?? [])).toEqual({
      response_type: "code",
      client_id: "1234567",
      redirect_uri: "https://127.0.0.1:8477/callback",
      scope: "threads_basic,threads_content_publish,threads_delete",
      state: expect.stringMatching(/^[\w-]{22}$/),
    });
    expect(result).toMatchObject({ failed: false, lines: expect.arrayContaining(["threads is connected as @ada"]) });
    const stored = (await dotenv()) ?? "";
    expect(stored).toMatch(/^CRIER_THREADS_ACCESS_TOKEN=a-long-token\nCRIER_THREADS_EXPIRES_AT='?(\S+?)'?\n$/);
    const ends = Date.parse(/EXPIRES_AT='?([^'\n]+)/.exec(stored)?.[1] ?? "");
    expect((ends - Date.now()) / 1000 / day).toBeCloseTo(60, 1);
  });

  test("whose secret is shown to Threads alone, and is forgotten", async () => {
    const { result, out, err } = await connect();
    const shown = JSON.stringify(result) + out + err;
    expect(server.asked.filter((request) => request.includes(secret))).toEqual([
      expect.stringMatching(
        /^POST https:\/\/graph\.threads\.net\/oauth\/access_token grant_type=authorization_code&code=a-code-of-threads&/,
      ),
      expect.stringMatching(/^GET https:\/\/graph\.threads\.net\/access_token\?grant_type=th_exchange_token&/),
    ]);
    expect(shown + (await dotenv())).not.toMatch(/an-app-secret|a-short-token|a-code-of/);
    expect(shown).not.toContain("a-long-token");
  });
});

describe("nothing is written, and one line says what to do", () => {
  afterEach(async () => expect(await dotenv()).toBeUndefined());
  const problem = (message: string) => Response.json({ error: { message, code: 190 } }, { status: 400 });

  test("where an answer is empty", async () => {
    const { result } = await connect(agreed, ["1234567", " "]);
    expect(result).toHaveProperty("message", "Threads app secret is empty; nothing was written: run the command again");
    expect(server.asked).toEqual([]);
  });

  test("where the owner does not agree", async () => {
    const denied = (page: URL) =>
      `https://127.0.0.1:8477/callback?error=access_denied&error_description=No&state=${page.searchParams.get("state")}#_`;
    const { result } = await connect(denied);
    expect(result).toHaveProperty(
      "message",
      "the login was not given (access_denied: No); nothing was written: run the command again, and agree in the browser",
    );
  });

  test.each([
    [
      "/oauth/access_token",
      () =>
        Response.json({ error_type: "OAuthException", code: 400, error_message: `Wrong: ${secret}` }, { status: 400 }),
    ],
    ["/access_token", () => problem("Wrong: a-short-token")],
  ])("where %s gives no token, and no secret that it repeats is shown", async (path, answer) => {
    server.answer = (asked) => (asked === path ? answer() : undefined);
    const { result } = await connect();
    expect(result).toHaveProperty(
      "message",
      "threads gave no token (https://graph.threads.net answered 400: Wrong: …); nothing was written: a code is for one use and a few minutes, so run the command again",
    );
  });

  test("where the new token is refused", async () => {
    server.answer = (asked) => (asked === "/v1.0/me" ? problem("Session has expired") : undefined);
    const { result } = await connect();
    expect(result).toHaveProperty(
      "message",
      "threads: Threads answered 400: Session has expired; nothing was written: run the command again",
    );
  });
});
