import { bluesky } from "./bluesky/bluesky.ts";
import type { DefinedNetwork } from "./define.ts";
import { devto } from "./devto.ts";
import { discord } from "./discord.ts";
import { linkedin } from "./linkedin.ts";
import { mastodon } from "./mastodon.ts";
import { matrix } from "./matrix.ts";
import { micropub } from "./micropub.ts";
import { nostr } from "./nostr.ts";
import { slack } from "./slack.ts";
import { telegram } from "./telegram.ts";
import { threads } from "./threads.ts";
import { webhook } from "./webhook.ts";
import { x } from "./x.ts";

/** Every network that Crier posts to. A new one is one file and one line here. */
export const networks: readonly DefinedNetwork[] = [
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
