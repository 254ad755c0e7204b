import type { Variant } from "../crier-process.ts";
import { withNetwork } from "./with-connections.ts";

/** A channel that makes a second message of a second request is taken to refuse it. */
export const resendToAnybody: Variant = {
  networks: withNetwork("telegram", ({ offersTo: _, ...network }) => ({ ...network, offers: "refuse" })),
};
