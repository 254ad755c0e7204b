import type { Instant } from "../domain/time.ts";
import { readDate } from "./read-date.ts";

/** `Wed, 4 March 2026 08:00`: RFC 822 with other weekdays, full months and without a zone, as feeds have it. */
const inMail =
  /^(?:[\p{L}.]+,?\s+)?(\d{1,2})[\s-](\p{L}{3})\p{L}*\.?[\s-]+(\d{4}|\d{2})(?:,?\s+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?(.*))?$/u;

const months = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");

/** Names of zones outside America, which read-date.ts knows, with their offsets. */
const zones = new Map([
  ["WET", "+0000"],
  ["BST", "+0100"],
  ["WEST", "+0100"],
  ["CET", "+0100"],
  ["MEZ", "+0100"],
  ["CEST", "+0200"],
  ["MESZ", "+0200"],
  ["EET", "+0200"],
  ["EEST", "+0300"],
  ["MSK", "+0300"],
  ["JST", "+0900"],
  ["KST", "+0900"],
  ["AEST", "+1000"],
  ["AEDT", "+1100"],
]);

const american = /^[ECMP][SD]T$/;

/** As RFC 822 has it; empty where it is not known, and the site's zone counts. */
const zoneIn = (text: string): string => {
  const name = (text.split("(", 1)[0] ?? "").trim().toUpperCase();
  const [, sign, hours = "", minutes = "00"] = /^(?:UTC|GMT|Z)?\s*([+-])(\d{1,2}):?(\d{2})?$/.exec(name) ?? [];
  if (sign !== undefined) return `${sign}${hours.padStart(2, "0")}${minutes}`;
  if (/^(?:UTC?|GMT|Z)$/.test(name)) return "+0000";
  return zones.get(name) ?? (american.test(name) ? name : "");
};

const maxDate = 100;

/** A date of a feed. Without a zone it is in the zone of the site. Undefined where it cannot be read. */
export const readEntryDate = (text: string | undefined, zone: string): Instant | undefined => {
  if (text === undefined || text.length > maxDate) return undefined;
  const [whole, day, month = "", year, hour = "0", minute = "00", second = "00", named = ""] =
    inMail.exec(text.trim().replaceAll(/\s+/g, " ")) ?? [];
  if (whole === undefined) return readDate(text, zone);
  const offset = zoneIn(named);
  const at = months.indexOf(month.toLowerCase()) + 1;
  if (at === 0) return undefined;
  const time = `${hour.padStart(2, "0")}:${minute}:${second}`;
  return offset === "" && year?.length === 4
    ? readDate(`${year}-${at}-${day} ${time}`, zone)
    : readDate(`${day} ${month} ${year} ${time} ${offset || "+0000"}`, zone);
};
