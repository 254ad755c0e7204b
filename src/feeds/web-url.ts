/** The URL in its normal form, all ASCII; undefined unless it is an absolute http(s) one. */
export const webUrl = (url: string): string | undefined => {
  const parsed = URL.parse(url);
  return parsed?.protocol === "https:" || parsed?.protocol === "http:" ? parsed.href : undefined;
};

/** Each once; what is none is left out. */
export const webUrls = (urls: readonly string[]): readonly string[] => [
  ...new Set(urls.map(webUrl).filter((url) => url !== undefined)),
];
