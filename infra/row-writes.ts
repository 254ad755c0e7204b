import type { Partition } from "../src/store/keys.ts";
import type { FunctionName } from "./limits.ts";

/**
 * The rows that a function may write. Partitions name them, and attributes exclude other rows of the same partitions.
 */
export interface RowWrites {
  readonly action: "PutItem" | "UpdateItem" | "DeleteItem";
  readonly of: readonly Partition[];
  /** The attributes of rows that other functions write. */
  readonly without?: readonly string[];
}

// A post's partition also has its deliveries, a feed's its entries, archive and pings, and a site's the list of feeds
// and the states of its sources. A row is invalid without the attributes that are named here.
const delivery = ["account", "state", "accountState", "sent"];
const listedFeed = ["key"];
const sourceState = ["source"];
const lease = ["lease"];
const ping = ["hub"];
const feedButPings = ["revision", "lease", "id", "ids", "marks", "page"];

const put = (of: readonly Partition[], without?: readonly string[]): RowWrites => ({
  action: "PutItem",
  of,
  ...(without && { without }),
});
const update = (of: readonly Partition[], without?: readonly string[]): RowWrites => ({
  ...put(of, without),
  action: "UpdateItem",
});
const remove = (of: readonly Partition[]): RowWrites => ({ action: "DeleteItem", of });

const documents: readonly Partition[] = ["document", "alias", "shared", "translation", "window"];
const saveDocuments = [put(documents), update(["alias"]), remove(["document", "shared"])];

/** The rows that only one function may read. All functions that read rows may read every other row. */
export const readByOne: readonly { readonly rows: Partition; readonly by: FunctionName }[] = [
  { rows: "token", by: "deliver" },
];

/** The rows that each function writes (docs/decisions/0029). */
export const rowWrites: Readonly<Record<FunctionName, readonly RowWrites[]>> = {
  ingest: [...saveDocuments, put(["post"], delivery), put(["site"], listedFeed)],
  // It writes posts' rows to make unknown deliveries due.
  reconcile: [
    put(documents),
    update(["alias"]),
    remove(["document", "shared", "listing"]),
    put(["post"], delivery),
    put(["site"]),
    update(["post"], delivery),
    put(["listing", "round"]),
  ],
  // It creates deliveries, and makes existing ones due.
  publish: [
    put(["post", "alias", "notice", "window"]),
    put(["feed"], [...lease, ...ping]),
    put(["site"], sourceState),
    update(["post", "feed", "alias"], [...delivery, ...lease, ...ping]),
    remove(["feed"]),
  ],
  render: [put(["feed", "notice"]), put(["site"], sourceState), update(["feed"]), remove(["feed"])],
  // It saves the URLs of copies in their posts, renews the tokens of logins, and defers rows whose step fails.
  deliver: [
    // It stops an account whose row was restored to an earlier state.
    put(["post", "account", "server", "notice", "token", "stop"]),
    put(["feed"], feedButPings),
    update(["post", "notice"]),
    update(["feed"], feedButPings),
  ],
  relay: [put(["site"], sourceState), put(["round"]), update(["feed"], [...lease, ...ping])],
  // Its owner's commands change deliveries, resume accounts, and stop what is sent. What was done is in the log.
  web: [...saveDocuments, put(["post", "account", "server", "stop", "log"]), update(["post"]), remove(["log"])],
  // The same commands, but for those that read documents.
  console: [put(["post", "account", "server", "stop", "log"]), update(["post"]), remove(["log"])],
  media: [],
};
