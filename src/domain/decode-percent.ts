/** The text behind percent-encoding; a text that is not encoded right stays as it is. */
export const decodePercent = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
