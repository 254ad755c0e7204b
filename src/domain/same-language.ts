/** In lower case: `en` for `en-GB`; with the script where it is not the usual one of the language, `zh-hant` for `zh-TW`. */
export const writtenLanguage = (tag: string): string => {
  try {
    const { language, script } = new Intl.Locale(tag).maximize();
    const isUsual = script === undefined || script === new Intl.Locale(language).maximize().script;
    return (isUsual ? language : `${language}-${script}`).toLowerCase();
  } catch {
    return tag.toLowerCase();
  }
};

/** True where readers of one language read the other: `en` and `en-GB`, not `zh-CN` and `zh-TW`. The tags are BCP 47. */
export const isSameLanguage = (a: string, b: string): boolean => a === b || writtenLanguage(a) === writtenLanguage(b);

/** Of the languages that a site has, the one that a text belongs to; else the text's own, without its region. */
export const languageAmong = (languages: readonly string[], tag: string): string =>
  languages.find((one) => one.toLowerCase() === tag.toLowerCase()) ??
  languages.find((one) => isSameLanguage(one, tag)) ??
  writtenLanguage(tag);
