import type { Reason } from "./refusal.ts";

/** Why a document is refused whose slug or guid is another document's. `holder` names that one. */
export const aliasTaken = (field: "slug" | "guid", value: string, holder: string): Reason => ({
  code: `${field}-taken`,
  field,
  message: `the ${field} "${value}" belongs to ${holder}: give this document a ${field} of its own`,
});

/** True where the document is accepted as soon as the other one is gone. */
export const isAliasTaken = ({ code }: Reason): boolean => code === "slug-taken" || code === "guid-taken";
