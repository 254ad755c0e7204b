import type { Probe, TellHub } from "../ports/outside.ts";
import type { Deadline } from "../ports/runtime.ts";
import { guardedClient } from "./guarded-client.ts";
import { probeWith } from "./probe.ts";
import { isPublic, isPublicOrLoopback } from "./public-address.ts";
import { tellHubWith } from "./websub.ts";

export interface Outside {
  readonly probe: Probe;
  readonly tellHub: TellHub;
}

export interface OutsideOptions {
  /** A URL for the User-Agent, where operators of other servers see who sends the requests. */
  readonly about: string;
  /** On one machine the owner may run a hub next to Crier. A URL from a document never reaches the loopback. */
  readonly isLocal?: boolean;
  readonly deadline: Deadline;
}

/** All requests to URLs that documents and the configuration name, other than those of the networks' APIs. */
export const connectOutside = ({ about, isLocal = false, deadline }: OutsideOptions): Outside => ({
  probe: probeWith(guardedClient({ about, allow: isPublic }), deadline),
  tellHub: tellHubWith(guardedClient({ about, allow: isLocal ? isPublicOrLoopback : isPublic }), deadline),
});
