import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import * as z from "zod";
import { codeOf } from "../domain/errors.ts";
import { s3Objects } from "../objects/s3-objects.ts";
import type { Objects } from "../ports/feeds.ts";
import type { Runtime } from "../ports/runtime.ts";
import type { Moves } from "../ports/store.ts";
import { explainAws } from "../secrets/aws-failure.ts";
import type { WholeTable } from "../store/dynamo-rows.ts";
import { dynamoTable } from "../store/dynamo-table.ts";
import type { Table } from "../store/table.ts";
import { tableStore } from "../store/table-store.ts";
import { TransferError } from "./transfer-error.ts";

/** The value of `storageParameter`, as the stack writes it. */
export const storageNames = z.object({ table: z.string(), bodies: z.string(), feeds: z.string() });

/** A deployment's rows and objects, opened with the rights of its owner. */
export interface Deployment extends Pick<Runtime, "clock" | "newId"> {
  readonly stage: string;
  readonly whole: WholeTable;
  readonly table: Table;
  readonly bodies: Objects;
  /** The public ones. */
  readonly files: Objects;
}

/** For messages. */
export const tableOf = ({ whole, stage }: Deployment): string => `the table ${whole.name} of the stage ${stage}`;

const isOfAws = (error: Error): boolean =>
  "$metadata" in error ||
  codeOf(error) !== undefined ||
  error.name.endsWith("ProviderError") ||
  error.message.startsWith("Region ");

/** What AWS refuses becomes one line that names the right which is missing. The objects' own errors have AWS's as their cause. */
export const naming = async <T>(action: string, resource: string, call: () => Promise<T>): Promise<T> => {
  try {
    return await call();
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    if (error instanceof TransferError || !(cause instanceof Error) || !isOfAws(cause)) throw error;
    throw new TransferError(explainAws(cause, action, resource), { cause });
  }
};

const namedObjects = (objects: Objects, bucket: string): Objects => ({
  read: (key) => naming("s3:GetObject", `the bucket ${bucket}`, () => objects.read(key)),
  put: (key, bytes, options) => naming("s3:PutObject", `the bucket ${bucket}`, () => objects.put(key, bytes, options)),
});

/** `names`: of its table and buckets. The SDK finds the region and the credentials. */
export const openDeployment = (
  stage: string,
  names: z.infer<typeof storageNames>,
  { pause, ...runtime }: Pick<Runtime, "clock" | "newId"> & Pick<WholeTable, "pause">,
): Deployment => {
  const client = new DynamoDBClient({});
  const s3 = new S3Client({});
  const objectsOf = (bucket: string): Objects => namedObjects(s3Objects({ client: s3, bucket }), bucket);
  return {
    ...runtime,
    stage,
    whole: { client, name: names.table, pause },
    table: dynamoTable(client, names.table, runtime.newId),
    bodies: objectsOf(names.bodies),
    files: objectsOf(names.feeds),
  };
};

/** Whether the deployment was left for another home. */
export const movesOf = (home: Deployment): Moves => {
  const { moves } = tableStore(home.table, { bodies: home.bodies, newId: home.newId });
  const named = <T>(action: string, call: () => Promise<T>): Promise<T> => naming(action, tableOf(home), call);
  return {
    read: () => named("dynamodb:GetItem", moves.read),
    mark: (at) => named("dynamodb:PutItem", () => moves.mark(at)),
    clear: () => named("dynamodb:DeleteItem", moves.clear),
  };
};
