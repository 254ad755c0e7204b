import type { Partition } from "../src/store/keys.ts";
import type { FunctionName } from "./limits.ts";

/** Rows that a function may write: by their partitions, and where others share these, by what it may not name. */
export interface RowWrites {
  readonly action: "PutItem" | "UpdateItem" | "DeleteItem";
  readonly of: readonly Partition[];
  /** Attributes of rows that are others'. */
  readonly without?: readonly string[];
}

// A post's partition has its deliveries, a feed's its entries, archive and pings, a site's the list of feeds and what is
// known of its sources. A row is invalid without the attributes that are named here.
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

/** Rows that one function alone may read; every other row may be read by all that read rows. */
export const readByOne: readonly { readonly rows: Partition; readonly by: FunctionName }[] = [
  { rows: "token", by: "deliver" },
];

/** What each function writes (docs/decisions/0029). */
export const rowWrites: Readonly<Record<FunctionName, readonly RowWrites[]>> = {
  ingest: [...saveDocuments, put(["post"], delivery), put(["site"], listedFeed)],
  // It makes unknown deliveries due.
  reconcile: [
    put(documents),
    update(["alias"]),
    remove(["document", "shared", "listing"]),
    put(["post"], delivery),
    put(["site"]),
    update(["post"], delivery),
    put(["listing", "round"]),
  ],
  // It creates deliveries, and makes those that exist due.
  publish: [
    put(["post", "alias", "notice", "window"]),
    put(["feed"], [...lease, ...ping]),
    put(["site"], sourceState),
    update(["post", "feed", "alias"], [...delivery, ...lease, ...ping]),
    remove(["feed"]),
  ],
  render: [put(["feed", "notice"]), put(["site"], sourceState), update(["feed"]), remove(["feed"])],
  // It saves the URLs of copies in their posts, renews the tokens of logins, and defers what fails.
  deliver: [
    put(["post", "account", "server", "notice", "token"]),
    put(["feed"], feedButPings),
    update(["post", "notice"]),
    update(["feed"], feedButPings),
  ],
  relay: [put(["site"], sourceState), put(["round"]), update(["feed"], [...lease, ...ping])],
  // By its owner's word it changes deliveries and resumes accounts.
  web: [...saveDocuments, put(["post", "account", "server"])],
  media: [],
};
