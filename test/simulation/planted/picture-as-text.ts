import type { Variant } from "../crier-process.ts";
import { withNetwork } from "./with-connections.ts";

/** X is taken to refuse an equal text whatever picture it has. */
export const pictureAsText: Variant = {
  networks: withNetwork("x", ({ offersTo: _, ...network }) => network),
};
