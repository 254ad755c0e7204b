import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import * as z from "zod";
import { inGroups } from "../domain/concurrency.ts";
import { longestLease } from "../domain/delivery.ts";
import { errorCode } from "../domain/errors.ts";
import type { Site } from "../domain/site.ts";
import { type Instant, iso } from "../domain/time.ts";
import { s3Objects } from "../objects/s3-objects.ts";
import type { Objects } from "../ports/feeds.ts";
import type { Runtime } from "../ports/runtime.ts";
import type { Moves } from "../ports/store.ts";
import { explainAws } from "../secrets/aws-failure.ts";
import { compressedBodies } from "../store/bodies.ts";
import { dynamoRows, dynamoTable, putRows, removeRows, type WholeTable, wakeRow } from "../store/dynamo-table.ts";
import { parseRef, restoreKey } from "../store/keys.ts";
import { rowFormat } from "../store/row-format.ts";
import type { Table } from "../store/table.ts";
import { tableStore } from "../store/table-store.ts";
import { exportRows, fromPortable, type Installation, undoMove } from "./export-file.ts";
import { type CheckedExport, type ExportKind, type PortableRow, readRows, TransferError } from "./read-export.ts";
import { checkSites, describeContents, isOfOldInstallation, restoredRow, restoredRows } from "./restored-rows.ts";

export const deploymentInstallation = (deployment: Deployment): Installation => ({
  label: `the stage ${deployment.stage}`,
  nextStep: "Put the documents into its bucket.",
  untilQuiet: longestLease,
  export: (kind, write) => exportDeployment(deployment, kind, write),
  restore: (checked, sites) => restoreDeployment(checked, sites, deployment),
  resume: () => undoMove(openMoves(deployment)),
});

export const exportDeployment = async <T>(
  deployment: Deployment,
  kind: ExportKind,
  write: (lines: AsyncIterable<string>) => Promise<T>,
): Promise<T> => {
  const state = await readState(deployment);
  if (state !== undefined && state.state !== "done")
    throw new TransferError(
      `${tableLabel(deployment)} is not restored completely: repeat crier restore with the export of ${iso(state.made)} first`,
    );
  const exported = {
    rows: () => dynamoRows(deployment.whole),
    bodies: compressedBodies(deployment.bodies),
    moves: openMoves(deployment),
    clock: deployment.clock,
    // The functions continue to run. After the pause, each request from before the mark has its answer stored, or its
    // lease is over.
    untilQuiet: () => deployment.whole.pause(longestLease),
  };
  return exportRows(exported, kind, (lines) =>
    explainRefusal("dynamodb:Scan", tableLabel(deployment), () => write(lines)),
  );
};

/**
 * The rows in the order of writing. Posts come last, so that no function that works on one can miss a delivery of it.
 */
const writingOrder: readonly ((row: PortableRow) => boolean)[] = [
  (row) => parseRef(row)?.kind === "delivery",
  (row) => !["delivery", "post"].includes(parseRef(row)?.kind ?? ""),
  (row) => parseRef(row)?.kind === "post",
];

/** Writes every row, but without the time at which it is due. */
const writeRows = async (checked: CheckedExport, sites: readonly Site[], id: string, deployment: Deployment) => {
  const bodies = compressedBodies(deployment.bodies);
  const restored = restoredRows(checked, deployment.clock());
  async function* rows(belongs: (row: PortableRow) => boolean) {
    for await (const { dueAt: _, ...asleep } of restored.rows(belongs)) yield fromPortable(asleep, bodies);
  }
  async function* listings() {
    for (const row of restored.listings(sites.map(({ id: site }) => ({ site, source: "bucket" }))))
      yield fromPortable(row, bodies);
  }
  await explainRefusal("dynamodb:BatchWriteItem", tableLabel(deployment), async () => {
    for (const part of writingOrder) await putRows(rows(part), id, deployment.whole);
    await putRows(listings(), id, deployment.whole);
  });
  const store = tableStore(deployment.table, { bodies: deployment.bodies, newId: deployment.newId });
  await explainRefusal("dynamodb:Query", tableLabel(deployment), () =>
    restored.writeReceipts({ store, files: deployment.files, sites }),
  );
};

const parallel = 16;

/**
 * Makes rows due that were due in the export. A row that was written since it was restored is left alone, because a
 * function works on it already.
 */
const wakeRows = async (checked: CheckedExport, id: string, deployment: Deployment): Promise<void> => {
  const now: Instant = deployment.clock();
  async function* dueRows() {
    for await (const row of readRows(checked)) {
      const { dueAt } = restoredRow(row, checked, now);
      if (dueAt !== undefined && !isOfOldInstallation(row)) yield { row, dueAt };
    }
  }
  await explainRefusal("dynamodb:UpdateItem", tableLabel(deployment), async () => {
    for await (const group of inGroups(dueRows(), parallel))
      await Promise.all(group.map(({ row, dueAt }) => wakeRow(row, dueAt, id, deployment.whole)));
  });
};

/**
 * Restores an export into a new deployment, whose functions run at the same time. All rows are written first without the
 * time at which they are due, and then the times. An interrupted restore is repeated with the same file. Until the times
 * are written, it can also be repeated with another file.
 */
export const restoreDeployment = async (
  checked: CheckedExport,
  sites: readonly Site[],
  deployment: Deployment,
): Promise<void> => {
  checkSites(checked, sites);
  const before = await readState(deployment);
  const id = `restore#${checked.sha256}`;
  if (before?.state === "waking" && before.sha256 !== checked.sha256)
    throw new TransferError(
      `${tableLabel(deployment)} has nearly all of the export of ${iso(before.made)}: complete that restore with its file first`,
    );
  if (before?.state !== "waking") {
    const rows = () => dynamoRows(deployment.whole);
    const found =
      before?.state === "writing"
        ? undefined
        : await explainRefusal("dynamodb:Scan", tableLabel(deployment), () => describeContents(rows()));
    if (found !== undefined)
      throw new TransferError(
        `${tableLabel(deployment)} is not empty (${found}), so that nothing is restored: deploy another stage (npx cdk deploy -c stage=NAME), and restore with --stage NAME`,
      );
    await writeState(deployment, checked, "writing");
    // An interrupted restore left these rows.
    if (before?.state === "writing")
      await explainRefusal("dynamodb:BatchWriteItem", tableLabel(deployment), () =>
        removeRows(withoutState(rows()), deployment.whole),
      );
    await writeRows(checked, sites, id, deployment);
    await writeState(deployment, checked, "waking");
  }
  await wakeRows(checked, id, deployment);
  await writeState(deployment, checked, "done");
};

async function* withoutState(rows: ReturnType<typeof dynamoRows>) {
  for await (const row of rows) if (row.pk !== restoreKey.pk) yield row;
}

/**
 * `writing`: no row is due, so that no function works on it. `waking`: all rows are written, and become due one after
 * another.
 */
const restoreRow = z.object({ state: z.enum(["writing", "waking", "done"]), sha256: z.string(), made: z.number() });
type RestoreState = z.infer<typeof restoreRow>;

const readState = async (deployment: Deployment): Promise<RestoreState | undefined> => {
  const row = await explainRefusal("dynamodb:GetItem", tableLabel(deployment), () => deployment.table.get(restoreKey));
  if (row === undefined) return undefined;
  const { data } = restoreRow.safeParse(row);
  if (data === undefined)
    throw new TransferError(
      `${tableLabel(deployment)} has a row RESTORE that cannot be read, so that nobody can tell how far an earlier restore came: deploy another stage (npx cdk deploy -c stage=NAME), and restore with --stage NAME`,
    );
  return data;
};

const writeState = (
  deployment: Deployment,
  { sha256, made }: CheckedExport,
  state: RestoreState["state"],
): Promise<boolean> =>
  explainRefusal("dynamodb:PutItem", tableLabel(deployment), () =>
    deployment.table.put({ ...restoreKey, format: rowFormat.version, state, sha256, made, at: deployment.clock() }),
  );

/** The value of `storageParameter`, which the stack writes. */
export const storageNames = z.object({ table: z.string(), bodies: z.string(), feeds: z.string() });

/** A deployment's rows and objects, opened with the rights of its owner. */
export interface Deployment extends Pick<Runtime, "clock" | "newId"> {
  readonly stage: string;
  readonly whole: WholeTable;
  readonly table: Table;
  readonly bodies: Objects;
  /** The bucket with the public files. */
  readonly files: Objects;
}

/** Names the table in messages. */
const tableLabel = ({ whole, stage }: Deployment): string => `the table ${whole.name} of the stage ${stage}`;

const isOfAws = (error: Error): boolean =>
  "$metadata" in error ||
  errorCode(error) !== undefined ||
  error.name.endsWith("ProviderError") ||
  error.message.startsWith("Region ");

/**
 * Turns a refusal by AWS into one line that names the missing right. Errors of objects have the error of AWS as their
 * cause.
 */
const explainRefusal = async <T>(action: string, resource: string, call: () => Promise<T>): Promise<T> => {
  try {
    return await call();
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    if (error instanceof TransferError || !(cause instanceof Error) || !isOfAws(cause)) throw error;
    throw new TransferError(explainAws(cause, action, resource), { cause });
  }
};

const explainedObjects = (objects: Objects, bucket: string): Objects => ({
  read: (key) => explainRefusal("s3:GetObject and s3:ListBucket", `the bucket ${bucket}`, () => objects.read(key)),
  put: (key, bytes, options) =>
    explainRefusal("s3:PutObject", `the bucket ${bucket}`, () => objects.put(key, bytes, options)),
});

/** `names`: the names of the table and the buckets. The SDK finds the region and the credentials. */
export const openDeployment = (
  stage: string,
  names: z.infer<typeof storageNames>,
  { pause, ...runtime }: Pick<Runtime, "clock" | "newId"> & Pick<WholeTable, "pause">,
): Deployment => {
  const client = new DynamoDBClient({});
  const s3 = new S3Client({});
  const openBucket = (bucket: string): Objects => explainedObjects(s3Objects({ client: s3, bucket }), bucket);
  return {
    ...runtime,
    stage,
    whole: { client, name: names.table, pause },
    table: dynamoTable(client, names.table, runtime.newId),
    bodies: openBucket(names.bodies),
    files: openBucket(names.feeds),
  };
};

/** The row that says whether the deployment was moved to another installation. */
const openMoves = (deployment: Deployment): Moves => {
  const { moves } = tableStore(deployment.table, { bodies: deployment.bodies, newId: deployment.newId });
  const explained = <T>(action: string, call: () => Promise<T>): Promise<T> =>
    explainRefusal(action, tableLabel(deployment), call);
  return {
    read: () => explained("dynamodb:GetItem", moves.read),
    mark: (at) => explained("dynamodb:PutItem", () => moves.mark(at)),
    clear: () => explained("dynamodb:DeleteItem", moves.clear),
  };
};
