import * as z from "zod";
import type { Outcome, Remote } from "../domain/delivery.ts";
import type { Instant } from "../domain/time.ts";
import type { Connection, Found } from "../ports/networks.ts";
import { outcomeOfError } from "./bluesky-errors.ts";
import { type Session, type Xrpc, xrpcAs } from "./bluesky-session.ts";
import { instantOfTid } from "./bluesky-tid.ts";
import type { ParsedLogin } from "./define.ts";
import type { JsonResponse } from "./http.ts";

const collection = "app.bsky.feed.post";
const putResult = z.object({ uri: z.string().startsWith("at://") });
const recordPage = z.object({
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
}: ParsedLogin<Settings, Credentials>): Connection => {
  const xrpc = xrpcAs(sandbox ?? settings.server, credentials, fetchJson);
  const write = async (
    nsid: string,
    body: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
    outcomeOf: (response: JsonResponse, session: Session) => Outcome,
  ): Promise<Outcome> => {
    const called = await xrpc(
      nsid,
      ({ did }) => ({ method: "POST", json: { repo: did, collection, ...body } }),
      signal,
    );
    if (called.kind !== "called") return called;
    return called.result.kind === "response" ? outcomeOf(called.result.response, called.session) : called.result;
  };
  return {
    // `swapRecord: null` means "only if there is no record". The same record again is answered 200 and changes nothing.
    send: (record, key, signal) =>
      write("com.atproto.repo.putRecord", { rkey: key, record, swapRecord: null }, signal, (response, session) => {
        const own = remoteOf(`at://${session.did}/${collection}/${key}`, session);
        return isStored(response) ? { kind: "posted", remote: own } : outcomeOfError(response, own);
      }),
    edit: (remote, record, signal) =>
      withRecordKey(remote, (rkey) =>
        write("com.atproto.repo.putRecord", { rkey, record }, signal, (response) =>
          isStored(response) ? { kind: "done" } : outcomeOfError(response, remote),
        ),
      ),
    remove: (remote, signal) =>
      withRecordKey(remote, (rkey) =>
        write("com.atproto.repo.deleteRecord", { rkey }, signal, (response) =>
          response.status < 300 && response.body !== undefined ? { kind: "done" } : outcomeOfError(response, remote),
        ),
      ),
    look: (url, since, signal) => findRecords(xrpc, url, since, signal),
  };
};

const isStored = ({ status, body }: JsonResponse): boolean => status < 300 && putResult.safeParse(body).success;

const recordKeyOf = (uri: string): string => uri.slice(uri.lastIndexOf("/") + 1);

const remoteOf = (uri: string, { did, handle }: Session): Remote => ({
  id: uri,
  // An account whose handle does not resolve is shown by its DID.
  url: `https://bsky.app/profile/${handle === "handle.invalid" ? did : handle}/post/${recordKeyOf(uri)}`,
});

const withRecordKey = async ({ id }: Remote, change: (rkey: string) => Promise<Outcome>): Promise<Outcome> =>
  id === null
    ? { kind: "rejected", reason: "The record's address is not known: change the post on Bluesky by hand" }
    : change(recordKeyOf(id));

const maxPages = 10;

/** Reads the account's records, the newest first, until `since`; undefined when a page could not be read. */
const findRecords = async (
  xrpc: Xrpc,
  url: string,
  since: Instant,
  signal: AbortSignal,
): Promise<readonly Found[] | undefined> => {
  const found: Found[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < maxPages; page += 1) {
    const query = (repo: string) => ({ repo, collection, limit: "100", ...(cursor === undefined ? {} : { cursor }) });
    const called = await xrpc(
      "com.atproto.repo.listRecords",
      ({ did }) => ({ method: "GET", query: query(did) }),
      signal,
    );
    if (called.kind !== "called" || called.result.kind !== "response" || called.result.response.status !== 200)
      return undefined;
    const { data } = recordPage.safeParse(called.result.response.body);
    if (data === undefined) return undefined;
    const recent = data.records.filter(({ uri, value }) => plannedAt(uri, value.createdAt) >= since);
    const matching = recent.filter(({ value }) => JSON.stringify(value).includes(JSON.stringify(url)));
    found.push(...matching.map(({ uri }) => ({ remote: remoteOf(uri, called.session) })));
    cursor = data.cursor;
    if (cursor === undefined || recent.length === 0) break;
  }
  return found.toReversed();
};

/** A record's key says when it was planned. Where another client chose the key, `createdAt` is used. */
const plannedAt = (uri: string, createdAt: string | undefined): Instant =>
  instantOfTid(recordKeyOf(uri)) ?? Date.parse(createdAt ?? "");
