import type { Probe, TellHub } from "../ports/outside.ts";
import { guardedClient } from "./guarded-client.ts";
import { probeWith } from "./probe.ts";
import { isPublic, isPublicOrLoopback } from "./public-address.ts";
import { tellHubWith } from "./websub.ts";

export interface Outside {
  readonly probe: Probe;
  readonly tellHub: TellHub;
}

export interface OutsideOptions {
  /** Where people find out who asks. */
  readonly about: string;
  /** One machine: its owner may run a hub beside Crier. What a document names never reaches the loopback. */
  readonly isLocal?: boolean | undefined;
}

/** All that Crier asks of addresses which no account's network vouches for. */
export const connectOutside = ({ about, isLocal = false }: OutsideOptions): Outside => ({
  probe: probeWith(guardedClient({ about })),
  tellHub: tellHubWith(guardedClient({ about, allow: isLocal ? isPublicOrLoopback : isPublic })),
});
