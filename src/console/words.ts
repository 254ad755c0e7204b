import { day, type Instant, iso, localDay } from "../domain/time.ts";

/** The words of the console: times, states, and the reasons of the core without its commands. */

const format = (at: Instant, timeZone: string, options: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat("en-GB", { timeZone, hourCycle: "h23", ...options }).format(at);

const dayNumber = (at: Instant, timeZone: string): number => {
  const { year, month, day: date } = localDay(at, timeZone);
  return Date.UTC(year, month - 1, date) / day;
};

export const clockTime = (at: Instant, timeZone: string): string =>
  format(at, timeZone, { hour: "2-digit", minute: "2-digit" });

/** A moment in the site's time zone, with its day where that is not today: `14:02`, `Sat 11:00`, `3 Nov 2026 11:00`. */
export const timeText = (at: Instant, now: Instant, timeZone: string): string => {
  const time = clockTime(at, timeZone);
  const days = dayNumber(at, timeZone) - dayNumber(now, timeZone);
  if (days === 0) return time;
  if (Math.abs(days) < 7) return `${format(at, timeZone, { weekday: "short" })} ${time}`;
  return `${format(at, timeZone, { day: "numeric", month: "short", year: "numeric" })} ${time}`;
};

export const longDate = (at: Instant, timeZone: string): string =>
  format(at, timeZone, { weekday: "short", day: "numeric", month: "long", year: "numeric" });

export const isoTime = iso;

/** What the buttons are called, by the command that does the same. */
const buttons: Readonly<Record<string, string>> = {
  approve: "Approve",
  dismiss: "Never send it",
  hold: "Stop",
  release: "Release",
  "resume-sending": "Let it send again",
  retry: "Send it again",
};

/** Names the button instead of the command. A command without a button stays what it is. */
export const buttonFor = (words: string): string | undefined => {
  const [verb = ""] = words.split(" ");
  if (verb === "resolve") return words.endsWith("--as retry") ? "“It is not: send it”" : "“It is there”";
  const button = buttons[verb];
  return button === undefined ? undefined : `“${button}”`;
};

/** The reason of a row or of a refusal, which may name a command, with the button of the console instead. */
export const inWords = (reason: string): string =>
  reason.replaceAll(
    /npx crier ((?:approve|dismiss|hold|release|resume-sending|retry|resolve)(?: (?:--as (?:posted|retry)|--site \S+|[^\s;,:()]+))*)/g,
    (command, words: string) => buttonFor(words.replace(/ --site \S+/, "")) ?? command,
  );
