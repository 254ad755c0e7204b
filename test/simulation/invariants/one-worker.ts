import { functionTimeout } from "../functions.ts";
import type { SimulatedWorld } from "../world.ts";

/**
 * A server holds one worker at a time, however many accounts are on it. While a new configuration is deployed, workers of
 * the one before may still send.
 */
export const checkServers = ({ requests, violate }: SimulatedWorld): void => {
  for (const { network, method, path, at, others, deployedFor } of requests)
    if (others > 0 && deployedFor > functionTimeout)
      violate(
        `SERVER: ${method} ${path} was sent to ${network} at ${new Date(at).toISOString()} while ${others + 1} workers waited for it`,
      );
};
