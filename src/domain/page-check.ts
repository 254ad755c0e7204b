import { addressOf } from "./address.ts";
import type { Post } from "./post.ts";
import type { Site } from "./site.ts";
import { hour, type Instant, minute, second } from "./time.ts";

/** What a person who follows the link of a post sees. */
export type PageAnswer =
  /** `warnings`: what may be wrong with it. */
  | { readonly kind: "live"; readonly warnings: readonly string[] }
  | { readonly kind: "absent"; readonly reason: string };

/** What is known of the page of a post: asked once for all accounts. */
export interface PageCheck {
  readonly site: string;
  /** The post's id. */
  readonly post: string;
  /** Raised by every save; 0 for a row that does not exist yet. */
  readonly version: number;
  readonly url: string;
  /** When it was first asked for, or was last there. */
  readonly since: Instant;
  /** How often it was not there, in a row. */
  readonly failures: number;
  /** It is not asked for before. */
  readonly next: Instant;
  /** Undefined while it is asked for the first time. */
  readonly answer: PageAnswer | undefined;
}

/** The response to a request for the page. */
export type PageReply =
  | {
      readonly kind: "answered";
      readonly status: number;
      /** After all redirects. */
      readonly url: string;
      readonly hasTitle: boolean;
      /** False where the picture of the post does not load. */
      readonly hasImage: boolean;
    }
  /** `reason`: names the host only. */
  | { readonly kind: "failed"; readonly reason: string };

/** Longer than one request for it takes. */
const askingFor = 30 * second;
/** A page that was there is believed to be there for this long. */
const believedFor = hour;
const longestPause = 15 * minute;

/** Claims the request for the page, if one is due: the check to be saved before it. Undefined: what is known holds. */
export const claimCheck = (
  { site, id: post, url }: Pick<Post, "site" | "id" | "url">,
  known: PageCheck | undefined,
  now: Instant,
): PageCheck | undefined => {
  const next = now + askingFor;
  if (known?.url !== url)
    return { site, post, version: known?.version ?? 0, url, since: now, failures: 0, next, answer: undefined };
  return known.next <= now ? { ...known, next } : undefined;
};

/** The check after the response. */
export const afterReply = (check: PageCheck, answer: PageAnswer, now: Instant): PageCheck =>
  answer.kind === "live"
    ? { ...check, answer, since: now, failures: 0, next: now + believedFor }
    : {
        ...check,
        answer,
        failures: check.failures + 1,
        next: now + Math.min(30 * second * 2 ** check.failures, longestPause),
      };

/** Where a page leads that should be the post's own. Undefined: it is. */
const leadsAway = (url: string, to: string, site: Pick<Site, "url">, other: string | undefined): string | undefined => {
  const [own, reached] = [addressOf(url, site), addressOf(to, site)];
  if (reached === own) return undefined;
  const hostOf = (address: string): string | undefined => /^\/\/[^/]+/.exec(address)?.[0];
  if (hostOf(reached) !== hostOf(own)) return `it leads to another site, ${new URL(to).host}`;
  if (reached === (hostOf(own) === undefined ? "" : `${hostOf(own)}/`)) return "it leads to the start page";
  return other === undefined ? undefined : `it leads to another post, ${other}`;
};

/** `other`: the URL of another post that the page leads to. */
export const judgePage = (
  { url }: Pick<Post, "url">,
  reply: PageReply,
  site: Pick<Site, "url">,
  other: string | undefined,
): PageAnswer => {
  const absent = (reason: string): PageAnswer => ({ kind: "absent", reason });
  if (reply.kind === "failed") return absent(reply.reason);
  const { status } = reply;
  const away = leadsAway(url, reply.url, site, other);
  if (away !== undefined) return absent(away);
  if (status === 401 || status === 403)
    return absent(
      `it answers ${status}, as a wall against bots does; where readers see the page, set policies.live to "ignore"`,
    );
  if (status !== 200) return absent(`it answers ${status}`);
  const warnings = [
    ...(reply.hasTitle ? [] : [`the page ${url} does not show the title of the post`]),
    ...(reply.hasImage ? [] : ["the picture of the post does not load"]),
  ];
  return { kind: "live", warnings };
};

/** An address that nobody has and that is made for examples (RFC 2606 §2 and §3): nothing answers at it. */
export const isExampleAddress = (url: string): boolean =>
  /(?:^|\.)(?:example(?:\.(?:com|net|org))?|invalid)$/.test(new URL(url).hostname);
