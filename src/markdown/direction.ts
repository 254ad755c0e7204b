const rightToLeft = new Set("Adlm Arab Hebr Mand Mend Nkoo Rohg Samr Syrc Thaa Yezi".split(" "));

/** Readers show an entry in the direction of their user interface, unless the HTML names another. */
export const withDirection = (html: string, language: string): string =>
  html !== "" && rightToLeft.has(new Intl.Locale(language).maximize().script ?? "")
    ? `<div dir="rtl">${html}</div>`
    : html;
