import { inGroups } from "../domain/concurrency.ts";
import type { Site } from "../domain/site.ts";
import { type Instant, iso } from "../domain/time.ts";
import { compressedBodies } from "../store/bodies.ts";
import { dynamoRows, putRows, removeRows, wakeRow } from "../store/dynamo-rows.ts";
import { refOf, restoreKey } from "../store/keys.ts";
import { tableStore } from "../store/table-store.ts";
import { checkSites } from "./check-sites.ts";
import { type Deployment, naming, tableOf } from "./deployment.ts";
import { contentsOf } from "./home-contents.ts";
import { listedPlaces } from "./listed-places.ts";
import { fromPortable, type PortableRow } from "./portable-row.ts";
import { type CheckedExport, rowsOf } from "./read-export.ts";
import { restoreReceipts } from "./restore-receipts.ts";
import { readState, writeState } from "./restore-state.ts";
import { isOfOldHome, postWithCopies, restoredRow, withoutNewDeliveries } from "./restored-rows.ts";
import { TransferError } from "./transfer-error.ts";

/** In the order in which they are written: a post comes last, so that nothing that works on it can miss a delivery of it. */
const parts: readonly ((row: PortableRow) => boolean)[] = [
  (row) => refOf(row)?.kind === "delivery",
  (row) => !["delivery", "post"].includes(refOf(row)?.kind ?? ""),
  (row) => refOf(row)?.kind === "post",
];

/** Every row, but none is due. */
const writeRows = async (checked: CheckedExport, sites: readonly Site[], id: string, home: Deployment) => {
  const bodies = compressedBodies(home.bodies);
  const now = home.clock();
  const listed = listedPlaces(checked);
  const settled = withoutNewDeliveries(checked);
  const posted: { readonly site: string; readonly id: string }[] = [];
  async function* rows(belongs: (row: PortableRow) => boolean) {
    for await (const row of rowsOf(checked)) {
      if (isOfOldHome(row) || !belongs(row)) continue;
      listed.note(row);
      const post = postWithCopies(row);
      if (post !== undefined) posted.push(post);
      const { dueAt: _, ...asleep } = settled(restoredRow(row, checked, now));
      yield fromPortable(asleep, bodies);
    }
  }
  async function* listings() {
    yield* listed.rowsFor(sites.map(({ id: site }) => ({ site, source: "bucket" })));
  }
  await naming("dynamodb:BatchWriteItem", tableOf(home), async () => {
    for (const part of parts) await putRows(rows(part), id, home.whole);
    await putRows(listings(), id, home.whole);
  });
  const store = tableStore(home.table, { bodies: home.bodies, newId: home.newId });
  await naming("dynamodb:Query", tableOf(home), () =>
    restoreReceipts(posted, { store, files: home.files, sites, now }),
  );
};

const parallel = 16;

/** Makes due what was. A row that was written since it was restored is left alone: somebody works on it already. */
const wakeRows = async (checked: CheckedExport, id: string, home: Deployment): Promise<void> => {
  const now: Instant = home.clock();
  async function* dueRows() {
    for await (const row of rowsOf(checked)) {
      const { dueAt } = restoredRow(row, checked, now);
      if (dueAt !== undefined && !isOfOldHome(row)) yield { row, dueAt };
    }
  }
  await naming("dynamodb:UpdateItem", tableOf(home), async () => {
    for await (const group of inGroups(dueRows(), parallel))
      await Promise.all(group.map(({ row, dueAt }) => wakeRow(row, dueAt, id, home.whole)));
  });
};

/**
 * Puts everything into a deployment that is new, where the functions run meanwhile: first all rows without a time at which
 * they are due, then the times. A restore that was interrupted is repeated with the same file; before the times are
 * written another file may be taken, too.
 */
export const restoreDeployment = async (
  checked: CheckedExport,
  sites: readonly Site[],
  home: Deployment,
): Promise<void> => {
  checkSites(checked, sites);
  const before = await readState(home);
  const id = `restore#${checked.sha256}`;
  if (before?.state === "waking" && before.sha256 !== checked.sha256)
    throw new TransferError(
      `${tableOf(home)} has nearly all of the export of ${iso(before.made)}: complete that restore with its file first`,
    );
  if (before?.state !== "waking") {
    const rows = () => dynamoRows(home.whole);
    const found =
      before?.state === "writing" ? undefined : await naming("dynamodb:Scan", tableOf(home), () => contentsOf(rows()));
    if (found !== undefined)
      throw new TransferError(
        `${tableOf(home)} is not empty (${found}), so that nothing is restored: deploy another stage (npx cdk deploy -c stage=NAME), and restore with --stage NAME`,
      );
    await writeState(home, checked, "writing");
    // What an interrupted restore left.
    if (before?.state === "writing")
      await naming("dynamodb:BatchWriteItem", tableOf(home), () => removeRows(withoutState(rows()), home.whole));
    await writeRows(checked, sites, id, home);
    await writeState(home, checked, "waking");
  }
  await wakeRows(checked, id, home);
  await writeState(home, checked, "done");
};

async function* withoutState(rows: ReturnType<typeof dynamoRows>) {
  for await (const row of rows) if (row.pk !== restoreKey.pk) yield row;
}
