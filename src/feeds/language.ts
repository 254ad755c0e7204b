/// <reference lib="esnext.intl" />

const locale = (tag: string): Intl.Locale | undefined => {
  try {
    return new Intl.Locale(tag);
  } catch {
    return undefined;
  }
};

/** How the language is written; left to right where the tag is none. */
export const direction = (tag: string): "ltr" | "rtl" =>
  locale(tag)?.getTextInfo().direction === "rtl" ? "rtl" : "ltr";

/** The language's name in itself; the tag where it has none. */
export const languageName = (tag: string): string => {
  const known = locale(tag)?.baseName;
  return known === undefined ? tag : (new Intl.DisplayNames([known], { type: "language" }).of(known) ?? tag);
};
