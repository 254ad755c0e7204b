import type { Construct } from "constructs";

/** Only the deployment check sets it (`-c sandbox=http://127.0.0.1:PORT`): accounts without a secret post there. */
export const sandboxContext = (scope: Construct): string | undefined => {
  const context: unknown = scope.node.tryGetContext("sandbox");
  return typeof context === "string" ? context : undefined;
};
