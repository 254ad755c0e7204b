import { isLoginPause, type PauseTerms } from "./delivery.ts";
import type { Claim } from "./lease.ts";
import type { Post, PostContent } from "./post.ts";
import { isSameLanguage } from "./text.ts";
import { clockText, day, type Instant, localDay, toInstant } from "./time.ts";

/**
 * The sandbox counts in a row of its own, so that an account that gets credentials begins with nothing. No name of an
 * account has a slash.
 */
export const sandboxRow = ({ name }: Pick<Account, "name">): string => `sandbox/${name}`;

/** One configured login on a network; two accounts on one server are two accounts. */
export interface Account<Settings = Readonly<Record<string, unknown>>> {
  /** Unique in the deployment; part of every delivery's key. */
  readonly name: string;
  readonly network: string;
  /** The site whose posts it announces. */
  readonly site: string;
  /** BCP 47: it announces posts in this language only. Undefined: in every language. */
  readonly language: string | undefined;
  /** The other keys (server, handle …), parsed by the network's own schema. Never a secret. */
  readonly settings: Settings;
  readonly pacing: Pacing;
  /** The most that its posts of one month may cost, in US dollars. */
  readonly spend?: { readonly monthly: number } | undefined;
  /** It gets the pictures of an article's body, too. */
  readonly images?: "all" | undefined;
  /** Nothing is sent before a person approves it. */
  readonly approve?: boolean | undefined;
  /** Another account has the same login on purpose. */
  readonly sharesLogin?: boolean | undefined;
}

/** True where the account is for posts of the site in this language. */
export const announces = ({ site, language }: Account, post: Pick<Post, "site" | "language">): boolean =>
  site === post.site && (language === undefined || isSameLanguage(language, post.language));

export interface Pacing {
  /** Milliseconds between two first sends. */
  readonly interval: number;
  readonly dailyCap: number;
  /** In the time zone of the site. */
  readonly quietHours?: QuietHours | undefined;
}

export interface Policies {
  /**
   * In milliseconds. A document that is older than this at its first publication gets feed entries, and at most a
   * delivery in the sandbox.
   */
  readonly maxAge: number;
  /**
   * The most new articles an hour, and the most missing documents of a source an hour. Any more are held until a person
   * confirms them.
   */
  readonly burst: number;
  /** The most new notes an hour, which are counted apart: people write more of them. */
  readonly noteBurst: number;
  /**
   * In milliseconds. A document that its author may still be writing is announced once it has not changed for this
   * long.
   */
  readonly settle: number;
  /**
   * In milliseconds. The copies of a post whose document is missing are deleted after this time: a missing file is no
   * decision (docs/decisions/0004).
   */
  readonly removeCopiesAfter: number;
  /** `wait`: nothing is sent before the post's page exists. */
  readonly live: "wait" | "ignore";
}

/** The most posts of this kind that the breaker lets through within an hour. */
export const burstFor = (
  { isNote }: Pick<PostContent, "isNote">,
  { burst, noteBurst }: Pick<Policies, "burst" | "noteBurst">,
): number => (isNote === true ? noteBurst : burst);

/** No request is sent to a network or a server before `until`, because of `reason`. */
export interface Outage {
  /** Requests without an answer in a row. */
  readonly failures: number;
  /** The moment of the first of them. Absent where the network asked for a pause. */
  readonly since?: Instant | undefined;
  readonly until: Instant;
  readonly reason: string;
}

/**
 * The stored state of an account. Posts are counted in a bounded map by post, so that a retry after a crash counts
 * once.
 */
export interface AccountState {
  readonly name: string;
  readonly version: number;
  /** Post on the network (see `GateRequest.copy`) → when it was last sent, within the last day. */
  readonly sent: Readonly<Record<string, Instant>>;
  /** Those of `sent` that were notes when they were sent first. */
  readonly notes?: readonly string[] | undefined;
  /** The cost of its posts of this month; undefined while they are free. */
  readonly spent: Spending | undefined;
  /**
   * The delivery that has a request in flight. No other one sends until its response is recorded, or until this moment.
   */
  readonly inFlight: (Claim & { readonly login: string | undefined }) | undefined;
  /**
   * Set when the network did not answer or asked for a pause: no request is sent before `until`. `failures` counts
   * requests without an answer in a row.
   */
  readonly down: Outage | undefined;
  /**
   * The longest text that its server accepts, by the network's own rule. Undefined if the server did not name a limit.
   */
  readonly longest?: number | undefined;
  readonly checked?: LoginCheck | undefined;
  /**
   * How many requests were admitted, ever. It is also stored outside of the table, and a row with fewer was restored to an
   * earlier state. `unknownRequests`: its row could not be read.
   */
  readonly requests?: number | undefined;
  /** The last copy that another installation with the same configuration made, as far as it was seen. */
  readonly elsewhere?: { readonly at: Instant; readonly copy: string } | undefined;
  /** Set while the network refuses the login: deliveries wait. */
  readonly paused: Pause | undefined;
}

export interface Pause extends PauseTerms {
  readonly since: Instant;
  /** The last request that was refused, if it was not the first. */
  readonly tried?: Instant | undefined;
  /** What the network said last. */
  readonly reason: string;
  /** The fingerprint of the credentials. */
  readonly login: string | undefined;
}

export const unknownRequests = -1;

/** The result of the last check of a login. */
export interface LoginCheck {
  readonly at: Instant;
  /** The fingerprint of the credentials. */
  readonly login: string | undefined;
  /** The account on the network, for people. */
  readonly identity: string | undefined;
  /** Two accounts with one place post everything there twice. Undefined if the network does not report it. */
  readonly place: string | undefined;
  readonly problem: string | undefined;
  /** When the login ends, unless its owner connects the account again. */
  readonly endsAt: Instant | undefined;
  /** Why the login, which is good, was not renewed. */
  readonly notRenewed: string | undefined;
  /** The last warning about this end that the owner got. */
  readonly told: LoginEndNotice | undefined;
}

/** A message of the end of a login. */
export interface LoginEndNotice {
  /** How many days before the end it was due. */
  readonly days: number;
  readonly text: string;
}

/** The days before the end of a login at which its owner is told. */
const noticeDays = [14, 7, 1];

/** Returns the days of the message that is due and that the owner was not told yet. */
export const loginNoticeDays = (
  { endsAt, told }: Pick<LoginCheck, "endsAt" | "told">,
  now: Instant,
): number | undefined => {
  const days = noticeDays.findLast((limit) => endsAt !== undefined && endsAt - now <= limit * day);
  return days !== undefined && (told === undefined || days < told.days) ? days : undefined;
};

/** An owner is told of the end of a login from then on. */
export const loginEndsSoon = 14 * day;

/** Says when a login that is good ends, and what to do. Undefined if it does not end soon and is renewed. */
export const loginEnd = (
  { endsAt, notRenewed }: Pick<LoginCheck, "endsAt" | "notRenewed">,
  { now, timeZone, command }: { readonly now: Instant; readonly timeZone: string; readonly command: string },
): string | undefined => {
  const isSoon = endsAt !== undefined && endsAt - now <= loginEndsSoon;
  if (!isSoon && notRenewed === undefined) return undefined;
  const end = endsAt === undefined ? "" : `the login ends at ${clockText(endsAt, now, timeZone)}`;
  const why = notRenewed === undefined ? "" : `it was not renewed, which is tried again each day: ${notRenewed}`;
  return `${[end, why].filter((part) => part !== "").join("; ")}; connect it again with "${command}"`;
};

/**
 * True if the network accepted the login with the fingerprint and that ends the pause. With the credentials that were
 * refused, it ends only the pause after a refused check, unless a person asked for this check: a token that may not write
 * would resume its account for ever.
 */
export const endsWithLogin = (
  { paused }: Pick<AccountState, "paused">,
  login: string | undefined,
  isAsked: boolean,
): boolean =>
  paused !== undefined && isLoginPause(paused) && (isAsked || paused.login !== login || paused.isCheck === true);

/** A time of day in which nothing is posted, in minutes since midnight. It may end on the next day. */
export interface QuietHours {
  readonly from: number;
  readonly to: number;
}

/** Parses `22:00-08:00`. Returns undefined unless the text has two different times of day. */
export const parseQuietHours = (text: string): QuietHours | undefined => {
  const parsed = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  if (parsed === null) return undefined;
  const [, fromHour = 0, fromMinute = 0, toHour = 0, toMinute = 0] = parsed.map(Number);
  const hours = { from: fromHour * 60 + fromMinute, to: toHour * 60 + toMinute };
  return hours.from === hours.to ? undefined : hours;
};

/** Returns a time of day on the day that is `days` after the day of `at`, in the zone. */
const timeOfDay = (at: Instant, days: number, minutes: number, zone: string): Instant | undefined => {
  const { year, month, day } = localDay(at, zone);
  const date = new Date(Date.UTC(year, month - 1, day + days));
  return toInstant(
    {
      year: date.getUTCFullYear(),
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      hour: Math.floor(minutes / 60),
      minute: minutes % 60,
      second: 0,
      millisecond: 0,
    },
    zone,
  );
};

/** Returns the end of the quiet hours that `now` is in, by the clocks of the zone. Undefined outside of them. */
export const quietUntil = (now: Instant, { from, to }: QuietHours, zone: string): Instant | undefined => {
  for (const days of [0, -1]) {
    const begins = timeOfDay(now, days, from, zone);
    const ends = timeOfDay(now, to < from ? days + 1 : days, to, zone);
    if (begins !== undefined && ends !== undefined && begins <= now && now < ends) return ends;
  }
  return undefined;
};

/**
 * The cost of the posts of one month, in US dollars. A post that is sent again within a day counts once, even after a
 * crash.
 */
interface Spending {
  /** `2026-03`, in the time zone of the site. */
  readonly month: string;
  /** The cost of this month's posts that are no longer in the map. */
  readonly before: number;
  /** Keyed by post, as `AccountState.sent` is. */
  readonly recent: Readonly<Record<string, number>>;
}

const monthKey = (now: Instant, zone: string): string => {
  const { year, month } = localDay(now, zone);
  return `${year}-${String(month).padStart(2, "0")}`;
};

const sum = (costs: readonly number[]): number => costs.reduce((total, cost) => total + cost, 0);

/** Returns what was spent this month on other posts than `copy` (see `GateRequest.copy`). */
export const spentOnOthers = ({ spent }: AccountState, copy: string, now: Instant, zone: string): number => {
  if (spent?.month !== monthKey(now, zone)) return 0;
  return spent.before + sum(Object.entries(spent.recent).flatMap(([other, cost]) => (other === copy ? [] : [cost])));
};

/** Adds the cost of a post. `sent` has the posts of the last day: only those stay in the map. */
export const addCost = (
  spent: Spending | undefined,
  { copy, cost }: { readonly copy: string; readonly cost: number },
  sent: AccountState["sent"],
  now: Instant,
  zone: string,
): Spending => {
  const month = monthKey(now, zone);
  const { before, recent } = spent?.month === month ? spent : { before: 0, recent: {} };
  const all = Object.entries({ ...recent, [copy]: cost });
  const isRecent = ([other]: readonly [string, number]): boolean => Object.hasOwn(sent, other);
  return {
    month,
    before: before + sum(all.filter((entry) => !isRecent(entry)).map(([, past]) => past)),
    recent: Object.fromEntries(all.filter(isRecent)),
  };
};

/** Returns the first moment of the next month. */
export const nextMonth = (now: Instant, zone: string): Instant => {
  const { year, month } = localDay(now, zone);
  const first = { year: month === 12 ? year + 1 : year, month: (month % 12) + 1, day: 1 };
  return toInstant({ ...first, hour: 0, minute: 0, second: 0, millisecond: 0 }, zone) ?? now + 31 * day;
};

export const dollars = (amount: number): string => `$${amount.toFixed(2)}`;
