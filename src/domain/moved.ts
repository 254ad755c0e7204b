import type { HomeCommands } from "./home-commands.ts";
import { type Instant, iso } from "./time.ts";

/** Why a home sends nothing since `crier export --move`; undefined where it was not left. */
export const movedReason = (
  moved: Instant | undefined,
  { resume }: Pick<HomeCommands, "resume">,
): string | undefined =>
  moved === undefined
    ? undefined
    : `this Crier has moved to another home (${iso(moved)}), and only that one sends; "${resume}" undoes the move`;
