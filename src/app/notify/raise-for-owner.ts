import { causeText, type FailureKind } from "../../domain/notice.ts";
import { type RaisePorts, raiseBeforeSave } from "./raise-notice.ts";

export interface OwnerRaisePorts extends RaisePorts {
  /** False where the owner reads the console instead. */
  readonly mailsOwner: boolean;
}

/** Called before the row that says it is saved. `id`: which of the things that fail in this way. */
export const raiseForOwner = async (
  { site, kind, subject }: { readonly site: string; readonly kind: FailureKind; readonly subject: string },
  id: string,
  ports: OwnerRaisePorts,
): Promise<void> => {
  if (ports.mailsOwner)
    await raiseBeforeSave({ kind: "notice", site, to: "owner", about: causeText({ kind, subject }) }, id, ports);
};
