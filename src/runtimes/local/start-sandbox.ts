import { systemRuntime } from "../system-runtime.ts";
import { type ServedSandbox, serveSandbox } from "./local-sandbox.ts";

export type { ServedSandbox };

/** Serves the emulated networks on 127.0.0.1, for the tests of any program. The port 0 is any that is free. */
export const startSandbox = ({ port = 0 }: { readonly port?: number } = {}): Promise<ServedSandbox> =>
  serveSandbox(port, systemRuntime.clock);
