import { pageAddress } from "./address.ts";
import type { Post } from "./post.ts";
import { doublingPause } from "./retry.ts";
import type { Site } from "./site.ts";
import { hour, type Instant, minute, second } from "./time.ts";

/** The page that a person finds behind the link of a post. */
export type PageAnswer =
  /** `warnings` are about possible faults of the page. */
  | { readonly kind: "live"; readonly warnings: readonly string[] }
  | { readonly kind: "absent"; readonly reason: string };

/** The stored state of a post's page. One request serves all accounts. */
export interface PageCheck {
  readonly site: string;
  /** The post's id. */
  readonly post: string;
  /** Raised by every save; 0 for a row that does not exist yet. */
  readonly version: number;
  readonly url: string;
  /** The moment of the first request, or the last moment at which the page existed. */
  readonly since: Instant;
  /** How many requests in a row did not find it. */
  readonly failures: number;
  /** It is not requested before this moment. */
  readonly next: Instant;
  /** Undefined during the first request. */
  readonly answer: PageAnswer | undefined;
}

/** The response to a request for the page. */
export type PageReply =
  | {
      readonly kind: "answered";
      readonly status: number;
      /** The URL after all redirects. */
      readonly url: string;
      readonly hasTitle: boolean;
      /** False if the picture of the post does not load. */
      readonly hasImage: boolean;
    }
  /** `reason` names the host only. */
  | { readonly kind: "failed"; readonly reason: string };

/** A claimed request has this long. It is longer than a request takes. */
const requestTime = 30 * second;
/** A page that existed is not requested again for this long. */
const validFor = hour;
/** Shorter than those of deliveries: posts wait for their page. */
const pauses = { first: 30 * second, longest: 15 * minute };

/**
 * Claims the request for the page if one is due: returns the check that is saved before it. Undefined if the known
 * answer still holds.
 */
export const claimCheck = (
  { site, id: post, url }: Pick<Post, "site" | "id" | "url">,
  known: PageCheck | undefined,
  now: Instant,
): PageCheck | undefined => {
  const next = now + requestTime;
  if (known?.url !== url)
    return { site, post, version: known?.version ?? 0, url, since: now, failures: 0, next, answer: undefined };
  return known.next <= now ? { ...known, next } : undefined;
};

/** Returns the check after the response. */
export const afterReply = (check: PageCheck, answer: PageAnswer, now: Instant): PageCheck =>
  answer.kind === "live"
    ? { ...check, answer, since: now, failures: 0, next: now + validFor }
    : {
        ...check,
        answer,
        failures: check.failures + 1,
        next: now + doublingPause(pauses, check.failures + 1),
      };

/** Explains where the link leads if it does not lead to the post's own page. Undefined if it does. */
const leadsAway = (url: string, to: string, site: Pick<Site, "url">, other: string | undefined): string | undefined => {
  const [own, reached] = [pageAddress(url, site), pageAddress(to, site)];
  if (reached === own) return undefined;
  const otherHost = (address: string): string | undefined => /^\/\/[^/]+/.exec(address)?.[0];
  if (otherHost(reached) !== otherHost(own)) return `it leads to another site, ${new URL(to).host}`;
  if (reached === (otherHost(own) === undefined ? "" : `${otherHost(own)}/`)) return "it leads to the start page";
  return other === undefined ? undefined : `it leads to another post, ${other}`;
};

/**
 * Decides from the response whether the page is the post's. `other` is the URL of another post that the link leads to.
 */
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
      `it answers ${status}, as a protection against bots does; if readers see the page, set policies.live to "ignore"`,
    );
  if (status !== 200) return absent(`it answers ${status}`);
  const warnings = [
    ...(reply.hasTitle ? [] : [`the page ${url} does not show the title of the post`]),
    ...(reply.hasImage ? [] : ["the picture of the post does not load"]),
  ];
  return { kind: "live", warnings };
};

/** True for an address that is reserved for examples (RFC 2606 §2 and §3): no server answers there. */
export const isExampleAddress = (url: string): boolean =>
  /(?:^|\.)(?:example(?:\.(?:com|net|org))?|invalid)$/.test(new URL(url).hostname);
