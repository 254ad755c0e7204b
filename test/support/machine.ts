import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import * as z from "zod";
import { documentsInProcess, feedsInProcess } from "../../src/parsing/parsers-in-process.ts";
import { type Running, type StartOptions, startLocal } from "../../src/runtimes/local/start.ts";
import { type TestedApp, withUseCases } from "./app.ts";
import { expectContract } from "./expect-contract.ts";

const sandboxPosts = z.array(
  z.object({
    account: z.string(),
    network: z.string(),
    id: z.string(),
    text: z.string(),
    deletedAt: z.string().nullable(),
  }),
);
export type SandboxPost = z.output<typeof sandboxPosts>[number];

const jsonFeed = z.object({ items: z.array(z.object({ title: z.string() })) });

export interface ApiAnswer {
  readonly status: number;
  readonly type: string | null;
  readonly headers: Headers;
  readonly body: unknown;
}

export interface AMachine extends Omit<Running, "app"> {
  readonly app: TestedApp;
  readonly folder: string;
  readonly content: string;
  readonly data: string;
  readonly printed: readonly string[];
  /** The environment of the `crier` command, so that it talks to this machine. */
  readonly env: { readonly CRIER_URL: string; readonly CRIER_TOKEN: string };
  write(path: string, document: string): Promise<void>;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  api(method: string, path: string, markdown?: string | Uint8Array<ArrayBuffer>): Promise<Response>;
  /** The same, with the JSON of an answer that was checked by the contract of the API. */
  ask(method: string, path: string, markdown?: string | Uint8Array<ArrayBuffer>): Promise<ApiAnswer>;
  /** Makes the sandbox fail one request of an account. */
  fault(account: string, fault: string): Promise<Response>;
  sandbox(): Promise<readonly SandboxPost[]>;
  /** Titles in the JSON feed, the newest first. */
  titles(feed?: string): Promise<readonly string[]>;
}

export const config = {
  sites: [{ id: "blog", title: "A Blog", url: "https://blog.example.com/" }],
  accounts: [
    { name: "x", network: "x" },
    { name: "bluesky", network: "bluesky" },
    { name: "mastodon", network: "mastodon", server: "https://social.example" },
  ],
  // No post waits and no page is requested: a test of one of these policies sets it.
  policies: { burst: 1_000, settle: "0s", live: "ignore" },
};

export const aDocument = (title: string, more = ""): string =>
  `---\ntitle: ${JSON.stringify(title)}\ndate: ${new Date(Date.now() - 60_000).toISOString()}\n${more}---\nThese are the words of ${title}.\n`;

/** A folder with a configuration of these accounts. */
export const aFolderWith = async (accounts: readonly object[]): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "crier-machine-"));
  await mkdir(join(folder, "posts"));
  await writeFile(join(folder, "crier.config.mjs"), `export default ${JSON.stringify({ ...config, accounts })};\n`);
  return folder;
};

/** A folder with documents and a configuration; no Crier runs in it yet. */
export const aFolder = async (documents: Readonly<Record<string, string>> = {}): Promise<string> => {
  const folder = await aFolderWith(config.accounts);
  for (const [path, document] of Object.entries(documents)) await writeFile(join(folder, "posts", path), document);
  return folder;
};

export const startIn = async (folder: string, options: Partial<StartOptions> = {}): Promise<AMachine> => {
  const printed: string[] = [];
  const [content, data] = [join(folder, "posts"), join(folder, "data")];
  const running = await startLocal({
    content,
    data,
    feed: undefined,
    console: false,
    heartbeat: undefined,
    host: undefined,
    publicUrl: undefined,
    port: 0,
    config: join(folder, "crier.config.mjs"),
    env: {},
    print: (line) => printed.push(line),
    // A process for each machine would take longer to start than most tests do.
    parsers: { documentParsers: documentsInProcess, feedParsers: feedsInProcess, close: async () => {} },
    ...options,
  });
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(new URL(path, running.url), { headers, redirect: "manual" });
  const api: AMachine["api"] = (method, path, markdown) =>
    fetch(new URL(path, running.url), {
      method,
      headers: {
        Authorization: `Bearer ${running.token}`,
        ...(markdown === undefined ? {} : { "Content-Type": "text/markdown" }),
      },
      ...(markdown === undefined ? {} : { body: markdown }),
    });
  return {
    ...running,
    app: withUseCases(running.app),
    folder,
    content,
    data,
    printed,
    env: { CRIER_URL: running.url, CRIER_TOKEN: running.token },
    write: async (path, document) => {
      await mkdir(dirname(join(content, path)), { recursive: true });
      await writeFile(join(content, path), document);
    },
    get,
    api,
    ask: async (method, path, markdown) => {
      const response = await api(method, path, markdown);
      const { status, headers } = response;
      const body: unknown = await response.json();
      expectContract(method, new URL(path, running.url), status, body);
      return { status, type: headers.get("content-type"), headers, body };
    },
    fault: (account, fault) =>
      fetch(new URL("sandbox/faults", running.url), {
        method: "POST",
        headers: { "Content-Type": "application/json", Authorization: `Bearer ${running.token}` },
        body: JSON.stringify({ account, fault, times: 1 }),
      }),
    sandbox: async () => sandboxPosts.parse(await (await get("sandbox/posts.json")).json()),
    titles: async (feed = "feed.json") => {
      const { items } = jsonFeed.parse(await (await get(feed)).json());
      return items.map(({ title }) => title);
    },
  };
};

export const aMachine = async (
  documents: Readonly<Record<string, string>> = {},
  options: Partial<StartOptions> = {},
): Promise<AMachine> => {
  const folder = await aFolder(documents);
  try {
    return await startIn(folder, options);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
};

/** Stops it and removes its folder. */
export const clear = async ({ stop, folder }: Pick<AMachine, "stop" | "folder">): Promise<void> => {
  await stop();
  await rm(folder, { recursive: true, force: true });
};

/** Polls until the result is as expected: the watcher and the steps take their own time. */
export const eventually = <T>(ask: () => Promise<T>, timeout = 15_000) =>
  expect.poll(() => ask(), { timeout, interval: 50 });
