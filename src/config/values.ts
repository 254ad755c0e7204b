import * as z from "zod";
import { parseQuietHours } from "../domain/quiet-hours.ts";
import { day, hour, minute, second } from "../domain/time.ts";

const units = { s: second, m: minute, h: hour, d: day };

const isUnit = (text: string | undefined): text is keyof typeof units => text !== undefined && text in units;

/** For example 90s or 7d; parsed to milliseconds. */
export const duration = z
  .templateLiteral([z.number().nonnegative(), z.enum(["s", "m", "h", "d"])], {
    error: "use a number and s, m, h or d, for example 90s or 7d",
  })
  .transform((text) => {
    const unit = text.at(-1);
    return Number.parseFloat(text) * (isUnit(unit) ? units[unit] : 1);
  });

/** For example 22:00-08:00. */
export const quietHours = z.string().transform((text, context) => {
  const hours = parseQuietHours(text);
  if (hours !== undefined) return hours;
  const message = 'use two different times of day in the time zone of the site: "22:00-08:00"';
  context.addIssue({ code: "custom", message });
  return z.NEVER;
});

export const name = z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, "use lower-case letters, digits and single dashes");

const withSlash = (url: string): string => (url.endsWith("/") ? url : `${url}/`);

export const webUrl = z
  .url({ protocol: /^https?$/, error: "use an absolute URL, for example https://blog.example.com/" })
  .refine((url) => !/[?#]/.test(url), "leave out the query and the fragment")
  .transform(withSlash);

const succeeds = (make: () => unknown): boolean => {
  try {
    return make() !== undefined;
  } catch {
    return false;
  }
};

export const timeZone = z.string().refine((zone) => succeeds(() => new Intl.DateTimeFormat("en", { timeZone: zone })), {
  error: ({ input }) => `there is no time zone ${JSON.stringify(input)}; use an IANA name such as Europe/Berlin`,
});

export const isLanguage = (tag: string): boolean => succeeds(() => new Intl.Locale(tag));

export const language = z.string().refine(isLanguage, {
  error: ({ input }) => `${JSON.stringify(input)} is not a language tag; use one such as en or pt-BR (BCP 47)`,
});

/** Percent-encoded, as in a request. Not `//host`, which is another host (RFC 3986 §4.2). */
export const localPath = z
  .string()
  .regex(
    /^\/(?![/\\])(?:(?![?#])[!-~])*$/,
    "use a percent-encoded path that begins with one slash, without query and fragment: /rss.xml",
  );
