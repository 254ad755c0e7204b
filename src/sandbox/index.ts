import { bluesky } from "./bluesky-emulator.ts";
import { discord } from "./discord-emulator.ts";
import type { Emulator } from "./emulator.ts";
import { mastodon } from "./mastodon-emulator.ts";
import { webhook } from "./webhook-emulator.ts";
import { x } from "./x-emulator.ts";

/** Every network that the sandbox emulates. A new one is one file and one line here. */
export const emulators: readonly Emulator[] = [x, bluesky, mastodon, discord, webhook];
