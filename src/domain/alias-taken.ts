import type { Reason } from "./refusal.ts";

/** Why a document is refused: its slug or guid belongs to another one, which `holder` names. */
export const aliasTaken = (field: "slug" | "guid", value: string, holder: string): Reason => ({
  code: `${field}-taken`,
  field,
  message: `the ${field} "${value}" belongs to ${holder}: give this document a ${field} of its own`,
});

/** True where the document is accepted as soon as the other one is gone. */
export const isAliasTaken = ({ code }: Reason): boolean => code === "slug-taken" || code === "guid-taken";
