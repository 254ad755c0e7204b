import type { Construct } from "constructs";

/**
 * Reads the address of a sandbox, which only the deployment check sets (`-c sandbox=http://127.0.0.1:PORT`). Accounts
 * without a secret post there.
 */
export const sandboxContext = (scope: Construct): string | undefined => {
  const context: unknown = scope.node.tryGetContext("sandbox");
  return typeof context === "string" ? context : undefined;
};
