import { realpath } from "node:fs/promises";
import { relative, sep } from "node:path";
import { watch } from "chokidar";
import { isDocument, isHidden } from "../domain/document.ts";
import type { Log } from "../ports/runtime.ts";
import type { Watcher } from "./source-kind.ts";

/** See `LocalSource.watch`. Resolves once changes are reported. */
export const watchFolder = async (
  root: string,
  onChange: (path: string) => void,
  log?: Pick<Log, "warn">,
): Promise<Watcher> => {
  const real = await realpath(root);
  const inRoot = (path: string) => relative(real, path).split(sep).join("/");
  const watcher = watch(real, {
    ignoreInitial: true,
    // A link may lead to a parent folder or to the whole disk; what is inside the folder is watched at its own path.
    followSymlinks: false,
    ignored: (path) =>
      inRoot(path)
        .split("/")
        .some((segment) => segment !== ".." && isHidden(segment)),
  });
  for (const event of ["add", "change", "unlink"] as const)
    watcher.on(event, (path) => {
      if (isDocument(inRoot(path))) onChange(inRoot(path));
    });
  watcher.on("error", (error) =>
    log?.warn(
      `The folder ${root} cannot be watched completely: changes that are missed are found by the hourly listing.`,
      {
        error: String(error),
      },
    ),
  );
  await new Promise<void>((resolve) => {
    watcher.once("ready", resolve);
  });
  return { close: () => watcher.close() };
};
