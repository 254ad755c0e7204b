import { lstatSync, readdirSync, watch } from "node:fs";
import { realpath } from "node:fs/promises";
import { join } from "node:path";
import { isDocument, isHidden } from "../domain/document.ts";
import { codeOf } from "../domain/errors.ts";
import type { Log } from "../ports/runtime.ts";
import type { OnChange, Watcher } from "./source-kind.ts";

/** A folder that is watched, with the names of its documents. */
interface Watched {
  readonly names: Set<string>;
  readonly close: () => void;
}

const isGone = (error: unknown): boolean => ["ENOENT", "ENOTDIR"].includes(codeOf(error) ?? "");

/** A link may lead to a parent folder or to the whole disk; what is inside the folder is watched at its own path. */
const kindOf = (path: string): "folder" | "other" | "nothing" => {
  try {
    return lstatSync(path).isDirectory() ? "folder" : "other";
  } catch {
    return "nothing";
  }
};

/**
 * See `LocalSource.watch`. Resolves once changes are reported. The system watches folders, not files: ten thousand
 * documents in a folder cost one watch, and the start does not wait for them. It calls `onChange` for each document of a
 * folder that has come, gone or been replaced, changed or not.
 */
export const watchFolder = async (root: string, onChange: OnChange, log?: Pick<Log, "warn">): Promise<Watcher> => {
  const real = await realpath(root);
  /** By their paths below the root, which is "". */
  const folders = new Map<string, Watched>();
  let hasWarned = false;

  const pathIn = (folder: string, name: string): string => (folder === "" ? name : `${folder}/${name}`);
  const warn = (error: unknown): void => {
    if (hasWarned || isGone(error)) return;
    hasWarned = true;
    log?.warn(
      `The folder ${root} cannot be watched completely: changes that are missed are found by the hourly listing.`,
      { error: String(error) },
    );
  };

  const leave = (top: string): void => {
    for (const [folder, { names, close }] of [...folders]) {
      if (folder !== top && !folder.startsWith(`${top}/`)) continue;
      close();
      folders.delete(folder);
      for (const name of names) onChange(pathIn(folder, name), true);
    }
  };

  const enter = (folder: string, found: (path: string) => void): void => {
    const names = new Set<string>();
    try {
      const watcher = watch(join(real, folder), (event, name) => changed(folder, event, name));
      // On Windows also that the folder is gone.
      watcher.on("error", (error) => {
        if (kindOf(join(real, folder)) === "folder") warn(error);
      });
      folders.set(folder, { names, close: () => watcher.close() });
      // After the watch has begun: what is created from now on has its own event.
      for (const entry of readdirSync(join(real, folder), { withFileTypes: true })) {
        if (isHidden(entry.name)) continue;
        const path = pathIn(folder, entry.name);
        if (entry.isDirectory()) enter(path, found);
        else if (isDocument(path)) {
          names.add(entry.name);
          found(path);
        }
      }
    } catch (error) {
      warn(error);
    }
  };

  const changed = (folder: string, event: string, name: string | null): void => {
    if (name === null) return;
    // What a folder's watch still reports when it has been left.
    const watched = folders.get(folder);
    if (watched === undefined || isHidden(name)) return;
    const path = pathIn(folder, name);
    const kind = kindOf(join(real, path));
    const isNewFolder = kind === "folder" && (event === "rename" || !folders.has(path));
    if (kind !== "folder" || isNewFolder) leave(path);
    if (isNewFolder) enter(path, (found) => onChange(found, false));
    if (kind === "folder" || !isDocument(path)) return;
    if (kind === "nothing") watched.names.delete(name);
    else watched.names.add(name);
    onChange(path, kind === "nothing");
  };

  enter("", () => {});
  return {
    close: async () => {
      for (const { close } of folders.values()) close();
      folders.clear();
    },
  };
};
