import type { Objects } from "../../../src/ports/feeds.ts";
import type { TokenStore } from "../../../src/ports/networks.ts";
import type { DeliveryRef, PingRef, Ref, Store } from "../../../src/ports/store.ts";
import type { Table } from "../../../src/store/table.ts";

/** An empty store, and the due rows that it reported. */
export interface EmptyStore {
  readonly store: Store & TokenStore;
  /** The rows of the store. */
  readonly table: Table;
  readonly bodies: Objects;
  readonly reported: readonly { readonly ref: Ref; readonly at: number }[];
}

export type Empty = () => Promise<EmptyStore>;

export const deliveryRef: DeliveryRef = {
  kind: "delivery",
  site: "blog",
  post: "id-of-hello-world",
  account: "mastodon",
  generation: 0,
};

export const pingRef: PingRef = { kind: "ping", site: "blog", key: "main", hub: "https://hub.example/#1" };

export const listed = async <T>(rows: AsyncIterable<T>): Promise<readonly T[]> => {
  const all: T[] = [];
  for await (const row of rows) all.push(row);
  return all;
};

export const present = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error("expected a row");
  return value;
};
