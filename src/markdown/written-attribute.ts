/** The value of an attribute in a tag of sanitised HTML, which has each behind a space and in double quotes. Not an empty one. */
export const writtenAttribute = (tag: string, name: string): string | undefined => {
  const begin = ` ${name}="`;
  const at = tag.indexOf(begin);
  if (at < 0) return undefined;
  const value = tag.slice(at + begin.length);
  return value.slice(0, Math.max(0, value.indexOf('"'))) || undefined;
};
