import type { HubAnswer } from "../domain/ping.ts";

/** What stands at the URL of an image, film or recording: its true MIME type, and its bytes where the server says so. Undefined where that cannot be told. Never throws. */
export type Probe = (
  url: string,
) => Promise<{ readonly mediaType: string; readonly length?: number | undefined } | undefined>;

/** Tells a WebSub hub that a topic has changed. Never throws. */
export type TellHub = (hub: string, topic: string) => Promise<HubAnswer>;
