/** An address that nobody has and that is made for examples (RFC 2606 §2 and §3): nothing answers at it. */
export const isExampleAddress = (url: string): boolean =>
  /(?:^|\.)(?:example(?:\.(?:com|net|org))?|invalid)$/.test(new URL(url).hostname);
