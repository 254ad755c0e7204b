/** A handle: a domain name in ASCII whose last part begins with a letter (atproto.com/specs/handle). */
export const isHandle = (text: string): boolean =>
  text.length <= 253 &&
  /^(?:[a-zA-Z\d](?:[a-zA-Z\d-]{0,61}[a-zA-Z\d])?\.)+[a-zA-Z](?:[a-zA-Z\d-]{0,61}[a-zA-Z\d])?$/.test(text);

/** The identity behind a handle, which stays when the handle changes (atproto.com/specs/did). */
export const isDid = (text: string): boolean => text.length <= 2048 && /^did:[a-z]+:[\w.:%-]*[\w.-]$/.test(text);

/** A language tag as a post may name it: BCP 47, its first part in lower case. */
export const isLanguageTag = (text: string): boolean => /^(?:[a-z]{2,3}|[ixX])(?:-[a-zA-Z\d]{1,8})*$/.test(text);
