import { access, constants, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { errorMessage } from "../../domain/error-message.ts";
import type { Clock, Log } from "../../ports/runtime.ts";
import { createTable, endLeases, repairDue } from "../../store/embedded-table.ts";
import type { Cleanup } from "./cleanup.ts";
import { startEmbedded } from "./embedded-dynamodb.ts";
import { lockFolder } from "./folder-lock.ts";
import { StartError } from "./listen.ts";
import { keepPrivate, ownerOnly } from "./private-files.ts";

export const table = "crier";

const makeFolder = async (data: string): Promise<void> => {
  try {
    await mkdir(data, { recursive: true, mode: ownerOnly.folder });
    await access(data, constants.W_OK);
  } catch (cause) {
    const [reason] = errorMessage(cause).split(",", 1);
    throw new StartError(`the data folder ${data} cannot be used (${reason}): pass --data with a folder of your own`, {
      cause,
    });
  }
};

/** The embedded table in the data folder, which this process has locked until `cleanup` runs. */
export const openTable = async (data: string, log: Log, clock: Clock, cleanup: Cleanup): Promise<DynamoDBClient> => {
  await makeFolder(data);
  const lock = await lockFolder(data);
  cleanup.add(() => lock.release());
  await keepPrivate(data, log);
  const { endpoint, stop } = await startEmbedded({ dir: join(data, "dynamodb") });
  cleanup.add(stop);
  const client = new DynamoDBClient({
    endpoint,
    region: "local",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  cleanup.add(() => client.destroy());
  await createTable(client, table);
  if (lock.wasUnclean) {
    await endLeases(client, table, clock());
    const repaired = await repairDue(client, table);
    log.info(
      `the last run did not end cleanly; nothing was lost${repaired === 0 ? "" : `, and ${repaired} rows were queued again`}`,
    );
  }
  return client;
};
