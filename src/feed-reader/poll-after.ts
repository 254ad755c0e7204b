import { day, hour, minute } from "../domain/time.ts";
import { textIn, type XmlElement } from "./xml-tree.ts";

const periods = new Map([
  ["hourly", hour],
  ["daily", day],
  ["weekly", 7 * day],
  ["monthly", 30 * day],
  ["yearly", 365 * day],
]);

const positive = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,6}$/.test(text) && Number(text) > 0 ? Number(text) : undefined;

/** RSS `ttl` in minutes, else `sy:updatePeriod`, which `sy:updateFrequency` divides. In ms. */
export const pollAfterOf = (channel: XmlElement): number | undefined => {
  const ttl = positive(textIn(channel, "ttl"));
  if (ttl !== undefined) return ttl * minute;
  const period = periods.get(textIn(channel, "sy:updateperiod")?.toLowerCase() ?? "");
  return period === undefined ? undefined : period / (positive(textIn(channel, "sy:updatefrequency")) ?? 1);
};
