import type { Key } from "../../../src/store/keys.ts";
import type { Table } from "../../../src/store/table.ts";
import type { MemoryTable } from "./memory-table.ts";

export interface TableCalls {
  /** Makes one command a call of a process: it waits for its turn, and the process may crash before and after it. */
  readonly call: <T>(label: string, act: () => T) => Promise<T>;
  /** True if the answer to this write is lost on its way, so that the SDK repeats it. */
  readonly losesAnswer: () => boolean;
  readonly newId: () => string;
}

/**
 * The table as one process sees it. What `dynamoTable` and the SDK do around a command is done here, too: a write whose
 * answer was lost is repeated, and one whose condition fails is looked up by its id.
 */
export const tableOfProcess = (table: MemoryTable, { call, losesAnswer, newId }: TableCalls): Table => {
  const write = async <T>(label: string, key: Key, act: () => T): Promise<T> => {
    const name = `${label} ${key.pk} ${key.sk}`;
    const first = await call(name, act);
    return losesAnswer() ? call(`${name}, repeated by the SDK`, act) : first;
  };
  const isMadeBy = (id: string, key: Key): Promise<boolean> =>
    call(`get ${key.pk} ${key.sk}, after its condition failed`, () => table.writeIdOf(key) === id);

  return {
    get: (key) => call(`get ${key.pk} ${key.sk}`, () => table.get(key)),
    put: async (row, condition) => {
      const id = newId();
      return (await write("put", row, () => table.put(row, condition, id))) || (await isMadeBy(id, row));
    },
    update: async (key, change, condition) => {
      const id = newId();
      const updated = await write("update", key, () => table.update(key, change, condition, id));
      if (updated !== undefined || !(await isMadeBy(id, key))) return updated;
      return call(`get ${key.pk} ${key.sk}`, () => table.get(key));
    },
    remove: (key, condition) => write("remove", key, () => table.remove(key, condition)),
    page: (query) => call(`query ${query.index?.name ?? ""} ${query.partition}`, () => table.page(query)),
  };
};
