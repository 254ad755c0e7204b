import { join } from "node:path";
import { folderObjects } from "../../src/objects/folder-objects.ts";
import type { Clock } from "../../src/ports/runtime.ts";
import type { DeliveryRef, Store } from "../../src/ports/store.ts";
import { cleanupStack } from "../../src/runtimes/local/cleanup.ts";
import { openTable } from "../../src/runtimes/local/storage.ts";
import { systemRuntime } from "../../src/runtimes/system-runtime.ts";
import { tableStore } from "../../src/store/table-store.ts";
import type { Open } from "./worker-messages.ts";

/** The one delivery of a run. */
export const deliveryRef = (name: string): DeliveryRef => ({
  kind: "delivery",
  site: "blog",
  post: name,
  account: name,
  generation: 0,
});

const silent = { info: () => {}, warn: () => {}, alarm: () => {} };

/** The store on disk as one machine opens it, or on DynamoDB's API. */
export const openStore = async (
  place: Open["store"],
  clock: Clock,
): Promise<{ readonly store: Store; close(): Promise<void> }> => {
  const { newId } = systemRuntime;
  const options = { bodies: folderObjects(join(place.folder, "bodies")), newId };
  if (place.engine === "sqlite") {
    const cleanup = cleanupStack();
    const { table } = await openTable(place.folder, silent, clock, cleanup);
    return { store: tableStore(table, options), close: cleanup.run };
  }
  // The import is here, so that a process on one machine's file does not load the SDK.
  const [{ dynamoTable }, { localClient }] = await Promise.all([
    import("../../src/store/dynamo-table.ts"),
    import("../support/local-client.ts"),
  ]);
  const client = localClient(place.endpoint);
  return {
    store: tableStore(dynamoTable(client, place.table, newId), options),
    close: async () => client.destroy(),
  };
};
