import * as z from "zod";
import { restoreKey } from "../store/keys.ts";
import { type Deployment, naming, tableOf } from "./deployment.ts";
import type { CheckedExport } from "./read-export.ts";

/** `writing`: no row is due, so that nothing is done. `waking`: every row is there, and more and more of them are due. */
const restoreRow = z.object({ state: z.enum(["writing", "waking", "done"]), sha256: z.string(), made: z.number() });
type RestoreState = z.infer<typeof restoreRow>;

export const readState = async (home: Deployment): Promise<RestoreState | undefined> => {
  const row = await naming("dynamodb:GetItem", tableOf(home), () => home.table.get(restoreKey));
  return row && restoreRow.parse(row);
};

export const writeState = (
  home: Deployment,
  { sha256, made }: CheckedExport,
  state: RestoreState["state"],
): Promise<boolean> =>
  naming("dynamodb:PutItem", tableOf(home), () =>
    home.table.put({ ...restoreKey, state, sha256, made, at: home.clock() }),
  );
