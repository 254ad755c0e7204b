import * as z from "zod";
import type { Outcome, Remote } from "../domain/delivery.ts";
import type { Instant } from "../domain/time.ts";
import type { Connection, Found } from "../ports/networks.ts";
import { refused } from "./bluesky-replies.ts";
import { type Call, callAs, type Session } from "./bluesky-session.ts";
import { momentOfTid } from "./bluesky-tid.ts";
import type { Connecting } from "./define.ts";
import type { Reply } from "./http.ts";

const collection = "app.bsky.feed.post";
const put = z.object({ uri: z.string().startsWith("at://") });
const listed = z.object({
  cursor: z.string().optional(),
  records: z.array(z.object({ uri: z.string(), value: z.looseObject({ createdAt: z.string().optional() }) })),
});

interface Settings {
  readonly server: string;
}
interface Credentials {
  readonly identifier: string;
  readonly appPassword: string;
}

export const connectBluesky = ({
  settings,
  credentials,
  sandbox,
  fetchJson,
}: Connecting<Settings, Credentials>): Connection => {
  const call = callAs(sandbox ?? settings.server, credentials, fetchJson);
  const write = async (
    nsid: string,
    body: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
    read: (reply: Reply, session: Session) => Outcome,
  ): Promise<Outcome> => {
    const called = await call(
      nsid,
      ({ did }) => ({ method: "POST", json: { repo: did, collection, ...body } }),
      signal,
    );
    if (called.kind !== "called") return called;
    return called.answer.kind === "reply" ? read(called.answer.reply, called.session) : called.answer;
  };
  return {
    // `swapRecord: null` says "only if nothing stands there". The same record again is answered 200 and changes nothing.
    send: (record, key, signal) =>
      write("com.atproto.repo.putRecord", { rkey: key, record, swapRecord: null }, signal, (reply, session) => {
        const own = remoteOf(`at://${session.did}/${collection}/${key}`, session);
        return wasPut(reply) ? { kind: "posted", remote: own } : refused(reply, own);
      }),
    edit: (remote, record, signal) =>
      withKey(remote, (rkey) =>
        write("com.atproto.repo.putRecord", { rkey, record }, signal, (reply) =>
          wasPut(reply) ? { kind: "done" } : refused(reply, remote),
        ),
      ),
    remove: (remote, signal) =>
      withKey(remote, (rkey) =>
        write("com.atproto.repo.deleteRecord", { rkey }, signal, (reply) =>
          reply.status < 300 && reply.body !== undefined ? { kind: "done" } : refused(reply, remote),
        ),
      ),
    look: (url, since, signal) => lookBack(call, url, since, signal),
  };
};

const wasPut = ({ status, body }: Reply): boolean => status < 300 && put.safeParse(body).success;

const keyOf = (uri: string): string => uri.slice(uri.lastIndexOf("/") + 1);

const remoteOf = (uri: string, { did, handle }: Session): Remote => ({
  id: uri,
  // An account whose handle does not resolve is shown by its DID.
  url: `https://bsky.app/profile/${handle === "handle.invalid" ? did : handle}/post/${keyOf(uri)}`,
});

const withKey = async ({ id }: Remote, act: (rkey: string) => Promise<Outcome>): Promise<Outcome> =>
  id === null
    ? { kind: "rejected", reason: "The record's address is not known: change the post on Bluesky by hand" }
    : act(keyOf(id));

const pages = 10;

/** Reads the own records back to `since`, the newest first; undefined when a page did not come. */
const lookBack = async (
  call: Call,
  url: string,
  since: Instant,
  signal: AbortSignal,
): Promise<readonly Found[] | undefined> => {
  const found: Found[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < pages; page += 1) {
    const query = (repo: string) => ({ repo, collection, limit: "100", ...(cursor === undefined ? {} : { cursor }) });
    const called = await call(
      "com.atproto.repo.listRecords",
      ({ did }) => ({ method: "GET", query: query(did) }),
      signal,
    );
    if (called.kind !== "called" || called.answer.kind !== "reply" || called.answer.reply.status !== 200)
      return undefined;
    const { data } = listed.safeParse(called.answer.reply.body);
    if (data === undefined) return undefined;
    const fresh = data.records.filter(({ uri, value }) => writtenAt(uri, value.createdAt) >= since);
    const holding = fresh.filter(({ value }) => JSON.stringify(value).includes(JSON.stringify(url)));
    found.push(...holding.map(({ uri }) => ({ remote: remoteOf(uri, called.session) })));
    cursor = data.cursor;
    if (cursor === undefined || fresh.length === 0) break;
  }
  return found.toReversed();
};

/** The record's key says when it was planned; where another client chose the key, its `createdAt` must do. */
const writtenAt = (uri: string, createdAt: string | undefined): Instant =>
  momentOfTid(keyOf(uri)) ?? Date.parse(createdAt ?? "");
