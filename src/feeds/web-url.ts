/** The URL, normalised and in ASCII; undefined unless it is an absolute http(s) URL. */
export const webUrl = (url: string): string | undefined => {
  const parsed = URL.parse(url);
  return parsed?.protocol === "https:" || parsed?.protocol === "http:" ? parsed.href : undefined;
};

/** Without repetitions and invalid URLs. */
export const webUrls = (urls: readonly string[]): readonly string[] => [
  ...new Set(urls.map(webUrl).filter((url) => url !== undefined)),
];
