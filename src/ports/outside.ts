import type { HubAnswer } from "../domain/ping.ts";

/** The media type and the size in bytes of an image, film or recording, as its server reports them. Undefined without a type. Never throws. */
export type Probe = (
  url: string,
) => Promise<{ readonly mediaType: string; readonly length: number | undefined } | undefined>;

/** Notifies a WebSub hub that a topic has changed. Never throws. */
export type TellHub = (hub: string, topic: string) => Promise<HubAnswer>;
