import { CommandError } from "../api/api-client.ts";
import { StartError } from "../runtimes/local/listen.ts";
import { serveSandbox } from "../runtimes/local/local-sandbox.ts";
import { systemRuntime } from "../runtimes/system-runtime.ts";
import type { CommandResult, Line } from "./command.ts";

/** The process goes on as long as the server listens. */
export const startSandbox = async (port: number): Promise<CommandResult> => {
  try {
    const { url, accounts } = await serveSandbox(port, systemRuntime.clock);
    const lines = accounts.flatMap((account): readonly Line[] => [
      { text: account.network, format: "bold" },
      `  ${account.url}`,
      ...Object.entries(account.credentials).map(([field, value]) => `  ${field} ${value}`),
    ]);
    return {
      answer: { url, accounts },
      lines: [`The sandbox is at ${url}/sandbox; the networks' addresses, and the credentials for them:`, ...lines],
    };
  } catch (error) {
    if (error instanceof StartError) throw new CommandError(error.message, { cause: error });
    throw error;
  }
};
