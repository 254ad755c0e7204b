import type { StoredRequest } from "../../../src/domain/delivery.ts";
import { canonicalJson } from "../../../src/domain/json-value.ts";
import { hour } from "../../../src/domain/time.ts";
import { postsIn } from "../../../src/networks/thread.ts";
import { blueskyModel } from "./bluesky-model.ts";
import { devtoModel } from "./devto-model.ts";
import { discordModel } from "./discord-model.ts";
import { linkedinModel } from "./linkedin-model.ts";
import { mastodonModel } from "./mastodon-model.ts";
import { matrixModel } from "./matrix-model.ts";
import { micropubModel } from "./micropub-model.ts";
import { type Copy, comparable, type Ledger, type NetworkModel, withoutPicture } from "./network-model.ts";
import { contentOfEvent, nostrModel } from "./nostr-model.ts";
import { slackModel } from "./slack-model.ts";
import { telegramModel } from "./telegram-model.ts";
import { threadsModel } from "./threads-model.ts";
import { webhookModel } from "./webhook-model.ts";
import { type XRules, xModel } from "./x-model.ts";

/** The network whose model a request is for. */
const networkAt = ({ host }: URL): string => {
  if (host === "api.x.com") return "x";
  if (host.endsWith(".linkedin.com")) return "linkedin";
  if (host === "discord.com") return "discord";
  if (host === "hooks.slack.com") return "slack";
  if (host === "api.telegram.org") return "telegram";
  if (host === "graph.threads.net") return "threads";
  if (host.startsWith("hooks")) return "webhook";
  if (host.startsWith("relay")) return "nostr";
  if (host.startsWith("matrix")) return "matrix";
  if (host.startsWith("micro")) return "micropub";
  if (host.startsWith("forem")) return "devto";
  return host.startsWith("pds") ? "bluesky" : "mastodon";
};

/** The model that answers a request. */
export const createModels = (ledger: Ledger, x: Partial<XRules> = {}): ((url: URL) => NetworkModel) => {
  const models = [
    blueskyModel(ledger),
    devtoModel(ledger),
    discordModel(ledger),
    linkedinModel(ledger),
    mastodonModel(ledger),
    matrixModel(ledger),
    micropubModel(ledger),
    nostrModel(ledger),
    slackModel(ledger),
    telegramModel(ledger),
    threadsModel(ledger),
    webhookModel(ledger),
    xModel(ledger, { refusesFor: 12 * hour, refusesDeleted: false, ...x }),
  ];
  return (url) => {
    const model = models.find(({ network }) => network === networkAt(url));
    if (model === undefined) throw new Error(`there is no model for ${url.href}`);
    return model;
  };
};

/** Returns the parts of a request that a network keeps, except its picture. */
export const contentOf = (network: string, request: StoredRequest, part = 0): string => {
  const post = postsIn(request)[part] ?? {};
  if (network === "x") return String(post.text);
  if (network === "mastodon") return String(post.status);
  if (network === "linkedin") return String(post.commentary);
  return network === "nostr" ? contentOfEvent(post) : canonicalJson(withoutPicture(post));
};

/** The same of a copy, as it is now. */
export const contentOfCopy = ({ network, content }: Copy): string => comparable(network, content);
