import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, vi } from "vitest";
import * as z from "zod";
import { networkFetch, type StoredPost, type TestServer } from "../contract/server.ts";
import { connectionOf } from "../support/configured-account.ts";
import { freePort } from "../support/free-port.ts";
import { faultProxy, ownRefusals } from "./fault-proxy.ts";
import { end } from "./run-program.ts";

/** It refuses to run as root: `nobody` takes its place. */
const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

const Status = z.looseObject({
  id: z.string(),
  url: z.string(),
  text: z.string().optional(),
  content: z.string(),
  spoiler_text: z.string(),
  language: z.string(),
  account: z.object({ acct: z.string() }),
  media_attachments: z.array(z.object({ url: z.string(), description: z.string().nullish() })),
});
export type Status = z.infer<typeof Status>;

const statuses = z.array(Status);
const keys = z.looseObject({ public: z.string(), secret: z.string() });
const notifications = z.array(z.object({ type: z.string() }));
const self = z.object({ id: z.string() });

export interface SnacAccount {
  readonly name: string;
  readonly password: string;
  readonly token: string;
  /** Its own posts, the newest first. */
  statuses(): Promise<readonly Status[]>;
  /** Returns the posts of the account and of those that it follows, the newest first. */
  home(): Promise<readonly Status[]>;
  /** Returns the number of its followers. */
  followers(): Promise<number>;
}

export interface Snac {
  readonly url: string;
  addAccount(): Promise<SnacAccount>;
  /** `actor`: the address of an account on another server. */
  follow(account: SnacAccount, actor: string): void;
  stop(): Promise<void>;
}

/** `fetch` on a connection of its own: snac2 closes each without saying so, and the next request on it would be lost. */
export const fetchOnce: typeof fetch = (input, init = {}) => {
  const headers = new Headers(init.headers);
  headers.set("connection", "close");
  return fetch(input, { ...init, headers });
};

const pem = /-----BEGIN [A-Z ]+-----[\s\S]*?-----END [A-Z ]+-----\n/;

/** snac 2.75 may write bytes of its memory behind a key, which is then not JSON. */
const repairKeys = (file: string): void => {
  const read = keys.parse(JSON.parse(readFileSync(file, "latin1")));
  const only = (key: string): string => pem.exec(key)?.[0] ?? key;
  writeFileSync(file, JSON.stringify({ ...read, public: only(read.public), secret: only(read.secret) }));
};

/** The server would send its posts to itself, too, and all of its threads would wait for one another. */
const settings = { protocol: "http", disable_inbox_collection: true, num_threads: 32, queue_retry_minutes: 0 };

/** A server of ActivityPub with the API of Mastodon, on the loopback without encryption. */
export const startSnac = async (): Promise<Snac> => {
  const parent = mkdtempSync(join(tmpdir(), "crier-snac-"));
  if (user.uid !== undefined) chownSync(parent, user.uid, user.gid);
  const folder = join(parent, "data");
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const snac = (args: readonly string[], input = ""): string =>
    execFileSync("snac", args, { ...user, input, encoding: "utf8", stdio: ["pipe", "pipe", "ignore"] });
  snac(["init", folder], `127.0.0.1\n${port}\nlocalhost:${port}\n\n\n`);
  const configuration = join(folder, "server.json");
  const written: object = JSON.parse(readFileSync(configuration, "utf8"));
  writeFileSync(configuration, JSON.stringify({ ...written, ...settings }));
  const child: ChildProcess = spawn("snac", ["httpd", folder], { ...user, stdio: "ignore" });
  await vi.waitFor(
    async () => {
      const { status } = await fetchOnce(`${url}/api/v1/instance`);
      if (status !== 200) throw new Error(`snac2 answered ${status}`);
    },
    { timeout: 60_000, interval: 100 },
  );

  let accounts = 0;
  return {
    url,
    addAccount: async () => {
      accounts += 1;
      const name = `user${accounts}`;
      const [, passwd = ""] = /^User password is (\S+)/m.exec(snac(["adduser", folder, name], `${name}\n`)) ?? [];
      repairKeys(join(folder, "user", name, "key.json"));
      const login = new URLSearchParams({ login: name, passwd });
      const token = await (await fetchOnce(`${url}/oauth/x-snac-get-token`, { method: "POST", body: login })).text();
      const read = async (path: string): Promise<unknown> => {
        const response = await fetchOnce(`${url}/api/v1/${path}`, { headers: { authorization: `Bearer ${token}` } });
        if (!response.ok) throw new Error(`${path} answered ${response.status}`);
        return response.json();
      };
      const { id } = self.parse(await read("accounts/verify_credentials"));
      return {
        name,
        password: passwd,
        token,
        statuses: async () => statuses.parse(await read(`accounts/${id}/statuses?limit=200`)),
        home: async () => statuses.parse(await read("timelines/home")),
        followers: async () =>
          notifications.parse(await read("notifications")).filter(({ type }) => type === "follow").length,
      };
    },
    follow: ({ name }, actor) => void snac(["follow", folder, name, actor]),
    stop: async () => {
      await end(child);
      rmSync(parent, { recursive: true });
    },
  };
};

const storedPost = (status: Status): StoredPost => ({
  id: status.id,
  url: status.url,
  text: status.text ?? "",
  request: status,
  pictures: status.media_attachments.map(({ url, description }) => ({ url, alt: description ?? "" })),
});

/** A real server with the API of Mastodon. */
export const snacServer = (snac: () => Snac): TestServer => ({
  name: "snac2",
  lacks: {
    ...ownRefusals,
    once: "snac2 does not know the Idempotency-Key",
    remove: "snac2 has no DELETE of a status",
    refusal: "snac2 takes an empty status, and one of any length",
  },
  keepsClock: false,
  // `mastoapi_id` in its source: the second in which the file of the post was last written, and the MD5 of its address.
  idAfterEdit: (id) => expect.stringMatching(new RegExp(`^\\d{10}${id.slice(10)}$`)),
  open: async (network, configured, clock) => {
    const own = await snac().addAccount();
    const proxy = await faultProxy(snac().url, ({ method }) => method !== "GET");
    const at = (server: string) => ({ ...configured, settings: { ...configured.settings, server } });
    return {
      account: at(proxy.url),
      connect: ({ at: server = proxy.url, secret = { accessToken: own.token }, ...options } = {}) =>
        connectionOf(network.connect({ account: at(server), secret, fetch: networkFetch, clock, ...options })),
      posts: async () => (await own.statuses()).map(storedPost).toReversed(),
      fault: async (fault) => proxy.fault(fault),
      answerTo: proxy.answerTo,
      close: proxy.close,
    };
  },
});
