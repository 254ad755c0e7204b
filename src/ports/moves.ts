import type { Instant } from "../domain/time.ts";

/** Whether `crier export --move` made another home of this one, which sends nothing since. */
export interface Moves {
  /** When. */
  read(): Promise<Instant | undefined>;
  mark(at: Instant): Promise<void>;
  clear(): Promise<void>;
}
