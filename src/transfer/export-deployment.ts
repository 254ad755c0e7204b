import { longestLease } from "../domain/delivery.ts";
import { type Instant, iso } from "../domain/time.ts";
import { compressedBodies } from "../store/bodies.ts";
import { dynamoRows } from "../store/dynamo-rows.ts";
import { type Deployment, movesOf, naming, tableOf } from "./deployment.ts";
import type { ExportKind } from "./export-format.ts";
import { exportLines } from "./export-lines.ts";
import { leaving } from "./leave-home.ts";
import { readState } from "./restore-state.ts";
import { TransferError } from "./transfer-error.ts";

/** The lines of an export of a deployment, given to `write`. After a move it sends nothing. */
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
  const rows = () => exportLines(dynamoRows(home.whole), { bodies, now: home.clock(), kind });
  const act = () => naming("dynamodb:Scan", tableOf(home), () => write(rows()));
  if (kind === "backup") return act();
  return leaving(movesOf(home), home.clock(), async () => {
    // The functions run on: a request that was let through before the mark has its answer stored, or its lease is over.
    await home.whole.pause(longestLease);
    return act();
  });
};

/** Ends a move: the deployment sends again. When it was moved; undefined where it was not. */
export const resumeDeployment = async (home: Deployment): Promise<Instant | undefined> => {
  const moves = movesOf(home);
  const moved = await moves.read();
  if (moved !== undefined) await moves.clear();
  return moved;
};
