/// <reference lib="esnext.intl" />

const locale = (tag: string): Intl.Locale | undefined => {
  try {
    return new Intl.Locale(tag);
  } catch {
    return undefined;
  }
};

/** How the language is written; left to right where the tag is none. */
export const textDirection = (tag: string): "ltr" | "rtl" =>
  locale(tag)?.getTextInfo().direction === "rtl" ? "rtl" : "ltr";
