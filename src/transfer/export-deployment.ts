import { iso } from "../domain/time.ts";
import { compressedBodies } from "../store/bodies.ts";
import { dynamoRows } from "../store/dynamo-rows.ts";
import { type Deployment, naming, tableOf } from "./deployment.ts";
import type { ExportKind } from "./export-format.ts";
import { exportLines } from "./export-lines.ts";
import { readState } from "./restore-state.ts";
import { TransferError } from "./transfer-error.ts";

/** The lines of an export of a deployment, given to `write`. */
export const exportDeployment = async <T>(
  home: Deployment,
  kind: ExportKind,
  write: (lines: AsyncIterable<string>) => Promise<T>,
): Promise<T> => {
  const state = await readState(home);
  if (state !== undefined && state.state !== "done")
    throw new TransferError(
      `${tableOf(home)} is not restored completely: repeat crier restore with the export of ${iso(state.made)} first`,
    );
  const bodies = compressedBodies(home.bodies);
  const lines = exportLines(dynamoRows(home.whole), { bodies, now: home.clock(), kind });
  return naming("dynamodb:Scan", tableOf(home), () => write(lines));
};
