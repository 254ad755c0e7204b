import type { FunctionLog } from "../../src/runtimes/lambda/compose-functions.ts";

/** A log that keeps its entries. */
export const keptLog = () => {
  const lines: { readonly level: string; readonly message: string; readonly fields?: unknown }[] = [];
  const alarms: string[] = [];
  const counted: string[] = [];
  const log: FunctionLog = {
    info: (message, fields) => lines.push({ level: "info", message, fields }),
    warn: (message, fields) => lines.push({ level: "warn", message, fields }),
    alarm: (name, message, fields) => {
      alarms.push(name);
      lines.push({ level: "alarm", message, fields });
    },
    count: (name) => counted.push(name),
  };
  return { log, lines, alarms, counted };
};
