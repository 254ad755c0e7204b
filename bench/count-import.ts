import type { Table } from "../src/store/table.ts";
import { type Counts, countedTable } from "./counted-table.ts";
import { measureCpu, openCrier } from "./crier-in-process.ts";
import { withFolder } from "./with-folder.ts";

/** Imports so many posts without accounts, and counts what the table is asked for. */
export const countImport = (posts: number): Promise<{ readonly counts: Counts; readonly cpu: number }> =>
  withFolder(async (folder) => {
    let counts: Counts | undefined;
    const change = (table: Table): Table => {
      const counted = countedTable(table);
      counts = counted.counts;
      return counted.table;
    };
    const crier = openCrier(folder, { change });
    const cpu = await measureCpu(() => crier.import(posts));
    crier.close();
    if (counts === undefined) throw new Error("the table was not opened");
    return { counts, cpu };
  });
