import { type Instant, iso } from "./time.ts";

/** Why a home sends nothing since `crier export --move`. */
export const movedReason = (moved: Instant): string =>
  `this Crier has moved to another home (${iso(moved)}), and only that one sends; npx crier resume undoes the move`;
