/// <reference lib="esnext.intl" />

const locale = (tag: string): Intl.Locale | undefined => {
  try {
    return new Intl.Locale(tag);
  } catch {
    return undefined;
  }
};

/** Left to right where the tag is not valid. */
export const textDirection = (tag: string): "ltr" | "rtl" =>
  locale(tag)?.getTextInfo().direction === "rtl" ? "rtl" : "ltr";
