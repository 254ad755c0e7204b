import { errorMessage } from "../../domain/errors.ts";
import type { LocalSource } from "../../sources/source-kind.ts";
import { StartError } from "./listen.ts";

/** The paths of a source that is listed at the start. Where that fails, it is reported in one line, without a stack trace. */
export const listAtStart = async (source: LocalSource): Promise<readonly string[]> => {
  try {
    return await source.list();
  } catch (cause) {
    throw new StartError(errorMessage(cause), { cause });
  }
};

/** The source, but its calls throw once Crier is stopping: the listing of a large archive ends at its next document. */
export const stoppable = (source: LocalSource, stopping: () => boolean): LocalSource => {
  const check = (): void => {
    if (stopping()) throw new StartError("Crier is stopping");
  };
  return {
    ...source,
    list: async () => {
      check();
      return source.list();
    },
    read: async (path) => {
      check();
      return source.read(path);
    },
  };
};
