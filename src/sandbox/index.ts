import { bluesky } from "./bluesky-emulator.ts";
import { devto } from "./devto-emulator.ts";
import { discord } from "./discord-emulator.ts";
import type { Emulator } from "./emulator.ts";
import { linkedin } from "./linkedin-emulator.ts";
import { mastodon } from "./mastodon-emulator.ts";
import { matrix } from "./matrix-emulator.ts";
import { micropub } from "./micropub-emulator.ts";
import { nostr } from "./nostr-emulator.ts";
import { slack } from "./slack-emulator.ts";
import { telegram } from "./telegram-emulator.ts";
import { threads } from "./threads-emulator.ts";
import { webhook } from "./webhook-emulator.ts";
import { x } from "./x-emulator.ts";

/** Every network that the sandbox emulates. A new one is one file and one line here. */
export const emulators: readonly Emulator[] = [
  x,
  bluesky,
  mastodon,
  linkedin,
  discord,
  slack,
  telegram,
  threads,
  matrix,
  micropub,
  devto,
  nostr,
  webhook,
];
