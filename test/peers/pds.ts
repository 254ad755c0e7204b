import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import * as z from "zod";
import { tokensInMemory } from "../../src/networks/define.ts";
import type { Tokens } from "../../src/ports/networks.ts";
import { networkFetch, type StoredPost, type TestServer } from "../contract/server.ts";
import { connectionOf } from "../support/configured-account.ts";
import { faultProxy, ownRefusals } from "./fault-proxy.ts";
import { installed } from "./install.ts";
import { end } from "./run-program.ts";

const collection = "app.bsky.feed.post";
const session = z.object({ did: z.string(), handle: z.string(), accessJwt: z.string() });
const appPassword = z.object({ password: z.string() });
const page = z.object({
  cursor: z.string().optional(),
  records: z.array(z.object({ uri: z.string(), cid: z.string(), value: z.looseObject({ text: z.string() }) })),
});
const blob = z.object({ ref: z.object({ $link: z.string() }) });
const withPictures = z.object({
  embed: z.object({
    external: z.object({ thumb: blob.optional() }).optional(),
    images: z.array(z.object({ image: blob, alt: z.string() })).default([]),
  }),
});

const ownPassword = "the owner's own";
const adminPassword = "admin";
const appPasswordName = "crier";

/** An account of the personal data server, with an app password, as owners make them. */
export interface PdsAccount {
  readonly did: string;
  readonly handle: string;
  readonly secret: { readonly identifier: string; readonly appPassword: string };
}

export interface Pds {
  readonly url: string;
  query(nsid: string, query: Readonly<Record<string, string>>): Promise<unknown>;
  addAccount(): Promise<PdsAccount>;
  revokeAppPassword(account: PdsAccount): Promise<void>;
  /** Takes down an account, as a moderator does. */
  takeDown(account: PdsAccount): Promise<void>;
  /** Its clock is so much ahead of this machine's, in ms. */
  moveClock(ahead: number): void;
  stop(): Promise<void>;
}

const jsonOf = async (response: Response): Promise<unknown> => {
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${text}`);
  return text === "" ? {} : JSON.parse(text);
};

const portOf = async (child: ChildProcess): Promise<number> => {
  const told: unknown[] = await Promise.race([
    once(child, "message"),
    once(child, "exit").then(([code]) => {
      throw new Error(`the personal data server ended with ${code}`);
    }),
  ]);
  return z.int().parse(told[0]);
};

/** Bluesky's personal data server, with a directory of identities, on the loopback. */
export const startPds = async (): Promise<Pds> => {
  const files = mkdtempSync(join(tmpdir(), "crier-pds-"));
  const child = fork(join(import.meta.dirname, "pds-process.ts"), [await installed("pds"), files], { execArgv: [] });
  const url = `http://127.0.0.1:${await portOf(child)}`;
  let accounts = 0;
  const call = async (nsid: string, body: object, headers: Readonly<Record<string, string>> = {}): Promise<unknown> =>
    jsonOf(
      await fetch(`${url}/xrpc/${nsid}`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify(body),
      }),
    );
  return {
    url,
    query: async (nsid, query) => jsonOf(await fetch(`${url}/xrpc/${nsid}?${new URLSearchParams(query)}`)),
    addAccount: async () => {
      accounts += 1;
      const handle = `user-${accounts}.test`;
      const email = `user-${accounts}@mail.example`;
      const owner = { handle, email, password: ownPassword };
      const { did, accessJwt } = session.parse(await call("com.atproto.server.createAccount", owner));
      const authorization = { authorization: `Bearer ${accessJwt}` };
      const made = await call("com.atproto.server.createAppPassword", { name: appPasswordName }, authorization);
      return { did, handle, secret: { identifier: handle, appPassword: appPassword.parse(made).password } };
    },
    revokeAppPassword: async ({ handle: identifier }) => {
      const body = { identifier, password: ownPassword };
      const { accessJwt } = session.parse(await call("com.atproto.server.createSession", body));
      const authorization = `Bearer ${accessJwt}`;
      await call("com.atproto.server.revokeAppPassword", { name: appPasswordName }, { authorization });
    },
    takeDown: async ({ did }) => {
      const subject = { $type: "com.atproto.admin.defs#repoRef", did };
      const authorization = `Basic ${Buffer.from(`admin:${adminPassword}`).toString("base64")}`;
      const body = { subject, takedown: { applied: true, ref: "1" } };
      await call("com.atproto.admin.updateSubjectStatus", body, { authorization });
    },
    moveClock: (ahead) => child.send(ahead),
    stop: async () => {
      await end(child);
      rmSync(files, { recursive: true });
    },
  };
};

const recordsOf = async (pds: Pds, repo: string) => {
  const records: z.infer<typeof page>["records"] = [];
  let cursor: string | undefined;
  do {
    const query = { repo, collection, limit: "100", reverse: "true", ...(cursor !== undefined && { cursor }) };
    const next = page.parse(await pds.query("com.atproto.repo.listRecords", query));
    records.push(...next.records);
    cursor = next.records.length === 0 ? undefined : next.cursor;
  } while (cursor !== undefined);
  return records;
};

/** Returns each post on the server, by its public API. */
export const postsOn = async (pds: Pds, { did, handle }: PdsAccount): Promise<readonly StoredPost[]> =>
  (await recordsOf(pds, did)).map(({ uri, value }) => {
    const { external, images = [] } = withPictures.safeParse(value).data?.embed ?? {};
    const shown = [...(external?.thumb === undefined ? [] : [{ image: external.thumb, alt: "" }]), ...images];
    const urlOf = (cid: string) => `${pds.url}/xrpc/com.atproto.sync.getBlob?${new URLSearchParams({ did, cid })}`;
    return {
      id: uri,
      url: `https://bsky.app/profile/${handle}/post/${uri.split("/").at(-1)}`,
      text: value.text,
      request: value,
      pictures: shown.map(({ image, alt }) => ({ url: urlOf(image.ref.$link), alt })),
    };
  });

/** The real server that keeps posts of Bluesky. */
export const pdsServer = (pds: () => Pds): TestServer => ({
  name: "its personal data server",
  lacks: {
    ...ownRefusals,
    facets: "the personal data server does not look at the place of a facet",
    roots: "the personal data server does not look at what a reply names",
  },
  keepsClock: false,
  open: async (network, configured, clock) => {
    const own = await pds().addAccount();
    // All workers of an account share its session: the server allows 30 logins in five minutes.
    const login = { name: configured.name, secret: own.secret, network: network.name, server: pds().url };
    const kept: Tokens = { ...tokensInMemory(login), wait: () => setImmediate() };
    const proxy = await faultProxy(
      pds().url,
      ({ path }) => path.includes("com.atproto.repo.") && !path.includes("get"),
    );
    const at = (server: string) => ({ ...configured, settings: { ...configured.settings, server } });
    return {
      account: at(proxy.url),
      connect: ({ at: server = proxy.url, secret = own.secret, ...options } = {}) => {
        const isOwn = server === proxy.url && secret === own.secret;
        const tokens = isOwn ? () => kept : tokensInMemory;
        return connectionOf(
          network.connect({ account: at(server), secret, fetch: networkFetch, clock, tokens, ...options }),
        );
      },
      posts: () => postsOn(pds(), own),
      fault: async (fault) => proxy.fault(fault),
      answerTo: proxy.answerTo,
      close: proxy.close,
    };
  },
});
