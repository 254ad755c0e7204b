/** The syntax of what a personal data server is sent (atproto.com/specs), read in another way than in `src/networks/`. */

const isLabel = (label: string): boolean =>
  label.length <= 63 && /^[0-9A-Za-z-]+$/.test(label) && !label.startsWith("-") && !label.endsWith("-");

export const isHandle = (text: string): boolean => {
  const labels = text.split(".");
  return text.length <= 253 && labels.length >= 2 && labels.every(isLabel) && /^[A-Za-z]/.test(labels.at(-1) ?? "");
};

/** 64 bits, of which the first is 0. */
export const isTid = (text: string): boolean => /^[2-7a-j][2-7a-z]{12}$/.test(text);

export const isRecordKey = (text: string): boolean =>
  /^[A-Za-z0-9._:~-]{1,512}$/.test(text) && text !== "." && text !== "..";

export const isLanguage = (tag: string): boolean => {
  const [first = "", ...subtags] = tag.split("-");
  const isFirst = /^[a-z]{2,3}$/.test(first) || /^[iXx]$/.test(first);
  return isFirst && subtags.every((subtag) => /^[0-9A-Za-z]{1,8}$/.test(subtag));
};
