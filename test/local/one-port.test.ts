import { rm } from "node:fs/promises";
import { expect, onTestFinished, test } from "vitest";
import { aDocument, aFolder } from "../support/machine.ts";
import { aProcess, listeningSockets } from "../support/started-process.ts";

// Without `ss`, nothing else tells which process listens.
test.skipIf(listeningSockets(0) === undefined)(
  "Crier as a process of its own listens on one port, on the loopback (ss -ltnp)",
  async () => {
    const folder = await aFolder({ "one.md": aDocument("One") });
    const { url, pid, stop } = await aProcess(folder);
    onTestFinished(async () => {
      await stop();
      await rm(folder, { recursive: true });
    });
    const sockets = listeningSockets(pid) ?? [];
    expect(sockets).toHaveLength(1);
    expect(sockets[0]).toContain(` 127.0.0.1:${new URL(url).port} `);
  },
);
